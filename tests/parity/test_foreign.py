"""Models that real Keras saved, without propense.json: `propense score` against predict, and what `inspect` says."""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

HERE = pathlib.Path(__file__).resolve().parent
OLD = os.environ.get("PROPENSE_OLD_KERAS", "")
KERASES = {
    "newest": [sys.executable],
    "old": [OLD] if OLD else None,
}
if importlib.util.find_spec("tf_keras"):  # Keras 2's code; not among the pinned libraries
    KERASES["tf_keras"] = [sys.executable, "tf_keras"]
STEPS = 2 * -(-200 // 16)
# layers as inspect names them, trainable parameters, optimizer, steps, whether it was trained
EXPECTED = {
    "reference": ("Dense Dropout Dense Dropout Dense", 13 * 64 + 64 + 64 * 32 + 32 + 33, "adam", STEPS, True),
    "head_alone": ("Dense", 2, "adam", STEPS // 2, True),
    "activations": ("Activation Dense Activation Dense Activation Dense", 42 + 48 + 7, "rmsprop", STEPS, True),
    "split_head": ("Dense Dense", 45 + 10, "sgd", STEPS, True),
    "no_bias": ("Dense Dense Dense", 48 + 40 + 5, "adam", STEPS, True),
    "scheduled": ("Dense Dense", 16 + 5, "sgd", STEPS, True),
    "dropout_behind": ("Dropout Dense Dense", 16 + 5, "adam", STEPS // 2, True),
    "untrained": ("Dense Dense", 16 + 5, "adam", 0, False),
    "uncompiled": ("Dense Dense", 16 + 5, None, None, None),
}


@pytest.fixture(scope="session", params=KERASES)
def saved(request, tmp_path_factory):
    if not KERASES[request.param]:
        pytest.skip(f"no Keras of the kind '{request.param}'")
    folder = tmp_path_factory.mktemp(request.param)
    python, *kind = KERASES[request.param]
    done = subprocess.run(
        [python, HERE / "foreign_session.py", folder, *kind], text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("name", EXPECTED)
def test_scores_are_predictions(saved, propense, name):
    done = propense("score", saved / f"{name}.keras", saved / f"{name}.csv")
    header, *lines = done.stdout.splitlines()
    assert header == "customer_id,probability"
    assert [line.split(",")[0] for line in lines] == [f"C{i}" for i in range(200)]
    p = np.array([float(line.split(",")[1]) for line in lines])
    assert np.abs(p - np.load(saved / f"{name}.npy")).max() <= 1e-6
    assert ("never trained" in done.stderr) == (EXPECTED[name][4] is not True)
    assert "not used: 'place'" in done.stderr


@pytest.mark.parametrize("name", EXPECTED)
def test_inspect_tells_the_network(saved, propense, name):
    layers, parameters, optimizer, steps, trained = EXPECTED[name]
    told = json.loads(propense("inspect", saved / f"{name}.keras", "--json").stdout)
    assert " ".join(layer["kind"] for layer in told["network"]["layers"]) == layers
    assert told["network"]["parameters"] == parameters
    assert (told["optimizer"]["name"] or "none").lower() == (optimizer or "none")
    assert told["optimizer"]["steps"] == steps and told["trained"] is trained
    for language in ("en", "es"):
        assert layers.split()[-1] in propense("inspect", saved / f"{name}.keras", "--lang", language).stdout


def test_columns_have_to_be_as_many(saved, propense):
    done = propense("score", saved / "reference.keras", saved / "split_head.csv", check=False)
    assert done.returncode == 1 and "4 numeric columns ('f0', 'f1', 'f2', 'f3')" in done.stderr
    assert "13 inputs" in done.stderr

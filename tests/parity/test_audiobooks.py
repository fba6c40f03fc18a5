"""`propense prepare` and the .npz files against NumPy and scikit-learn."""

import gzip
import os
import pathlib
import shutil

import numpy as np
import pytest
from audiobooks_script import prepare

PARTS = ("train", "valid", "test")


@pytest.fixture(scope="session")
def audiobooks(tmp_path_factory):
    """A file in the shape of Audiobooks; the real one where PROPENSE_DATA names its folder."""
    real = pathlib.Path(os.environ.get("PROPENSE_DATA", ".")) / "audiobooks_data.csv"
    if real.exists():
        return real
    shipped = pathlib.Path(__file__).resolve().parents[2] / "data" / "audiobooks_like.csv.gz"
    path = tmp_path_factory.mktemp("audiobooks") / "audiobooks.csv"
    with gzip.open(shipped) as packed, open(path, "wb") as plain:
        shutil.copyfileobj(packed, plain)
    return path


@pytest.mark.parametrize("seed", [0, 1, 42, 4294967295])
def test_published_preprocessing_is_the_scripts(propense, audiobooks, tmp_path, seed):
    prepare(audiobooks, seed, tmp_path / "script")
    propense("prepare", audiobooks, "--preset", "audiobooks", "--prefix", "ours", "--seed", seed, cwd=tmp_path)
    for part in PARTS:
        # All bytes, the archive's too: NumPy writes no times into it.
        assert (tmp_path / f"ours_{part}.npz").read_bytes() == (tmp_path / f"script_{part}.npz").read_bytes()


@pytest.mark.parametrize("seed", [3, 4])
def test_odd_columns_scale_alike(propense, tmp_path, seed):
    """A constant, a tiny spread far from zero (the mean is subtracted again), large and small numbers."""
    rng = np.random.default_rng(seed)
    n = 300
    x = np.column_stack(
        [
            np.arange(n),
            np.full(n, 7.25),
            1e9 + rng.normal(size=n) * 1e-3,
            rng.normal(size=n) * 1e12,
            rng.normal(size=n) * 1e-12,
            rng.integers(0, 2, n),
            rng.integers(0, 4, n) == 0,
        ]
    )
    np.savetxt(tmp_path / "odd.csv", x, delimiter=",", fmt="%.17g")
    with pytest.warns(UserWarning):
        prepare(tmp_path / "odd.csv", seed, tmp_path / "script")
    propense("prepare", "odd.csv", "--preset", "audiobooks", "--prefix", "ours", "--seed", seed, cwd=tmp_path)
    for part in PARTS:
        assert (tmp_path / f"ours_{part}.npz").read_bytes() == (tmp_path / f"script_{part}.npz").read_bytes()


def test_honest_parts(propense, audiobooks, tmp_path):
    """No row twice, none lost; scaled by the training part alone; float32 and whole targets."""
    from sklearn.preprocessing import StandardScaler

    propense("prepare", audiobooks, "--prefix", "p", "--seed", 5, cwd=tmp_path)
    raw = np.loadtxt(audiobooks, delimiter=",")
    parts = [np.load(tmp_path / f"p_{part}.npz") for part in PARTS]
    n = len(raw)
    assert [len(p["targets"]) for p in parts] == [int(0.8 * n), int(0.1 * n), n - int(0.8 * n) - int(0.1 * n)]
    assert all(p["inputs"].dtype == np.float32 and p["targets"].dtype == np.int64 for p in parts)
    together = np.vstack([np.column_stack([p["inputs"], p["targets"]]) for p in parts])
    numeric = list(range(1, 11))
    ours = np.sort(together[:, : len(numeric)], axis=0)
    train = parts[0]["inputs"][:, : len(numeric)].astype(float)
    assert np.abs(train.mean(axis=0)).max() < 1e-6
    assert np.abs(train.std(axis=0) - 1).max() < 1e-6
    spread = np.sort(StandardScaler().fit_transform(raw[:, numeric]), axis=0)
    # One affine map a column: of the training rows', not of all rows'.
    for c in range(len(numeric)):
        slope, start = np.polyfit(spread[:, c], ours[:, c], 1)
        assert np.allclose(spread[:, c] * slope + start, ours[:, c], atol=1e-4)
    assert together[:, -1].sum() == raw[:, -1].sum()


def test_balance_is_named(propense, audiobooks, tmp_path):
    first = propense("prepare", audiobooks, "--preset", "audiobooks", cwd=tmp_path)
    assert "do not stand for all" in first.stderr
    drawn = propense("prepare", audiobooks, "--preset", "audiobooks", "--balance", "random", cwd=tmp_path)
    assert "do not stand for all" not in drawn.stderr
    parts = [np.load(tmp_path / f"Audiobooks_data_{part}.npz")["targets"] for part in PARTS]  # as published
    assert np.concatenate(parts).mean() == 0.5


def test_published_training_and_evaluation(propense, audiobooks, tmp_path):
    """The published two lines are what Keras' evaluate() gives of the same model file, and of an .h5 of Keras' own."""
    keras = pytest.importorskip("keras")
    propense("prepare", audiobooks, "--preset", "audiobooks", "--prefix", "a", "--seed", 7, cwd=tmp_path)
    propense(
        "train", "--preset", "audiobooks", "a_train.npz", "--valid", "a_valid.npz", "--model_out", "m.keras", cwd=tmp_path
    )
    test = np.load(tmp_path / "a_test.npz")
    model = keras.models.load_model(tmp_path / "m.keras")
    assert [(type(layer).__name__, layer.units) for layer in model.layers] == [("Dense", 200)] * 4 + [("Dense", 2)]
    model.save(tmp_path / "old.h5")
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    loss, accuracy = model.evaluate(test["inputs"], test["targets"], verbose=0)
    expected = "Test loss: {0:.2f}. \nTest accuracy: {1:.2f}%\n".format(loss, accuracy * 100.0)
    for name in ("m.keras", "old.h5"):
        assert propense("evaluate", name, "a_test.npz", cwd=tmp_path).stdout.startswith(expected)

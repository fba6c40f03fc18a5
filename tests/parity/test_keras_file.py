"""`.keras` files both ways: real Keras (the newest, and one before 3.8) loads ours and we read theirs."""

import os
import pathlib
import subprocess
import sys

import h5py
import numpy as np
import pytest

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "golden" / "keras"
OLD = os.environ.get("PROPENSE_OLD_KERAS", "")
PYTHONS = [sys.executable, pytest.param(OLD, marks=pytest.mark.skipif(not OLD, reason="PROPENSE_OLD_KERAS"))]

MODELS = {
    "reference": (13, ["dense:64:relu", "dropout:0.3", "dense:32:relu", "dropout:0.3", "dense:1:sigmoid"]),
    "smallest": (1, ["dense:1:sigmoid"]),
    "mixed": (5, ["dropout:0.15", "dense:7:tanh", "dense:6:linear", "dense:5:sigmoid", "dense:1:sigmoid"]),
}


def drive(build_folder, *arguments):
    return subprocess.run(
        [build_folder / "driver_keras_file", *map(str, arguments)], text=True, capture_output=True, timeout=60
    )


def arrays_of(name, iteration, rate):
    inputs, layers = MODELS[name]
    r = np.random.default_rng(sum(map(ord, name)))
    given = {"iteration": iteration, "rate": rate}
    given["x"] = r.normal(size=(50, inputs)).astype("f4")
    given["y"] = (r.random(50) < 0.4).astype("f4")
    acts, n_in, shapes = [], inputs, []
    for layer in layers:
        kind, value, *act = layer.split(":")
        if kind == "dense":
            acts += act
            shapes += [(n_in, int(value)), (int(value),)]
            n_in = int(value)
    given["acts"] = np.array(acts)
    for i, shape in enumerate(shapes):
        given[f"w{i}"] = r.normal(size=shape, scale=0.5).astype("f4")
        given[f"m{i}"] = r.normal(size=shape, scale=0.01).astype("f4")
        given[f"v{i}"] = r.random(size=shape).astype("f4") * np.float32(1e-4)
    return given, len(shapes)


def flat(arrays, n, kinds="wmv"):
    return b"".join(np.ascontiguousarray(arrays[f"{k}{i}"], "<f4").tobytes() for i in range(n) for k in kinds)


@pytest.fixture
def written(build_folder, tmp_path):
    def write(name, iteration, rate):
        given, n = arrays_of(name, iteration, rate)
        (tmp_path / "in.bin").write_bytes(flat(given, n))
        np.savez(tmp_path / "in.npz", **given)
        path = tmp_path / "ours.keras"
        inputs, layers = MODELS[name]
        done = drive(build_folder, "write", path, tmp_path / "in.bin", inputs, iteration, rate, *layers)
        assert done.returncode == 0, done.stderr
        return path, given, n

    return write


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name,iteration,rate", [("reference", 60, 0.001), ("smallest", -1, 0.01), ("mixed", 7, 3e-4)])
def test_keras_loads_ours_and_we_read_its_own(build_folder, tmp_path, written, python, name, iteration, rate):
    path, _, n = written(name, iteration, rate)
    theirs, arrays = tmp_path / "theirs.keras", tmp_path / "theirs.npz"
    session = subprocess.run(
        [python, "-W", "default", HERE / "keras_session.py", path, tmp_path / "in.npz", theirs, arrays],
        text=True,
        capture_output=True,
        timeout=600,
    )
    assert session.returncode == 0, session.stdout + session.stderr
    assert "ok" in session.stdout and "UserWarning" not in session.stderr
    done = drive(build_folder, "read", theirs, tmp_path / "out.bin")
    assert done.returncode == 0, done.stderr
    after = np.load(arrays)
    first, second = done.stdout.splitlines()
    inputs, layers = MODELS[name]
    assert first == " ".join([str(inputs), *layers])
    assert second == f"{int(after['iteration'])} {float(str(np.float32(after['rate'])))!r}"
    assert (tmp_path / "out.bin").read_bytes() == flat(after, n)


@pytest.mark.parametrize("name", MODELS)
def test_h5py_reads_ours(tmp_path, written, name):
    import io
    import json
    import zipfile

    path, given, n = written(name, 12, 0.001)
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    assert json.loads(archive.read("config.json"))["compile_config"]["optimizer"]["config"] == {"learning_rate": 0.001}
    assert b'"learning_rate":0.001}' in archive.read("config.json")
    with h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as f:
        assert list(f["vars"]) == []
        got, k = {}, 0
        for i in range(n // 2):
            layer = f["layers/dense" + (f"_{i}" if i else "") + "/vars"]
            assert list(layer) == ["0", "1"]
            for j in "01":
                got[f"w{k}"] = layer[j][()]
                k += 1
        slots = f["optimizer/vars"]
        assert len(slots) == 2 + 2 * n
        assert slots["0"].dtype == "<i8" and slots["0"][()] == 12
        assert slots["1"].dtype == "<f4" and slots["1"][()] == np.float32(0.001)
        for i in range(n):
            got[f"m{i}"], got[f"v{i}"] = slots[str(2 + 2 * i)][()], slots[str(3 + 2 * i)][()]
        for key, value in got.items():
            assert value.dtype == np.float32 and np.array_equal(value, given[key])


def test_same_bytes_after_reading_back(build_folder, tmp_path, written):
    path, given, n = written("reference", 60, 0.001)
    done = drive(build_folder, "read", path, tmp_path / "again.bin")
    iteration, rate = done.stdout.splitlines()[1].split()
    assert rate == "0.001"
    inputs, layers = MODELS["reference"]
    drive(build_folder, "write", tmp_path / "again.keras", tmp_path / "again.bin", inputs, iteration, rate, *layers)
    assert (tmp_path / "again.keras").read_bytes() == path.read_bytes()


def test_unsupported_is_named(build_folder, tmp_path):
    import keras

    wide = keras.Sequential([keras.Input((3, 2)), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")])
    wide.save(tmp_path / "wide.keras")
    done = drive(build_folder, "read", tmp_path / "wide.keras", tmp_path / "x")
    assert done.returncode == 1 and "rows of 1 to" in done.stderr
    conv = keras.Sequential([keras.Input((3,)), keras.layers.UnitNormalization(), keras.layers.Dense(1, "sigmoid")])
    conv.save(tmp_path / "norm.keras")
    done = drive(build_folder, "read", tmp_path / "norm.keras", tmp_path / "x")
    assert done.returncode == 1 and "UnitNormalization" in done.stderr

    inputs = keras.Input((3,))
    functional = keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(inputs))
    functional.save(tmp_path / "functional.keras")
    done = drive(build_folder, "read", tmp_path / "functional.keras", tmp_path / "x")
    assert done.returncode == 1 and "Functional" in done.stderr
    glu = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, "celu"), keras.layers.Dense(1, "sigmoid")])
    glu.save(tmp_path / "celu.keras")
    done = drive(build_folder, "read", tmp_path / "celu.keras", tmp_path / "x")
    assert done.returncode == 1 and "celu" in done.stderr

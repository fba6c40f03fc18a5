"""Models of Keras' own on a table: scores and evaluation as Keras has them, from whole files and from weights alone."""

import csv
import json

import numpy as np
import pytest

ROWS, WIDTH = 300, 4


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    rng = np.random.default_rng(11)
    x = rng.normal(size=(ROWS, WIDTH)).astype("float32")
    y = (x[:, 0] + 0.7 * rng.normal(size=ROWS) > 0).astype(int)
    path = tmp_path_factory.mktemp("table") / "t.csv"
    with open(path, "w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["a", "b", "bought", "c", "d"])
        writer.writerows([*map(float, r[:2]), t, *map(float, r[2:])] for r, t in zip(x, y, strict=True))
    with open(path.with_name("inputs.csv"), "w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["a", "b", "c", "d"])
        writer.writerows([*map(float, r)] for r in x)
    return path, x, y


def trained(keras, x, y, units):
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input(shape=(WIDTH,)),
            layers.Dense(16, activation="relu"),
            layers.BatchNormalization(),
            layers.Dense(8),
            layers.LeakyReLU(),
            layers.Dense(units, activation="softmax" if units == 2 else "sigmoid"),
        ]
    )
    loss = "sparse_categorical_crossentropy" if units == 2 else "binary_crossentropy"
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    model.fit(x, y, epochs=5, verbose=0)
    return model


def same(propense, folder, table, model, *words):
    path, x, y = table
    said = propense("score", *words[:1], path.with_name("inputs.csv"), *words[1:], cwd=folder).stdout.split("\n")[1:-1]
    met = np.array([float(line.split(",")[1]) for line in said])
    expected = model.predict(x, verbose=0)[:, -1]
    assert np.abs(met - expected).max() < 1e-6
    told = json.loads(propense("evaluate", *words[:1], path, *words[1:], "--target", "bought", "--json", cwd=folder).stdout)
    loss, accuracy = model.evaluate(x, y, batch_size=ROWS, verbose=0)
    assert abs(told["keras_loss"] - loss) < 1e-6 and abs(told["keras_accuracy"] - accuracy) < 1e-6


@pytest.mark.parametrize("units", [1, 2])
@pytest.mark.parametrize("library", ["keras", "tf_keras"])
def test_whole_files_and_weights(propense, tmp_path, table, library, units):
    keras = pytest.importorskip(library)
    model = trained(keras, *table[1:], units)
    model.save(tmp_path / "m.h5")
    (tmp_path / "m.json").write_text(model.to_json())
    model.save_weights(tmp_path / "w.weights.h5")
    whole, weights = ["m.h5"], ["w.weights.h5"]
    if library == "keras":
        model.save(tmp_path / "m.keras")
        whole.append("m.keras")
    else:
        model.save_weights(tmp_path / "old.h5", save_format="h5")  # layers named at the root
        weights.append("old.h5")
    for name in whole:
        same(propense, tmp_path, table, model, name)
    for name in weights:
        for config in ("m.json", *whole):
            same(propense, tmp_path, table, model, name, "--config", config)
        inspected = propense("inspect", name, "--config", "m.json", cwd=tmp_path).stdout
        assert "BatchNormalization" in inspected
        refused = propense("score", name, table[0], cwd=tmp_path, check=False)
        assert refused.returncode == 1 and ("--config" in refused.stderr or "model_config" in refused.stderr)


def test_another_network_is_refused(propense, tmp_path, table):
    import keras

    model = trained(keras, *table[1:], 1)
    model.save_weights(tmp_path / "w.weights.h5")
    other = keras.Sequential([keras.Input(shape=(WIDTH,)), keras.layers.Dense(1, activation="sigmoid")])
    (tmp_path / "other.json").write_text(other.to_json())
    (tmp_path / "broken.json").write_text(other.to_json()[:-20])
    for config in ("other.json", "broken.json", "w.weights.h5"):
        refused = propense("score", "w.weights.h5", table[0], "--config", config, cwd=tmp_path, check=False)
        named = "broken.json" if config == "broken.json" else "w.weights.h5"
        assert refused.returncode == 1 and named in refused.stderr and not refused.stdout

"""`--weight_column` and `--class_weight` through the whole command, against Keras' sample_weight and class_weight.

Steps of plain SGD over all rows at once know no order, so the command's own shuffling does not matter.
"""

import csv
import json
import zipfile

import numpy as np
import pytest

ROWS, EPOCHS, RATE = 400, 4, 0.5
PLAIN = ["--hidden", "8", "--dropout", "0", "--optimizer", "sgd", "--batch_size", ROWS, "--calibrate", "none"]


def table(path, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(ROWS, 3)).astype("float32").astype(float)
    y = (x[:, 0] - x[:, 1] + rng.normal(size=ROWS) > 0.8).astype(int)
    w = np.round(rng.gamma(1.0, 2.0, ROWS), 3) * (rng.random(ROWS) > 0.1)
    with open(path, "w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["a", "b", "w", "c", "label"])
        writer.writerows([*map(repr, map(float, (r[0], r[1], v, r[2]))), t] for r, v, t in zip(x, w, y, strict=True))
    return x, y, w


def trained(propense, folder, name, *more):
    propense("train", "d.csv", "--valid", "v.csv", *PLAIN, "--model_out", f"{name}.keras", "--history_out", f"{name}.csv",
             *more, cwd=folder)
    with open(folder / f"{name}.csv", newline="") as f:
        return list(csv.DictReader(f))


def card(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("propense.json"))


@pytest.mark.parametrize("how", ["rows", "classes"])
def test_training_is_keras(propense, tmp_path, how):
    import keras
    from sklearn.preprocessing import StandardScaler

    x, y, w = table(tmp_path / "d.csv", 1)
    xv, yv, wv = table(tmp_path / "v.csv", 2)
    scaler = StandardScaler().fit(x)
    x, xv = (scaler.transform(part).astype("float32") for part in (x, xv))
    ours, theirs, valid = ["--weight_column", "w"], {"sample_weight": w}, (xv, yv, wv)
    if how == "classes":
        ours = ["--drop", "w", "--class_weight", "0.5,3"]
        theirs, valid = {"class_weight": {0: 0.5, 1: 3.0}}, (xv, yv)
    # One step of next to nothing leaves the first weights as they are.
    trained(propense, tmp_path, "first", *ours, "--lr", "1e-8", "--epochs", 1)
    figures = trained(propense, tmp_path, "ours", *ours, "--lr", RATE, "--epochs", EPOCHS)
    model = keras.models.load_model(tmp_path / "first.keras")
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss="binary_crossentropy", metrics=["accuracy"])
    done = model.fit(x, y, batch_size=ROWS, epochs=EPOCHS, validation_data=valid, shuffle=False, verbose=0, **theirs)
    for key in ("loss", "val_loss", "accuracy", "val_accuracy"):
        assert np.allclose([float(e[key]) for e in figures], done.history[key], rtol=2e-5), key
    mine = keras.models.load_model(tmp_path / "ours.keras")
    for a, b in zip(mine.get_weights(), model.get_weights(), strict=True):
        assert np.allclose(a, b, atol=2e-5)


def test_probabilities_hold_for_the_rows_as_they_are(propense, tmp_path):
    """Conversions that weigh five times as much raise the network's odds; the way back is the logarithm of it."""
    import keras

    x, y, _ = table(tmp_path / "d.csv", 3)
    table(tmp_path / "v.csv", 4)
    rows = list(csv.reader(open(tmp_path / "d.csv", newline="")))
    for row in rows[1:]:
        row[2] = "5" if row[4] == "1" else "1"
    csv.writer(open(tmp_path / "d.csv", "w", newline="")).writerows(rows)
    trained(propense, tmp_path, "m", "--weight_column", "w", "--lr", RATE, "--epochs", 20)
    schema = {c["name"]: c["role"] for c in card(tmp_path / "m.keras")["schema"]["columns"]}
    assert schema == {"a": "feature", "b": "feature", "w": "weight", "c": "feature", "label": "target"}
    scores = propense("score", "m.keras", "d.csv", cwd=tmp_path).stdout.split("\n")[1:-1]
    told = np.array([float(line.split(",")[1]) for line in scores])
    scaled = ((x - x.mean(0)) / x.std(0)).astype("float32")
    raw = keras.models.load_model(tmp_path / "m.keras").predict(scaled, verbose=0)[:, 0].astype(float)
    logit = np.log(raw / (1 - raw)) - np.log(5)
    assert np.allclose(told, 1 / (1 + np.exp(-logit)), atol=1e-5)
    assert abs(told.mean() - y.mean()) < 0.05 < raw.mean() - y.mean()


def test_balanced_training_is_calibrated_on_natural_rows(propense, tmp_path):
    """The probabilities of new natural rows are right on average, and no worse than by the prior alone."""
    rng = np.random.default_rng(5)
    for name, n in (("d.csv", 6000), ("new.csv", 6000)):
        x = rng.normal(size=(n, 3))
        y = (rng.random(n) < 1 / (1 + np.exp(3.2 - 1.5 * x[:, 0]))).astype(int)
        with open(tmp_path / name, "w", newline="") as f:
            csv.writer(f).writerow(["a", "b", "c", "label"])
            csv.writer(f).writerows([*map(float, r), t] for r, t in zip(x, y, strict=True))
    said = propense("train", "d.csv", "--balance", "random", "--hidden", "32", "--epochs", 10, "--model_out", "m.keras",
                    cwd=tmp_path)
    assert "calibrated on out-of-fold scores" in said.stderr
    balancing = card(tmp_path / "m.keras")["balancing"]
    assert balancing["raw_ece"] > 0.1 > 0.05 > balancing["corrected_ece"]
    assert balancing["corrected_loss"] < balancing["raw_loss"]
    assert balancing["corrected_loss"] < balancing["shifted_loss"] + 0.01
    scores = propense("score", "m.keras", "new.csv", cwd=tmp_path).stdout.split("\n")[1:-1]
    told = np.array([float(line.split(",")[1]) for line in scores])
    assert abs(told.mean() - y.mean()) < 0.015

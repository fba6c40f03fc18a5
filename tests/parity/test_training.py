"""Three epochs of training against Keras: same initial weights, no shuffling, no dropout."""

import subprocess

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

EPOCHS = 3
NAMES = ["loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc"]


@pytest.fixture(scope="module")
def campaign(data_file):
    """The reference's own preparation: x, x_val, y, y_val."""
    frame = pd.read_csv(data_file)
    target = "label"
    features = frame.drop(columns=["customer_id", target])
    words = features.select_dtypes(exclude="number").columns
    numbers = features.select_dtypes(include="number").columns
    encoder = ColumnTransformer(
        [("num", StandardScaler(), numbers), ("cat", OneHotEncoder(handle_unknown="ignore"), words)],
        sparse_threshold=0,
    )
    y = frame[target].to_numpy(np.uint8)
    train, test = train_test_split(np.arange(len(y)), test_size=0.2, random_state=42, stratify=y)
    x = encoder.fit_transform(features.iloc[train]).astype(np.float32)
    assert x.shape == (400, 13)
    return x, encoder.transform(features.iloc[test]).astype(np.float32), y[train], y[test]


def random_task(n, n_val, width):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(n + n_val, width)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] ** 2 + rng.normal(size=n + n_val) > 1).astype(np.uint8)
    return x[:n], x[n:], y[:n], y[n:]


def train_keras(data, units, batch, rate):
    import keras

    x, x_val, y, y_val = data
    keras.utils.set_random_seed(7)
    model = keras.Sequential(
        [keras.Input((x.shape[1],))]
        + [keras.layers.Dense(u, activation="relu") for u in units[:-1]]
        + [keras.layers.Dense(units[-1], activation="sigmoid")]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.AUC(name="auc")],
    )
    before = model.get_weights()
    history = model.fit(
        x, y, validation_data=(x_val, y_val), epochs=EPOCHS, batch_size=batch, shuffle=False, verbose=0
    ).history
    state = [v.numpy() for v in model.optimizer.variables][2:]  # behind iteration and learning rate
    return before, model.get_weights(), state, history


def flat(tensors):
    return np.concatenate([t.astype(np.float32).ravel() for t in tensors])


def train_ours(folder, build_folder, data, units, batch, rate, weights):
    x, x_val, y, y_val = (np.ascontiguousarray(a) for a in data)
    for name, array in [("x.f32", x), ("x_val.f32", x_val), ("y.u8", y), ("y_val.u8", y_val)]:
        array.tofile(folder / name)
    flat(weights).tofile(folder / "weights.f32")
    arguments = [folder, len(y), len(y_val), x.shape[1], batch, EPOCHS, rate, *units]
    done = subprocess.run(
        [build_folder / "driver_training", *map(str, arguments)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    rows = [[float.fromhex(v) for v in line.split()] for line in done.stdout.splitlines()]
    return dict(zip(NAMES, zip(*rows)))


def near(p, thresholds):
    """Rows whose probability could fall on either side of a threshold."""
    return int(np.any(np.abs(p[:, None].astype(float) - thresholds) < 1e-6, axis=1).sum())


def check_counts(ours, keras_history, folder, y, prefix, n):
    p = np.fromfile(folder / f"p_{'val' if prefix else 'train'}.f32", np.float32).reshape(EPOCHS, n)
    positives = int(y.sum())
    for e in range(EPOCHS):
        at_half = near(p[e], np.array([0.5]))
        apart = abs(ours[prefix + "accuracy"][e] - keras_history[prefix + "accuracy"][e]) * n
        assert apart <= at_half + 1e-3, f"epoch {e}: {apart} rows, {at_half} within 1e-6 of one half"
        at_threshold = near(p[e], np.arange(200) / 199)
        # a row in the neighbouring bucket moves the area by at most 1 / (smaller class)
        room = at_threshold / min(positives, n - positives) + 1e-6
        apart = abs(ours[prefix + "auc"][e] - keras_history[prefix + "auc"][e])
        assert apart <= room, f"epoch {e}: area {apart} apart, {at_threshold} rows within 1e-6 of a threshold"
        print(f"{prefix or 'train_'} epoch {e}: {at_half} rows at one half, {at_threshold} at thresholds")


@pytest.mark.parametrize("case", ["campaign", "wide", "last_step_of_one"])
def test_three_epochs(case, campaign, build_folder, tmp_path):
    data, units, batch, rate = {
        "campaign": (campaign, [64, 32, 1], 32, 1e-3),
        "wide": (random_task(500, 120, 10), [200, 200, 1], 50, 1e-3),
        "last_step_of_one": (random_task(129, 40, 3), [5, 1], 64, 1e-2),
    }[case]
    before, after, state, history = train_keras(data, units, batch, rate)
    ours = train_ours(tmp_path, build_folder, data, units, batch, rate, before)
    np.testing.assert_allclose(np.fromfile(tmp_path / "weights_out.f32", np.float32), flat(after), rtol=0, atol=1e-5)
    np.testing.assert_allclose(ours["loss"], history["loss"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(ours["val_loss"], history["val_loss"], rtol=0, atol=1e-5)
    m, v = flat(state[0::2]), flat(state[1::2])
    np.testing.assert_allclose(np.fromfile(tmp_path / "m_out.f32", np.float32), m, rtol=0, atol=1e-5)
    np.testing.assert_allclose(np.fromfile(tmp_path / "v_out.f32", np.float32), v, rtol=0, atol=1e-6)
    x, x_val, y, y_val = data
    check_counts(ours, history, tmp_path, y, "", len(y))
    check_counts(ours, history, tmp_path, y_val, "val_", len(y_val))

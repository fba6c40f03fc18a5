"""Run by test_foreign.py under each Keras: models as people save them, and what predict says of them.

    python foreign_session.py FOLDER
Writes NAME.keras, NAME.csv (the inputs) and NAME.npy (the predictions) for each model.
"""

import importlib.util
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
if len(sys.argv) > 2:
    import tf_keras as keras  # Keras 2, whose `.keras` is a zip too
else:
    if importlib.util.find_spec("tensorflow") is None:
        os.environ["KERAS_BACKEND"] = "jax"
    import keras
import numpy as np  # noqa: E402

L = keras.layers
ROWS = 200


def head():
    return L.Dense(1, "sigmoid")


def schedule():
    return keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9), momentum=0.9)


def models():
    """name: inputs, layers, optimizer (None: not compiled), epochs"""
    wide = [L.Dense(64, "relu"), L.Dropout(0.3), L.Dense(32, "relu"), L.Dropout(0.3), head()]
    mixed = [L.Activation("tanh"), L.Dense(7), L.Activation("relu"), L.Dense(6, "tanh"), L.Activation("sigmoid"), head()]
    bare = [L.Dense(8, "relu", use_bias=False), L.Dense(5, use_bias=False), L.Dense(1, "sigmoid", use_bias=False)]
    return {
        "reference": (13, wide, "adam", 2),
        "head_alone": (1, [head()], "adam", 1),
        "activations": (5, mixed, "rmsprop", 2),
        "split_head": (4, [L.Dense(9, "sigmoid"), L.Dense(1), L.Activation("sigmoid")], "sgd", 2),
        "no_bias": (6, bare, "adam", 2),
        "scheduled": (3, [L.Dense(4, "tanh", kernel_regularizer="l2"), head()], schedule(), 2),
        "dropout_behind": (3, [L.Dropout(0.2), L.Dense(4, "relu"), head(), L.Dropout(0.1)], "adam", 1),
        "untrained": (3, [L.Dense(4, "relu"), head()], "adam", 0),
        "uncompiled": (3, [L.Dense(4, "relu"), head()], None, 0),
    }


def main(folder):
    keras.utils.set_random_seed(3)
    for name, (n_inputs, layers, optimizer, epochs) in models().items():
        r = np.random.default_rng(n_inputs)
        x = (r.normal(size=(ROWS, n_inputs)) * 1.5).astype("f4")
        y = (r.random(ROWS) < 1 / (1 + np.exp(-x[:, 0]))).astype("f4")
        model = keras.Sequential([L.InputLayer((n_inputs,)), *layers] if len(sys.argv) > 2 else [L.Input((n_inputs,)), *layers])
        if optimizer:
            model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
        if epochs:
            model.fit(x, y, epochs=epochs, batch_size=16, verbose=0)
        model.save(folder / f"{name}.keras")
        np.save(folder / f"{name}.npy", np.asarray(model.predict(x, verbose=0))[:, 0])
        lines = ["customer_id,place," + ",".join(f"f{i}" for i in range(n_inputs))]
        lines += [f"C{i},here," + ",".join(repr(float(v)) for v in row) for i, row in enumerate(x)]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    print("keras", keras.__version__)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))

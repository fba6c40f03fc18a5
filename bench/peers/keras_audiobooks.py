"""The published Audiobooks network in Keras on .npz parts; prints test loss and accuracy.

    python keras_audiobooks.py PREFIX SEED [PREFIX SEED ...]
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
import numpy as np  # noqa: E402


def part(prefix, name):
    arrays = np.load(f"{prefix}_{name}.npz")
    return arrays["inputs"].astype(float), arrays["targets"].astype(int)


def train(prefix, seed):
    keras.utils.set_random_seed(seed)
    dense = keras.layers.Dense
    model = keras.Sequential([*[dense(200, activation="relu") for _ in range(4)], dense(2, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    x, y = part(prefix, "train")
    stop = keras.callbacks.EarlyStopping(patience=3)
    model.fit(x, y, batch_size=50, epochs=100, callbacks=[stop], validation_data=part(prefix, "valid"), verbose=0)
    return model.evaluate(*part(prefix, "test"), verbose=0)


for prefix, seed in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    loss, accuracy = train(prefix, int(seed))
    print(f"{loss:.6f} {accuracy:.6f}", flush=True)

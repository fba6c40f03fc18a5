"""The published Audiobooks network in Keras on .npz parts; a line of JSON for each training: test loss and accuracy,
and the validation loss of every epoch.

    python keras_audiobooks.py PREFIX SEED [PREFIX SEED ...]
"""

import json
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
    done = model.fit(x, y, batch_size=50, epochs=100, callbacks=[stop], validation_data=part(prefix, "valid"), verbose=0)
    loss, accuracy = model.evaluate(*part(prefix, "test"), verbose=0)
    return dict(loss=loss, accuracy=accuracy, val_loss=done.history["val_loss"], train_loss=done.history["loss"])


for prefix, seed in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    print(json.dumps(train(prefix, int(seed))), flush=True)
    keras.backend.clear_session()

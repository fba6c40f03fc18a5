"""Makes the .h5 files of this folder and the seeds of fuzz/corpus/h5model with the real libraries.

    python make_h5.py          needs keras 3 (3.15 was used) with tensorflow, and tf_keras (2.21)

keras3.h5 has lists of names that vary in length, tf_keras.h5 the other spellings; both hold one small network with a
softmax head. layers_only.weights.h5 has no network. h5_expected.inc is what Keras predicts for three rows.
mlp_legacy.h5 is mlp_write.py's, laid out as TensorFlow 2.0 wrote files: names of fixed length.
"""

import pathlib
import shutil

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parents[2] / "fuzz" / "corpus" / "h5model"
X = np.array([[0, 0, 0], [1, -1, 0.5], [-2, 0.25, 3]], "float32")
Y = np.array([0, 1, 1])


def build(keras):
    keras.utils.set_random_seed(5)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.PReLU(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(X, Y, epochs=3, verbose=0)
    return model


def main():
    import keras
    import tf_keras

    CORPUS.mkdir(parents=True, exist_ok=True)
    lines = []
    for name, library in (("keras3", keras), ("tf_keras", tf_keras)):
        model = build(library)
        p = model.predict(X, verbose=0)[:, 1]
        lines.append("{ GOLDEN \"%s.h5\", { %s } },\n" % (name, ", ".join(f"{float(v):.9g}" for v in p)))
        if library is keras:
            model.save_weights(HERE / "layers_only.weights.h5")
        model.save(HERE / f"{name}.h5")
    (HERE / "h5_expected.inc").write_text("".join(lines))
    for name in ("keras3.h5", "tf_keras.h5", "mlp_legacy.h5", "layers_only.weights.h5"):
        shutil.copy(HERE / name, CORPUS / name)


if __name__ == "__main__":
    main()

"""Whole-model .h5 and .weights.h5, both ways: Keras 3's own, and tf_keras' where it is installed."""

import numpy as np
import pytest
from test_vocabulary import LAYERS, X, Y, arrays, build, keras, positive, resave, scores  # noqa: F401


def zoo(head="softmax"):
    hidden = [layer for name in ("batch_norm", "layer_norm", "leaky_relu", "prelu", "elu", "relu") for layer in LAYERS[name]()]
    return build(hidden, head)


@pytest.mark.parametrize("head", ["sigmoid", "softmax"])
def test_keras_3(head, propense, resave, arrays, tmp_path):  # noqa: F811
    model = zoo(head)
    expected = positive(model)
    model.save(tmp_path / "theirs.keras")  # first: saving an .h5 takes the optimiser out of the config
    loss = model.evaluate(X, Y, verbose=0)[0]
    model.save(tmp_path / "theirs.h5")
    assert np.abs(scores(propense, tmp_path / "theirs.h5", arrays, tmp_path) - expected).max() < 1e-6
    for source in ("theirs.keras", "theirs.h5"):
        resave(tmp_path / source, tmp_path / "ours.h5")
        assert np.abs(scores(propense, tmp_path / "ours.h5", arrays, tmp_path) - expected).max() < 1e-6
        ours = keras.models.load_model(tmp_path / "ours.h5")
        assert np.abs(positive(ours) - expected).max() < 1e-6
    resave(tmp_path / "theirs.keras", tmp_path / "ours.h5")
    ours = keras.models.load_model(tmp_path / "ours.h5")
    assert ours.evaluate(X, Y, verbose=0)[0] == pytest.approx(loss, rel=1e-5)
    ours.fit(X, Y, epochs=1, verbose=0)
    resave(tmp_path / "theirs.keras", tmp_path / "ours.weights.h5")
    fresh = keras.models.clone_model(model)
    fresh.load_weights(tmp_path / "ours.weights.h5")
    assert np.abs(positive(fresh) - expected).max() < 1e-6
    assert np.abs(scores(propense, tmp_path / "ours.weights.h5", arrays, tmp_path) - expected).max() < 1e-6


def test_tf_keras(propense, resave, arrays, tmp_path):  # noqa: F811
    tf_keras = pytest.importorskip("tf_keras")
    model = zoo()
    expected = positive(model)
    model.save(tmp_path / "theirs.keras")
    resave(tmp_path / "theirs.keras", tmp_path / "ours.h5")
    old = tf_keras.models.load_model(tmp_path / "ours.h5")
    assert np.abs(old.predict(X, verbose=0)[:, 1] - expected).max() < 1e-6
    old.fit(X, Y, epochs=1, verbose=0)
    old.save(tmp_path / "old.h5")
    changed = old.predict(X, verbose=0)[:, 1]
    assert np.abs(scores(propense, tmp_path / "old.h5", arrays, tmp_path) - changed).max() < 1e-6


def test_propense_part_survives(propense, data_file, tmp_path):
    """A model of our own is the same one in every form."""
    propense("train", data_file, "--epochs", 2, "--calibrate", "none", "--model_out", "m.keras", cwd=tmp_path)
    expected = propense("score", "m.keras", data_file, cwd=tmp_path).stdout
    for name in ("m.h5", "m.weights.h5"):
        propense("train", data_file, "--epochs", 2, "--calibrate", "none", "--model_out", name, cwd=tmp_path)
        assert propense("score", name, data_file, cwd=tmp_path).stdout == expected

"""Every layer, activation, optimiser and loss in Keras' files, both ways: propense scores what Keras wrote, and Keras
loads, predicts and goes on training with what propense wrote."""

import subprocess
import warnings

import numpy as np
import pytest

keras = pytest.importorskip("keras")
L = keras.layers
rng = np.random.default_rng(7)
X = rng.normal(size=(300, 6)).astype("float32")
Y = (X[:, 0] + 0.5 * X[:, 1] ** 2 + rng.normal(size=300) > 0.4).astype(int)

ACTIVATIONS = (
    "relu sigmoid tanh softmax linear elu selu gelu silu softplus softsign mish exponential hard_sigmoid relu6 leaky_relu"
).split()
LAYERS = {
    "batch_norm": lambda: [L.BatchNormalization(momentum=0.8, epsilon=0.01)],
    "batch_norm_bare": lambda: [L.BatchNormalization(center=False), L.BatchNormalization(scale=False)],
    "layer_norm": lambda: [L.LayerNormalization(epsilon=0.02)],
    "layer_norm_bare": lambda: [L.LayerNormalization(center=False), L.LayerNormalization(scale=False)],
    "noise": lambda: [L.GaussianNoise(0.3), L.Dropout(0.4)],
    "leaky_relu": lambda: [L.LeakyReLU(negative_slope=0.17), L.LeakyReLU()],
    "prelu": lambda: [L.PReLU(alpha_initializer="uniform")],
    "elu": lambda: [L.ELU(alpha=0.7)],
    "relu": lambda: [L.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.2), L.ReLU()],
    "softmax": lambda: [L.Softmax()],
    "no_bias": lambda: [L.Dense(5, use_bias=False, kernel_initializer="he_normal")],
    "penalties": lambda: [
        L.Dense(5, kernel_regularizer=keras.regularizers.L1L2(0.01, 0.02), kernel_constraint=keras.constraints.MaxNorm(1.5)),
        L.Dense(4, kernel_regularizer=keras.regularizers.L1(0.03)),
        L.Dense(4, kernel_regularizer=keras.regularizers.L2(0.04), kernel_initializer=keras.initializers.Orthogonal()),
    ],
}
HEADS = {
    "sigmoid": (lambda: [L.Dense(1, "sigmoid")], "binary_crossentropy"),
    "softmax": (lambda: [L.Dense(2, "softmax")], "sparse_categorical_crossentropy"),
    "softmax_layer": (lambda: [L.Dense(2), L.Softmax()], "sparse_categorical_crossentropy"),
    "activation_layer": (lambda: [L.Dense(1), L.Dropout(0.1), L.Activation("sigmoid")], "binary_crossentropy"),
}
OPTIMISERS = {
    "adam": lambda: keras.optimizers.Adam(0.002, beta_1=0.85, beta_2=0.99, epsilon=1e-5, clipnorm=0.7),
    "adamw": lambda: keras.optimizers.AdamW(0.003, weight_decay=0.01, global_clipnorm=2.0),
    "nadam": lambda: keras.optimizers.Nadam(0.004),
    "sgd": lambda: keras.optimizers.SGD(0.05),
    "sgd_nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipvalue=0.5),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.005, rho=0.8),
    "rmsprop_momentum": lambda: keras.optimizers.RMSprop(0.005, momentum=0.4),
}
LOSSES = {
    "smooth": lambda: keras.losses.BinaryCrossentropy(label_smoothing=0.1),
    "focal": lambda: keras.losses.BinaryFocalCrossentropy(gamma=1.5),
    "focal_balanced": lambda: keras.losses.BinaryFocalCrossentropy(gamma=1.5, alpha=0.4, apply_class_balancing=True),
}


def build(hidden, head="sigmoid", optimiser="adam", loss=None):
    keras.utils.set_random_seed(3)
    end, plain = HEADS[head]
    model = keras.Sequential([keras.Input((6,)), L.Dense(8, "relu"), *hidden, *end()])
    model.compile(OPTIMISERS[optimiser](), LOSSES[loss]() if loss else plain, metrics=["accuracy"])
    model.fit(X, Y, epochs=2, batch_size=50, verbose=0)
    return model


def positive(model):
    p = model.predict(X, verbose=0)
    return p[:, -1]


@pytest.fixture(scope="module")
def arrays(tmp_path_factory):
    path = tmp_path_factory.mktemp("arrays") / "x.npz"
    np.savez(path, inputs=X)
    return path


@pytest.fixture(scope="module")
def resave(build_folder):
    def run(given, wanted):
        done = subprocess.run([build_folder / "driver_models", given, wanted], text=True, capture_output=True)
        assert done.returncode == 0, done.stderr

    return run


def scores(propense, model_file, arrays, tmp_path):
    propense("score", model_file, arrays, "--scores_out", tmp_path / "s.csv")
    return np.loadtxt(tmp_path / "s.csv", delimiter=",", skiprows=1)[:, 1]


def optimiser_state(model):
    return [np.asarray(v) for v in model.optimizer.variables]


def check_both_ways(model, propense, resave, arrays, tmp_path, ending=".keras"):
    """Keras -> propense -> Keras: the same predictions, and the same next steps of training."""
    expected = positive(model)
    model.save(tmp_path / f"theirs{ending}")
    assert np.abs(scores(propense, tmp_path / f"theirs{ending}", arrays, tmp_path) - expected).max() < 1e-6
    resave(tmp_path / f"theirs{ending}", tmp_path / "ours.keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = keras.models.load_model(tmp_path / "ours.keras")
    assert np.abs(positive(ours) - expected).max() < 1e-6
    assert np.abs(scores(propense, tmp_path / "ours.keras", arrays, tmp_path) - expected).max() < 1e-6
    return ours


def check_goes_on(model, ours):
    """Two epochs more, in the order of the rows and without random layers, end at the same weights."""
    assert type(model.optimizer) is type(ours.optimizer)
    for a, b in zip(optimiser_state(model), optimiser_state(ours), strict=True):
        assert np.allclose(a, b, rtol=1e-6, atol=0)
    for m in (model, ours):
        m.fit(X, Y, epochs=2, batch_size=50, shuffle=False, verbose=0)
    for a, b in zip(model.get_weights(), ours.get_weights(), strict=True):
        assert np.allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [n for n in LAYERS if n != "noise"])
def test_layers(name, propense, resave, arrays, tmp_path):
    model = build(LAYERS[name]())
    check_goes_on(model, check_both_ways(model, propense, resave, arrays, tmp_path))


def test_random_layers(propense, resave, arrays, tmp_path):
    ours = check_both_ways(build(LAYERS["noise"]()), propense, resave, arrays, tmp_path)
    assert [type(layer).__name__ for layer in ours.layers] == ["Dense", "GaussianNoise", "Dropout", "Dense"]
    assert ours.layers[1].stddev == pytest.approx(0.3) and ours.layers[2].rate == pytest.approx(0.4)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name, propense, resave, arrays, tmp_path):
    model = build([L.Dense(7, name), L.Activation(name)])
    check_goes_on(model, check_both_ways(model, propense, resave, arrays, tmp_path))


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("head", ["sigmoid", "softmax"])
def test_optimisers(optimiser, head, propense, resave, arrays, tmp_path):
    model = build([], head, optimiser)
    ours = check_both_ways(model, propense, resave, arrays, tmp_path)
    check_goes_on(model, ours)
    for key in ("clipnorm", "clipvalue", "global_clipnorm", "weight_decay", "learning_rate"):
        a, b = getattr(model.optimizer, key), getattr(ours.optimizer, key)
        assert (a is None and b is None) or float(a) == pytest.approx(float(b)), key


@pytest.mark.parametrize("head", ["softmax_layer", "activation_layer"])
def test_heads(head, propense, resave, arrays, tmp_path):
    check_both_ways(build([], head), propense, resave, arrays, tmp_path)


@pytest.mark.parametrize("loss", LOSSES)
def test_losses(loss, propense, resave, arrays, tmp_path):
    model = build([], loss=loss)
    ours = check_both_ways(model, propense, resave, arrays, tmp_path)
    assert ours.evaluate(X, Y, verbose=0)[0] == pytest.approx(model.evaluate(X, Y, verbose=0)[0], rel=1e-5)
    check_goes_on(model, ours)

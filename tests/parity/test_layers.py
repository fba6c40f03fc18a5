"""Every layer, optimiser, schedule, loss and callback against Keras: predictions, several epochs of
training from the same weights (no shuffling, no noise), learning rates, early stopping."""

import itertools
import subprocess

import numpy as np
import pytest

EPOCHS = 3
NAMES = ["loss", "accuracy", "auc", "val_loss", "val_accuracy", "val_auc"]
N, N_VAL, WIDTH, BATCH = 150, 60, 6, 32


@pytest.fixture(scope="module")
def task():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(N + N_VAL, WIDTH)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] ** 2 + 0.5 * rng.normal(size=N + N_VAL) > 1).astype(np.uint8)
    return x[:N], y[:N], x[N:], y[N:]


@pytest.fixture(scope="module")
def driver(build_folder):
    program = build_folder / "driver_layers"
    if not program.exists():
        pytest.skip(f"{program} is not built")

    def run(*arguments):
        done = subprocess.run([program, *map(str, arguments)], text=True, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def keras_layer(text, keras):
    """The Keras layer of one item of --layers."""
    words = text.split()
    named = dict(w.split("=") for w in words if "=" in w)
    plain = [w for w in words[1:] if "=" not in w]
    layers, regularizers = keras.layers, keras.regularizers
    number = {k: float(v) for k, v in named.items() if k != "init"}
    if words[0] == "dense":
        bias = "no_bias" not in plain
        act = [w for w in plain[1:] if w != "no_bias"]
        l1, l2 = number.get("l1", 0), number.get("l2", 0)
        return layers.Dense(
            int(plain[0]),
            activation=act[0] if act else None,
            use_bias=bias,
            kernel_regularizer=regularizers.L1L2(l1, l2) if l1 or l2 else None,
            kernel_constraint=keras.constraints.MaxNorm(number["max_norm"]) if "max_norm" in number else None,
        )
    if words[0] == "dropout":
        return layers.Dropout(0)
    if words[0] == "noise":
        return layers.GaussianNoise(0)
    if words[0] == "batch_norm":
        return layers.BatchNormalization(**number)
    if words[0] == "layer_norm":
        return layers.LayerNormalization(**number)
    if words[0] == "leaky_relu":
        return layers.LeakyReLU(*map(float, plain), **({"negative_slope": number["slope"]} if number else {}))
    if words[0] == "prelu":
        return layers.PReLU()
    if words[0] == "elu":
        return layers.ELU(**number)
    if words[0] == "relu":
        keys = {"max_value": "max_value", "slope": "negative_slope", "threshold": "threshold"}
        return layers.ReLU(**{keys[k]: v for k, v in number.items()})
    if words[0] == "softmax":
        return layers.Softmax()
    return layers.Activation(words[0])


def build(keras, layers, head):
    keras.utils.set_random_seed(7)
    stack = [keras_layer(item, keras) for item in layers.split(",") if item.strip()]
    last = keras.layers.Dense(2, activation="softmax") if head == "softmax" else keras.layers.Dense(1, activation="sigmoid")
    model = keras.Sequential([keras.Input((WIDTH,)), *stack, last])
    rng = np.random.default_rng(3)
    # Scales, shifts and slopes that are not 0 or 1, so that they count.
    model.set_weights(
        [w + rng.uniform(0.05, 0.3, w.shape) if w.ndim == 1 else w for w in model.get_weights()]
    )
    return model


def probabilities(model, x):
    p = model.predict(x, verbose=0)
    return p[:, -1]


def both(tmp_path, driver, task, layers="dense 12 relu", head="sigmoid", keras_optimizer=None, loss=None, ours=(),
         callbacks=(), class_weight=None, sample_weight=None, epochs=EPOCHS, with_auc=True):
    import keras

    x, y, x_val, y_val = task
    model = build(keras, layers, head)
    binary = "binary_crossentropy" if head == "sigmoid" else "sparse_categorical_crossentropy"
    metrics = ["accuracy"] + ([keras.metrics.AUC(name="auc")] if head == "sigmoid" and with_auc else [])
    model.compile(
        optimizer=keras_optimizer or keras.optimizers.Adam(0.01), loss=loss or binary, metrics=metrics, jit_compile=False
    )
    weights = model.get_weights()
    before = probabilities(model, x)
    history = model.fit(
        x, y, validation_data=(x_val, y_val), epochs=epochs, batch_size=BATCH, shuffle=False, verbose=0,
        callbacks=list(callbacks), class_weight=class_weight, sample_weight=sample_weight,
    ).history
    for name, data in {"x": x, "y": y, "x_val": x_val, "y_val": y_val}.items():
        data.tofile(tmp_path / (name + (".u8" if data.dtype == np.uint8 else ".f32")))
    np.concatenate([w.ravel() for w in weights]).astype(np.float32).tofile(tmp_path / "weights.f32")
    if sample_weight is not None:
        sample_weight.astype(np.float32).tofile(tmp_path / "sample.f32")
    options = {"layers": layers, "head": head, "batch_size": BATCH, "epochs": epochs, "lr": 0.01, "threads": 1}
    if not layers:
        options["hidden"] = "none"
    options.update(dict(o.split("=", 1) for o in ours))
    lines = driver("fit", tmp_path, N, N_VAL, WIDTH, *[f"{k}={v}" for k, v in options.items()]).splitlines()
    read = lambda name: np.fromfile(tmp_path / name, np.float32)
    figures = np.array([[float(v) for v in line.split()] for line in lines[:-1]])
    expected = np.concatenate([w.ravel() for w in model.get_weights()])
    return {
        "before": (read("before.f32"), before),
        "after": (read("after.f32"), probabilities(model, x)),
        "weights": (read("weights_out.f32"), expected),
        "figures": figures,
        "history": history,
        "end": lines[-1],
    }


def near(ours, keras, tolerance):
    keras = np.asarray(keras, np.float64)
    return (np.abs(ours - keras) <= tolerance * (1 + np.abs(keras))).all()


def compare(result, tolerance=5e-5):
    assert near(*result["before"], 1e-6)
    figures, history = result["figures"], result["history"]
    assert len(figures) == len(history["loss"])
    for i, name in enumerate(NAMES):
        # A row whose probability is on a threshold up to rounding may fall to either side.
        one_row = {"acc": 1.01 / N_VAL, "auc": 2e-3}.get(name.removeprefix("val_")[:3], 0)
        if name in history:
            assert near(figures[:, i], history[name], tolerance + one_row), name
    assert near(*result["weights"], 10 * tolerance)
    assert near(*result["after"], 5 * tolerance)


ACTIVATIONS = ["linear", "relu", "sigmoid", "tanh", "softmax", "elu", "selu", "gelu", "silu", "swish", "softplus",
               "softsign", "mish", "exponential", "hard_sigmoid", "relu6", "leaky_relu"]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations(tmp_path, driver, task, activation):
    apart = f"dense 6, {activation}" if activation not in ("elu", "relu", "leaky_relu", "exponential") else "dense 6"
    compare(both(tmp_path, driver, task, layers=f"dense 9 {activation}, {apart}"))


LAYERS = {
    "batch_norm": "batch_norm, dense 9, batch_norm momentum=0.9 epsilon=0.01, relu",
    "layer_norm": "layer_norm, dense 9 tanh, layer_norm epsilon=0.01",
    "noise_is_nothing_here": "noise 0.5, dense 9 relu, dropout 0.5",
    "leaky_relu": "dense 9, leaky_relu, dense 7, leaky_relu slope=0.1",
    "prelu": "dense 9, prelu",
    "elu": "dense 9, elu, dense 7, elu alpha=0.5",
    "relu": "dense 9, relu, dense 8, relu max_value=0.8, dense 7, relu slope=0.1 threshold=0.2 max_value=1.5",
    "softmax": "dense 9, softmax",
    "no_bias": "dense 9 relu no_bias, dense 7 tanh no_bias",
    "everything": "batch_norm, dense 16, layer_norm, mish, dropout 0.2, dense 12 gelu l2=0.001, prelu, dense 8 selu",
}


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("head", ["sigmoid", "softmax"])
def test_layers(tmp_path, driver, task, name, head):
    compare(both(tmp_path, driver, task, layers=LAYERS[name], head=head))


def test_two_heads_say_the_same(tmp_path, driver, task):
    """P of the positive word from a sigmoid and from the second of two softmax units."""
    one = both(tmp_path, driver, task, layers="", head="softmax")
    compare(one)
    assert ((one["after"][0] > 0.5) == (one["after"][1] > 0.5)).all()


@pytest.mark.parametrize("penalty", ["l1=0.003", "l2=0.01", "l1=0.002 l2=0.02", "max_norm=0.7"])
def test_penalties(tmp_path, driver, task, penalty):
    compare(both(tmp_path, driver, task, layers=f"dense 12 relu {penalty}, dense 8 tanh {penalty}"))


def optimisers():
    from keras import optimizers as o

    yield "adam", o.Adam(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-4), ["beta1=0.8", "beta2=0.95", "epsilon=1e-4"]
    yield "adamw", o.AdamW(0.02), ["optimizer=adamw"]
    yield "adamw_decay", o.AdamW(0.02, weight_decay=0.1), ["optimizer=adamw", "weight_decay=0.1"]
    yield "nadam", o.Nadam(0.02), ["optimizer=nadam"]
    yield "sgd", o.SGD(0.02), ["optimizer=sgd"]
    yield "momentum", o.SGD(0.02, momentum=0.9), ["optimizer=sgd", "momentum=0.9"]
    yield "nesterov", o.SGD(0.02, momentum=0.9, nesterov=True), ["optimizer=sgd", "momentum=0.9", "nesterov=true"]
    yield "rmsprop", o.RMSprop(0.005), ["optimizer=rmsprop", "lr=0.005"]
    yield "rmsprop_momentum", o.RMSprop(0.005, rho=0.8, momentum=0.5), ["optimizer=rmsprop", "lr=0.005", "rho=0.8", "momentum=0.5"]
    yield "clip_value", o.Adam(0.02, clipvalue=0.01), ["clip_value=0.01"]
    yield "clip_norm", o.SGD(0.5, clipnorm=0.05), ["optimizer=sgd", "lr=0.5", "clip_norm=0.05"]
    yield "clip_global_norm", o.SGD(0.5, global_clipnorm=0.1), ["optimizer=sgd", "lr=0.5", "clip_global_norm=0.1"]


OPTIMISERS = ["adam", "adamw", "adamw_decay", "nadam", "sgd", "momentum", "nesterov", "rmsprop", "rmsprop_momentum",
              "clip_value", "clip_norm", "clip_global_norm"]


@pytest.mark.parametrize("name", OPTIMISERS)
def test_optimisers(tmp_path, driver, task, name):
    _, optimiser, words = next(o for o in optimisers() if o[0] == name)
    words = words if any(w.startswith("lr=") for w in words) else [*words, "lr=0.02"]
    compare(both(tmp_path, driver, task, layers="dense 12 relu, dense 8 tanh", keras_optimizer=optimiser, ours=words))


STEPS = -(-N // BATCH)


@pytest.mark.parametrize("name", ["exponential", "staircase", "cosine", "warmup"])
def test_schedules(tmp_path, driver, task, name):
    from keras import optimizers
    from keras.optimizers import schedules as s

    made, words = {
        "exponential": (s.ExponentialDecay(0.02, 2 * STEPS, 0.5), ["schedule=exponential", "decay_rate=0.5", "decay_epochs=2"]),
        "staircase": (s.ExponentialDecay(0.02, STEPS, 0.5, staircase=True),
                      ["schedule=exponential", "decay_rate=0.5", "decay_epochs=1", "staircase=true"]),
        "cosine": (s.CosineDecay(0.02, 4 * STEPS, alpha=0.1), ["schedule=cosine", "final_lr=0.1"]),
        "warmup": (s.CosineDecay(0.0, 2 * STEPS, warmup_target=0.02, warmup_steps=2 * STEPS),
                   ["schedule=cosine", "warmup_epochs=2"]),
    }[name]
    result = both(tmp_path, driver, task, keras_optimizer=optimizers.Adam(made), ours=[*words, "lr=0.02"], epochs=4)
    compare(result)
    rates = [float(made(STEPS * (e + 1))) for e in range(4)]
    assert np.abs(result["figures"][:, 6] - rates).max() < 1e-8


def test_plateau(tmp_path, driver, task):
    import keras

    callback = keras.callbacks.ReduceLROnPlateau(factor=0.3, patience=1, cooldown=1, min_lr=0.003)
    result = both(tmp_path, driver, task, callbacks=[callback], epochs=12, keras_optimizer=keras.optimizers.Adam(0.1),
                  ours=["lr=0.1", "schedule=plateau", "lr_factor=0.3", "lr_patience=1", "lr_cooldown=1", "min_lr=0.003"])
    compare(result, 1e-3)
    assert np.abs(result["figures"][:, 6] - result["history"]["learning_rate"]).max() < 1e-7
    assert result["figures"][-1, 6] < 0.1


@pytest.mark.parametrize("name", ["smoothing", "focal", "focal_balanced", "focal_smooth", "classes", "rows", "balanced"])
def test_losses(tmp_path, driver, task, name):
    import keras

    y = task[1]
    rows = np.linspace(0.2, 3, N).astype(np.float32)
    focal = keras.losses.BinaryFocalCrossentropy
    keywords = {
        "smoothing": dict(loss=keras.losses.BinaryCrossentropy(label_smoothing=0.1), ours=["label_smoothing=0.1"]),
        "focal": dict(loss=focal(gamma=2), ours=["loss=focal"]),
        "focal_balanced": dict(loss=focal(apply_class_balancing=True, alpha=0.3, gamma=1.5),
                               ours=["loss=focal", "focal_gamma=1.5", "focal_alpha=0.3"]),
        "focal_smooth": dict(loss=focal(gamma=3, label_smoothing=0.2), ours=["loss=focal", "focal_gamma=3", "label_smoothing=0.2"]),
        "classes": dict(class_weight={0: 0.5, 1: 3.0}, ours=["class_weight=0.5,3"]),
        "rows": dict(sample_weight=rows),
        "balanced": dict(class_weight={k: N / (2 * int((y == k).sum())) for k in (0, 1)}, ours=["class_weight=balanced"]),
    }[name]
    compare(both(tmp_path, driver, task, **keywords))


def test_early_stopping_within_a_run(tmp_path, driver, task):
    import keras

    callback = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    result = both(tmp_path, driver, task, layers="dense 24 relu", callbacks=[callback], epochs=40,
                  keras_optimizer=keras.optimizers.Adam(0.05),
                  ours=["lr=0.05", "patience=2", "restore_best_weights=true"])
    compare(result, 1e-4)
    assert len(result["figures"]) < 40
    assert result["end"] == f"best {callback.best_epoch + 1} stopped 1"


def test_early_stopping_counts_as_the_callback(driver):
    """Random runs of figures, against the real callback."""
    import keras

    rng = np.random.default_rng(11)

    class Model:
        stop_training = False

        def get_weights(self):
            return []

        def set_weights(self, weights):
            pass

    choices = itertools.product([0, 1, 3], [0.0, 0.05], ["min", "max"], [None, 0.5], [0, 2])
    for number, (patience, delta, mode, baseline, start) in enumerate(choices):
        values = np.round(rng.uniform(0.2, 0.8, size=12), 2)
        callback = keras.callbacks.EarlyStopping(
            monitor="val_loss", patience=patience, min_delta=delta, mode=mode, baseline=baseline,
            start_from_epoch=start, restore_best_weights=True,
        )
        callback.set_model(Model())
        callback.on_train_begin()
        epochs = 0
        for e, value in enumerate(values):
            callback.on_epoch_end(e, {"val_loss": float(value)})
            epochs += 1
            if callback.model.stop_training:
                break
        text = driver("stop", patience, delta, mode, "none" if baseline is None else baseline, start, *values)
        assert text.split()[1] == str(epochs), (number, patience, delta, mode, baseline, start, list(values))
        assert text.split()[3] == str(callback.best_epoch + 1), (number, list(values))

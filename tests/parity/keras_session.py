"""Run by test_keras_file.py under each Keras: loads a file with warnings as errors, checks predictions
against NumPy, evaluates, goes on training, saves what Keras itself writes.

    python keras_session.py IN.keras IN.npz OUT.keras OUT.npz
IN.npz: x, y, w0..wn (kernel, bias, ...), acts, iteration, rate.  OUT.npz: w*, m*, v*, iteration, rate.
"""

import importlib.util
import os
import sys
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
if importlib.util.find_spec("tensorflow") is None:
    os.environ["KERAS_BACKEND"] = "jax"
import keras  # noqa: E402
import numpy as np  # noqa: E402

warnings.simplefilter("error")
if keras.backend.backend() == "jax":  # an old Keras on a newer JAX and NumPy
    warnings.simplefilter("ignore", DeprecationWarning)


def forward(x, weights, acts):
    functions = {
        "linear": lambda z: z,
        "relu": lambda z: np.maximum(z, 0),
        "tanh": np.tanh,
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    }
    h = x.astype("f8")
    for i, act in enumerate(acts):
        h = functions[act](h @ weights[2 * i].astype("f8") + weights[2 * i + 1].astype("f8"))
    return h


def slots(optimizer):
    values = [np.asarray(v) for v in optimizer.variables]
    return values[2::2], values[3::2], int(values[0]), values[1]


def main(file_in, arrays_in, file_out, arrays_out):
    given = np.load(arrays_in)
    x, y = given["x"], given["y"]
    n = sum(k.startswith("w") for k in given.files)
    weights = [given[f"w{i}"] for i in range(n)]
    model = keras.models.load_model(file_in)
    for ours, theirs in zip(weights, model.get_weights(), strict=True):
        assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs)
    p = model.predict(x, verbose=0)
    expected = forward(x, weights, given["acts"])
    assert p.shape == expected.shape and np.abs(p - expected).max() <= 1e-6, np.abs(p - expected).max()
    if int(given["iteration"]) < 0:
        assert not getattr(model, "compiled", False)
        model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    else:
        m, v, iteration, rate = slots(model.optimizer)
        assert iteration == int(given["iteration"]) == int(model.optimizer.iterations)
        assert rate == np.float32(given["rate"]) and model.optimizer.get_config()["name"] == "adam"
        for i in range(n):
            assert np.array_equal(m[i], given[f"m{i}"]) and np.array_equal(v[i], given[f"v{i}"])
        loss, accuracy, auc = model.evaluate(x, y, verbose=0)
        q = expected[:, 0]
        assert abs(loss + np.mean(np.log(np.where(y == 1, q, 1 - q)))) < 1e-5
        assert abs(accuracy - np.mean((q > 0.5) == (y == 1))) < 1e-6 and 0 <= auc <= 1
    history = model.fit(x, y, epochs=2, batch_size=16, verbose=0)
    steps = 2 * -(-len(x) // 16)
    assert np.isfinite(history.history["loss"]).all()
    m, v, iteration, rate = slots(model.optimizer)
    assert iteration == max(int(given["iteration"]), 0) + steps
    warnings.simplefilter("default")  # what Keras thinks of its own saving is not our affair
    model.save(file_out)
    out = {f"w{i}": w for i, w in enumerate(model.get_weights())}
    out |= {f"m{i}": a for i, a in enumerate(m)} | {f"v{i}": a for i, a in enumerate(v)}
    np.savez(arrays_out, iteration=iteration, rate=rate, **out)
    print("keras", keras.__version__, "ok", float(np.abs(p - expected).max()))


if __name__ == "__main__":
    main(*sys.argv[1:])

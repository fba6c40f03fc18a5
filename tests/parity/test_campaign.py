"""The reference command from end to end, judged by the real libraries: what the program wrote is
loaded by Keras, fed by scikit-learn's own pipeline, and its tables are made again with pandas."""

import json
import warnings
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.metrics import classification_report, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

NUMBERS = ["recency", "frequency", "monetary", "open_rate", "ctr", "age"]
WORDS = ["gender", "region"]


@pytest.fixture(scope="module")
def run(propense, data_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("campaign")
    propense("train", "--data_path", data_file, "--test_size", "0.2",
             "--model_out", "models/keras_campaign_model.keras", "--metrics_out", "outputs/metrics_keras.csv",
             "--history_out", "outputs/training_history.png", "--epochs", "20", "--batch_size", "32", "--lr", "1e-3",
             cwd=folder)  # fmt: skip
    propense("score", "models/keras_campaign_model.keras", data_file, "--scores_out", "scores.csv", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def reference(data_file):
    """The reference project's preprocessing: its split, and the matrix its ColumnTransformer makes of every row."""
    frame = pd.read_csv(data_file)
    x, y = frame[NUMBERS + WORDS], frame["label"]
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=42)
    transformer = ColumnTransformer(
        [("num", StandardScaler(), NUMBERS), ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), WORDS)]
    )
    transformer.fit(x_train)
    return {"all": transformer.transform(x), "test": transformer.transform(x_test), "y_test": y_test.to_numpy(),
            "test_rows": x_test.index.to_numpy(), "transformer": transformer}  # fmt: skip


@pytest.fixture(scope="module")
def keras_model(run):
    keras = pytest.importorskip("keras")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return keras.models.load_model(run / "models" / "keras_campaign_model.keras")


def test_encoder_is_scikit_learns(run, reference):
    with zipfile.ZipFile(run / "models" / "keras_campaign_model.keras") as archive:
        columns = json.loads(archive.read("propense.json"))["encoder"]["columns"]
    scaler, words = (reference["transformer"].named_transformers_[k] for k in ("num", "cat"))
    numbers = [c for c in columns if "mean" in c]
    assert [c["mean"] for c in numbers] == list(scaler.mean_)
    assert [c["scale"] for c in numbers] == list(scaler.scale_)
    assert [c["levels"] for c in columns if "levels" in c] == [list(c) for c in words.categories_]


def test_scores_are_keras_predictions(run, reference, keras_model):
    scores = pd.read_csv(run / "scores.csv", dtype={"probability": np.float32})
    ours = scores["probability"].to_numpy()
    theirs = keras_model.predict(reference["all"].astype(np.float32), verbose=0)[:, 0]
    assert np.abs(ours - theirs).max() <= 1e-6
    assert list(scores.columns) == ["customer_id", "probability"]


def test_metrics_csv_is_pandas_own(run, reference):
    p = pd.read_csv(run / "scores.csv", dtype={"probability": np.float32})["probability"].to_numpy()
    p, y = p[reference["test_rows"]], reference["y_test"]
    assert (int((y == 0).sum()), int((y == 1).sum())) == (73, 27)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class without predictions
        table = pd.DataFrame(classification_report(y, (p > 0.5).astype(int), output_dict=True)).T
    table.loc["1", "roc_auc"] = roc_auc_score(y, p)
    assert (run / "outputs" / "metrics_keras.csv").read_text() == table.to_csv()


def test_keras_evaluates_to_our_last_epoch(run, reference, keras_model, propense):
    held = json.loads(propense("inspect", run / "models" / "keras_campaign_model.keras", "--json").stdout)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        judged = keras_model.evaluate(reference["test"].astype(np.float32), reference["y_test"], verbose=0,
                                      return_dict=True)  # fmt: skip
    history = held["history"]
    assert judged["loss"] == pytest.approx(history["val_loss"][-1], abs=1e-5)
    assert judged["accuracy"] == pytest.approx(history["val_accuracy"][-1], abs=1e-6)
    assert judged["auc"] == pytest.approx(history["val_auc"][-1], abs=1e-5)


def test_keras_goes_on_training(reference, keras_model):
    before = int(keras_model.optimizer.iterations.numpy())
    assert before == 20 * 13  # 400 rows in batches of 32, 20 epochs
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        keras_model.fit(reference["test"].astype(np.float32), reference["y_test"], epochs=1, batch_size=50, verbose=0)
    assert int(keras_model.optimizer.iterations.numpy()) == before + 2


def test_an_older_keras_loads_it(run, reference, old_keras, tmp_path):
    np.save(tmp_path / "x.npy", reference["all"].astype(np.float32))
    script = """
import sys, warnings
import numpy as np
import keras
assert tuple(map(int, keras.__version__.split(".")[:2])) < (3, 8), keras.__version__
warnings.simplefilter("error")
warnings.filterwarnings("ignore", category=DeprecationWarning)
model = keras.models.load_model(sys.argv[1])
np.save(sys.argv[3], model.predict(np.load(sys.argv[2]), verbose=0)[:, 0])
"""
    old_keras(script, run / "models" / "keras_campaign_model.keras", tmp_path / "x.npy", tmp_path / "p.npy")
    ours = pd.read_csv(run / "scores.csv", dtype={"probability": np.float32})["probability"].to_numpy()
    assert np.abs(ours - np.load(tmp_path / "p.npy")).max() <= 1e-6

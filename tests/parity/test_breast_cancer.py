"""A file that everybody knows: scikit-learn's load_breast_cancer as pandas writes it, and as Excel in
Spanish saves it, through the command line with no flag. It is easy: a linear model reaches an AUC of
0.99, so a reader or an encoder that loses something shows."""

import io

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


@pytest.fixture(scope="module")
def frame():
    return load_breast_cancer(as_frame=True).frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory, propense, frame):
    at = tmp_path_factory.mktemp("cancer")
    frame.to_csv(at / "cancer.csv", index=False)
    spanish = frame.rename(columns={"target": "diagnóstico"})
    text = spanish.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    (at / "excel.csv").write_bytes(b"sep=;\r\n" + text.encode("windows-1252"))
    for name in ("cancer", "excel"):
        propense("train", f"{name}.csv", cwd=at)
        propense("score", f"{name}.keras", f"{name}.csv", "--scores_out", f"{name}_scores.csv", cwd=at)
    return at


def test_ranking_is_as_good_as_scikit_learns(folder, frame):
    scores = pd.read_csv(folder / "cancer_scores.csv")
    assert len(scores) == len(frame)
    rows = np.arange(len(frame))
    train, test = train_test_split(rows, test_size=0.2, random_state=42)
    x, y = frame.drop(columns="target"), frame["target"]
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(x.iloc[train], y.iloc[train])
    reference = roc_auc_score(y.iloc[test], linear.predict_proba(x.iloc[test])[:, 1])
    ours = roc_auc_score(y.iloc[test], scores["probability"].iloc[test])
    assert ours > 0.97
    assert ours > reference - 0.02


def test_the_spanish_file_is_the_same_data(folder):
    plain, spanish = (pd.read_csv(folder / f"{name}_scores.csv") for name in ("cancer", "excel"))
    assert list(plain["probability"]) == list(spanish["probability"])


def test_halves_are_the_whole(folder, frame, propense):
    frame.iloc[:300].to_csv(folder / "first.csv", index=False)
    frame.iloc[300:, ::-1].to_csv(folder / "second.csv", index=False)
    propense("train", "first.csv", "second.csv", "--model_out", "halves.keras", cwd=folder)
    assert (folder / "halves.keras").read_bytes() == (folder / "cancer.keras").read_bytes()
    scored = propense("score", "cancer.keras", "first.csv", "second.csv", cwd=folder).stdout
    whole = pd.read_csv(folder / "cancer_scores.csv")
    assert list(pd.read_csv(io.StringIO(scored))["probability"]) == list(whole["probability"])

"""Folds against scikit-learn, row by row, and a cross-validated evaluation against its metrics."""

import csv
import json
import os
import pathlib
import subprocess

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DRIVER = pathlib.Path(os.environ.get("PROPENSE_BUILD", ROOT / "build")) / "driver_study"


def drive(cases):
    lines = [f"{k} {repeats} {seed} {''.join(map(str, y))}" for k, repeats, seed, y in cases]
    run = subprocess.run([DRIVER, "folds"], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=300)
    return [line if line.startswith("error") else np.array(line.split(), dtype=int) for line in run.stdout.splitlines()]


def folds_of(splitter, y, repeats):
    out = np.empty(len(y) * repeats, dtype=int)
    for number, (_, test) in enumerate(splitter.split(y, y)):
        out[test + number // splitter_folds(splitter) * len(y)] = number % splitter_folds(splitter)
    return out


def splitter_folds(splitter):
    return getattr(splitter, "n_splits", None) or splitter.cvargs["n_splits"]


def test_folds_are_scikit_learns():
    rng = np.random.default_rng(5)
    cases = []
    for i in range(60):
        k = int(rng.integers(2, 11))
        y = (rng.random(int(rng.integers(4 * k, 400))) < rng.uniform(0.1, 0.9)).astype(int)
        y[:k], y[k : 2 * k] = 0, 1
        rng.shuffle(y)
        cases.append((k, 1 + i % 3, int(rng.integers(0, 2**32)), y))
    for (k, repeats, seed, y), met in zip(cases, drive(cases), strict=True):
        if repeats == 1:
            splitter = StratifiedKFold(k, shuffle=True, random_state=seed)
        else:
            splitter = RepeatedStratifiedKFold(n_splits=k, n_repeats=repeats, random_state=seed)
        assert np.array_equal(met, folds_of(splitter, y, repeats)), (k, repeats, seed)


def test_a_class_smaller_than_the_folds_is_an_error():
    (met,) = drive([(5, 1, 0, [0] * 20 + [1] * 4)])
    assert isinstance(met, str) and "4 rows converted" in met


@pytest.fixture(scope="module")
def evaluated(build_folder, tmp_path_factory):
    program = build_folder / "propense"
    if not program.exists():
        pytest.skip(f"{program} is not built")
    folder = tmp_path_factory.mktemp("evaluated")
    data = ROOT / "data" / "campaign_history.csv"
    command = [program, "evaluate", data, "--epochs", "3", "--curves_out", folder, "--json"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    rows = list(csv.DictReader((folder / "scores.csv").open()))
    column = lambda name: np.array([float(r[name]) for r in rows])
    return json.loads(run.stdout), column("target"), column("logit"), column("probability"), column("fold"), data


def test_the_folds_of_an_evaluation(evaluated):
    _, y, _, _, fold, data = evaluated
    label = np.array([int(r["label"]) for r in csv.DictReader(data.open())])
    assert np.array_equal(y, label)
    expected = folds_of(StratifiedKFold(5, shuffle=True, random_state=42), label, 1)
    assert np.array_equal(fold - 1, expected)


def test_the_figures_of_an_evaluation(evaluated):
    result, y, z, p, _, _ = evaluated
    figures = result["model"]["figures"]
    assert np.allclose(p, 1 / (1 + np.exp(-z)), rtol=1e-13)  # --epochs is given: not calibrated
    assert figures["roc_auc"]["value"] == pytest.approx(roc_auc_score(y, z), abs=1e-12)
    assert figures["pr_auc"]["value"] == pytest.approx(average_precision_score(y, z), abs=1e-12)
    assert figures["log_loss"]["value"] == pytest.approx(log_loss(y, p), abs=1e-12)
    assert figures["brier"]["value"] == pytest.approx(brier_score_loss(y, p), abs=1e-12)
    called = p > 0.5
    assert figures["accuracy"]["value"] == pytest.approx(np.mean(called == y), abs=1e-12)


def test_logistic_regression_in_the_folds(evaluated):
    """The simple model beside the network is scikit-learn's on the same folds, on normal scores of ranks."""
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
    from scipy.stats import norm, rankdata
    import pandas as pd

    def scores(train):
        knots = [(np.sort(train[c]), np.sort(norm.ppf((rankdata(train[c]) - 0.5) / len(train)))) for c in train]
        return lambda x: np.column_stack([np.interp(x[c], *k) for c, k in zip(train, knots)])

    result, y, _, _, fold, data = evaluated
    table = pd.read_csv(data)
    numbers = ["recency", "frequency", "monetary", "open_rate", "ctr", "age"]
    words = ["gender", "region"]
    z = np.empty(len(y))
    for k in range(1, 6):
        ranks = make_pipeline(FunctionTransformer(scores(table.loc[fold != k, numbers])), StandardScaler())
        encode = ColumnTransformer([("n", ranks, numbers), ("w", OneHotEncoder(), words)])
        model = make_pipeline(encode, LogisticRegression(C=1, tol=1e-10, max_iter=1000))
        model.fit(table[fold != k], y[fold != k])
        z[fold == k] = model.decision_function(table[fold == k])
    met = result["logistic"]["figures_of_it"]["figures"]
    assert met["roc_auc"]["value"] == pytest.approx(roc_auc_score(y, z), abs=2e-4)
    assert met["log_loss"]["value"] == pytest.approx(log_loss(y, 1 / (1 + np.exp(-z))), abs=1e-6)

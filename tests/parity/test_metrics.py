"""Metrics against scikit-learn, pandas, Keras' AUC and a placement-by-placement DeLong."""
import math
import os
import struct
import subprocess
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import classification_report, roc_auc_score

warnings.simplefilter("ignore")
DRIVER = os.path.join(os.environ.get("PROPENSE_BUILD", "build"), "driver_metrics")


def run(cases):
    """The driver's figures for a list of (y, float32 scores)."""
    data = b"".join(
        struct.pack("<q", len(y)) + np.asarray(y, "u1").tobytes() + np.asarray(s, "<f4").tobytes()
        for y, s in cases
    )
    out = subprocess.run([DRIVER], input=data, stdout=subprocess.PIPE, check=True).stdout
    results, at = [], 0
    for _ in cases:
        figures = {}
        for _ in range(8):
            end = out.index(b"\n", at)
            name, value = out[at:end].decode().split(" ")
            at = end + 1
            if name in ("csv", "text"):
                figures[name] = out[at : at + int(value)].decode()
                at += int(value)
            else:
                figures[name] = float(value)
        results.append(figures)
    assert at == len(out)
    return results


def sample(seed):
    """Sizes, shares of positives and ties of every kind."""
    r = np.random.RandomState(seed)
    n = int(r.choice([2, 3, 5, 9, 40, 137, 300, 1200])) if seed < 290 else int(r.choice([20000, 60000]))
    y = (r.rand(n) < r.choice([0.03, 0.3, 0.5, 0.9])).astype("u1")
    s = r.rand(n) + r.choice([0, 0.3]) * y
    kind = seed % 5
    if kind == 1:
        s = np.round(s, 2)
    elif kind == 2:
        s = np.round(s, 1)
    elif kind == 3:
        s = np.full(n, 0.25)
    elif kind == 4:
        s = np.where(r.rand(n) < 0.5, 0.0, s * 1e-40)
    return y, s.astype("f4")


CASES = [sample(seed) for seed in range(300)]


@pytest.fixture(scope="module")
def figures():
    return run(CASES)


def test_roc_auc_is_scikit_learns_bit_for_bit(figures):
    judged = 0
    for (y, s), f in zip(CASES, figures):
        if y.min() == y.max():
            assert math.isnan(f["auc"]) and math.isnan(f["low"])
            continue
        judged += 1
        assert f["auc"] == roc_auc_score(y, s)
        assert f["delong_auc"] == f["auc"]
    assert judged > 200


def placements(y, s):
    """DeLong's variance from all pairs: the definition, O(m n)."""
    pos, neg = s[y == 1].astype(float), s[y == 0].astype(float)
    wins = (pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :])
    v10, v01 = wins.mean(axis=1), wins.mean(axis=0)
    return wins.mean(), v10.var(ddof=1) / len(pos) + v01.var(ddof=1) / len(neg)


def test_delong_is_the_placements(figures):
    judged = 0
    for (y, s), f in zip(CASES, figures):
        if len(y) > 2000 or y.sum() < 2 or (1 - y.astype(int)).sum() < 2:
            continue
        area, variance = placements(y, s)
        assert abs(f["auc"] - area) < 1e-12
        assert abs(f["variance"] - variance) <= 1e-11 * max(variance, 1e-6)
        assert f["low"] <= f["auc"] <= f["high"]
        if 0 < area < 1:
            half = 1.959963984540054 * math.sqrt(variance) / (area * (1 - area))
            middle = math.log(area / (1 - area))
            assert abs(f["low"] - 1 / (1 + math.exp(half - middle))) < 1e-9
            assert abs(f["high"] - 1 / (1 + math.exp(-half - middle))) < 1e-9
        else:
            assert 0 < f["low"] < f["high"] <= 1 or 0 <= f["low"] < f["high"] < 1
        judged += 1
    assert judged > 150


def test_interval_covers():
    """The true area lies within the 95 % interval about 95 % of the time."""
    r = np.random.RandomState(1)
    truth = 0.7602499389065233  # P(Z < 1 / sqrt 2): two unit normals one apart
    cases = []
    for _ in range(1000):
        y = (np.arange(150) < 50).astype("u1")
        cases.append((y, (r.randn(150) + y).astype("f4")))
    inside = sum(f["low"] <= truth <= f["high"] for f in run(cases))
    assert 930 <= inside <= 972


def test_keras_auc(figures):
    """Keras' own metric, which keeps its state in float32; scores on its thresholds included."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    on = np.concatenate([np.arange(200, dtype="f4") / np.float32(199), np.arange(150) / np.float32(149)])
    y_on = (np.arange(350) * 7 % 3 == 0).astype("u1")
    cases = [(y_on, on.astype("f4"))] + CASES[:40]
    for (y, s), f in zip(cases, run(cases[:1]) + figures[:40]):
        metric = keras.metrics.AUC()
        metric.update_state(y.astype("f4"), np.clip(s, 0, 1))
        assert abs(float(metric.result()) - f["keras"]) < 1e-6


def test_csv_and_text_byte_for_byte(figures):
    for (y, s), f in zip(CASES, figures):
        predicted = (s > 0.5).astype(int)
        report = classification_report(y.astype(int), predicted, output_dict=True)
        frame = pd.DataFrame(report).T
        if y.min() != y.max():
            frame.loc["1", "roc_auc"] = roc_auc_score(y, s)
        else:
            frame["roc_auc"] = np.nan
        assert f["csv"] == frame.to_csv()
        text = classification_report(y.astype(int), predicted)
        if (y == predicted).any():
            assert f["text"] == text
        else:  # scikit-learn prints supports as 3.0 when not one answer is right; we do not
            assert f["text"].split() == text.replace(".0\n", "\n").split()

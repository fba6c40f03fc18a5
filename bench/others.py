#!/usr/bin/env python3
"""The default network beside CatBoost's and logistic regression's defaults on tables that it was not chosen by.

    others.py PROPENSE [NAMES] [--seed N]

Needs NumPy, pandas, scikit-learn and CatBoost. Most tables are drawn from a known truth, so that the log-loss of the
true probabilities stands beside; `cancer` is scikit-learn's, the `gaps` take Shoppers' cells away. All are judged
on rows that nobody learned from. Prints log-loss, area and CPU seconds of training.
"""
import argparse
import os
import resource
import subprocess
import tempfile
import time

import numpy as np
import pandas as pd

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")


def drawn(r, x, z):
    p = 1 / (1 + np.exp(-np.asarray(z, float)))
    return pd.DataFrame(x), (r.random(len(p)) < p).astype(int), p


def numbers(r, n, k):
    return {f"x{i}": r.normal(size=n).round(4) for i in range(k)}


def linear(r):
    x = numbers(r, 8000, 10)
    return drawn(r, x, sum((0.6 - 0.1 * i) * v for i, v in enumerate(x.values())) - 1)


def steps(r):
    """A tree's truth: steps, and what holds only together."""
    x = numbers(r, 12000, 8)
    a, b, c, d = (x[f"x{i}"] for i in range(4))
    return drawn(r, x, 2.0 * ((a > 0) ^ (b > 0.5)) + 1.5 * ((c > 1) & (d < 0)) + (a > 1.2) - 2)


def levels(r):
    """Two columns of 3,000 and 40 levels with an effect each, most of the first with a few rows."""
    n = 15000
    shop = np.minimum((r.pareto(0.7, n) * 3).astype(int), 2999)
    town = r.integers(0, 40, n)
    effect, other = r.normal(size=3000), r.normal(size=40)
    x = {"shop": [f"s{i}" for i in shop], "town": [f"t{i}" for i in town], **numbers(r, n, 3)}
    return drawn(r, x, effect[shop] + 0.7 * other[town] + 0.5 * x["x0"] - 1)


def sparse(r):
    """Nine cells in ten are missing; that a cell is there says something too."""
    x = numbers(r, 10000, 12)
    z = sum(0.8 * v for v in list(x.values())[:4]) - 1
    for i, (name, v) in enumerate(x.items()):
        gone = r.random(len(v)) < np.where(z > 0, 0.85, 0.92) if i % 2 else r.random(len(v)) < 0.9
        x[name] = np.where(gone, np.nan, v)
    return drawn(r, x, z)


def rare(r):
    """One in a hundred converts."""
    x = numbers(r, 30000, 8)
    return drawn(r, x, 1.2 * x["x0"] + 0.8 * np.abs(x["x1"]) - 0.6 * x["x2"] * (x["x3"] > 0) - 6.2)


def large(r):
    x = numbers(r, 140000, 8)
    return drawn(r, x, np.sin(2 * x["x0"]) + x["x1"] * x["x2"] + 0.5 * x["x3"] - 1.5)


def wide(r):
    """Five hundred columns, ten of which matter."""
    x = numbers(r, 4000, 500)
    return drawn(r, x, sum(0.5 * x[f"x{i}"] for i in range(10)) - 1)


def cancer(r):
    from sklearn.datasets import load_breast_cancer

    d = load_breast_cancer(as_frame=True)
    at = r.permutation(len(d.target))
    return d.data.iloc[at].reset_index(drop=True), d.target.to_numpy()[at], None


def gaps(share, at_random):
    """Shoppers with cells of its numbers taken out: anywhere, or rather where they are large."""

    def make(r):
        f = pd.read_csv(os.path.join(ROOT, "data", "shoppers.csv.gz"), sep=None, engine="python")
        y = (f.pop("Revenue").astype(str).str.upper() == "TRUE").astype(int).to_numpy()
        at = r.permutation(len(y))
        f, y = f.iloc[at].reset_index(drop=True), y[at]
        for name in f.columns[:10]:
            v = f[name].astype(float)
            f[name] = v.mask(r.random(len(v)) < (share if at_random else 2 * share * v.rank(pct=True)))
        return f, y, None

    return make


TABLES = {t.__name__: t for t in (linear, steps, levels, sparse, rare, large, wide, cancer)}
TABLES |= {f"gaps{round(100 * s)}{w}": gaps(s, w == "") for s in (0, 0.1, 0.3) for w in ("", "_large") if s or not w}


def cpu():
    return sum(sum(resource.getrusage(w)[:2]) for w in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))


def propense(program, train, y, test, seed):
    with tempfile.TemporaryDirectory() as folder:
        train.assign(label=y).to_csv(f"{folder}/train.csv", index=False)
        test.to_csv(f"{folder}/test.csv", index=False)

        def run(*words):
            subprocess.run([os.path.abspath(program), *words], check=True, cwd=folder, capture_output=True)

        start = cpu()
        run("train", "train.csv", "--target", "label", "--id", "none", "--test_size", "0", "--seed", str(seed), "--model_out", "m.keras")
        spent = cpu() - start
        run("score", "m.keras", "test.csv", "--scores_out", "s.csv")
        return pd.read_csv(f"{folder}/s.csv")["probability"].to_numpy(), spent


def words_of(frame):
    return [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]


def catboost(train, y, test, seed):
    from catboost import CatBoostClassifier

    start = cpu()
    model = CatBoostClassifier(cat_features=words_of(train), verbose=0, random_seed=seed, allow_writing_files=False)
    model.fit(train, y)
    return model.predict_proba(test)[:, 1], cpu() - start


def logistic(train, y, test, seed):
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    words = words_of(train)
    numeric = [c for c in train if c not in words]
    number = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    start = cpu()
    columns = make_column_transformer((number, numeric), (OneHotEncoder(handle_unknown="ignore"), words))
    model = make_pipeline(columns, LogisticRegression(max_iter=1000)).fit(train, y)
    return model.predict_proba(test)[:, 1], cpu() - start


def main():
    from sklearn.metrics import log_loss, roc_auc_score

    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("names", nargs="*", default=list(TABLES))
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    for name in a.names:
        x, y, truth = TABLES[name](np.random.default_rng(a.seed))
        cut = len(y) * 7 // 10
        contenders = {
            "propense": lambda *d: propense(a.program, *d),
            "catboost": catboost,
            "logistic": logistic,
        }
        line = f"| {name} | {cut:,} |"
        line += f" {log_loss(y[cut:], truth[cut:]):.4f} |" if truth is not None else " |"
        for fit in contenders.values():
            start = time.time()
            scores, spent = fit(x[:cut], y[:cut], x[cut:], a.seed)
            loss, area = log_loss(y[cut:], scores), roc_auc_score(y[cut:], scores)
            line += f" {loss:.4f} / {area:.4f} ({spent:.1f} s, {time.time() - start:.1f} wall) |"
        print(line, flush=True)


if __name__ == "__main__":
    main()

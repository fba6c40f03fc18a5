#!/usr/bin/env python3
"""How often the best preset's gate flattens a weak signal, and how often it lets noise through.

    gate.py PROPENSE [--repeats N] [--rows 200,500,1000,2000] [--out gate.csv]

Each run draws a small table whose answer depends on a few columns by a known strength, trains on it
with --preset best, and scores 4,000 further rows. The model file says the out-of-fold gain over the
base rate and its standard error; their ratio t is what a gate can see. For each threshold the
table shows the share of sets let through, and what the scores then cost in log-loss against the
base rate on the further rows (below 0 is better), were that threshold the rule.
"""
import argparse
import csv
import io
import json
import os
import subprocess
import tempfile
import zipfile

import numpy as np

THRESHOLDS = (-9, 0, 0.5, 1, 1.5, 2, 3)
STRENGTHS = (0, 0.25, 0.5, 0.8)


def table(r, n, strength):
    x = r.normal(size=(n, 6))
    x[:, 1] = np.exp(x[:, 1])
    x[:, 2] = np.round(x[:, 2] * 3)
    region = r.integers(0, 4, n)
    signal = x[:, 0] + (x[:, 1] > 1.5) + 0.3 * x[:, 2] * (x[:, 3] > 0) + (region == 2)
    z = strength * (signal - 0.9) - 1.2
    p = 1 / (1 + np.exp(-z))
    return x, region, (r.random(n) < p).astype(int), p


def write(path, x, region, y=None):
    with open(path, "w", newline="") as f:
        w = csv.writer(f)
        w.writerow([f"x{i}" for i in range(x.shape[1])] + ["region"] + (["label"] if y is not None else []))
        for i in range(len(x)):
            row = [repr(float(v)) for v in x[i]] + ["nsew"[region[i]]]
            w.writerow(row + ([y[i]] if y is not None else []))


def loss(p, truth):
    """Expected log-loss where the true probabilities are known: no noise of a test draw."""
    return float(np.mean(-truth * np.log(p) - (1 - truth) * np.log(1 - p)))


def auc(truth, score):
    order = np.argsort(score)
    above = np.cumsum((1 - truth)[order])
    return float(np.sum(truth[order] * above) / truth.sum() / (1 - truth).sum())


def run(program, n, strength, seed):
    r = np.random.default_rng([n, int(100 * strength), seed])
    x, region, y, _ = table(r, n, strength)
    new_x, new_region, _, truth = table(r, 4000, strength)
    with tempfile.TemporaryDirectory() as folder:
        at = {k: os.path.join(folder, k) for k in ("train.csv", "new.csv", "m.keras", "s.csv")}
        write(at["train.csv"], x, region, y)
        write(at["new.csv"], new_x, new_region)
        quiet = dict(check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        command = [program, "train", at["train.csv"], "--preset", "best", "--id", "none", "--threads", "1"]
        subprocess.run(command + ["--verbose", "0", "--model_out", at["m.keras"]], **quiet)
        command = [program, "score", at["m.keras"], at["new.csv"], "--scores_out", at["s.csv"]]
        subprocess.run(command + ["--verbose", "0"], **quiet)
        with zipfile.ZipFile(at["m.keras"]) as z:
            said = json.load(io.BytesIO(z.read("propense.json")))["ensemble"]
        with open(at["s.csv"]) as f:
            p = np.array([float(row["probability"]) for row in csv.DictReader(f)])
    base = (y.sum() + 0.5) / (n + 1)
    z, b = np.log(p / (1 - p)), np.log(base / (1 - base))
    if said["levelled"]:  # undo it, to see what it prevented
        z = b + 1000 * (z - b)
    free = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
    cost = loss(np.clip(free, 1e-7, 1 - 1e-7), truth) - loss(np.full(len(truth), base), truth)
    t = said["gain"] / said["gain_error"] if said["gain_error"] else 0
    return dict(rows=n, strength=strength, seed=seed, t=t, cost=cost, auc=auc(truth, free), ideal=auc(truth, truth))


def show(results):
    print("rows strength  best AUC  reached   " + "".join(f"   t > {k:<9}" for k in THRESHOLDS[1:]) + "no gate")
    for n, s in sorted({(r["rows"], r["strength"]) for r in results}):
        some = [r for r in results if (r["rows"], r["strength"]) == (n, s)]
        t, cost = (np.array([r[k] for r in some]) for k in ("t", "cost"))
        cells = [f"{np.mean(t > k):4.0%} {np.mean(np.where(t > k, cost, 0)):+.4f}" for k in THRESHOLDS[1:]]
        means = [np.mean([r[k] for r in some]) for k in ("ideal", "auc")]
        print(f"{n:4} {s:8} {means[0]:9.3f} {means[1]:8.3f}    " + "   ".join(cells) + f"   {cost.mean():+.4f}")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("program")
    ap.add_argument("--repeats", type=int, default=20)
    ap.add_argument("--rows", default="200,500,1000,2000")
    ap.add_argument("--out")
    args = ap.parse_args()
    results = []
    for seed in range(args.repeats):
        for n in map(int, args.rows.split(",")):
            results += [run(os.path.abspath(args.program), n, s, seed) for s in STRENGTHS]
        if args.out:
            with open(args.out, "w", newline="") as f:
                w = csv.DictWriter(f, results[0])
                w.writeheader()
                w.writerows(results)
    show(results)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Trains the campaign network for one epoch and prints how many rows a second went through the loop.

Reading and encoding are not timed, nor is a short warm-up (tracing, first allocations).
"""
import argparse
import json
import os
import time
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pandas as pd
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def read(path, n_rows):
    frame = pd.read_csv(path, nrows=n_rows)
    y = frame.pop("label").to_numpy("float32")
    frame = frame.drop(columns="customer_id")
    numeric = frame.select_dtypes("number").columns
    words = [c for c in frame.columns if c not in numeric]
    x = np.hstack([StandardScaler().fit_transform(frame[numeric]),
                   OneHotEncoder(sparse_output=False).fit_transform(frame[words])])
    return np.ascontiguousarray(x, "float32"), y


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}


def with_keras(x, y, batch):
    from keras_reference import build
    model = build(x.shape[1], 1e-3)
    model.fit(x[:20 * batch], y[:20 * batch], epochs=1, batch_size=batch, verbose=0)
    return timed(lambda: model.fit(x, y, epochs=1, batch_size=batch, verbose=0)), {}


def with_torch(x, y, batch):
    import torch
    from torch import nn
    x, y = torch.from_numpy(x), torch.from_numpy(y)[:, None]
    model = nn.Sequential(nn.Linear(x.shape[1], 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, 32), nn.ReLU(),
                          nn.Dropout(0.3), nn.Linear(32, 1))
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    loss = nn.BCEWithLogitsLoss()

    def epoch(n):
        order = torch.randperm(n)
        for rows in order.split(batch):
            optimiser.zero_grad(set_to_none=True)
            loss(model(x[rows]), y[rows]).backward()
            optimiser.step()

    model.train()
    seconds = {}
    for threads in sorted({1, len(os.sched_getaffinity(0))}):
        torch.set_num_threads(threads)
        epoch(min(len(x), 200 * batch))
        seconds[threads] = timed(lambda: epoch(min(len(x), 1000 * batch)))["seconds"]
    best = min(seconds, key=seconds.get)
    torch.set_num_threads(best)
    return timed(lambda: epoch(len(x))), {"threads": best}


def with_sklearn(x, y, batch):
    from sklearn.neural_network import MLPClassifier
    warnings.simplefilter("ignore")
    model = MLPClassifier((64, 32), batch_size=batch, learning_rate_init=1e-3, alpha=0, max_iter=1)
    return timed(lambda: model.fit(x, y)), {"dropout": 0}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=("keras", "torch", "sklearn"))
    parser.add_argument("data")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--batch_size", type=int, default=32)
    args = parser.parse_args()
    x, y = read(args.data, args.rows)
    cost, more = globals()["with_" + args.library](x, y, args.batch_size)
    print(json.dumps({"rows": len(x), **cost, **more}))


if __name__ == "__main__":
    main()

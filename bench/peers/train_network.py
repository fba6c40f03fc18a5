#!/usr/bin/env python3
"""Trains the published Audiobooks network (4 x Dense 200 ReLU, softmax of two, Adam, batch 50) in Keras or PyTorch.

    python train_network.py keras|torch DATA WEIGHTS EPOCHS ORDER       ORDER: file | shuffled

What is timed is training alone, as one calls it the first time: Keras' fit() with the tracing of its graph. A second
call from the same weights tells what is left of it without (`warm_seconds`). The files' form stands in
bench/networks.c.
"""
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

BATCH = 50


def read(data, weights):
    with open(data, "rb") as f:
        n, width = np.fromfile(f, "int64", 2)
        x = np.fromfile(f, "float32", n * width).reshape(n, width)
        y = np.fromfile(f, "uint8", n).astype("int64")
    flat, parts, at = np.fromfile(weights, "float32"), [], 0
    for rows, columns in zip((width, 200, 200, 200, 200), (200, 200, 200, 200, 2)):
        for shape in ((rows, columns), (columns,)):
            size = int(np.prod(shape))
            parts.append(flat[at:at + size].reshape(shape))
            at += size
    assert at == len(flat)
    return x, y, parts


def timed(work):
    wall, cpu = time.perf_counter(), time.process_time()
    losses = work()
    return {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu,
            "losses": list(map(float, losses))}


def with_keras(x, y, weights, epochs, shuffled):
    import keras

    def made():
        dense = keras.layers.Dense
        model = keras.Sequential([keras.Input(shape=(x.shape[1],)),
                                  *[dense(200, activation="relu") for _ in range(4)],
                                  dense(2, activation="softmax")])
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        model.set_weights(weights)
        return model

    def fit(model):
        return model.fit(x, y, batch_size=BATCH, epochs=epochs, shuffle=shuffled, verbose=0).history["loss"]

    model = made()
    told = timed(lambda: fit(model))
    return {**told, "warm_seconds": timed(lambda: fit(model))["seconds"]}


def with_torch(x, y, weights, epochs, shuffled):
    import torch
    from torch import nn
    x, y = torch.from_numpy(x), torch.from_numpy(y)
    cross_entropy = nn.CrossEntropyLoss()

    def fit(epochs):
        layers = []
        for kernel, bias in zip(weights[::2], weights[1::2]):
            linear = nn.Linear(*kernel.shape)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(kernel.T.copy()))
                linear.bias.copy_(torch.from_numpy(bias.copy()))
            layers += [linear, nn.ReLU()]
        model = nn.Sequential(*layers[:-1])
        optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7, fused=True)
        means = []
        for _ in range(epochs):
            order, total = torch.randperm(len(x)) if shuffled else torch.arange(len(x)), 0.0
            for rows in order.split(BATCH):
                optimiser.zero_grad(set_to_none=True)
                loss = cross_entropy(model(x[rows]), y[rows])
                loss.backward()
                optimiser.step()
                total += loss.detach() * len(rows)
            means.append(total / len(x))
        return means

    seconds = {}
    for threads in sorted({1, len(os.sched_getaffinity(0))}):
        torch.set_num_threads(threads)
        fit(1)
        seconds[threads] = timed(lambda: fit(2))["seconds"]
    best = min(seconds, key=seconds.get)
    torch.set_num_threads(best)
    return {**timed(lambda: fit(epochs)), "threads": best}


def main():
    library, data, weights, epochs, order = sys.argv[1:]
    told = globals()["with_" + library](*read(data, weights), int(epochs), order != "file")
    print(json.dumps(told))


if __name__ == "__main__":
    main()

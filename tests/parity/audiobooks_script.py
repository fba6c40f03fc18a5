"""The preprocessing that Audiobooks projects publish, with NumPy and scikit-learn: what
`propense prepare --preset audiobooks --seed SEED` has to equal bit for bit.

    python audiobooks_script.py DATA.csv SEED PREFIX
"""

import sys

import numpy as np
from sklearn import preprocessing


def prepare(path, seed, prefix):
    raw = np.loadtxt(path, delimiter=",")
    inputs, targets = raw[:, 1:-1], raw[:, -1]  # without the id

    # The first N zeros for N ones.
    ones = int(np.sum(targets))
    surplus = np.flatnonzero(targets == 0)[ones:]
    inputs = np.delete(inputs, surplus, axis=0)
    targets = np.delete(targets, surplus, axis=0)

    scaled = preprocessing.scale(inputs)

    order = np.arange(scaled.shape[0])
    np.random.seed(seed)
    np.random.shuffle(order)
    scaled, targets = scaled[order], targets[order]

    n = scaled.shape[0]
    n_train, n_valid = int(0.8 * n), int(0.1 * n)
    cuts = {"train": (0, n_train), "valid": (n_train, n_train + n_valid), "test": (n_train + n_valid, n)}
    for part, (first, last) in cuts.items():
        np.savez(f"{prefix}_{part}", inputs=scaled[first:last], targets=targets[first:last])


if __name__ == "__main__":
    prepare(sys.argv[1], int(sys.argv[2]), sys.argv[3])

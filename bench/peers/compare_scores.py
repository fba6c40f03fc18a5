#!/usr/bin/env python3
"""Compares two files of scores: the same columns, rows and ids in order; prints the largest difference."""
import argparse
import json

import numpy as np
import pandas as pd


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("expected", help="the other scorer's")
    parser.add_argument("met", help="propense's")
    parser.add_argument("--id", default="customer_id")
    args = parser.parse_args()
    a, b = (pd.read_csv(path, dtype={args.id: str}) for path in (args.expected, args.met))
    assert list(a.columns) == list(b.columns), f"columns differ: {list(a.columns)}, {list(b.columns)}"
    assert len(a) == len(b), f"rows differ: {len(a)}, {len(b)}"
    assert (a[args.id] == b[args.id]).all(), "ids differ, or their order"
    print(json.dumps({"rows": len(a), "difference": float(np.abs(a.probability - b.probability).max())}))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Reads a CSV file whole into memory with one of the well-known readers and prints how many rows there were."""
import argparse
import json


def polars(path):
    import polars as pl
    return len(pl.read_csv(path))


def pandas(path):
    import pandas as pd
    return len(pd.read_csv(path))


def pandas_pyarrow(path):
    import pandas as pd
    return len(pd.read_csv(path, engine="pyarrow"))


def pyarrow(path):
    from pyarrow import csv
    return csv.read_csv(path).num_rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", choices=("polars", "pandas", "pandas_pyarrow", "pyarrow"))
    parser.add_argument("data")
    args = parser.parse_args()
    print(json.dumps({"rows": globals()[args.library](args.data)}))


if __name__ == "__main__":
    main()

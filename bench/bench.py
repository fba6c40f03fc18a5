#!/usr/bin/env python3
"""Measures propense beside its peers in one run and writes bench/results/<date>-<machine>.md and .csv.

Sections:
  reference   the reference project's command against its Keras script; with PROPENSE_DATA=folder also on the
              Bank, Shoppers, Audiobooks and Hillstrom files in that folder
  score       2 M rows from CSV to CSV against polars + ONNX Runtime and pandas + Keras
  epoch       1 M rows, one epoch, batch 32, dropout on: rows a second against Keras, PyTorch and scikit-learn
  threads     4 hidden layers of 200, batch 50: two threads against one, on idle and on busy cores
  kernels     matrix products against OpenBLAS on one core
  read        a CSV file into memory against polars, pandas and pyarrow
  evaluate    10 M scored rows: every figure, table and interval
  coverage    how often 95 % intervals hold the truth, at 500, 5,000 and 50,000 rows
  plan        10 M scored rows to a send list and a plan
  profit      how often the plan's 95 % interval of the profit holds what then happens
  networks    15 epochs of 4 layers of 200 on 3,579 rows against Keras, PyTorch and a plain loop over OpenBLAS; time a step
              while units are dead
  audiobooks  test accuracy and loss of the published Audiobooks network over twenty splits, beside Keras on the
              same arrays (PROPENSE_DATA=folder; some minutes)

The peers' Python packages go into a folder of the user's cache on first use; nothing else is installed.
"""
import argparse
import os
import sys
import time

import sections
from contest import WORK
from environment import HERE, ROOT, Peers, Trouble, busy_share
from results import Results


def arguments():
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    names = list(sections.ALL)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"which (default: all): {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=3, help="counted rounds after one that is not (default 3)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows: to try things out, not to quote")
    parser.add_argument("--without", action="append", default=[], metavar="PEER",
                        help="leave out a peer: keras, onnx, torch, sklearn, openblas (may be repeated)")
    parser.add_argument("--propense", default=str(ROOT / "build" / "release" / "propense"), metavar="FILE",
                        help="the program to measure (default build/release/propense)")
    parser.add_argument("--peers_only", action="store_true", help="the peers alone, without propense")
    parser.add_argument("--results", default=str(HERE / "results"), metavar="FOLDER")
    args = parser.parse_args()
    for name in args.sections:
        if name not in names:
            parser.error(f"there is no section '{name}'; there are {', '.join(names)}")
    args.sections = args.sections or names
    args.propense = os.path.abspath(args.propense)
    args.rounds = max(1, args.rounds)
    return args


def main():
    args = arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    if not args.peers_only and not os.access(args.propense, os.X_OK):
        sys.exit(f"{args.propense} is not there; './run build' makes it.")
    results = Results(args.results, args.rounds)
    peers, troubles = Peers(), 0
    for name in args.sections:
        busy, start = busy_share(), time.monotonic()
        print(f"\n== {name}", flush=True)
        try:
            bench = sections.Bench(args, results, peers)
            results.begin(name, busy)
            if busy > 0.1:
                results.note("", "Other work kept the cores busy when this began: times are upper bounds, ratios "
                                 "rough.")
            sections.ALL[name](bench)
        except Trouble as trouble:
            troubles += 1
            print(trouble, file=sys.stderr)
            results.note("", "Not measured to the end: " + str(trouble).splitlines()[0])
        results.save()
        print("\n" + results.section_text(name))
        print(f"\n({time.monotonic() - start:.0f} s)", flush=True)
    print(f"\nWritten: {os.path.relpath(results.md_path)} and .csv")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())

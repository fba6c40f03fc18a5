#!/usr/bin/env python3
"""Scores a CSV file with polars and ONNX Runtime, on all cores.

plain: the table is read, encoded by expressions, scored in chunks and written, one after the other.
streaming: polars' streaming engine hands batches to ONNX Runtime and on to the writer; the graph scales and one-hot
encodes, so that polars only parses. The fastest of the five arrangements tried.
"""
import argparse
import json
import os

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("prepared", help="the folder prepare.py wrote")
parser.add_argument("data")
parser.add_argument("--scores_out", required=True)
parser.add_argument("--style", choices=("plain", "streaming"), default="plain")
parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
args = parser.parse_args()
os.environ["POLARS_MAX_THREADS"] = str(args.threads)

import numpy as np
import onnxruntime as ort
import polars as pl


def session(name, threads):
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    return ort.InferenceSession(os.path.join(args.prepared, name), options, providers=["CPUExecutionProvider"])


def plain(columns):
    numeric, words = columns["numeric"], columns["words"]
    frame = pl.read_csv(args.data, schema_overrides={name: pl.Float64 for name in numeric})
    scaled = [((pl.col(c) - m) / s).cast(pl.Float32)
              for c, m, s in zip(numeric, columns["mean"], columns["scale"])]
    one_hot = [(pl.col(c) == level).cast(pl.Float32).fill_null(0).alias(f"{c}_{level}")
               for c, levels in words.items() for level in levels]
    x = frame.select(*scaled, *one_hot).to_numpy(order="c")
    network, step = session("network.onnx", args.threads), 65536
    p = np.concatenate([network.run(None, {"inputs": x[i:i + step]})[0].ravel() for i in range(0, len(x), step)])
    frame.select(columns["id"], pl.Series("probability", p)).write_csv(args.scores_out)


def streaming(columns):
    numeric, words, id_column = columns["numeric"], columns["words"], columns["id"]
    network, step = session("campaign.onnx", 1), 8192

    def score(batch):
        x, codes = (batch.select(list(names)).to_numpy(order="c") for names in (numeric, words))
        p = np.empty(len(batch), np.float32)
        for i in range(0, len(batch), step):
            part = slice(i, i + step)
            p[part] = network.run(None, {"numbers": x[part], "codes": codes[part]})[0].ravel()
        return batch.select(id_column, pl.Series("probability", p))

    codes = [pl.col(c).cast(pl.Enum(levels), strict=False).to_physical().cast(pl.Int32).fill_null(-1)
             for c, levels in words.items()]
    types = {id_column: pl.String, **{c: pl.Float32 for c in numeric}, **{c: pl.String for c in words}}
    rows = pl.scan_csv(args.data, schema_overrides=types).select(id_column, *numeric, *codes)
    rows.map_batches(score, streamable=True, schema={id_column: pl.String, "probability": pl.Float32}) \
        .sink_csv(args.scores_out)


with open(os.path.join(args.prepared, "columns.json")) as f:
    {"plain": plain, "streaming": streaming}[args.style](json.load(f))

#!/usr/bin/env python3
"""Scores a CSV file the way most people would: pandas, the fitted ColumnTransformer, Keras, pandas."""
import argparse
import os
import pickle

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import pandas as pd
from keras import saving


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("prepared", help="the folder prepare.py wrote")
    parser.add_argument("data")
    parser.add_argument("--scores_out", required=True)
    parser.add_argument("--id", default="customer_id")
    parser.add_argument("--batch_size", type=int, default=65536)
    args = parser.parse_args()
    with open(os.path.join(args.prepared, "encoder.pickle"), "rb") as f:
        encoder = pickle.load(f)
    model = saving.load_model(args.model)
    frame = pd.read_csv(args.data)
    x = encoder.transform(frame).astype("float32")
    p = model.predict(x, batch_size=args.batch_size, verbose=0).ravel()
    pd.DataFrame({args.id: frame[args.id], "probability": p}).to_csv(args.scores_out, index=False)


if __name__ == "__main__":
    main()

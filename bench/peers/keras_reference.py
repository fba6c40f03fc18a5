#!/usr/bin/env python3
"""What propense is measured against: the campaign network as one writes it with pandas, scikit-learn and Keras.

The defaults are the reference project's; --target, --positive and --id let it take other tables of the same kind.
"""
import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.metrics import classification_report, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tensorflow import keras
from tensorflow.keras import layers


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data_path", default="data/campaign_history.csv")
    parser.add_argument("--test_size", type=float, default=0.2)
    parser.add_argument("--model_out", default="models/keras_campaign_model.keras")
    parser.add_argument("--metrics_out", default="outputs/metrics_keras.csv")
    parser.add_argument("--history_out", default="outputs/training_history.png")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--target", default="label")
    parser.add_argument("--positive", default="1")
    parser.add_argument("--id", default="customer_id")
    return parser.parse_args()


def build(n_inputs, lr):
    model = keras.Sequential([
        keras.Input(shape=(n_inputs,)),
        layers.Dense(64, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(32, activation="relu"),
        layers.Dropout(0.3),
        layers.Dense(1, activation="sigmoid"),
    ])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=lr), loss="binary_crossentropy",
                  metrics=["accuracy", keras.metrics.AUC(name="auc")])
    return model


def draw(history, path):
    figure, axes = plt.subplots(1, 2, figsize=(12, 4))
    for axis, name in zip(axes, ("loss", "accuracy")):
        axis.plot(history.history[name], label=name)
        axis.plot(history.history["val_" + name], label="val_" + name)
        axis.set_title(name)
        axis.set_xlabel("epoch")
        axis.legend()
    figure.tight_layout()
    figure.savefig(path)


def main():
    args = arguments()
    for path in (args.model_out, args.metrics_out, args.history_out):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)

    frame = pd.read_csv(args.data_path)
    y = (frame[args.target].astype(str) == args.positive).astype(int)
    x = frame.drop(columns=[c for c in (args.id, args.target) if c in frame])
    numeric = x.select_dtypes("number").columns.tolist()
    words = [c for c in x.columns if c not in numeric]
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=args.test_size, random_state=42)

    encoder = ColumnTransformer([("num", StandardScaler(), numeric),
                                 ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), words)])
    x_train = encoder.fit_transform(x_train)
    x_test = encoder.transform(x_test)

    model = build(x_train.shape[1], args.lr)
    history = model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=args.epochs,
                        batch_size=args.batch_size, verbose=2)

    p = model.predict(x_test, verbose=0).ravel()
    report = classification_report(y_test, (p >= 0.5).astype(int), output_dict=True, zero_division=0)
    table = pd.DataFrame(report).transpose()
    table.loc["1", "roc_auc"] = roc_auc_score(y_test, p)
    table.to_csv(args.metrics_out)
    model.save(args.model_out)
    draw(history, args.history_out)


if __name__ == "__main__":
    main()

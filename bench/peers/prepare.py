#!/usr/bin/env python3
"""Once before scoring is measured: what the other scorers need to give the same probabilities.

From a .keras model (of propense or of Keras) and its training file: the pickled ColumnTransformer, fitted as training
fitted it; the network as ONNX; and an ONNX graph of scaler, one-hot and network, which takes the columns as they
stand in the file.
"""
import argparse
import json
import os
import pickle

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import onnx
import pandas as pd
from keras import layers, saving
from onnx import TensorProto, helper, numpy_helper
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler


def fit_encoder(path, target, id_column, test_size):
    frame = pd.read_csv(path)
    x = frame.drop(columns=[target, id_column])
    numeric = x.select_dtypes("number").columns.tolist()
    words = [c for c in x.columns if c not in numeric]
    x_train, _ = train_test_split(x, test_size=test_size, random_state=42)
    encoder = ColumnTransformer([("num", StandardScaler(), numeric),
                                 ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), words)])
    return encoder.fit(x_train), numeric, words


def write_onnx(out, model, encoder, numeric, words):
    """network.onnx takes inputs [n, width]. campaign.onnx takes numbers [n, numeric] float32 as in the file and codes
    [n, words] int32: the level's place, or -1 for an unknown one."""
    constants, nodes = [], []

    def constant(name, array):
        constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    scaler = encoder.named_transformers_["num"]
    centred = node("Sub", ["numbers", constant("mean", scaler.mean_.astype("f4"))], "centred")
    parts = [node("Div", [centred, constant("scale", scaler.scale_.astype("f4"))], "scaled")]
    for i, levels in enumerate(encoder.named_transformers_["cat"].categories_):
        code = node("Gather", ["codes", constant(f"column{i}", np.int64(i))], f"code{i}", axis=1)
        # One row more than there are levels: -1 takes the last row, which is zero.
        table = np.vstack([np.eye(len(levels), dtype="f4"), np.zeros((1, len(levels)), "f4")])
        parts.append(node("Gather", [constant(f"eye{i}", table), code], f"one_hot{i}", axis=0))
    x = node("Concat", parts, "inputs", axis=1)
    dense = [layer for layer in model.layers if isinstance(layer, layers.Dense)]
    for i, layer in enumerate(dense):
        kernel, bias = (np.asarray(w, "f4") for w in layer.get_weights())
        x = node("Gemm", [x, constant(f"w{i}", kernel), constant(f"b{i}", bias)], f"z{i}")
        x = node({"relu": "Relu", "sigmoid": "Sigmoid"}[layer.activation.__name__], [x], f"a{i}")
    width = len(numeric) + sum(len(c) for c in encoder.named_transformers_["cat"].categories_)
    inputs = [helper.make_tensor_value_info("inputs", TensorProto.FLOAT, ["n", width])]
    columns = [helper.make_tensor_value_info("numbers", TensorProto.FLOAT, ["n", len(numeric)]),
               helper.make_tensor_value_info("codes", TensorProto.INT32, ["n", len(words)])]
    first = next(i for i, n in enumerate(nodes) if n.output[0] == "inputs") + 1
    save_graph(os.path.join(out, "network.onnx"), nodes[first:], inputs, x, constants)
    save_graph(os.path.join(out, "campaign.onnx"), nodes, columns, x, constants)


def save_graph(path, nodes, inputs, output, constants):
    used = {name for n in nodes for name in n.input}
    graph = helper.make_graph(nodes, "campaign", inputs,
                              [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["n", 1])],
                              [c for c in constants if c.name in used])
    proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(proto)
    onnx.save(proto, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("train_csv")
    parser.add_argument("out")
    parser.add_argument("--target", default="label")
    parser.add_argument("--id", default="customer_id")
    parser.add_argument("--test_size", type=float, default=0.2)
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    encoder, numeric, words = fit_encoder(args.train_csv, args.target, args.id, args.test_size)
    model = saving.load_model(args.model)
    write_onnx(args.out, model, encoder, numeric, words)
    scaler = encoder.named_transformers_["num"]
    levels = [list(map(str, c)) for c in encoder.named_transformers_["cat"].categories_]
    columns = dict(id=args.id, numeric=numeric, mean=scaler.mean_.tolist(), scale=scaler.scale_.tolist(),
                   words=dict(zip(words, levels)))
    with open(os.path.join(args.out, "encoder.pickle"), "wb") as f:
        pickle.dump(encoder, f)
    with open(os.path.join(args.out, "columns.json"), "w") as f:
        json.dump(columns, f)


if __name__ == "__main__":
    main()

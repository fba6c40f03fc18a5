"""Splits, scaling, one-hot and percentiles against scikit-learn and NumPy, bit for bit."""

import os
import pathlib
import subprocess

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DRIVER = pathlib.Path(os.environ.get("PROPENSE_BUILD", ROOT / "build")) / "driver_features"


def drive(mode, text):
    run = subprocess.run([DRIVER, mode], input=text.encode(), capture_output=True, timeout=300)
    return run.stdout.decode().splitlines()


# ---- Splits


def drive_splits(cases):
    lines = [
        f"{n} {frac.hex()} {seed} {int(y is not None)} {'-' if y is None else ''.join(map(str, y))}"
        for n, frac, seed, y in cases
    ]
    out = []
    for line in drive("split", "\n".join(lines) + "\n"):
        if line.startswith("error"):
            out.append(line)
        else:
            out.append(tuple([int(v) for v in part.split()] for part in line.split(";")))
    assert len(out) == len(cases)
    return out


def expected_split(n, frac, seed, y):
    try:
        train, test = train_test_split(
            np.arange(n), test_size=frac, random_state=seed, stratify=None if y is None else np.array(y)
        )
    except ValueError:
        return None
    return train.tolist(), test.tolist()


def check_splits(cases):
    errors = 0
    for case, ours in zip(cases, drive_splits(cases)):
        theirs = expected_split(*case)
        if theirs is None:
            errors += 1
            assert isinstance(ours, str), case[:3]
        else:
            assert ours == theirs, case[:3]
    return errors


def test_plain_splits():
    rng = np.random.default_rng(1)
    cases = [(n, 0.2, 42, None) for n in range(1, 60)]
    for _ in range(300):
        n = int(rng.integers(1, 2000))
        cases.append((n, float(rng.uniform(0.001, 0.999)), int(rng.integers(0, 2**32)), None))
    cases += [(1000, 0.07, 0, None), (1000, 0.3, 2**32 - 1, None), (70000, 0.25, 7, None)]
    assert check_splits(cases) > 0


def test_stratified_splits():
    rng = np.random.default_rng(2)
    cases = []
    for i in range(500):
        n = int(rng.integers(2, 40 if i % 2 else 1500))
        share = rng.choice([0.02, 0.1, 0.3, 0.5, 0.5, 0.9])
        y = (rng.random(n) < share).astype(int).tolist()
        if i % 5 == 0:  # even classes: the remainders tie
            y = [0, 1] * (n // 2)
            rng.shuffle(y)
        cases.append((len(y), float(rng.uniform(0.01, 0.95)), int(rng.integers(0, 2**32)), y))
    for n in range(4, 40, 2):
        cases.append((n, 0.5, 3, [0, 1] * (n // 2)))
        cases.append((n, 0.25, 42, [0] * (n - 2) + [1] * 2))
    errors = check_splits(cases)
    assert 0 < errors < len(cases) / 2


# ---- Encoder


def as_column(name, values):
    if values.dtype.kind in "fiu":
        return [f"number {name}"] + [float(v).hex() if v == v else "nan" for v in values]
    return [f"words {name}"] + ["" if v is None or v != v else str(v) for v in values]


def as_table(frame):
    lines = [f"{len(frame)} {len(frame.columns)}"]
    for name in frame.columns:
        lines += as_column(name, frame[name].to_numpy())
    return lines


def drive_encode(frame, rows):
    lines = as_table(frame) + [" ".join(map(str, [len(rows), *rows]))]
    out = drive("encode", "\n".join(lines) + "\n")
    assert not out[0].startswith("error"), out[0]
    n = int(out[0])
    names = out[1 : 1 + n]
    end = out.index("-", 1 + n)
    scales = [[float.fromhex(v) for v in line.split()] for line in out[1 + n : end]]
    bits = np.array([[int(v, 16) for v in line.split()] for line in out[end + 1 :]], dtype=np.uint32)
    return names, np.array(scales).reshape(-1, 2), bits.view(np.float32)


def reference(frame, rows):
    numeric = [c for c in frame.columns if frame[c].dtype.kind in "fiu"]
    words = [c for c in frame.columns if c not in numeric]
    transformer = ColumnTransformer(
        [
            ("number", StandardScaler(), numeric),
            ("words", OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
        ],
        verbose_feature_names_out=False,
    )
    transformer.fit(frame.iloc[rows])
    x = np.asarray(transformer.transform(frame), dtype=np.float64)
    x[np.isnan(x)] = 0  # a missing number takes the training mean; scikit-learn leaves it NaN
    scaler = transformer.named_transformers_["number"]
    scales = np.column_stack([scaler.mean_, scaler.scale_]) if numeric else np.zeros((0, 2))
    return list(transformer.get_feature_names_out()), scales, x.astype(np.float32)


def check_encoder(frame, rows):
    names, scales, x = drive_encode(frame, rows)
    names_ref, scales_ref, x_ref = reference(frame, rows)
    assert names == [n[:-4] + "nan" if n.endswith("_None") else n for n in names_ref]
    np.testing.assert_array_equal(scales, scales_ref)
    np.testing.assert_array_equal(x, x_ref)


def campaign():
    return pd.read_csv(ROOT / "data" / "campaign_history.csv")


def test_campaign_split_has_the_known_support():
    label = campaign()["label"]
    [(train, test)] = drive_splits([(500, 0.2, 42, None)])
    assert (train, test) == expected_split(500, 0.2, 42, None)
    assert label.iloc[test].value_counts().to_dict() == {0: 73, 1: 27}


@pytest.mark.parametrize("seed", [42, 0, 7])
def test_campaign_encoded(seed):
    frame = campaign()
    [(train, _)] = drive_splits([(500, 0.2, seed, None)])
    check_encoder(frame.drop(columns=["customer_id", "label"]), train)


def random_frame(rng, n, missing):
    frame = pd.DataFrame(
        {
            "normal": rng.normal(3, 2, n),
            "wild": np.exp(rng.normal(0, 6, n)) * rng.choice([-1, 1], n),
            "ties": rng.integers(0, 5, n).astype(float),
            "constant": np.full(n, 0.1),
            "nearly": 1e9 + rng.integers(0, 2, n) * 1e-7,
            "zero": np.zeros(n),
        }
    )
    levels = np.array(["", "B", "a", "a ", "b", "ä", "Ñ", "ñ", "zz", "漢", "10", "9", "é", "😀"][1:], dtype=object)
    frame["words"] = levels[rng.integers(0, len(levels), n)]
    frame["one"] = np.array(["same"], dtype=object)[np.zeros(n, int)]
    frame["few"] = levels[rng.integers(0, 2, n)]
    for name in frame.columns if missing else []:
        hole = rng.random(n) < rng.choice([0.0, 0.05, 0.5])
        hole[:2] = False
        frame.loc[hole, name] = np.nan if frame[name].dtype.kind == "f" else None
    return frame


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("n", [2, 3, 7, 8, 9, 17, 127, 128, 129, 130, 257, 1000, 5003])
def test_random_data_encoded(n, missing):
    rng = np.random.default_rng(n)
    for _ in range(3):
        frame = random_frame(rng, n, missing)
        rows = [0, 1, *(rng.permutation(n - 2)[: max(0, int(n * 0.7) - 2)] + 2).tolist()]
        rng.shuffle(rows)
        check_encoder(frame, rows)


def test_long_columns_are_summed_pairwise():
    rng = np.random.default_rng(5)
    n = 120_001
    frame = pd.DataFrame({"a": rng.normal(1e6, 1, n), "b": rng.random(n), "c": rng.integers(0, 9, n)})
    check_encoder(frame, rng.permutation(n)[:100_003].tolist())


# ---- Schema


def test_percentiles_are_numpys():
    rng = np.random.default_rng(11)
    for n in [3, 10, 57, 1000, 4321]:
        frame = pd.DataFrame(
            {
                "a": rng.normal(0, 1e3, n).round(2),
                "b": -rng.integers(0, 50, n) / 4,
                "c": rng.normal(0, 1, n),
                "label": np.arange(n) % 2,
            }
        )
        frame.loc[rng.random(n) < 0.1, "c"] = np.nan
        frame.loc[1, "c"], frame.loc[2, "c"] = 0.0, -0.5
        out = [line.split(";") for line in drive("schema", "\n".join(as_table(frame)) + "\n")]
        for name, line in zip(["a", "b", "c"], out):
            there = frame[name].dropna().to_numpy()
            assert line[:2] == ["feature", "numeric"], line
            assert int(line[2]) == len(np.unique(there))
            assert int(line[3]) == n - len(there)
            np.testing.assert_array_equal(
                [float.fromhex(v) for v in line[4:]], np.percentile(there, [0.1, 99.9])
            )

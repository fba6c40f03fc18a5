"""The best preset: its encoding against the recipe written in NumPy, and its file in real Keras."""

import io
import json
import os
import subprocess
import zipfile

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROWS = 600


def make_table(seed, n):
    r = np.random.default_rng(seed)
    even = r.normal(size=n) * 40 + 300
    spent = np.where(r.random(n) < 0.5, 0, np.exp(r.normal(size=n) * 1.5 + 3)).round(2)
    visits = r.poisson(3, n)
    age = r.integers(18, 90, n).astype(float)
    age[r.random(n) < 0.1] = np.nan
    plan = r.choice(["basic", "plus", "gold", "rare1", "rare2"], n, p=[0.5, 0.3, 0.192, 0.004, 0.004])
    area = np.where(r.random(n) < 0.05, "", r.choice(["N", "S", "E"], n))
    z = 1.2 * (spent > 20) + 0.5 * (plan == "gold") + 0.4 * np.sin(even / 30) - 1
    y = (r.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    return pd.DataFrame(dict(even=even, spent=spent, visits=visits, age=age, plan=plan, area=area, label=y))


@pytest.fixture(scope="module")
def trained(build_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("best")
    train, new = make_table(1, ROWS), make_table(2, 300)
    new.loc[0, "plan"] = "never seen"
    new.loc[1, ["even", "spent"]] = [1e9, -1e9]
    new.loc[2, "visits"] = np.nan
    train.to_csv(folder / "train.csv", index=False)
    new.drop(columns="label").to_csv(folder / "new.csv", index=False)

    def run(*arguments):
        command = [build_folder / "propense", *map(str, arguments), "--verbose", "0"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)

    run("train", "train.csv", "--preset", "best", "--id", "none", "--model_out", "m.keras")
    run("score", "m.keras", "new.csv", "--scores_out", "scores.csv")
    with zipfile.ZipFile(folder / "m.keras") as z:
        model = json.load(io.BytesIO(z.read("propense.json")))
    return folder, train, new, model


def columns_of(model):
    return {model["schema"]["columns"][c["column"]]["name"]: c for c in model["encoder"]["columns"]}


def middle(values):
    """The values that may be kept: from the fifth on, and from the 0.1 percentile on, of either end."""
    k = max(5, -(-len(values) // 1000))
    ordered = np.sort(values)
    return ordered[k - 1], ordered[-k]


def edges_of(values):
    ordered, low_high = np.sort(values), middle(values)
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) <= 25:
        keep = set(distinct)
    else:
        places = np.floor(np.arange(25) / 24 * (len(values) - 1) + 0.5).astype(int)
        keep = set(np.clip(ordered[places], *low_high))
        for i in np.flatnonzero(counts > len(values) / 24):
            keep |= set(distinct[max(i - 1, 0) : i + 2])
    return np.array(sorted(v for v in keep if low_high[0] <= v <= low_high[1]))


def bins_of(x, edges):
    return np.clip((x[:, None] - edges[:-1]) / np.diff(edges), 0, 1)


def ranks_of(values):
    """The standardised normal scores of the mid-ranks, held at the ends that may be kept."""
    below = np.searchsorted(np.sort(values), values, "left")
    upto = np.searchsorted(np.sort(values), values, "right")
    z = norm.ppf(np.clip((below + upto) / 2 / len(values), 1e-4, 1 - 1e-4))
    low, high = middle(values)
    z = np.clip(z, z[values == low][0], z[values == high][0])
    return (z - z.mean()) / z.std()


@pytest.mark.parametrize("name", ["even", "spent", "visits", "age"])
def test_numbers_are_the_recipe(trained, name):
    _, train, _, model = trained
    values = train[name].dropna().to_numpy(float)
    c = columns_of(model)[name]
    assert c["mean"] == pytest.approx(values.mean(), rel=1e-12)
    assert c["scale"] == pytest.approx(values.std(), rel=1e-12)
    edges = edges_of(values)
    assert c["edges"] == edges.tolist()
    np.testing.assert_allclose(c["bin_means"], bins_of(values, edges).mean(0), atol=1e-12)
    assert c["missing"] == bool(train[name].isna().any())
    ranks = np.interp(values, c["rank_at"], c["rank_score"])
    few = len(np.unique(values)) < 100
    np.testing.assert_allclose(ranks, ranks_of(values), atol=1e-9 if few else 1 / 16)
    assert abs(ranks.mean()) < 1e-9 and abs(ranks.std() - 1) < 1e-9


def test_rare_levels_are_folded(trained):
    _, train, _, model = trained
    counts = train["plan"].value_counts()
    c = columns_of(model)["plan"]
    assert c["levels"] == sorted(counts[counts >= 5].index)
    assert c["other"] == bool(counts[counts < 5].sum() >= 5)
    assert columns_of(model)["area"]["missing"] is True


def encode(model, table):
    parts = []
    for name, c in columns_of(model).items():
        x = table[name]
        if "levels" in c:
            known = [(x == level).to_numpy() for level in c["levels"]]
            gone = (x == "").to_numpy() | x.isna().to_numpy()
            if c["other"]:
                known.append(~gone & ~np.any(known, axis=0))
            if c["missing"]:
                known.append(gone)
            parts.append(np.stack(known, 1).astype(float))
            continue
        v = x.to_numpy(float)
        part = [np.clip((v - c["mean"]) / c["scale"], -5, 5)[:, None]]
        part += [np.interp(v, c["rank_at"], c["rank_score"])[:, None]]
        part += [bins_of(v, np.array(c["edges"])) - c["bin_means"]]
        part = np.concatenate(part, 1)
        part[np.isnan(v)] = 0
        if c["missing"]:
            part = np.concatenate([part, np.isnan(v)[:, None]], 1)
        parts.append(part)
    return np.concatenate(parts, 1).astype("f4")


def test_keras_loads_and_agrees(trained):
    import keras

    folder, _, new, model = trained
    network = keras.models.load_model(folder / "m.keras")
    x = encode(model, new)
    assert network.input_shape == (None, model["encoder"]["inputs"]) == (None, x.shape[1])
    theirs = network.predict(x, verbose=0).ravel()
    ours = pd.read_csv(folder / "scores.csv")["probability"].to_numpy()
    assert ours.std() > 0.05
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    names = [layer.__class__.__name__ for layer in network.layers]
    assert names.count("Dense") == 4 * 8 and names[-1] == "Average"


def test_another_file_is_refused(trained, build_folder):
    """A weight between the groups, or another config, is not a model of ours."""
    import h5py

    folder, *_ = trained
    with zipfile.ZipFile(folder / "m.keras") as z:
        members = {n: z.read(n) for n in z.namelist()}

    def load(changed):
        with zipfile.ZipFile(folder / "x.keras", "w") as z:
            for n, b in (members | changed).items():
                z.writestr(n, b)
        command = [build_folder / "propense", "inspect", "x.keras"]
        return subprocess.run(command, cwd=folder, text=True, capture_output=True, timeout=60)

    assert load({}).returncode == 0
    weights = io.BytesIO(members["model.weights.h5"])
    with h5py.File(weights, "r+") as f:
        f["layers/dense_3/vars/0"][0, -1] = 0.5
    answer = load({"model.weights.h5": weights.getvalue()})
    assert answer.returncode != 0 and "layers/dense_3/vars/0" in answer.stderr
    config = members["config.json"].replace(b'"activation":"relu"', b'"activation":"tanh"', 1)
    answer = load({"config.json": config})
    assert answer.returncode != 0 and "config.json" in answer.stderr
    card = json.loads(members["propense.json"])
    card["encoder"]["columns"][0]["edges"][3] = card["encoder"]["columns"][0]["edges"][4]
    answer = load({"propense.json": json.dumps(card).encode()})
    assert answer.returncode != 0 and "edges" in answer.stderr

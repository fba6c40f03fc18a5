"""The report: importance against scikit-learn's on the same model, numbers equal to evaluate's, and
pages that hold what data smuggles into names and values."""

import csv
import html.parser
import json
import re
import xml.dom.minidom

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import permutation_importance
from sklearn.metrics import roc_auc_score


def customers(seed, n=1500):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "recency": rng.integers(1, 400, n),
            "spent": rng.gamma(2.0, 50.0, n).round(2),
            "region": rng.choice(["North", "South", "East"], n),
            "age": rng.integers(18, 80, n),
            "noise": rng.normal(size=n).round(4),
        }
    )
    z = -1.2 - 0.008 * (frame.recency - 200) + 0.01 * (frame.spent - 100)
    z += np.where(frame.region == "North", 0.9, 0.0)
    frame["label"] = (rng.random(n) < 1 / (1 + np.exp(-z))).astype(int)
    return frame


@pytest.fixture(scope="module")
def made(propense, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    customers(1).to_csv(folder / "train.csv", index=False)
    customers(2).to_csv(folder / "new.csv", index=False)
    propense("train", folder / "train.csv", "--hidden", "16", "--epochs", "15", "--batch_size", "32",
             "--model_out", folder / "m.keras", "--verbose", "0")
    propense("report", folder / "m.keras", folder / "new.csv", "--out", folder / "r.html",
             "--assets", folder / "assets", "--verbose", "0")
    return folder


class Scored:
    """The model as scikit-learn sees one: its probabilities come from propense score."""

    _estimator_type = "classifier"
    classes_ = np.array([0, 1])

    def __init__(self, propense, folder):
        self.propense, self.folder = propense, folder

    def fit(self, x, y):
        return self

    def predict_proba(self, x):
        x.to_csv(self.folder / "x.csv", index=False)
        self.propense("score", self.folder / "m.keras", self.folder / "x.csv", "--scores_out",
                      self.folder / "p.csv", "--verbose", "0")
        p = pd.read_csv(self.folder / "p.csv").probability.to_numpy()
        return np.column_stack([1 - p, p])


def auc(estimator, x, y):
    return roc_auc_score(y, estimator.predict_proba(x)[:, 1])


def test_importance_is_that_of_scikit_learn(propense, made):
    frame = pd.read_csv(made / "new.csv")
    x, y = frame.drop(columns="label"), frame.label
    theirs = permutation_importance(Scored(propense, made), x, y, scoring=auc, n_repeats=10,
                                    random_state=3)
    rows = pd.read_csv(made / "assets" / "importance.csv")
    ours = rows[rows.kind == "column"].set_index("name")
    assert set(ours.index) == set(x.columns)
    for i, name in enumerate(x.columns):
        spread = np.hypot(theirs.importances_std[i], ours.standard_deviation[name]) / np.sqrt(10)
        assert abs(theirs.importances_mean[i] - ours.auc_drop[name]) < 5 * spread + 1e-4, name
        # Spreads of ten draws each: a chi-squared ratio.
        if theirs.importances_std[i] > 1e-4:
            assert 0.3 < ours.standard_deviation[name] / theirs.importances_std[i] < 3.3, name
        assert ours.low[name] <= ours.auc_drop[name] <= ours.high[name]
    assert ours.auc_drop.is_monotonic_decreasing
    groups = rows[rows.kind == "group"].set_index("name")
    assert set(groups.index) == {"recency_and_value", "demographics"}
    assert groups.auc_drop["recency_and_value"] > ours.auc_drop["recency"]


def test_dependence_is_the_mean_of_the_scores(propense, made):
    frame = pd.read_csv(made / "new.csv").drop(columns="label")
    effects = pd.read_csv(made / "assets" / "effects.csv")
    region = effects[effects.column == "region"].set_index("value")
    for level in ["North", "South", "East"]:
        changed = frame.assign(region=level)
        mean = Scored(propense, made).predict_proba(changed)[:, 1].mean()
        assert region.mean_probability[level] == pytest.approx(mean, abs=1e-6)
    age = effects[effects.column == "age"].astype({"value": float})
    at = age.iloc[len(age) // 2]
    mean = Scored(propense, made).predict_proba(frame.assign(age=int(at.value)))[:, 1].mean()
    assert at.mean_probability == pytest.approx(mean, abs=1e-6)


def test_groups_are_pandas_groups(propense, made):
    frame = pd.read_csv(made / "new.csv")
    frame["p"] = Scored(propense, made).predict_proba(frame.drop(columns="label"))[:, 1]
    groups = pd.read_csv(made / "assets" / "groups.csv")
    for _, row in groups[groups.column == "region"].iterrows():
        part = frame[frame.region == row.level]
        assert (row.customers, row.converted) == (len(part), part.label.sum())
        assert row.rate == pytest.approx(part.label.mean())
        assert row.promised == pytest.approx(part.p.mean(), abs=1e-6)
    ages = groups[groups.column == "age"]
    assert ages.customers.sum() == len(frame)
    for _, row in ages.iterrows():
        assert row.customers == frame.age.between(row["from"], row["to"]).sum()


def test_figures_equal_those_of_evaluate(propense, made):
    said = json.loads(propense("evaluate", made / "m.keras", made / "new.csv", "--json",
                               "--verbose", "0").stdout)
    figures = pd.read_csv(made / "assets" / "figures.csv")
    text = json.dumps(said)
    model = figures[figures.contender == "model"]
    assert len(model) > 10
    for _, row in model.iterrows():
        for value in [row.value, row.low, row.high]:
            if value == value and value not in (0, 1):
                assert repr(value) in text, row.figure


def test_the_race_is_that_of_evaluate(propense, made):
    said = json.dumps(json.loads(propense("evaluate", made / "m.keras", made / "new.csv", "--json",
                                          "--verbose", "0").stdout))
    figures = pd.read_csv(made / "assets" / "figures.csv")
    rivals = figures[figures.contender != "model"]
    assert {"logistic"} <= {x.split("_")[0].split(" ")[0] for x in rivals.contender}, set(rivals.contender)
    compared = 0
    for _, row in rivals.iterrows():
        for value in [row.value, row.low, row.high]:
            if value == value and value not in (0, 0.5, 1):
                assert repr(value) in said, (row.contender, row.figure)
                compared += 1
    assert compared >= 6


def shown_in(page, label):
    """Value and interval of a headline figure on the page."""
    found = re.search(rf"<li><span>{re.escape(label)}</span><b>([^<]*)</b><span>([^<]*)</span>", page)
    return [float(x.replace(",", "")) for x in [found[1], *re.findall(r"-?[\d.,]*\d", found[2])[-2:]]]


def test_headline_figures_are_those_of_evaluate_rounded(propense, made):
    page = (made / "r.html").read_text(encoding="utf-8")
    figures = pd.read_csv(made / "assets" / "figures.csv")
    model = figures[figures.contender == "model"].set_index("figure")
    for label, name, times in [("ROC AUC", "roc_auc", 1), ("lift of the best tenth", "lift", 1),
                               ("conversions in the best tenth, %", "gain", 100)]:
        row = next(model.loc[f] for f in model.index if f.startswith(name))
        for shown, exact in zip(shown_in(page, label), [row.value, row.low, row.high], strict=True):
            assert shown == pytest.approx(times * exact, abs=0.51 if times == 100 else 0.051), label
    auc = model.loc["roc_auc"]
    assert (f"higher {auc.value * 100:.0f} times in 100 (95% interval {auc.low * 100:.0f} to "
            f"{auc.high * 100:.0f}") in page
    loss = model.loc["log_loss"].value
    assert f"Log-loss {loss:.4f}" in page


def test_training_file_is_shown_as_it_was_judged(propense, tmp_path):
    """The default network on its own training file: every row by the member that left it out."""
    customers(7, 900).to_csv(tmp_path / "train.csv", index=False)
    propense("train", tmp_path / "train.csv", "--model_out", tmp_path / "m.keras", "--verbose", "0")
    propense("report", tmp_path / "m.keras", tmp_path / "train.csv", "--out", tmp_path / "r.html",
             "--assets", tmp_path / "a", "--verbose", "0")
    card = json.loads(propense("inspect", tmp_path / "m.keras", "--json").stdout)
    figures = pd.read_csv(tmp_path / "a" / "figures.csv").set_index(["contender", "figure"])
    text = json.dumps(card)
    area = figures.loc[("model", "roc_auc")]
    for value in [area.value, area.low, area.high]:
        assert repr(float(value)) in text
    said = [float(x) for x in re.findall(r'"loss": ([\d.]+)', text)]
    assert any(abs(x - figures.loc[("model", "log_loss")].value) < 1e-7 for x in said)
    # The whole model knows these rows: its own scores are better than it deserves.
    frame = pd.read_csv(tmp_path / "train.csv")
    propense("score", tmp_path / "m.keras", tmp_path / "train.csv", "--scores_out",
             tmp_path / "p.csv", "--verbose", "0")
    flattering = roc_auc_score(frame.label, pd.read_csv(tmp_path / "p.csv").probability)
    assert flattering > area.value + 0.01
    # A plan for these customers does not promise from flattering scores either.
    propense("plan", tmp_path / "m.keras", tmp_path / "train.csv", "--margin", "40", "--cost", "0",
             "--out", tmp_path / "list.csv", "--verbose", "0")
    listed = pd.read_csv(tmp_path / "list.csv").merge(frame.assign(row=range(1, len(frame) + 1)))
    assert len(listed) == len(frame)
    assert abs(roc_auc_score(listed.label, listed.probability) - area.value) < 1e-4
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    page_of(page)
    assert "answered only by the network that had left it out" in page
    assert "logistic regression" in page


class Balanced(html.parser.HTMLParser):
    """Every tag is closed by its own; scripts and handlers are counted."""

    void = {"meta", "br", "line", "rect"}

    def __init__(self):
        super().__init__()
        self.open, self.scripts, self.ids = [], 0, []

    def handle_starttag(self, tag, attrs):
        self.scripts += tag == "script"
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            if name == "id":
                self.ids.append(value)
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open[-3:])
        self.open.pop()


def page_of(text):
    page = Balanced()
    page.feed(text)
    page.close()
    assert page.open == [] and page.scripts == 1
    assert len(page.ids) == len(set(page.ids))
    return page


@pytest.mark.parametrize("language", ["en", "es"])
def test_page(propense, made, language):
    out = made / f"{language}.html"
    propense("report", made / "m.keras", made / "new.csv", "--out", out, "--lang", language,
             "--verbose", "0")
    text = out.read_text(encoding="utf-8")
    page_of(text)
    assert len(text.encode()) < 500_000
    assert f'<html lang="{language}">' in text
    assert not re.search(r"(https?:)?//[a-z]", text.replace("http://www.w3.org/2000/svg", ""))
    headings = [int(h) for h in re.findall(r"<h([1-6])[ >]", text)]
    assert headings[0] == 1 and all(b - a <= 1 for a, b in zip(headings, headings[1:]))
    # Every chart has words for those who do not see it.
    assert text.count('role="img"') == text.count("<desc id=") > 8


def test_what_data_smuggles_in_stays_words(propense, tmp_path):
    frame = customers(5, 600).rename(columns={"noise": "<script>alert(1)</script>",
                                              "region": '"><img src=x onerror=alert(1)>'})
    frame[frame.columns[2]] = frame[frame.columns[2]].replace(
        {"North": "</svg><script>alert(2)</script>", "South": "\u202egnitirw & \U0001f600 'x'"})
    frame.insert(0, "customer_id", [f"<script>alert({i})</script>" for i in range(len(frame))])
    frame.to_csv(tmp_path / "evil.csv", index=False)
    propense("train", tmp_path / "evil.csv", "--hidden", "8", "--epochs", "3", "--model_out",
             tmp_path / "m.keras", "--verbose", "0")
    propense("plan", tmp_path / "m.keras", tmp_path / "evil.csv", "--margin", "40", "--cost", "5",
             "--currency", "<b>", "--force", "--plan_out", tmp_path / "plan.json", "--verbose", "0")
    propense("report", tmp_path / "m.keras", tmp_path / "evil.csv", "--plan", tmp_path / "plan.json",
             "--out", tmp_path / "r.html", "--assets", tmp_path / "a", "--verbose", "0")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    page_of(text)
    assert "alert(1)" in text and "<script>alert" not in text and "<img" not in text
    assert "\u202e" not in text and "<b>" not in re.sub(r"<b>[\d.,\u2013-]+</b>", "", text)
    # Charts of their own are XML that names nobody and runs nothing.
    charts = list((tmp_path / "a").glob("*.svg"))
    assert len(charts) > 8
    for chart in charts:
        inside = xml.dom.minidom.parse(str(chart))
        names = {e.tagName for e in inside.getElementsByTagName("*")}
        assert names <= {"svg", "title", "desc", "g", "path", "line", "rect", "circle", "text",
                         "polyline", "polygon", "tspan"}, (chart.name, names)
        for e in inside.getElementsByTagName("*"):
            assert not any(k.lower().startswith("on") or "href" in k for k in e.attributes.keys())
    # No customer's name is anywhere: not on the page, nor in a chart or a table.
    for file in [tmp_path / "r.html", *(tmp_path / "a").iterdir()]:
        if file.suffix != ".png":
            assert "alert(57)" not in file.read_text(encoding="utf-8"), file.name


def test_tables_beside_the_charts(made):
    names = {p.name for p in (made / "assets").iterdir()}
    for chart in ["roc", "precision_recall", "deciles", "calibration", "importance", "training"]:
        assert {f"{chart}.svg", f"{chart}.csv"} <= names, chart
    with open(made / "assets" / "roc.csv", newline="") as f:
        rows = list(csv.reader(f))
    assert len(rows) > 3 and len(set(map(len, rows))) == 1


def test_profit_curve_of_the_plan(propense, made):
    """Its points are sums of what the list's customers bring, best first."""
    propense("plan", made / "m.keras", made / "new.csv", "--margin", "40", "--cost", "10", "--plan_out",
             made / "plan.json", "--verbose", "0")  # fmt: skip
    propense("report", made / "m.keras", made / "new.csv", "--plan", made / "plan.json", "--out",
             made / "money.html", "--assets", made / "money", "--verbose", "0")  # fmt: skip
    plan = json.loads((made / "plan.json").read_text())
    curve = pd.read_csv(made / "money" / "profit.csv")
    frame = pd.read_csv(made / "new.csv").drop(columns="label")
    p = np.sort(Scored(propense, made).predict_proba(frame)[:, 1])[::-1]
    sums = np.concatenate([[0], np.cumsum(40 * p - 10)])
    assert len(curve) == 51
    for _, row in curve.iterrows():
        assert row.expected_profit == pytest.approx(sums[int(row.contacts)], abs=0.01)
    assert curve.expected_profit.iloc[-1] == pytest.approx(plan["instead"]["everybody"]["profit"]["value"])
    assert curve.expected_profit.max() <= plan["profit_curve"]["best_profit"] + 1e-9
    inner = curve[curve.contacts > 0]
    assert (inner.low < inner.expected_profit).all() and (inner.expected_profit < inner.high).all()
    page = (made / "money.html").read_text(encoding="utf-8")
    page_of(page)
    assert f'{plan["plan"]["contacts"]:,.0f} of' in page
    for way in [plan["plan"], plan["instead"]["everybody"]]:
        for name in ["conversions", "revenue", "cost", "profit"]:
            value = way[name]["value"] if isinstance(way[name], dict) else way[name]
            digits = 0 if name == "conversions" or abs(value) >= 1000 else 2
            assert f"<td>{value:,.{digits}f}</td>" in page, name
    for segment in plan["segments"]:
        assert f'<td>{segment["customers"]:,}</td>' in page
        assert f'<td>{100 * segment["rate"]["value"]:.1f}</td>' in page

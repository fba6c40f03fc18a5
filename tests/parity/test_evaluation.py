"""Evaluation and calibration against scikit-learn, SciPy, statsmodels, and definitions written out in numpy."""
import math
import os
import struct
import subprocess
import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import optimize, stats
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

warnings.simplefilter("ignore")
DRIVER = os.path.join(os.environ.get("PROPENSE_BUILD", "build"), "driver_evaluation")


def drive(what, *arrays):
    """The driver's lines as name -> array; lines that come several times as name -> list of arrays."""
    data = b"".join(struct.pack("<q", len(a)) + np.asarray(a, "<f8").tobytes() for a in arrays)
    out = subprocess.run([DRIVER, *map(str, what)], input=data, stdout=subprocess.PIPE, check=True).stdout.decode()
    told = {}
    for line in out.splitlines():
        name, *words = line.split(" ")
        told.setdefault(name, []).append(np.array([float(w) for w in words]))
    return told


def logit(p):
    return np.log(p) - np.log1p(-p)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sample(seed):
    """Probabilities of every quality: calibrated, too extreme, tied, with zeros and ones."""
    r = np.random.RandomState(seed)
    n = int(r.choice([30, 137, 500, 1234, 5000]))
    z = r.randn(n) * 1.5 + r.choice([-2.5, -1, 0])
    y = (r.rand(n) < sigmoid(z)).astype(int)
    y[:2] = 0, 1
    p = sigmoid(z * r.choice([0.5, 1, 2]))
    if seed % 4 == 1:
        p = np.round(p, 2)
    if seed % 4 == 2:
        p = np.where(r.rand(n) < 0.5, 0.125, p)
    return y, p


CASES = [sample(seed) for seed in range(80)]


@pytest.fixture(scope="module")
def told():
    return [drive(["figures"], y, p) for y, p in CASES]


def close(a, b, relative=1e-12, absolute=1e-14):
    np.testing.assert_allclose(a, b, rtol=relative, atol=absolute)


# ---- Curves


def test_curves_are_scikit_learns(told):
    for (y, p), t in zip(CASES, told):
        for corners, names in ((False, ("fpr", "tpr", "roc_threshold")),
                               (True, ("fpr_corners", "tpr_corners", "roc_threshold_corners"))):
            for expected, name in zip(metrics.roc_curve(y, p, drop_intermediate=corners), names):
                assert np.array_equal(t[name][0], expected), name
        precision, recall, thresholds = metrics.precision_recall_curve(y, p)
        assert np.array_equal(t["precision"][0], precision)
        assert np.array_equal(t["recall"][0], recall)
        assert np.array_equal(t["pr_threshold"][0][:-1], thresholds)
        assert t["auc"][0][0] == metrics.roc_auc_score(y, p)
        close(t["average_precision"][0], metrics.average_precision_score(y, p))


def test_ks_is_scipys(told):
    for (y, p), t in zip(CASES, told):
        found = stats.ks_2samp(p[y == 1], p[y == 0], alternative="less")
        close(t["ks"][0][0], max(found.statistic, 0), 1e-12)
        fpr, tpr, thresholds = metrics.roc_curve(y, p, drop_intermediate=False)
        at = np.flatnonzero(thresholds == t["ks"][0][1])[0]
        close(tpr[at] - fpr[at], t["ks"][0][0])


def wilson(hits, n):
    """The roots of (share - x)^2 = z^2 x (1 - x) / n."""
    z, share = stats.norm.ppf(0.975), hits / n
    low, high = np.sort(np.roots([1 + z * z / n, -2 * share - z * z / n, share * share]).real)
    return low, high


def test_gains(told):
    """Cuts of numpy.array_split; ties as the mean over many random orders would share them."""
    for (y, p), t in zip(CASES, told):
        n, base = len(y), y.mean()
        mean_y = np.zeros(n)
        order = np.argsort(-p, kind="stable")
        for value in np.unique(p):  # each row of a tie stands for the tie's rate
            mean_y[p == value] = y[p == value].mean()
        so_far = so_far_rows = 0
        for rows, got in zip(np.array_split(order, 10), t["gain"]):
            hits = mean_y[rows].sum()
            so_far, so_far_rows = so_far + hits, so_far_rows + len(rows)
            low, high = wilson(hits, len(rows))
            low_so_far, high_so_far = wilson(so_far, so_far_rows)
            depth = so_far_rows / n
            expected = [len(rows), hits, hits / len(rows), low, high, hits / len(rows) / base, p[rows[-1]], depth,
                        so_far_rows, so_far, so_far / y.sum(), so_far / y.sum() / depth, min(1, depth / base),
                        min(1 / base, 1 / depth), low_so_far / base, high_so_far / base]
            close(got, expected, 1e-9, 1e-9)
        top = order[: max(1, int(np.floor(0.1 * n + 0.5)))]
        close(t["gain_at"][0][[0, 1]], [len(top), mean_y[top].sum()], 1e-9, 1e-9)


# ---- Probabilities


def test_losses(told):
    for (y, p), t in zip(CASES, told):
        close(t["log_loss"][0], metrics.log_loss(y, p), 1e-12)
        close(t["base_loss"][0], metrics.log_loss(y, np.full(len(y), y.mean())), 1e-12)
        close(t["brier"][0][0], metrics.brier_score_loss(y, p))


def bins_of(p, k):
    """Equal-count bins, ties whole where their middle row falls."""
    order = np.argsort(-p, kind="stable")
    number = np.empty(len(p), int)
    for b, rows in enumerate(np.array_split(np.arange(len(p)), k)):
        number[rows] = b
    bins = {}
    for value in np.unique(p):
        places = np.flatnonzero(p[order] == value)
        bins.setdefault(number[places[(len(places) - 1) // 2]], []).extend(order[places])
    return [np.array(rows) for _, rows in sorted(bins.items())]


def test_brier_parts_add_up_and_are_murphys(told):
    for (y, p), t in zip(CASES, told):
        brier, reliability, resolution, uncertainty, variance, covariance = t["brier"][0]
        close(reliability - resolution + uncertainty + variance - covariance, brier, 1e-10)
        expected = np.zeros(4)
        for rows in bins_of(p, 10):
            q, o = p[rows].mean(), y[rows].mean()
            expected += [len(rows) * (q - o) ** 2, len(rows) * (o - y.mean()) ** 2, ((p[rows] - q) ** 2).sum(),
                         2 * ((y[rows] - o) * (p[rows] - q)).sum()]
        close([reliability, resolution, variance, covariance], expected / len(y), 1e-9, 1e-13)
        close(uncertainty, y.mean() * (1 - y.mean()))


def test_ece_and_reliability(told):
    for (y, p), t in zip(CASES, told):
        bins = bins_of(p, 15)
        gaps = np.array([abs(y[rows].mean() - p[rows].mean()) for rows in bins])
        weights = np.array([len(rows) for rows in bins]) / len(y)
        close(t["ece"][0][[0, 1, 3]], [(weights * gaps).sum(), gaps.max(), len(bins)], 1e-10)
        table = bins_of(p, 20)
        assert len(table) == len(t["reliability"])
        for rows, got in zip(table, t["reliability"]):
            q = p[rows]
            expected = [len(rows), y[rows].sum(), q.mean(), q.min(), q.max(), y[rows].mean(),
                        *wilson(y[rows].sum(), len(rows))]
            close(got, expected, 1e-9, 1e-9)


def test_reliability_without_ties_is_scikit_learns():
    y, p = sample(7)
    keep = np.unique(p, return_index=True)[1][: len(np.unique(p)) // 20 * 20]
    y, p = y[keep], p[keep]
    t = drive(["figures"], y, p)
    rate, mean = calibration_curve(y, p, n_bins=20, strategy="quantile")
    close([b[5] for b in t["reliability"]][::-1], rate)
    close([b[2] for b in t["reliability"]][::-1], mean)


def test_noise_floor_is_what_calibrated_models_show(told):
    r = np.random.RandomState(1)
    for (y, p), t in list(zip(CASES, told))[:24]:
        bins, total = bins_of(p, 15), np.zeros(4000)
        for rows in bins:
            hits = (r.rand(4000, len(rows)) < p[rows]).sum(axis=1)
            total += abs(hits - p[rows].sum()) / len(p)
        error = total.std() / math.sqrt(4000)
        assert abs(t["ece"][0][2] - total.mean()) < 4.5 * error + 0.004 * total.mean()


def test_slope_is_statsmodels(told):
    judged = 0
    for (y, p), t in zip(CASES, told):
        q = np.clip(p, 2.0**-52, 1 - 2.0**-52)
        both = sm.Logit(y, sm.add_constant(logit(q))).fit(disp=0, tol=1e-14, maxiter=200)
        level = optimize.brentq(lambda b: (sigmoid(logit(q) + b) - y).sum(), -60, 60, xtol=1e-14)
        large = sigmoid(logit(q) + level)
        s = t["slope"][0]
        close(s[[4, 0]], both.params, 1e-7, 1e-8)
        close(s[[5, 1]], both.bse, 1e-6)
        close(s[[6, 7]], both.conf_int()[0], 1e-6, 1e-7)
        close(s[[2, 3]], both.conf_int()[1], 1e-6, 1e-7)
        close(s[8], level, 1e-8, 1e-9)
        close(s[9], 1 / np.sqrt((large * (1 - large)).sum()), 1e-8)
        judged += 1
    assert judged == len(CASES)


# ---- Calibration


def logits(seed, n, grid=0.0):
    r = np.random.RandomState(seed)
    z = r.randn(n) * 2
    if grid:
        z = np.round(z / grid) * grid
    y = (r.rand(n) < sigmoid(0.7 * z - 0.6)).astype(int)
    return z, y, r.rand(n) + 0.5


AT = np.linspace(-9, 9, 181)


@pytest.mark.parametrize("seed", range(8))
def test_platt_is_an_unpenalised_logistic_regression(seed):
    z, y, w = logits(seed, [60, 300, 3000][seed % 3])
    fit = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10000).fit(z[:, None], y, w)
    t = drive(["calibrate", 1], z, y, w, AT)
    close(t["map"][0][[1, 3]], [fit.coef_[0, 0], fit.intercept_[0]], 1e-5, 1e-6)
    close(t["applied"][0], t["map"][0][1] * AT + t["map"][0][3])


@pytest.mark.parametrize("seed", range(6))
def test_smoothed_platt_is_scikit_learns(seed):
    from sklearn.calibration import _sigmoid_calibration

    z, y, _ = logits(seed, 400)
    a, b = _sigmoid_calibration(z, y)
    t = drive(["calibrate", 100], z, y, [], AT)
    close(t["map"][0][[1, 3]], [-a, -b], 1e-4, 1e-5)


def published_beta(p, y, w):
    """Kull, Silva Filho & Flach 2017: maximum likelihood, and a negative parameter left out."""
    def loss(theta, held):
        a, b, c = np.where(held, 0, theta)
        eta = a * np.log(p) - b * np.log(1 - p) + c
        return (w * (np.logaddexp(0, eta) - y * eta)).sum()

    def fitted(held):
        return optimize.minimize(loss, [1, 1, 0], (held,), method="BFGS", options={"gtol": 1e-9}).x

    theta = fitted([False] * 3)
    if theta[0] < 0:
        theta = np.where([True, False, False], 0, fitted([True, False, False]))
    elif theta[1] < 0:
        theta = np.where([False, True, False], 0, fitted([False, True, False]))
    return theta


@pytest.mark.parametrize("seed", range(10))
def test_beta_is_the_published_one(seed):
    z, y, w = logits(seed, [80, 500, 2000][seed % 3])
    if seed >= 7:  # one tail flat: a parameter becomes negative
        y = (np.random.RandomState(seed).rand(len(z)) < sigmoid(np.where(z > 0, z * 2, -z * 0.3) - 1)).astype(int)
    t = drive(["calibrate", 2], z, y, w, AT)
    expected = published_beta(sigmoid(z), y, w)
    close(t["map"][0][1:], expected, 1e-4, 1e-4)
    p = sigmoid(AT)
    a, b, c = t["map"][0][1:]
    close(t["applied"][0], a * np.log(p) - b * np.log(1 - p) + c, 1e-10, 1e-10)


@pytest.mark.parametrize("seed", range(8))
def test_isotonic_is_scikit_learns(seed):
    """At the centres of the blocks, and straight between them."""
    z, y, w = logits(seed, [50, 400, 4000][seed % 3], 0.25 * (seed % 2))
    fit = IsotonicRegression().fit(z, y, w)
    t = drive(["calibrate", 3], z, y, w, AT)
    values = fit.predict(z)
    rates = np.array(sorted(set(np.round(values, 13))))
    x, knots = t["x"][0], t["y"][0]
    assert len(rates) == len(x)
    for at, knot, rate in zip(x, knots, rates):
        rows = abs(values - rate) < 1e-10
        close(at, np.average(z[rows], weights=w[rows]), 1e-9, 1e-11)
        if 1e-12 < rate < 1 - 1e-12:
            close(sigmoid(knot), rate, 1e-9)
    inside = (AT >= x[0]) & (AT <= x[-1])
    close(t["applied"][0][inside], np.interp(AT[inside], x, knots), 1e-12, 1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_venn_abers_by_its_definition(seed):
    z, y, w = logits(seed, 60 if seed < 4 else 300, 0.5 * (seed % 2))
    w = w if seed % 3 == 0 else []
    t = drive(["calibrate", 50], z, y, w, AT)
    weights = np.asarray(w) if len(w) else np.ones(len(z))
    for at, got in list(zip(AT, t["bounds"]))[::3]:
        bounds = []
        for label in (0, 1):
            fit = IsotonicRegression().fit(np.append(z, at), np.append(y, label), np.append(weights, 1.0))
            bounds.append(fit.predict([at])[0])
        p0, p1 = bounds
        close(got, [p0, p1, p1 / (1 - p0 + p1)], 1e-9, 1e-9)


def test_venn_abers_of_many_rows():
    """Binned to 2,000 points: next to the definition on all 20,000 rows."""
    z, y, _ = logits(3, 20000)
    t = drive(["calibrate", 50], z, y, [], AT[60:120:10])
    assert t["points"][0][0] < 700
    for at, got in zip(AT[60:120:10], t["bounds"]):
        for label in (0, 1):
            fit = IsotonicRegression().fit(np.append(z, at), np.append(y, label))
            assert abs(fit.predict([at])[0] - got[label]) < 0.02


# ---- Logistic regression


def matrix(seed, n, k):
    """Numbers of several scales, columns of words, an irregular target."""
    r = np.random.RandomState(seed)
    x = r.randn(n, k) * r.choice([0.3, 1, 5], k)
    x[:, k // 2 :] = r.rand(n, k - k // 2) < 0.1
    x = x.astype("f4").astype(float)
    y = (r.rand(n) < sigmoid(x @ (r.randn(k) * 0.5) - 1 + 0.3 * x[:, 0] ** 2)).astype(int)
    return x, y, r.rand(n) + 0.2


@pytest.mark.parametrize("seed, n, k, ridge", [(0, 400, 5, 1), (1, 3000, 30, 0.1), (2, 200, 60, 10), (3, 9000, 12, 1e-4)])
@pytest.mark.parametrize("weighted, narrow", [(0, 0), (1, 1)])
def test_ridge_is_scikit_learns(seed, n, k, ridge, weighted, narrow):
    x, y, w = matrix(seed, n, k)
    w = w if weighted else np.ones(n)
    fit = LogisticRegression(C=1 / ridge, tol=1e-12, max_iter=100, solver="newton-cholesky").fit(x, y, w)
    t = drive(["regress"], [k, ridge, 2, narrow], x.ravel(), y, w if weighted else [])
    close(t["coefficients"][0], np.r_[fit.intercept_, fit.coef_[0]], 1e-6, 1e-7)
    p = fit.predict_proba(x)[:, 1]
    ones = np.c_[np.ones(n), x]
    hessian = (ones * (w * p * (1 - p))[:, None]).T @ ones + ridge * np.diag(np.r_[0, np.ones(k)])
    close(t["errors"][0], np.sqrt(np.diag(np.linalg.inv(hessian))), 1e-6)
    close(t["loss"][0][0], metrics.log_loss(y, p, sample_weight=w) * w.sum(), 1e-8)


@pytest.mark.parametrize("seed, n, k", [(4, 500, 4), (5, 4000, 20)])
def test_without_a_ridge_it_is_statsmodels(seed, n, k):
    x, y, _ = matrix(seed, n, k)
    fit = sm.Logit(y, sm.add_constant(x)).fit(disp=0, tol=1e-13, maxiter=100)
    t = drive(["regress"], [k, 0, 1, 0], x.ravel(), y, [])
    close(t["coefficients"][0], fit.params, 1e-7, 1e-8)
    close(t["errors"][0], fit.bse, 1e-7)
    close(np.c_[t["low"][0], t["high"][0]], fit.conf_int(), 1e-6, 1e-7)
    close(t["loss"][0][0], -fit.llf, 1e-10)


# ---- Intervals and comparison

NAMES = ["auc", "pr_auc", "log_loss", "brier", "ks", "lift", "gain", "accuracy", "precision", "recall", "f1"]


def options(draws=300, stratified=0, seed=1, threshold=0.5, depth=0.1, most_plain=0, bins=0, every=0):
    return [draws, stratified, seed, threshold, depth, most_plain, bins, every]


def figures_by_scikit_learn(y, p, threshold, depth):
    """Without ties across the cut of the best part."""
    called = (p > threshold).astype(int)
    fpr, tpr, _ = metrics.roc_curve(y, p, drop_intermediate=False)
    top = np.sort(p)[::-1][max(1, int(np.floor(depth * len(y) + 0.5))) - 1]
    above, tied = p > top, p == top
    k = max(1, int(np.floor(depth * len(y) + 0.5)))
    hits = y[above].sum() + y[tied].mean() * (k - above.sum())
    return [metrics.roc_auc_score(y, p), metrics.average_precision_score(y, p), metrics.log_loss(y, p),
            metrics.brier_score_loss(y, p), max(0, (tpr - fpr).max()), hits / k / y.mean(), hits / y.sum(),
            metrics.accuracy_score(y, called), metrics.precision_score(y, called, zero_division=0),
            metrics.recall_score(y, called), metrics.f1_score(y, called)]


def test_figures_are_scikit_learns():
    for y, p in CASES[:40]:
        t = drive(["estimate"], options(draws=2, threshold=0.4), y, p)
        close([i[0] for i in t["interval"]], figures_by_scikit_learn(y, p, 0.4, 0.1), 1e-10, 1e-12)


@pytest.mark.parametrize("stratified", [0, 1])
def test_draws_are_resampled_customers(stratified):
    """A draw's figures are scikit-learn's of the rows that its counts repeat."""
    for y, p in CASES[:24]:
        t = drive(["draws"], options(3, stratified, threshold=0.4), y, p)
        order = np.lexsort((-y, -p))
        counts = t["counts"][0].astype(int)
        rows = np.repeat(order, counts)
        assert len(rows) == len(y) and not np.array_equal(counts, t["counts"][1])
        if stratified:
            assert y[rows].sum() == y.sum()
        if y[rows].min() == y[rows].max():
            continue
        told, expected = np.array(t["interval"]), np.array(figures_by_scikit_learn(y[rows], p[rows], 0.4, 0.1))
        for k, name in enumerate(NAMES):
            if name in ("pr_auc", "ks"):  # moved by twice the bias, and kept around the value
                value, draw = told[k][0], expected[k]
                moved = np.clip(draw - 2 * (draw - value), 0, 1)
                close(told[k][1:3], [min(moved, value), max(moved, value)], 1e-9, 1e-10)
            elif name == "lift":
                close(told[k][1:3], [expected[k]] * 2, 1e-9, 1e-10)
            elif told[k][3] != 0:
                value = told[k][0]
                close(told[k][1:3], [min(expected[k], value), max(expected[k], value)], 1e-9, 1e-10)


def large(n):
    r = np.random.RandomState(12)
    z = np.round(r.randn(n) * 1.5 - 2, 4)
    return (r.rand(n) < sigmoid(z)).astype(int), sigmoid(z * 1.1)


def test_binned_plain_and_formula_agree_at_100000():
    """Also against numpy's own bootstrap of the log-loss."""
    y, p = large(100_000)
    formula = np.array(drive(["estimate"], options(400), y, p)["interval"])
    plain = np.array(drive(["estimate"], options(400, every=1), y, p)["interval"])
    binned = np.array(drive(["estimate"], options(400, every=1, most_plain=50_000), y, p)["interval"])
    assert set(plain[:, 3]) == {4} and set(binned[:, 3]) == {5}
    for k, name in enumerate(NAMES):
        width = plain[k][2] - plain[k][1]
        assert abs(binned[k][1:3] - plain[k][1:3]).max() < 0.13 * width, name
        assert abs(formula[k][1:3] - plain[k][1:3]).max() < 0.13 * width, name
        assert binned[k][0] == plain[k][0] == formula[k][0]
    loss, r = -np.log(np.where(y == 1, p, 1 - p)), np.random.RandomState(1)
    own = [loss[r.randint(0, len(y), len(y))].mean() for _ in range(400)]
    k = NAMES.index("log_loss")
    assert abs(np.quantile(own, [0.025, 0.975]) - plain[k][1:3]).max() < 0.13 * (plain[k][2] - plain[k][1])


def test_helpers():
    r = np.random.RandomState(3)
    means, u = np.r_[r.rand(300) * 60, r.rand(300) * 2000 + 60, 0.01], r.rand(601)
    for n in (1, 2, 5, 40, 1000):
        x = r.randn(n)
        t = drive(["helpers"], x, means, u)
        close(t["percentiles"][0], np.quantile(x, [0.025, 0.975]), 1e-14)
    got, exact = np.ravel(t["poisson"]), stats.poisson.ppf(u, means)
    assert np.array_equal(got[means < 30], exact[means < 30])
    assert abs(got - exact).max() <= 1 and (got != exact).mean() < 0.02


def placed(y, s):
    wins = (s[y == 1][:, None] > s[y == 0][None, :]) + 0.5 * (s[y == 1][:, None] == s[y == 0][None, :])
    return wins.mean(axis=1), wins.mean(axis=0)


def test_paired_delong_by_its_definition():
    for seed in range(30):
        y, a = sample(seed)
        y, a = y[:1500], a[:1500]
        b = np.round(a + np.random.RandomState(seed).randn(len(a)) * 0.1, 2 + seed % 3)
        (a1, a0), (b1, b0) = placed(y, a), placed(y, b)
        covariance = np.cov(a1, b1) / len(a1) + np.cov(a0, b0) / len(a0)
        variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
        difference = a1.mean() - b1.mean()
        z = difference / math.sqrt(variance)
        expected = [a1.mean(), b1.mean(), difference, covariance[0, 0], covariance[1, 1], covariance[0, 1], variance, z,
                    2 * stats.norm.sf(abs(z)), difference - 1.959963984540054 * math.sqrt(variance),
                    difference + 1.959963984540054 * math.sqrt(variance)]
        close(drive(["compare"], options(2), y, a, b)["delong"][0], expected, 1e-7, 1e-12)


def test_paired_bootstrap_is_numpys():
    """Differences of the figures, by numpy's own draws of the same customers for both."""
    y, a = large(8000)
    r = np.random.RandomState(5)
    b = sigmoid(logit(a) * 0.9 + 0.4 * r.randn(len(a)))
    own = []
    for _ in range(100):
        rows = r.randint(0, len(y), len(y))
        own.append([u - v for u, v in zip(figures_by_scikit_learn(y[rows], a[rows], 0.5, 0.1),
                                          figures_by_scikit_learn(y[rows], b[rows], 0.5, 0.1))])
    own = np.array(own)
    for most_plain in (0, 5000):
        t = np.array(drive(["compare"], options(400, most_plain=most_plain), y, a, b)["difference"])
        for k, name in enumerate(NAMES):
            width = t[k][4] - t[k][3]
            close(t[k][2], t[k][0] - t[k][1])
            assert abs(width / (3.92 * own[:, k].std()) - 1) < 0.3, name
            assert abs((t[k][4] + t[k][3]) / 2 - own[:, k].mean()) < 0.17 * width, name


# ---- Power


def test_power_of_the_campaign():
    """163 conversions of 500, by the formulas and by simulation of two normal samples."""
    t = drive(["power"], [163, 337, 0.57, 163 / 500, 0.05, 0.8])
    least, area = t["least"][0][0], t["area"][0][0]
    assert abs(least - (0.5 + 1.6448536 * math.sqrt(501 / (12 * 163 * 337)))) < 1e-7
    assert round(least, 2) == 0.55 and round(area, 2) == 0.57
    r, seen = np.random.RandomState(2), 0
    for _ in range(2000):
        scores = r.randn(500)
        scores[:163] += math.sqrt(2) * stats.norm.ppf(area)
        u = stats.rankdata(scores)[:163].sum() - 163 * 164 / 2
        seen += u / (163 * 337) > least
    assert abs(seen / 2000 - 0.8) < 0.03
    for wanted in (0.55, 0.6, 0.7):
        m = int(drive(["power"], [163, 337, wanted, 0.326, 0.05, 0.8])["conversions"][0][0])
        for count, enough in ((m - 1, False), (m, True)):
            n = round(count * (1 - 0.326) / 0.326)
            got = drive(["power"], [count, n, wanted, 0.326, 0.05, 0.8])
            assert abs(got["area"][0][0] - wanted) < 0.01 and (got["power"][0][0] > 0.798) >= enough

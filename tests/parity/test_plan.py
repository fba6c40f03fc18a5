"""Plans computed a second time: slowly, row by row, in plain Python, on thousands of random campaigns; and small
ones by trying every list there is."""

import csv
import hashlib
import hmac
import io
import itertools
import json
import math
import os
import random
import statistics
import subprocess
from fractions import Fraction
from functools import cmp_to_key
from pathlib import Path

import pytest

BUILD = Path(os.environ.get("PROPENSE_BUILD", "build/release")).resolve()
PROGRAM = BUILD / "propense"
UNIT = 10**6


def run(folder, *arguments):
    return subprocess.run(
        [PROGRAM, "plan", *map(str, arguments)], cwd=folder, capture_output=True, text=True, env={"LANG": "C.UTF-8"}
    )


class Case:
    """A random campaign: what stands in the files and on the command line."""

    def __init__(self, seed, equal_costs=False, most_rows=40, holdout=True):
        r = self.r = random.Random(seed)
        self.n = r.randint(1, most_rows)
        grid = r.choice([4, 20, 1000])
        ids = [f"c{i:03d}" for i in range(self.n)]
        r.shuffle(ids)
        if r.random() < 0.3:
            ids = [r.choice(["a", "aa", "ab", "b", "ñ", "=1", "B", "customer_000000001", "customer_000000002"]) for _ in ids]
        self.ids = ids
        self.p = [r.randint(0, grid) / grid for _ in ids]
        self.has_values = r.random() < 0.5
        self.has_costs = not equal_costs and r.random() < 0.5
        self.values = [r.choice([0.0, -5.0, 10.0, 10.0, 40.0, r.randint(-100, 4000) / 100]) for _ in ids]
        self.costs = [r.choice([0.0, 0.5, 0.5, 1.25, r.randint(0, 400) / 100]) for _ in ids]
        self.margin = r.choice([1.0, 10.0, 40.0, 12.34])
        self.cost = r.choice([0.0, 0.1, 0.5, 2.0, 7.77])
        self.incentive = r.choice([0.0, 0.0, 0.5, 0.99])
        self.segments = [r.choice(["north", "south", "east", ""]) for _ in ids]
        self.budget = r.choice([None, None, r.randint(0, 3000) / 100, 1.1])
        self.max_contacts = r.choice([None, None, r.randint(0, self.n)])
        self.quotas = {}
        if r.random() < 0.4:
            for name in sorted(set(self.segments) - {""}):
                if r.random() < 0.6:
                    least = r.choice([0, 0, 1, 2, r.randint(0, 5)])
                    self.quotas[name] = (least, r.choice([None, least + r.randint(0, 4)]))
        self.holdout = r.choice([0, 0, 0.2, 0.5]) if holdout else 0
        self.suppressed = [i for i in set(ids) if r.random() < 0.1] if r.random() < 0.3 else []

    def write(self, folder):
        with open(folder / "scores.csv", "w", newline="") as f:
            w = csv.writer(f)
            w.writerow(["customer_id", "probability", "worth", "price", "region"])
            for i in range(self.n):
                w.writerow([self.ids[i], self.p[i], self.values[i], self.costs[i], self.segments[i]])
        if self.suppressed:
            (folder / "optout.csv").write_text("customer_id\n" + "".join(i + "\n" for i in self.suppressed))

    def arguments(self):
        a = ["scores.csv", "--verbose", 0, "--incentive", self.incentive, "--header", "yes", "--force"]
        a += ["--value_column", "worth"] if self.has_values else ["--margin", self.margin]
        a += ["--cost_column", "price"] if self.has_costs else ["--cost", self.cost]
        if self.budget is not None:
            a += ["--budget", self.budget]
        if self.max_contacts is not None:
            a += ["--max_contacts", self.max_contacts]
        if self.quotas:
            words = [f"{k}={low}..{'' if high is None else high}" for k, (low, high) in self.quotas.items()]
            a += ["--segment_by", "region", "--quota", ",".join(words)]
        if self.holdout:
            a += ["--holdout", self.holdout, "--salt", "pepper"]
        if self.suppressed:
            a += ["--suppress", "optout.csv"]
        return a

    # ---- the second computation

    def cost_of(self, i):
        return self.costs[i] if self.has_costs else self.cost

    def units(self, i):
        return round(Fraction(str(self.cost_of(i))) * UNIT)

    def profit(self, i):
        value = self.values[i] if self.has_values else self.margin
        return self.p[i] * (value - self.incentive) - self.cost_of(i)

    def is_control(self, i):
        if not self.holdout:
            return False
        digest = hmac.new(b"pepper", self.ids[i].encode(), hashlib.sha256).digest()
        return (int.from_bytes(digest[:8], "big") >> 11) / 2**53 < self.holdout

    def before(self, i, j, by_contact):
        """Whether i comes first: less than, equal to or more than 0."""
        a, b = self.profit(i), self.profit(j)
        if not by_contact and a > 0 and b > 0:
            free = (self.cost_of(i) == 0, self.cost_of(j) == 0)
            if free[0] != free[1]:
                return -1 if free[0] else 1
            if not free[0]:
                a, b = a / self.cost_of(i), b / self.cost_of(j)
        for x, y in ((b, a), (self.p[j], self.p[i]), (self.ids[i].encode(), self.ids[j].encode()), (i, j)):
            if x != y:
                return -1 if x < y else 1
        return 0

    def eligible(self):
        """One row a customer: the one that comes first."""
        best = {}
        for i in range(self.n):
            if self.ids[i] in self.suppressed:
                continue
            j = best.get(self.ids[i])
            if j is None or self.before(i, j, False) < 0:
                best[self.ids[i]] = i
        return list(best.values())

    def choose(self, rows, by_contact):
        """{row: arm} and the expected profit, or None where quotas cannot be met."""
        order = sorted(rows, key=cmp_to_key(lambda i, j: self.before(i, j, by_contact)))
        budget = None if self.budget is None else round(Fraction(str(self.budget)) * UNIT)
        free = {k: sum(self.segments[i] == k and not self.is_control(i) for i in rows) for k in self.quotas}
        if any(low > free[k] for k, (low, _) in self.quotas.items()):
            return None
        if self.max_contacts is not None and sum(low for low, _ in self.quotas.values()) > self.max_contacts:
            return None

        def least(sequence):
            arms, spent, taken = {}, 0, dict.fromkeys(self.quotas, 0)
            for i in sequence:
                k = self.segments[i]
                if k not in self.quotas or taken[k] >= self.quotas[k][0]:
                    continue
                arms[i] = "control" if self.is_control(i) else "contact"
                if arms[i] == "contact":
                    taken[k] += 1
                    spent += self.units(i)
            return arms, spent, taken

        arms, spent, taken = least(order)
        if budget is not None and spent > budget:
            arms, spent, taken = least(sorted(order, key=self.units))
            if spent > budget:
                return None
        contacts = sum(a == "contact" for a in arms.values())
        for i in order:
            k = self.segments[i]
            if i in arms or self.profit(i) <= 0:
                continue
            if self.max_contacts is not None and contacts >= self.max_contacts:
                continue
            if budget is not None and spent + self.units(i) > budget:
                continue
            if k in self.quotas and self.quotas[k][1] is not None and taken[k] >= self.quotas[k][1]:
                continue
            if self.is_control(i):
                arms[i] = "control"
                continue
            arms[i] = "contact"
            contacts += 1
            spent += self.units(i)
            if k in taken:
                taken[k] += 1
        gained = 0.0
        for i in order:
            if arms.get(i) == "contact":
                gained += self.profit(i)
        return [(i, arms[i]) for i in order if i in arms], gained

    def expected(self):
        rows = self.eligible()
        chosen = self.choose(rows, False)
        if chosen is None:
            return None
        if self.has_costs and (self.max_contacts is not None or self.quotas):
            other = self.choose(rows, True)
            if other[1] > chosen[1]:
                chosen = other
        return rows, *chosen


def planned(case, folder):
    case.write(folder)
    return run(folder, *case.arguments(), "--out", "-", "--plan_out", "plan.json")


def check_case(case, folder):
    got = planned(case, folder)
    expected = None if not case.eligible() else case.expected()
    if expected is None:
        assert got.returncode == 2, got.stderr
        if case.eligible():
            assert "quota" in got.stderr
        else:
            assert "suppress list" in got.stderr
        return
    assert got.returncode == 0, got.stderr
    rows, arms, gained = expected
    lines = list(csv.DictReader(io.StringIO(got.stdout)))
    assert [(x["customer_id"], x["arm"]) for x in lines] == [(case.ids[i], a) for i, a in arms]
    probabilities = [case.p[i] for i in rows]
    for rank, (line, (i, _)) in enumerate(zip(lines, arms), 1):
        assert int(line["rank"]) == rank
        assert float(line["probability"]) == case.p[i]
        assert abs(float(line["expected_profit"]) - case.profit(i)) <= 0.00005001
        better = sum(x > case.p[i] for x in probabilities)
        assert int(line["decile"]) == 1 + 10 * better // len(rows)
        if case.quotas:
            assert line["region"] == case.segments[i]
    check_figures(case, json.loads((folder / "plan.json").read_text()), rows, arms, gained)


def check_figures(case, plan, rows, arms, gained):
    contacts = [i for i, a in arms if a == "contact"]
    figures = plan["plan"]
    conversions = math.fsum(case.p[i] for i in contacts)
    value = [case.values[i] if case.has_values else case.margin for i in range(case.n)]
    revenue = math.fsum(case.p[i] * value[i] for i in contacts)
    cost = math.fsum(case.cost_of(i) for i in contacts) + case.incentive * conversions
    assert figures["contacts"] == len(contacts)
    near = lambda x, y: abs(x - y) <= 1e-9 * (1 + abs(y))
    assert near(figures["conversions"]["value"], conversions)
    assert near(figures["revenue"]["value"], revenue)
    assert near(figures["cost"]["value"], cost)
    assert near(figures["profit"]["value"], revenue - cost) and near(figures["profit"]["value"], gained)
    spent = sum(case.units(i) for i in contacts)
    assert case.budget is None or spent <= Fraction(str(case.budget)) * UNIT
    assert case.max_contacts is None or len(contacts) <= case.max_contacts
    for k, (low, high) in case.quotas.items():
        n = sum(case.segments[i] == k for i in contacts)
        assert low <= n and (high is None or n <= high)
    everybody = plan["instead"]["everybody"]
    assert near(everybody["profit"]["value"], math.fsum(case.profit(i) for i in rows))
    lot = plan["instead"]["by_lot"]
    assert near(lot["profit"]["value"], math.fsum(case.profit(i) for i in rows) * len(contacts) / len(rows))
    check_curve_end(case, plan["profit_curve"]["points"], rows)
    assert plan["customers"] == {
        "id": "customer_id",
        "rows": case.n,
        "repeated": case.n - len(set(case.ids)),
        "suppressed": len(case.suppressed),
        "may_be_contacted": len(rows),
    }


def check_curve_end(case, points, rows):
    """The curve's last point is everybody but the control group, with the normal interval of independent answers."""
    free = [i for i in rows if not case.is_control(i)]
    kept = [(case.values[i] if case.has_values else case.margin) - case.incentive for i in free]
    profit = math.fsum(case.profit(i) for i in free)
    sd = math.sqrt(math.fsum(k * k * case.p[i] * (1 - case.p[i]) for i, k in zip(free, kept)))
    low, high = (profit + z * sd for z in (-1.959963984540054, 1.959963984540054))
    if not case.has_values:
        low = max(low, -math.fsum(case.cost_of(i) for i in free))
    end = points[-1]
    assert end["contacts"] == len(free)
    for key, value in (("profit", profit), ("low", low), ("high", high)):
        assert abs(end[key] - value) <= 1e-6 * (1 + abs(value)), key
    assert all(x["low"] <= x["profit"] <= x["high"] for x in points)


@pytest.mark.parametrize("part", range(8))
def test_plans_row_by_row(part, tmp_path):
    for seed in range(part * 400, part * 400 + 400):
        try:
            check_case(Case(seed), tmp_path)
        except AssertionError as e:
            raise AssertionError(f"case {seed}: {Case(seed).arguments()}") from e


def feasible(case, contacts, budget):
    if budget is not None and sum(case.units(i) for i in contacts) > budget:
        return False
    if case.max_contacts is not None and len(contacts) > case.max_contacts:
        return False
    for k, (low, high) in case.quotas.items():
        n = sum(case.segments[i] == k for i in contacts)
        if n < low or (high is not None and n > high):
            return False
    return True


def test_no_list_is_better_where_costs_are_equal(tmp_path):
    """Every subset of up to ten customers, 300 campaigns."""
    compared = 0
    for seed in range(10000, 10300):
        case = Case(seed, equal_costs=True, most_rows=10, holdout=False)
        rows = case.eligible()
        if not rows:
            continue
        budget = None if case.budget is None else round(Fraction(str(case.budget)) * UNIT)
        best = None
        for n in range(len(rows) + 1):
            for contacts in itertools.combinations(rows, n):
                if feasible(case, contacts, budget):
                    gained = math.fsum(case.profit(i) for i in contacts)
                    best = gained if best is None or gained > best else best
        got = planned(case, tmp_path)
        if best is None:
            assert got.returncode == 2
            continue
        assert got.returncode == 0, got.stderr
        gained = json.loads((tmp_path / "plan.json").read_text())["plan"]["profit"]["value"]
        assert abs(gained - best) < 1e-9, f"case {seed}: {case.arguments()}"
        compared += 1
    assert compared > 200


def test_the_threads_change_nothing(tmp_path):
    r = random.Random(5)
    with open(tmp_path / "scores.csv", "w") as f:
        f.write("id,probability\n")
        f.writelines(f"customer_{r.randrange(10**9):09d}_{i},{r.randrange(50) / 50}\n" for i in range(100000))
    base = ["scores.csv", "--margin", 10, "--cost", 2, "--holdout", 0.1, "--verbose", 0, "--out"]
    one = run(tmp_path, *base, "one.csv", "--threads", 1)
    many = run(tmp_path, *base, "many.csv", "--threads", 5)
    assert one.returncode == 0 and one.stdout == many.stdout
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "many.csv").read_bytes()
    lines = list(csv.DictReader(open(tmp_path / "one.csv")))
    keys = [(-float(x["probability"]), x["id"]) for x in lines]
    assert keys == sorted(keys)


def test_intervals_hold_the_outcomes(tmp_path):
    """Each customer's answer drawn 4,000 times: the 95 % interval of the profit holds about 95 % of the sums."""
    r = random.Random(11)
    for n in (40, 3000):
        p = [r.random() ** 2 for _ in range(n)]
        (tmp_path / "scores.csv").write_text("id,probability\n" + "".join(f"{i},{x}\n" for i, x in enumerate(p)))
        done = run(tmp_path, "scores.csv", "--margin", 12, "--cost", 2, "--incentive", 2, "--plan_out", "plan.json")
        assert done.returncode == 0, done.stderr
        figures = json.loads((tmp_path / "plan.json").read_text())["plan"]
        chosen = [x for x in p if x * 10 - 2 > 0]
        sums = [10 * sum(r.random() < x for x in chosen) - 2 * len(chosen) for _ in range(4000)]
        inside = sum(figures["profit"]["low"] <= x <= figures["profit"]["high"] for x in sums) / len(sums)
        assert 0.93 < inside < 0.985, (n, inside)
        assert abs(figures["profit"]["value"] - statistics.fmean(sums)) < 4 * statistics.stdev(sums) / 60


def wilson(hits, n):
    z = 1.959963984540054
    middle, half = hits + z * z / 2, z * math.sqrt(hits * (n - hits) / n + z * z / 4)
    return (middle - half) / (n + z * z), (middle + half) / (n + z * z)


@pytest.mark.parametrize("seed", range(30))
def test_results_are_read_back(seed, tmp_path):
    """Arms, rates, Newcombe's interval (method 10) and the money, by hand."""
    r = random.Random(seed)
    n = r.randint(200, 800)
    rows = [(f"k{i}", round(r.random(), 4)) for i in range(n)]
    (tmp_path / "scores.csv").write_text("id,probability\n" + "".join(f"{i},{p}\n" for i, p in rows))
    base = ["scores.csv", "--margin", 20, "--cost", 1, "--incentive", 3, "--holdout", 0.3, "--out", "list.csv"]
    done = run(tmp_path, *base, "--plan_out", "plan.json")
    assert done.returncode == 0, done.stderr
    chosen = list(csv.DictReader(open(tmp_path / "list.csv")))
    outcome = {x["id"]: int(r.random() < float(x["probability"]) * r.choice([0.5, 1])) for x in chosen}
    with_arm = seed % 2 == 0
    lines = [f"{x['id']},{outcome[x['id']]}" + (f",{x['arm']}" if with_arm else "") for x in chosen]
    (tmp_path / "results.csv").write_text("id,converted" + (",arm" if with_arm else "") + "\n" + "\n".join(lines) + "\n")
    done = run(tmp_path, "--readback", "results.csv", "--plan", "plan.json", "--plan_out", "got.json", "--out", "t.csv")
    assert done.returncode == 0, done.stderr
    got = json.loads((tmp_path / "got.json").read_text())
    count = lambda arm: [outcome[x["id"]] for x in chosen if x["arm"] == arm]
    y1, y0 = count("contact"), count("control")
    n1, n0, s1, s0 = len(y1), len(y0), sum(y1), sum(y0)
    assert (got["contacted"]["customers"], got["contacted"]["converted"]) == (n1, s1)
    assert (got["control"]["customers"], got["control"]["converted"]) == (n0, s0)
    (l1, u1), (l0, u0) = wilson(s1, n1), wilson(s0, n0)
    d = s1 / n1 - s0 / n0
    low = d - math.hypot(s1 / n1 - l1, u0 - s0 / n0)
    high = d + math.hypot(u1 - s1 / n1, s0 / n0 - l0)
    for key, value in (("value", d), ("low", low), ("high", high)):
        assert got["lift"][key] == pytest.approx(value, abs=1e-12)
        assert got["conversions_added"][key] == pytest.approx(value * n1, abs=1e-8)
        assert got["profit_added"][key] == pytest.approx(20 * value * n1 - n1 - 3 * s1, abs=1e-8)
    assert got["profit"] == pytest.approx(17 * s1 - n1)
    table = {x["id"]: x for x in csv.DictReader(open(tmp_path / "t.csv"))}
    assert all(table[x["id"]]["contacted"] == str(int(x["arm"] == "contact")) for x in chosen)
    assert all(table[i]["converted"] == str(y) for i, y in outcome.items())

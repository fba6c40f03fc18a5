"""Result files: every measured number as a row of a CSV file, and tables made from it to read.

A run of one section keeps the other sections of the same file (same day and machine, same commit or not: the commit
stands with each section).
"""
import csv
import datetime
import statistics
from pathlib import Path

from contest import ratios
from environment import machine, machine_slug

FIELDS = ("section", "case", "contender", "round", "metric", "value")


def number(x):
    """Three figures that count, as people write them."""
    if x is None:
        return ""
    for limit, form in ((1000, "{:,.0f}"), (100, "{:.0f}"), (10, "{:.1f}"), (1, "{:.2f}")):
        if abs(x) >= limit:
            return form.format(x)
    return f"{x:.3g}" if x else "0"


def spread(values):
    middle = statistics.median(values)
    if len(values) == 1:
        return number(middle)
    return f"{number(middle)} ({number(min(values))}–{number(max(values))})"


def table(head, rows):
    """Markdown that also reads well on a console: padded, first column to the left."""
    cells = [list(map(str, head))] + [list(map(str, r)) for r in rows]
    width = [max(len(r[i]) for r in cells) for i in range(len(head))]

    def line(row):
        padded = (c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, width)))
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(width)) + "|"
    return "\n".join([line(cells[0]), rule, *map(line, cells[1:])])


class Results:
    BUSY = "cores busy with other work before"

    def __init__(self, folder, rounds):
        today = datetime.date.today().isoformat()
        self.csv_path = Path(folder) / f"{today}-{machine_slug()}.csv"
        self.md_path = self.csv_path.with_suffix(".md")
        self.rows = []
        if self.csv_path.exists():
            with open(self.csv_path, newline="") as f:
                self.rows = list(csv.DictReader(f))
        self.rounds = rounds

    def begin(self, section, busy):
        self.section = section
        self.rows = [r for r in self.rows if r["section"] != section]
        for name, text in machine().items():
            self.fact(name, text)
        self.fact(self.BUSY, f"{100 * busy:.0f} %")

    def add(self, case, contender, round_number, metric, value):
        self.rows.append(dict(section=self.section, case=case, contender=contender, round=round_number, metric=metric,
                              value=value))

    def fact(self, name, text):
        self.add("machine", "", "", name, text)

    def note(self, case, text):
        print(f"  {text}")
        self.add(case, "", "", "note", text)

    def times(self, case, contenders):
        for c in contenders:
            for i, (wall, cpu, peak) in enumerate(zip(c.wall, c.cpu, c.peak), 1):
                self.add(case, c.name, i, "wall_s", f"{wall:.6f}")
                self.add(case, c.name, i, "cpu_s", f"{cpu:.6f}")
                self.add(case, c.name, i, "peak_mb", f"{peak:.2f}")
        ours = contenders[0]
        for c in contenders[1:] if ours.name.startswith("propense") else ():
            for i, r in enumerate(ratios(c, ours), 1):
                self.add(case, c.name, i, "times_ours", f"{r:.4f}")

    def values(self, case, contender, metric, values):
        for i, v in enumerate(values, 1):
            self.add(case, contender, i, metric, f"{v:.6g}")

    def goal(self, text, values, sense, goal, aim=None, unit=""):
        """values: one a round, judged by their median; sense '>=' or '<='."""
        self.add("goal", text, "", f"{sense} {goal}{unit}" + (f", aim {aim}{unit}" if aim else ""),
                 spread(values) + unit + ";" + self._judge(statistics.median(values), sense, goal, aim))

    @staticmethod
    def _judge(x, sense, goal, aim):
        reached = lambda limit: x >= limit if sense == ">=" else x <= limit
        if aim and reached(aim):
            return "aim reached"
        return "reached" if reached(goal) else "not reached"

    # ---- writing

    def save(self):
        self.csv_path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.csv_path, "w", newline="") as f:
            writer = csv.DictWriter(f, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(self.rows)
        self.md_path.write_text(self.as_markdown())

    def sections(self):
        return list(dict.fromkeys(r["section"] for r in self.rows))

    def as_markdown(self):
        parts = [f"# Measurements, {self.csv_path.stem}",
                 "Whole processes in turn, medians with (lowest–highest) of the rounds; CPU is user and system time "
                 "over all cores, MB are 10⁶ bytes, ratios are formed round by round. Written by `./run bench`; "
                 "every single number stands in the CSV file beside this one."]
        facts = {s: {r["metric"]: r["value"] for r in self._of(s, "machine")} for s in self.sections()}
        same = [k for k in next(iter(facts.values()), {}) if k != self.BUSY
                and len({f.get(k) for f in facts.values()}) == 1]
        if same:
            first = next(iter(facts.values()))
            parts.append("\n".join(f"- {k}: {first[k]}" for k in same))
        parts += [self.section_text(s, facts[s], same) for s in self.sections()]
        return "\n\n".join(parts) + "\n"

    def _of(self, section, case):
        return [r for r in self.rows if r["section"] == section and r["case"] == case]

    def section_text(self, section, facts=None, leave_out=()):
        parts = [f"## {section}"]
        if facts:
            own = [f"{k}: {v}" for k, v in facts.items() if k not in leave_out]
            if own:
                parts.append("; ".join(own))
        cases = dict.fromkeys(r["case"] for r in self.rows if r["section"] == section)
        for case in cases:
            if case in ("machine", "goal"):
                continue
            rows = self._of(section, case)
            if case:
                parts.append(f"### {case}")
            parts += [t for t in (self._case_table(rows),) if t]
            parts += [f"```\n{r['value'].rstrip()}\n```" for r in rows if r["metric"] == "text"]
            notes = [f"- {r['value']}" for r in rows if r["metric"] == "note"]
            if notes:
                parts.append("\n".join(notes))
        goals = [(r["contender"], r["metric"], *r["value"].split(";", 1)) for r in self._of(section, "goal")]
        if goals:
            parts.append(table(("goal", "wanted", "measured", ""), goals))
        return "\n\n".join(parts)

    @staticmethod
    def _case_table(rows):
        heads = {"wall_s": "wall, s", "cpu_s": "CPU, s", "peak_mb": "peak, MB", "rows_per_s": "rows/s",
                 "rows_per_cpu_s": "rows/CPU s",
                 "seconds": "training, s", "cpu_seconds": "training CPU, s", "last_loss": "last loss",
                 "gflops": "GFLOP/s of CPU", "times_ours": "times ours",
                 "times_slower": "times slower than ours"}
        measured = {}
        for r in rows:
            if r["metric"] in heads:
                measured.setdefault(r["contender"], {}).setdefault(r["metric"], []).append(float(r["value"]))
        if not measured:
            return ""
        used = [m for m in heads if any(m in v for v in measured.values())]
        return table(["", *(heads[m] for m in used)],
                     [[name, *(spread(v[m]) if m in v else "" for m in used)] for name, v in measured.items()])

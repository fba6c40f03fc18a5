"""What is measured: one function a section. Each lets contenders compete, asserts that the results agree, and holds
the figures against the goals.
"""
import csv
import json
import os
import random
import re
import subprocess
from pathlib import Path

import audiobooks
import networks
from contest import (WORK, Contender, compete, compile_c, generated, include_folders, ratios, room_libraries,
                     run_once)
from environment import ROOT, Trouble, clean_environment, openblas

PEERS = ROOT / "bench" / "peers"
CAMPAIGN = ROOT / "data" / "campaign_history.csv"
SAME_PROBABILITY = 1e-6


class Bench:
    """What every section needs: the options, where results go, how propense and a peer are called."""

    def __init__(self, args, results, peers):
        self.args, self.results, self.peers = args, results, peers
        self.rounds = args.rounds
        self.tenth = 10 if args.quick else 1

    def ours(self, name, *words, **more):
        return Contender(name, [self.args.propense, *words], **more)

    def peer(self, name, script, *words, extras=(), **more):
        return Contender(name, [self.peers.python(*extras), str(PEERS / script), *words], **more)

    def with_propense(self):
        return not self.args.peers_only

    def versions(self, *extras):
        self.results.fact("versions", ", ".join(self.peers.versions(*extras)))


def work(name):
    return str(WORK / name)


# ---- reference


def reference_options(data, stem, *more):
    outputs = [work(f"{stem}.keras"), work(f"{stem}_metrics.csv"), work(f"{stem}_history.png")]
    return dict(words=["--data_path", str(data), "--test_size", "0.2", "--model_out", outputs[0], "--metrics_out",
                       outputs[1], "--history_out", outputs[2], "--epochs", "20", "--batch_size", "32", "--lr", "1e-3",
                       *more], outputs=outputs)


def reference_pair(bench, data, *more):
    keras = reference_options(data, "keras", *more)
    pair = [bench.peer("Keras script", "keras_reference.py", *keras["words"], outputs=keras["outputs"])]
    if bench.with_propense():
        own = reference_options(data, "propense", *more)
        pair.insert(0, bench.ours("propense train", "train", *own["words"], outputs=own["outputs"]))
    return pair


def check_metrics(stems=("propense", "keras")):
    """The same rows, columns and support: both judged the same test rows."""
    tables = []
    for stem in stems:
        with open(work(f"{stem}_metrics.csv"), newline="") as f:
            tables.append(list(csv.reader(f)))
    ours, theirs = tables
    assert ours[0] == theirs[0] and [r[0] for r in ours] == [r[0] for r in theirs], "metrics CSV of another form"
    assert [ours[i][4] for i in (1, 2)] == [theirs[i][4] for i in (1, 2)], "another test part was judged"


def reference(bench):
    bench.versions()
    case = "campaign_history.csv, 20 epochs of 32"
    pair = compete(reference_pair(bench, CAMPAIGN), bench.rounds)
    bench.results.times(case, pair)
    if bench.with_propense():
        check_metrics()
        bench.results.goal("reference command against the Keras script, times faster", ratios(pair[1], pair[0]),
                           ">=", 400, 500)
        bench.results.goal("reference command, peak memory", pair[0].peak, "<=", 25, unit=" MB")
    real_data(bench)


# name: file, separator, header (None: the file's own), columns to leave out, target, word of a conversion
REAL_DATA = {
    "Bank": ("bank-full.csv", ";", None, ["duration"], "y", "yes"),
    "Shoppers": ("online_shoppers_intention.csv", ";", None, [], "Revenue", "TRUE"),
    "Audiobooks": ("audiobooks_data.csv", ",",
                   "customer_id minutes_overall minutes_avg price_overall price_avg review review_score completion "
                   "minutes_listened support_requests last_visit_minus_purchase target".split(),
                   ["customer_id"], "target", "1"),
    "Hillstrom": ("hillstrom.csv", ",", None, ["conversion", "spend"], "visit", "1"),
}


def plain_table(source, target, separator, header, dropped):
    """The same rows with commas and a header, which every contender reads; written once."""
    with open(source, newline="") as f, open(target, "w", newline="") as out:
        rows, writer = csv.reader(f, delimiter=separator), csv.writer(out, lineterminator="\n")
        header = header or next(rows)
        kept = [i for i, name in enumerate(header) if name not in dropped]
        writer.writerow([header[i] for i in kept])
        writer.writerows([row[i] for i in kept] for row in rows)


def real_data(bench):
    folder = os.environ.get("PROPENSE_DATA")
    if not folder:
        bench.results.note("", f"Skipped: {', '.join(REAL_DATA)} (PROPENSE_DATA names no folder).")
        return
    for name, (file, separator, header, dropped, target, positive) in REAL_DATA.items():
        source, plain = Path(folder) / file, Path(work(file))
        if not source.exists():
            bench.results.note("", f"Skipped: {name} (there is no {file} in PROPENSE_DATA).")
            continue
        plain_table(source, plain, separator, header, dropped)
        # The network needs its 20 epochs here; one round says enough where a run takes a minute.
        words = ["--target", target, "--positive", positive, "--id", "none"]
        pair = compete(reference_pair(bench, plain, *words), 1, warm_up=False)
        bench.results.times(f"{name}, 20 epochs of 32", pair)


# ---- score


def compare_scores(bench, expected, met):
    """Largest difference of two score files, by pandas."""
    told = run_once(bench.peer("comparison", "compare_scores.py", expected, met))[3]
    return told["difference"]


def trained_model(bench):
    """The model all scorers use: ours, or Keras' where ours is not measured."""
    stem = "propense" if bench.with_propense() else "keras"
    contender = reference_pair(bench, CAMPAIGN)[0]
    run_once(contender)
    return work(f"{stem}.keras")


def score(bench):
    compile_c("measure")
    rows = 2_000_000 // bench.tenth
    data = generated(rows, f"score_{rows}.csv", "--signal", "50", "--no_label")
    size = os.path.getsize(data)
    model, prepared = trained_model(bench), work("prepared")
    run_once(bench.peer("preparation", "prepare.py", model, str(CAMPAIGN), prepared))
    bench.versions()

    out = {n: work(f"scores_{n}.csv") for n in ("propense", "one", "keras", "plain", "streaming")}
    contenders, slow = [], []
    if bench.with_propense():
        contenders.append(bench.ours("propense score", "score", model, data, "--scores_out", out["propense"],
                                     outputs=[out["propense"]]))
        contenders.append(bench.ours("propense score, one thread", "score", model, data, "--scores_out", out["one"],
                                     "--threads", "1", outputs=[out["one"]]))
    if "onnx" not in bench.args.without:
        for style in ("plain", "streaming"):
            contenders.append(bench.peer(f"polars + ONNX Runtime, {style}", "score_polars_onnx.py", prepared, data,
                                         "--scores_out", out[style], "--style", style, outputs=[out[style]]))
    if "keras" not in bench.args.without:
        contenders.append(bench.peer("pandas + Keras", "score_pandas_keras.py", model, prepared, data,
                                     "--scores_out", out["keras"], outputs=[out["keras"]]))
    compete(contenders, bench.rounds)
    bench.results.times(f"{rows:,} rows, {size / 1e6:.0f} MB, CSV to CSV", contenders)

    first = contenders[0]
    for c in contenders[1:]:
        difference = compare_scores(bench, c.outputs[0], first.outputs[0])
        if difference > SAME_PROBABILITY:
            raise Trouble(f"{c.name} and {first.name} give other probabilities: they differ by up to {difference:g}")
    bench.results.note("", f"The probabilities of all contenders agree within {SAME_PROBABILITY:g}, row by row.")
    if bench.with_propense():
        score_goals(bench, {c.name: c for c in contenders})


def score_goals(bench, by_name):
    ours, goal = by_name["propense score"], bench.results.goal
    for name, least, aim in (("polars + ONNX Runtime, plain", 8, 12), ("polars + ONNX Runtime, streaming", 8, 12),
                             ("pandas + Keras", 40, None)):
        if name in by_name:
            goal(f"scoring against {name}, times faster", ratios(by_name[name], ours), ">=", least, aim)
    goal("scoring, peak memory", ours.peak, "<=", 64, unit=" MB")


# ---- epoch


def epoch(bench):
    rows = 1_000_000 // bench.tenth
    data = generated(rows, f"train_{rows}.csv", "--signal", "100")
    results, case = bench.results, f"{rows:,} rows, one epoch of 32, dropout 0.3"
    without = set(bench.args.without)
    contenders = []
    if bench.with_propense():
        # Whole processes read the file as well; the difference of three epochs and one is training alone.
        for epochs in (1, 3):
            model = work(f"epoch{epochs}.keras")
            contenders.append(bench.ours(f"propense train, {epochs} epoch{'s' * (epochs > 1)}", "train", data,
                                         "--test_size", "0", "--epochs", str(epochs), "--batch_size", "32",
                                         "--model_out", model, outputs=[model]))
    for library, name, extras in (("keras", "Keras", ()), ("torch", "PyTorch", ("torch",)),
                                  ("sklearn", "scikit-learn MLPClassifier (no dropout)", ())):
        if library not in without:
            contenders.append(bench.peer(name, "train_rate.py", library, data, extras=extras))
    bench.versions(*(() if "torch" in without else ("torch",)))
    compete(contenders, bench.rounds, warm_up=False)
    results.times(case + ": whole processes", contenders)

    rates, cpu, case = {}, {}, case + ": rows a second through the training loop"
    if bench.with_propense():
        one, three = contenders[:2]
        rates["propense"] = [2 * rows / max(b - a, 1e-9) for a, b in zip(one.wall, three.wall)]
        cpu["propense"] = [2 * rows / max(b - a, 1e-9) for a, b in zip(one.cpu, three.cpu)]
    for c in contenders:
        if c.told[0]:
            rates[c.name] = [t["rows"] / t["seconds"] for t in c.told]
            cpu[c.name] = [t["rows"] / t["cpu_seconds"] for t in c.told]
    for name, values in rates.items():
        results.values(case, name, "rows_per_s", values)
        results.values(case, name, "rows_per_cpu_s", cpu[name])
    if "propense" in rates:
        for name, least in (("Keras", 60), ("PyTorch", None), ("scikit-learn MLPClassifier (no dropout)", None)):
            if name in rates:
                times = [a / b for a, b in zip(rates["propense"], rates[name])]
                if least:
                    results.goal(f"training rate against {name}, times", times, ">=", least)
                results.values(case, name, "times_slower", times)


# ---- threads


def threads(bench):
    if not bench.with_propense():
        raise Trouble("Threads are measured on propense alone; there is nothing to do with --peers_only.")
    rows = 20_000 // bench.tenth
    data = generated(rows, f"threads_{rows}.csv", "--signal", "100")
    case = f"4 hidden layers of 200, batch 50, {rows:,} rows, 3 epochs"

    def contenders():
        models = [work(f"threads{n}.keras") for n in (1, 2)]
        return [bench.ours(f"{n} thread{'s' * (n > 1)}", "train", data, "--hidden", "200,200,200,200", "--batch_size",
                           "50", "--epochs", "3", "--test_size", "0", "--threads", str(n), "--model_out", m,
                           outputs=[m]) for n, m in zip((1, 2), models)]

    one, two = compete(contenders(), bench.rounds)
    assert Path(one.outputs[0]).read_bytes() == Path(two.outputs[0]).read_bytes(), "threads change the model"
    bench.results.times(case + ", idle cores", [one, two])
    bench.results.goal("two threads against one on idle cores, times faster", ratios(one, two), ">=", 1.25, 1.6)

    cores = len(os.sched_getaffinity(0))
    load = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(cores)]
    try:
        one, two = compete(contenders(), bench.rounds)
    finally:
        for p in load:
            p.kill()
            p.wait()
    bench.results.times(case + ", every core busy otherwise", [one, two])
    bench.results.goal("two threads against one on busy cores, times the time", ratios(two, one), "<=", 1.1)


# ---- kernels


def kernels(bench):
    program = compile_c("kernels", *include_folders(), libraries=room_libraries(bench))
    library = openblas(bench.peers.python())
    bench.versions()
    # OpenBLAS takes its own best level; held to Haswell's it is the peer of our AVX2 level.
    for level, forced in (("avx512", {}), ("avx2", {"OPENBLAS_CORETYPE": "Haswell"})):
        environment = {**clean_environment(), "OPENBLAS_NUM_THREADS": "1", **forced}
        pin = ["taskset", "-c", str(min(os.sched_getaffinity(0)))]
        done = subprocess.run([*pin, program, library], capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            raise Trouble(f"bench/kernels.c ended with code {done.returncode}: {done.stderr.strip()}")
        case = "OpenBLAS at its Haswell level (AVX2)" if forced else "OpenBLAS at its own level"
        bench.results.add(case, "", "", "text", done.stdout)
        kernel_goal(bench, level, done.stdout)


def kernel_goal(bench, level, text):
    lines = text.splitlines()
    head = lines[1].split()
    if level not in head or "openblas" not in head:
        bench.results.note("", f"This machine has no level {level}.")
        return
    quotients = []
    for line in lines[2:]:
        if line.startswith("peak"):
            continue
        shape, _, _, _, *figures = line.split()
        if re.sub(" ", "", shape) in ("13x64", "64x32", "200x200"):
            by_name = dict(zip(head, map(float, figures)))
            quotients.append(by_name[level] / by_name["openblas"])
    bench.results.goal(f"{level} against OpenBLAS of that level, the weakest of {len(quotients)} products, times",
                       [min(quotients)], ">=", 0.95)


# ---- read


def read(bench):
    rows = 2_000_000 // bench.tenth
    data = generated(rows, f"score_{rows}.csv", "--signal", "50", "--no_label")
    contenders = []
    if bench.with_propense():
        program = compile_c("read", *include_folders(), libraries=room_libraries(bench))
        for how, n in (("whole", 0), ("whole", 1), ("blocks", 0), ("blocks", 1)):
            name = f"propense, {'whole table' if how == 'whole' else 'by blocks'}, {'one thread' if n else 'all cores'}"
            contenders.append(Contender(name, [program, data, how, str(n)]))
    for library, name in (("polars", "polars"), ("pandas", "pandas"), ("pandas_pyarrow", "pandas, pyarrow engine"),
                          ("pyarrow", "pyarrow")):
        contenders.append(bench.peer(name, "read_csv.py", library, data))
    bench.versions()
    compete(contenders, bench.rounds)
    for c in contenders:
        assert all(t and t["rows"] == rows for t in c.told), f"{c.name} found other rows"
    bench.results.times(f"{rows:,} rows, {os.path.getsize(data) / 1e6:.0f} MB into memory", contenders)


# ---- evaluate


def evaluate(bench):
    if not bench.with_propense():
        raise Trouble("Evaluation is measured on propense alone; there is nothing to do with --peers_only.")
    rows = 10_000_000 // bench.tenth
    program = compile_c("evaluate", *include_folders(), libraries=room_libraries(bench))
    contenders = [Contender(f"propense, {n} thread{'s' * (n > 1)}", [program, str(rows), str(n)]) for n in (2, 1)]
    compete(contenders, bench.rounds, warm_up=False)
    two, one = contenders
    assert two.told[0]["sum"] == one.told[0]["sum"], "threads change the figures"
    bench.results.times(f"{rows:,} scored rows in memory: every figure, table and interval", contenders)
    goal = bench.results.goal
    goal(f"{rows:,} scored rows evaluated on two cores", [t["seconds"] for t in two.told], "<=", 10, unit=" s")
    goal(f"{rows:,} scored rows, peak memory", two.peak, "<=", 1500, unit=" MB")


# ---- coverage

SAMPLES = 2000
SIZES = {500: "all", 5000: "all", 50_000: "main"}  # the figures judged; main: no average precision, no KS
DRAWS = 1000  # of the bootstrap, in each sample: as many as evaluate takes


def coverage(bench):
    """How often 95 % intervals hold the truth, at three sizes."""
    if not bench.with_propense():
        raise Trouble("Coverage is a property of propense; there is nothing to do with --peers_only.")
    program, results = compile_c("coverage", *include_folders(), libraries=room_libraries(bench)), bench.results
    samples, cores, lines = SAMPLES // bench.tenth, str(len(os.sched_getaffinity(0))), []
    for rows, figures in SIZES.items():
        command = [program, str(rows), str(samples), str(DRAWS), "0.16", cores, figures]
        told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for figure, t in told.items():
            said = ", said to be too small" if t["too_small"] > 0.5 else ""
            lines.append(f"{rows:>6,}  {figure:<9} {100 * t['covered']:5.1f} %   below {100 * t['below']:4.1f} %, above "
                         f"{100 * t['above']:4.1f} %{said}")
            if figure in ("auc", "lift", "log_loss"):
                off = [abs(100 * t["covered"] - 95)]
                results.goal(f"coverage of {figure} at {rows:,} rows, points off 95 %", off, "<=", 2)
            assert rows < 5000 or abs(t["covered"] - 0.95) < 0.02 + 1.5 / samples**0.5, (rows, figure, t)
    results.add(f"{samples:,} samples of each size, 16 % positive", "", "", "text", "\n".join(lines))


# ---- plan


def scored_customers(rows):
    """id,probability: seeded, ids in no order; made once."""
    path = Path(work(f"scored_{rows}.csv"))
    if not path.exists():
        draw = random.Random(7)
        with open(path.with_suffix(".part"), "w") as f:
            f.write("id,probability\n")
            for first in range(0, rows, 100_000):
                f.writelines(f"c{i * 7919 % 10_000_019:08d},{draw.betavariate(0.6, 4):.8f}\n"
                             for i in range(first, min(first + 100_000, rows)))
        path.with_suffix(".part").rename(path)
    return str(path)


def plan(bench):
    """From scores to a send list and plan.json."""
    if not bench.with_propense():
        raise Trouble("Plans are measured on propense alone; there is nothing to do with --peers_only.")
    rows = 10_000_000 // bench.tenth
    data, lists = scored_customers(rows), {n: work(f"list_{n}.csv") for n in (2, 1)}
    contenders = [bench.ours(f"propense plan, {n} thread{'s' * (n > 1)}", "plan", data, "--margin", "40", "--cost", "5",
                             "--threads", str(n), "--out", lists[n], "--plan_out", work(f"plan_{n}.json"), "--verbose",
                             "0", outputs=[lists[n]]) for n in (2, 1)]
    compete(contenders, bench.rounds)
    assert Path(lists[1]).read_bytes() == Path(lists[2]).read_bytes(), "threads change the list"
    bench.results.times(f"{rows:,} scored rows, {os.path.getsize(data) / 1e6:.0f} MB, to a list and a plan", contenders)
    bench.results.goal(f"{rows:,} scored rows planned on two cores", contenders[0].wall, "<=", 10, unit=" s")


# ---- profit


def profit(bench):
    """How often a plan's 95 % interval of the profit holds what then happens."""
    if not bench.with_propense():
        raise Trouble("Coverage is a property of propense; there is nothing to do with --peers_only.")
    program, lines = compile_c("profit", *include_folders(), libraries=room_libraries(bench)), []
    draws = SAMPLES // bench.tenth
    for rows in SIZES:
        command = [program, str(rows), str(rows), str(draws)]
        t = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        covered = 100 * t["covered"]
        outside = "" if 93 <= covered <= 97 else "   OUTSIDE 93 to 97 %"
        lines.append(f"{rows:>6,} customers  {covered:5.1f} %   below {100 * t['below']:4.1f} %, above "
                     f"{100 * t['above']:4.1f} %{outside}")
        goal = f"coverage of the profit at {rows:,} customers, points off 95 %"
        bench.results.goal(goal, [abs(covered - 95)], "<=", 2)
    case = f"{draws:,} campaigns of each size, the level of the model estimated on as many rows"
    bench.results.add(case, "", "", "text", "\n".join(lines))


ALL = dict(reference=reference, score=score, epoch=epoch, threads=threads, kernels=kernels, read=read,
           evaluate=evaluate, coverage=coverage, plan=plan, profit=profit, networks=networks.section,
           audiobooks=audiobooks.section)

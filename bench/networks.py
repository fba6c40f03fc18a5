"""The section `networks`: the published Audiobooks network trained for 15 epochs by propense, Keras, PyTorch and a
plain loop over OpenBLAS, all from the same weights on the same rows; and the time of a step while units are dead.

Times are of training alone, inside each process: neither imports nor reading count. Whole processes stand beside them.
"""

import os
import statistics
import subprocess

from contest import WORK, Contender, compete, compile_c, include_folders, ratios, room_libraries, run_once
from environment import ROOT, Trouble, openblas

PEERS = ROOT / "bench" / "peers"
LIKE = ROOT / "data" / "audiobooks_like.csv.gz"
EPOCHS = 15
STEPS = 2000
SAME_LOSS = 5e-3  # of three epochs in the order of the file, relative
NEAR_LOSS = 0.1   # of the last of 15 shuffled ones, relative: each has an order of its own

TO_ROWS = """
import sys, numpy as np
part = np.load(sys.argv[1])
with open(sys.argv[2], "wb") as f:
    np.array(part["inputs"].shape, "int64").tofile(f)
    part["inputs"].astype("float32").tofile(f)
    part["targets"].astype("uint8").tofile(f)
"""


def work(name):
    return str(WORK / name)


def run(*words):
    done = subprocess.run(words, cwd=WORK, text=True, capture_output=True)
    if done.returncode:
        raise Trouble(f"{words[0]} ended with code {done.returncode}: {done.stderr.strip()}")


def files(bench, program):
    """The training part of the published preprocessing as .npz, the same as plain numbers, and the first weights."""
    npz, rows, weights = work("networks_train.npz"), work("networks.rows"), work("networks.weights")
    run(bench.args.propense, "prepare", str(LIKE), "--preset", "audiobooks", "--prefix", "networks")
    run(bench.peers.python(), "-c", TO_ROWS, npz, rows)
    run(program, "weights", rows, weights)
    return npz, rows, weights


def racers(bench, program, data, weights, epochs, order):
    """The training loops; ours first."""
    words, without = [data, weights, str(epochs), order], set(bench.args.without)
    cores = len(os.sched_getaffinity(0))
    found = [Contender(f"propense, {n} thread{'s' * (n > 1)}", [program, "train", *words, str(n)])
             for n in dict.fromkeys((cores, 1))]
    for library, name, extras in (("keras", "Keras fit", ()), ("torch", "PyTorch, fused Adam", ("torch",))):
        if library not in without:
            found.append(bench.peer(name, "train_network.py", library, *words, extras=extras))
    if "openblas" not in without:
        loop = compile_c("peers/openblas_loop", "-O3", "-march=native")
        found.append(Contender("OpenBLAS loop, one core", [loop, openblas(bench.peers.python()), *words],
                               environment={"OPENBLAS_NUM_THREADS": "1"}))
    return found


def last_losses(contender):
    return [told["losses"][-1] for told in contender.told]


def check_same_arithmetic(bench, program, data, weights):
    """Three epochs in the order of the file from the same weights: every contender's losses are ours."""
    first = None
    for contender in racers(bench, program, data, weights, 3, "file"):
        losses = run_once(contender)[3]["losses"]
        first = first or losses
        if any(abs(a - b) > SAME_LOSS * a for a, b in zip(first, losses, strict=True)):
            raise Trouble(f"{contender.name} learns something else: losses {losses}, ours {first}")
    bench.results.note("", f"From the same weights over the rows in one order, all contenders' losses of three epochs "
                           f"agree within {SAME_LOSS:g} of their size.")


def seconds(contender):
    return [told["seconds"] for told in contender.told]


def race(bench, program, npz, data, weights):
    contenders = racers(bench, program, data, weights, EPOCHS, "shuffled")
    model = work("networks.keras")
    whole = bench.ours("propense train, whole command", "train", npz, "--preset", "audiobooks", "--epochs", str(EPOCHS),
                       "--patience", "-1", "--test_size", "0", "--calibrate", "none", "--model_out", model, "--verbose",
                       "0", outputs=[model])
    compete([*contenders, whole], bench.rounds)
    ours, results, case = contenders[0], bench.results, f"{EPOCHS} epochs of 4 layers of 200, 3,579 rows, batch 50"
    results.times(case + ": whole processes", [whole, *contenders])
    case += ": training alone"
    for c in contenders:
        for a, b in zip(last_losses(ours), last_losses(c), strict=True):
            assert abs(a - b) <= NEAR_LOSS * a, f"{c.name} ends with loss {b}, ours with {a}"
        results.values(case, c.name, "seconds", seconds(c))
        results.values(case, c.name, "cpu_seconds", [told["cpu_seconds"] for told in c.told])
        results.values(case, c.name, "last_loss", last_losses(c))
    goals(bench, {c.name: c for c in contenders}, ours, whole)
    rates(bench, case, contenders)


def times(other, ours):
    return ratios(other, ours, of=seconds)


def goals(bench, by_name, ours, whole):
    goal = bench.results.goal
    for name, least, aim in (("Keras fit", 15, 25), ("PyTorch, fused Adam", 5, 8), ("OpenBLAS loop, one core", 1.5, 2.2)):
        if name in by_name:
            goal(f"training against {name}, times faster", times(by_name[name], ours), ">=", least, aim)
    goal("training, peak memory of the whole command", whole.peak, "<=", 40, unit=" MB")
    if "Keras fit" in by_name:
        warm = [told["warm_seconds"] / a for told, a in zip(by_name["Keras fit"].told, seconds(ours))]
        bench.results.note("", f"Keras' second fit() in the same process, without tracing: {statistics.median(warm):.1f} "
                               "times our time.")
    if "PyTorch, fused Adam" in by_name:
        threads = [told["threads"] for told in by_name["PyTorch, fused Adam"].told]
        bench.results.note("", f"PyTorch's best number of threads, tried before each run: {threads}.")


def rates(bench, case, contenders):
    """Achieved rate of one core, the peak, and what is left."""
    one = next((c for c in contenders if c.name == "propense, 1 thread"), contenders[0])
    told = one.told[0]
    for c in contenders:
        bench.results.values(case, c.name, "gflops", [told["gflop"] / t["cpu_seconds"] for t in c.told])
    if not told["peak"]:
        return
    rate = statistics.median(told["gflop"] / t["cpu_seconds"] for t in one.told)
    peak = statistics.median(t["peak"] for t in one.told)
    loop = next((c for c in contenders if c.name.startswith("OpenBLAS")), None)
    bench.results.note("", f"One core at {told['level']}: {rate:.1f} GFLOP/s of CPU time in all, {100 * rate / peak:.0f} % "
                           f"of the measured peak of {peak:.1f}. Where the rest goes: bench/README.md.")
    if loop:
        alone = statistics.median(a / b for a, b in zip(seconds(loop), seconds(one)))
        bench.results.note("", f"On one thread against one thread, the OpenBLAS loop takes {alone:.2f} times our time.")


# ---- units that have died


def flat(bench, program, data, weights):
    """Microseconds of CPU a step, by 100 steps, with half of the units dead and with none."""
    alive, dead = (Contender(name, [program, "dead", data, weights, str(STEPS), name]) for name in ("alive", "dead"))
    compete([alive, dead], bench.rounds, warm_up=False)
    lines = []
    for c in (alive, dead):
        by_100 = [statistics.median(us) for us in zip(*(told["us"] for told in c.told), strict=True)]
        lines.append(f"{c.name:<6}" + "".join(f"{us:6.0f}" for us in by_100))
        assert all(told["denormals"] == 0 for told in c.told), "moments have become denormals"
    bench.results.add(f"{STEPS:,} steps, half of the units dead from the start: microseconds of CPU a step, by 100 steps, "
                      "one thread", "", "", "text", "\n".join(lines))
    # Other work can only lengthen a stretch, so the shortest one tells; denormals would lengthen all of the later ones.
    quotients = [min(told["us"][10:]) / min(told["us"][:5]) for told in dead.told]
    bench.results.goal("2,000 steps with dead units: a step behind the 1,000th against one of the first 500, times",
                       quotients, "<=", 1.05)


def section(bench):
    if not bench.with_propense():
        raise Trouble("The rows and the first weights come from propense; there is nothing to do with --peers_only.")
    compile_c("measure")
    program = compile_c("networks", *include_folders(), libraries=room_libraries(bench))
    npz, data, weights = files(bench, program)
    bench.versions(*(() if "torch" in bench.args.without else ("torch",)))
    check_same_arithmetic(bench, program, data, weights)
    race(bench, program, npz, data, weights)
    flat(bench, program, data, weights)

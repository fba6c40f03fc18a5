"""The section `audiobooks`: the published preprocessing and network over twenty splits (shuffle seed = split number),
propense beside Keras on the same arrays. What is compared is not time but what is learned: the paired difference of
test accuracy and test loss, with a 95 % interval by Student's t over the splits.

One training says little: with another seed the same network on the same split gets another accuracy, by two points and
more. So both sides train TRAININGS times a split, with seeds fixed here, and a split counts by its means.
"""

import csv
import hashlib
import json
import math
import os
import re
import statistics
import subprocess
from pathlib import Path

from contest import WORK
from environment import Trouble, clean_environment

SPLITS, TRAININGS = 20, 3
# 97.5 % points of Student's t for 1 .. 19 degrees of freedom.
T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
     2.110, 2.101, 2.093]
FOLDER = WORK / "audiobooks"
SCRIPT = Path(__file__).resolve().parent / "peers" / "keras_audiobooks.py"


def seeds(split):
    return [split + 1000 * k for k in range(TRAININGS)]


def run(words, cwd):
    done = subprocess.run(words, cwd=cwd, text=True, capture_output=True, env=clean_environment())
    if done.returncode:
        raise Trouble(f"{Path(words[0]).name} {words[1]}: {done.stderr.strip()}")
    return done.stdout


def prepare(propense, data, split):
    run([propense, "prepare", str(data), "--preset", "audiobooks", "--seed", str(split), "--prefix", f"a{split}"], FOLDER)


def ours(propense, split, seed):
    prefix = f"a{split}"
    run([propense, "train", "--preset", "audiobooks", f"{prefix}_train.npz", "--valid", f"{prefix}_valid.npz", "--seed",
         str(seed), "--model_out", f"{prefix}.keras", "--history_out", f"{prefix}.csv", "--verbose", "0"], FOLDER)
    said = run([propense, "evaluate", f"{prefix}.keras", f"{prefix}_test.npz", "--json"], FOLDER)
    # With --json the figures are unrounded.
    loss, accuracy = (float(re.search(rf'"{key}": ([-0-9.e]+)', said)[1]) for key in ("keras_loss", "keras_accuracy"))
    with open(FOLDER / f"{prefix}.csv", newline="") as f:
        epochs = list(csv.DictReader(f))
    return dict(loss=loss, accuracy=accuracy, val_loss=[float(e["val_loss"]) for e in epochs],
                train_loss=[float(e["loss"]) for e in epochs])


def kept_file(split, seed):
    """Where a training of Keras is kept: what it tells depends on the script, the rows and the seed alone."""
    rows = b"".join((FOLDER / f"a{split}_{part}.npz").read_bytes() for part in ("train", "valid", "test"))
    name = hashlib.sha256(SCRIPT.read_bytes() + rows).hexdigest()[:12]
    return FOLDER / f"keras_{split}_{seed}_{name}.json"


def keras(python, split):
    """Trainings of one split. All of them take many minutes, so each is kept in the work folder, and a run that was
    stopped goes on where it was.
    """
    missing = [seed for seed in seeds(split) if not kept_file(split, seed).exists()]
    if missing:
        words = [python, str(SCRIPT), *(w for seed in missing for w in (f"a{split}", str(seed)))]
        with subprocess.Popen(words, cwd=FOLDER, text=True, stdout=subprocess.PIPE, env=clean_environment()) as done:
            for seed in missing:
                line = done.stdout.readline()
                if not line:
                    raise Trouble(f"{SCRIPT.name} ended at split {split}, seed {seed}")
                json.loads(line)
                kept_file(split, seed).write_text(line)
    return [json.loads(kept_file(split, seed).read_text()) for seed in seeds(split)]


def interval(differences):
    n = len(differences)
    mean = statistics.fmean(differences)
    half = T[n - 2] * statistics.stdev(differences) / math.sqrt(n)
    return mean, mean - half, mean + half


def compare(propense, python, data, splits):
    """Trainings of ours, and of Keras', by split."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    own, theirs = [], []
    for split in splits:
        prepare(propense, data, split)
        own.append([ours(propense, split, seed) for seed in seeds(split)])
        theirs.append(keras(python, split))
    return own, theirs



FIGURES = (("test accuracy", lambda t: 100 * t["accuracy"], " points"), ("test loss", lambda t: t["loss"], ""),
           ("epochs", lambda t: len(t["val_loss"]), ""), ("least validation loss", lambda t: min(t["val_loss"]), ""),
           ("last training loss", lambda t: t["train_loss"][-1], ""))


def differences(own, theirs, figure):
    return [statistics.fmean(map(figure, a)) - statistics.fmean(map(figure, b))
            for a, b in zip(own, theirs, strict=True)]


def table(own, theirs):
    lines = []
    for name, figure, unit in FIGURES:
        a, b = ([figure(t) for split in side for t in split] for side in (own, theirs))
        mean, low, high = interval(differences(own, theirs, figure))
        lines.append(f"{name}: propense median {statistics.median(a):.3f} ({min(a):.3f} to {max(a):.3f}), Keras "
                     f"{statistics.median(b):.3f} ({min(b):.3f} to {max(b):.3f}); difference {mean:+.3f}, 95 % interval "
                     f"{low:+.3f} to {high:+.3f}{unit} over {len(own)} splits of {TRAININGS} trainings each")
    return lines


def section(bench):
    folder = os.environ.get("PROPENSE_DATA")
    data = Path(folder or "") / "audiobooks_data.csv"
    if not folder or not data.exists():
        raise Trouble("the section audiobooks wants PROPENSE_DATA=FOLDER with audiobooks_data.csv")
    bench.versions()
    splits = range(1, max(2, SPLITS // bench.tenth) + 1)
    own, theirs = compare(bench.args.propense, bench.peers.python(), data, splits)
    for line in table(own, theirs):
        bench.results.note("", line)
    _, low, high = interval(differences(own, theirs, FIGURES[0][1]))
    bench.results.goal("test accuracy less Keras': distance of its 95 % interval from 0, points",
                       [max(low, -high, 0.0)], "<=", 0)
    bench.results.goal("the same: width of half the interval, points", [(high - low) / 2], "<=", 1)


if __name__ == "__main__":
    import sys

    # PROPENSE PYTHON DATA FIRST LAST: the splits FIRST to LAST.
    told = compare(*map(os.path.abspath, sys.argv[1:4]), range(int(sys.argv[4]), int(sys.argv[5]) + 1))
    for line in table(*told) if len(told[0]) > 1 else []:
        print(line)

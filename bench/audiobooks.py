"""The section `audiobooks`: the published preprocessing and network over twenty splits (shuffle seed = split number),
propense beside Keras on the same arrays. What is compared is not time but what is learned: the paired difference of
test accuracy and test loss, with a 95 % interval by Student's t over the splits.
"""

import math
import os
import re
import statistics
import subprocess
from pathlib import Path

from contest import WORK
from environment import Trouble, clean_environment

SPLITS = 20
# 97.5 % points of Student's t for 1 .. 19 degrees of freedom.
T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
     2.110, 2.101, 2.093]


def run(words, cwd):
    done = subprocess.run(words, cwd=cwd, text=True, capture_output=True, env=clean_environment())
    if done.returncode:
        raise Trouble(f"{Path(words[0]).name} {words[1]}: {done.stderr.strip()}")
    return done.stdout


def ours(propense, folder, split):
    prefix = f"a{split}"
    run([propense, "train", "--preset", "audiobooks", f"{prefix}_train.npz", "--valid", f"{prefix}_valid.npz", "--seed",
         str(split), "--model_out", f"{prefix}.keras", "--verbose", "0"], folder)
    said = run([propense, "evaluate", f"{prefix}.keras", f"{prefix}_test.npz", "--json"], folder)
    # With --json the figures are unrounded.
    loss, accuracy = (float(re.search(rf'"{key}": ([-0-9.e]+)', said)[1]) for key in ("keras_loss", "keras_accuracy"))
    return loss, accuracy


def interval(differences):
    n = len(differences)
    mean = statistics.fmean(differences)
    half = T[n - 2] * statistics.stdev(differences) / math.sqrt(n)
    return mean, mean - half, mean + half


def compare(propense, python, data, splits):
    """[(loss, accuracy) of ours], [the same of Keras'] by split."""
    folder = WORK / "audiobooks"
    folder.mkdir(parents=True, exist_ok=True)
    for split in range(1, splits + 1):
        run([propense, "prepare", str(data), "--preset", "audiobooks", "--seed", str(split), "--prefix", f"a{split}"], folder)
    own = [ours(propense, folder, split) for split in range(1, splits + 1)]
    script = Path(__file__).resolve().parent / "peers" / "keras_audiobooks.py"
    words = [w for split in range(1, splits + 1) for w in (f"a{split}", str(split))]
    said = run([python, str(script), *words], folder)
    return own, [tuple(map(float, line.split())) for line in said.splitlines()]


def table(own, keras):
    lines = []
    for name, at, scale, unit in (("test accuracy", 1, 100, " points"), ("test loss", 0, 1, "")):
        a, b = [x[at] * scale for x in own], [x[at] * scale for x in keras]
        mean, low, high = interval([x - y for x, y in zip(a, b, strict=True)])
        lines.append(f"{name}: propense median {statistics.median(a):.3f} ({min(a):.3f} to {max(a):.3f}), Keras "
                     f"{statistics.median(b):.3f} ({min(b):.3f} to {max(b):.3f}); difference {mean:+.3f}, 95 % interval "
                     f"{low:+.3f} to {high:+.3f}{unit} over {len(a)} splits")
    return lines


def section(bench):
    folder = os.environ.get("PROPENSE_DATA")
    data = Path(folder or "") / "audiobooks_data.csv"
    if not folder or not data.exists():
        raise Trouble("the section audiobooks wants PROPENSE_DATA=FOLDER with audiobooks_data.csv")
    own, keras = compare(bench.args.propense, bench.peers.python(), data, max(2, SPLITS // bench.tenth))
    for line in table(own, keras):
        bench.results.note("", line)


if __name__ == "__main__":
    import sys

    for line in table(*compare(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))):
        print(line)

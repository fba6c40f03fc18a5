"""Runs contenders in turn as whole processes (A B C A B C ...) and keeps what each run cost."""
import json
import os
import statistics
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from environment import ROOT, Trouble, clean_environment, compiler

BUILD = ROOT / "build" / "bench"
WORK = BUILD / "work"
QUICK_S, QUICK_RUNS = 0.5, 5  # a contender this quick runs several times a round; the median counts


@dataclass
class Contender:
    name: str
    command: list
    outputs: list = field(default_factory=list)  # removed before each run, there after it
    environment: dict = field(default_factory=dict)
    accepted: tuple = (0,)  # exit codes
    wall: list = field(default_factory=list)  # seconds, one a round
    cpu: list = field(default_factory=list)   # seconds, user and system
    peak: list = field(default_factory=list)  # MB (10^6 bytes)
    told: list = field(default_factory=list)  # what each run printed, when it was JSON


def room_libraries(bench):
    """Those the program under test was linked from."""
    folder = Path(bench.args.propense).resolve().parent
    found = sorted(folder.glob("lib*.a"))
    if not found:
        raise Trouble(f"{folder} holds no libraries; './run build' makes them.")
    return found


def include_folders():
    return [f"-I{p}" for p in sorted((ROOT / "src").iterdir()) if p.is_dir()] + [f"-I{ROOT / 'include'}"]


def compile_c(name, *more, libraries=()):
    """build/bench/<name> from bench/<name>.c, again only when the source or a library is newer."""
    source, target = ROOT / "bench" / f"{name}.c", BUILD / Path(name).name
    BUILD.mkdir(parents=True, exist_ok=True)
    newest = max(os.path.getmtime(p) for p in (source, *(ROOT / "bench").glob("*.h"), *libraries))
    if not target.exists() or target.stat().st_mtime < newest:
        group = ["-Wl,--start-group", *map(str, libraries), "-Wl,--end-group"] if libraries else []
        command = [compiler(), "-std=c17", "-D_POSIX_C_SOURCE=200809L", "-O2", *more, str(source), "-o", str(target),
                   *group, "-lz", "-lpthread", "-ldl", "-lm"]
        if not libraries:
            command.remove("-lz")
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Trouble(f"bench/{name}.c does not compile:\n{done.stderr.strip()}")
    return str(target)


def generated(rows, name, *options):
    """A file of the generator in the work folder; made once."""
    path = WORK / name
    if not path.exists():
        part = path.with_suffix(".part")
        subprocess.run([compile_c("generate"), str(rows), "--out", str(part), *options], check=True)
        part.rename(path)
    return str(path)


def run_once(contender):
    for path in contender.outputs:
        Path(path).unlink(missing_ok=True)
    log, result, out = WORK / "stderr.txt", WORK / "cost.txt", WORK / "stdout.txt"
    result.unlink(missing_ok=True)
    with open(log, "wb") as stderr, open(out, "wb") as stdout:
        subprocess.run([str(BUILD / "measure"), str(result), *map(str, contender.command)], stdout=stdout,
                       stderr=stderr, stdin=subprocess.DEVNULL, cwd=WORK,
                       env={**clean_environment(), **contender.environment})
    wall, user, system, peak, code, signal = map(int, result.read_text().split())
    if code not in contender.accepted or signal:
        tail = "\n".join(log.read_text(errors="replace").strip().splitlines()[-8:])
        raise Trouble(f"{contender.name} ended with {f'signal {signal}' if signal else f'code {code}'}:\n"
                      f"  {' '.join(map(str, contender.command))}\n{tail}")
    for path in contender.outputs:
        if not Path(path).exists() or Path(path).stat().st_size == 0:
            raise Trouble(f"{contender.name} left no {path}")
    try:
        told = json.loads(out.read_text().strip().splitlines()[-1])
    except (ValueError, IndexError):
        told = None
    return wall / 1e9, (user + system) / 1e6, peak * 1024 / 1e6, told


def run_round(contender):
    first = run_once(contender)
    runs = [first] + [run_once(contender) for _ in range(QUICK_RUNS - 1 if first[0] < QUICK_S else 0)]
    contender.wall.append(statistics.median(r[0] for r in runs))
    contender.cpu.append(statistics.median(r[1] for r in runs))
    contender.peak.append(max(r[2] for r in runs))
    contender.told.append(first[3])


def compete(contenders, rounds, warm_up=True):
    """Each in turn, `rounds` times, after one turn that is not counted."""
    compile_c("measure")
    WORK.mkdir(parents=True, exist_ok=True)
    if warm_up:
        for c in contenders:
            run_once(c)
    for number in range(rounds):
        for c in contenders:
            start = time.monotonic()
            run_round(c)
            print(f"  round {number + 1}  {c.name:<36} {c.wall[-1]:9.3f} s   ({time.monotonic() - start:.1f} s)",
                  flush=True)
    return contenders


def ratios(one, ours, of=lambda c: c.wall):
    """How many times ours the other took, round by round."""
    return [a / b for a, b in zip(of(one), of(ours))]

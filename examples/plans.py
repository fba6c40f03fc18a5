"""Runs the commands of examples/plan_*.md and writes their output below them; --check compares instead.

usage: plans.py [--check] PROPENSE [FILE.md ...]

Every block that begins with `$ ` is one session: all blocks of a file share an empty folder, with $DATA the repository's
data folder. Blocks that name $PROPENSE_DATA are left as they are where that is not set. LANG=C.UTF-8 unless a command
says otherwise; what goes to standard error is not shown."""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BLOCK = re.compile(r"```\n(\$ .*?)```\n", re.S)


def commands(block):
    """The commands, each with its continued lines."""
    lines, out = block.split("\n"), []
    for i, line in enumerate(lines):
        if line.startswith("$ "):
            out.append(line)
            while out[-1].endswith("\\"):
                i += 1
                out[-1] += "\n" + lines[i]
    return out


def replay(text, program, folder):
    (folder / "bin").mkdir()
    (folder / "bin" / "propense").symlink_to(program)
    env = {k: v for k, v in os.environ.items() if not k.startswith("LC_")}
    env |= {"LANG": "C.UTF-8", "DATA": str(HERE.parent / "data"), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}

    def one(match):
        if "$PROPENSE_DATA" in match[1] and "PROPENSE_DATA" not in env:
            return match[0]
        out = ""
        for command in commands(match[1]):
            done = subprocess.run(
                command[2:], shell=True, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            out += command + "\n" + "\n".join(x.rstrip() for x in done.stdout.splitlines()) + ("\n" if done.stdout else "")
        return f"```\n{out}```\n"

    return BLOCK.sub(one, text)


def main():
    arguments = sys.argv[1:]
    check = arguments[:1] == ["--check"]
    arguments = arguments[check:]
    program = pathlib.Path(arguments[0]).resolve()
    files = [pathlib.Path(x) for x in arguments[1:]] or sorted(HERE.glob("plan_*.md"))
    bad = 0
    for file in files:
        before = file.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            after = replay(before, program, pathlib.Path(folder))
        if check and before != after:
            bad = 1
            sys.stdout.writelines(difflib.unified_diff(before.splitlines(1), after.splitlines(1), str(file), "now"))
        elif not check:
            file.write_text(after, encoding="utf-8")
    return bad


if __name__ == "__main__":
    sys.exit(main())

"""The peers' Python: a virtual environment in the user's cache, made on first use from bench/peers/requirements*.txt.

Also what a result file says of the machine, the compiler and the versions.
"""
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


class Trouble(Exception):
    """A sentence for the person who called, and the end of the run or of a section."""


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def find_python():
    asked = os.environ.get("PROPENSE_PYTHON")
    names = [asked] if asked else ["python3.13", "python3.12", "python3.11", sys.executable]
    for name in names:
        version = output(name, "-c", "import sys, venv, ensurepip; print(sys.version_info >= (3, 11))")
        if version == "True":
            return shutil.which(name) or name
    raise Trouble("The peers need Python 3.11 or newer with venv (Debian, Ubuntu: python3-venv); "
                  "PROPENSE_PYTHON may name it.")


class Peers:
    """python(): the interpreter of the peers' environment, with all that `extras` name installed."""

    def __init__(self):
        self.base = HERE / "peers"
        self._python = {}

    def python(self, *extras):
        if extras not in self._python:
            self._python[extras] = self._make(extras)
        return self._python[extras]

    def _make(self, extras):
        files = [self.base / "requirements.txt"] + [self.base / f"requirements-{e}.txt" for e in extras]
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "propense"
        base = find_python()
        # One environment for all extras: its name follows the base packages only.
        name = hashlib.sha256(files[0].read_bytes() + output(base, "--version").encode()).hexdigest()[:12]
        folder = cache / f"bench-{name}"
        python = folder / "bin" / "python"
        for file in files:
            mark = folder / (file.stem + "-" + hashlib.sha256(file.read_bytes()).hexdigest()[:12])
            if mark.exists():
                continue
            print(f"Installing {file.relative_to(ROOT)} into {folder} (once) ...", flush=True)
            if not python.exists():
                self._run(base, "-m", "venv", str(folder))
            self._run(str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(file))
            mark.touch()
        return str(python)

    @staticmethod
    def _run(*command):
        if subprocess.run(command).returncode != 0:
            raise Trouble(f"'{' '.join(command)}' did not succeed; the peers cannot be measured without it.")

    def versions(self, *extras):
        wanted = ("keras", "tensorflow-cpu", "numpy", "pandas", "scikit-learn", "polars", "onnxruntime", "pyarrow",
                  "torch")
        code = ("import importlib.metadata as m, sys\n"
                "print('Python ' + sys.version.split()[0])\n"
                f"for name in {wanted!r}:\n"
                "    try: print(name, m.version(name))\n"
                "    except m.PackageNotFoundError: pass")
        return output(self.python(*extras), "-c", code).splitlines()


def openblas(python):
    """The library in SciPy's package, which has the usual 32-bit interface."""
    code = "import pathlib, scipy; print(*pathlib.Path(scipy.__file__).parent.parent.glob('scipy.libs/*openblas*'))"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.split()
    if not found:
        raise Trouble("There is no OpenBLAS in SciPy's package.")
    return found[0]


def compiler():
    for name in (os.environ.get("CC"), "cc", "gcc", "clang"):
        if name and shutil.which(name):
            return name
    raise Trouble("No C compiler was found (cc, gcc, clang); './run build' installs one.")


def clean_environment():
    """No variable that holds a library back or sets its threads; propense reads none of them."""
    unwanted = re.compile("^(OPENBLAS|OMP|MKL|TF|KERAS|POLARS|GLIBC|MALLOC|PYTHON|LD|KMP|GOMP)_?")
    kept = {k: v for k, v in os.environ.items() if not unwanted.match(k)}
    return {**kept, "TF_CPP_MIN_LOG_LEVEL": "3"}


def busy_share(seconds=1.0):
    """Share of the cores' time that others take just now."""
    def ticks():
        values = list(map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:9]))
        return sum(values), values[3] + values[4]
    total, idle = ticks()
    time.sleep(seconds)
    total, idle = (b - a for a, b in zip((total, idle), ticks()))
    return 1 - idle / max(total, 1)


def cpu_name():
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        text = ""
    found = re.search(r"^model name\s*: (.*)$", text, re.M)
    name = found.group(1) if found else platform.processor() or platform.machine()
    family = re.search(r"^cpu family\s*: (\d+)$", text, re.M)
    model = re.search(r"^model\s*: (\d+)$", text, re.M)
    return name.strip(), f"family {family.group(1)}, model {model.group(1)}" if family and model else ""


def machine():
    """Facts as name: text, in the order they are printed."""
    name, detail = cpu_name()
    flags = Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    levels = [f for f in ("avx2", "fma", "avx512f", "avx512vl", "asimd") if re.search(rf"\b{f}\b", flags)]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    system = platform.freedesktop_os_release() if hasattr(platform, "freedesktop_os_release") else {}
    dirty = " with changes" if output("git", "-C", str(ROOT), "status", "--porcelain", "src", "cli", "include") else ""
    return {
        "CPU": name + (f" ({detail})" if detail else ""),
        "cores": str(len(os.sched_getaffinity(0))),
        "vector levels": ", ".join(levels) or "unknown",
        "memory": f"{memory:.1f} GB",
        "system": f"{system.get('PRETTY_NAME', platform.system())}, Linux {platform.release().split('-')[0]}",
        "compiler": output(compiler(), "--version").splitlines()[0],
        "commit": (output("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD") or "unknown") + dirty,
    }


def machine_slug():
    name = re.sub(r"\(R\)|\(TM\)|CPU|Processor|@.*", "", cpu_name()[0])
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{slug or platform.machine()}-{len(os.sched_getaffinity(0))}-cores"

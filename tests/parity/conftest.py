"""What the parity tests share. `./run check parity` sets PROPENSE_BUILD (folder of the programs under
test) and PROPENSE_OLD_KERAS (python of the environment with a Keras before 3.8)."""

import os
import pathlib
import subprocess
import sys

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
# joblib warns where shared memory is not to be had; nothing here runs in several processes.
os.environ.setdefault("JOBLIB_MULTIPROCESSING", "0")
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))


@pytest.fixture(scope="session")
def build_folder():
    return pathlib.Path(os.environ.get("PROPENSE_BUILD", ROOT / "build" / "release"))


@pytest.fixture(scope="session")
def data_file():
    return ROOT / "data" / "campaign_history.csv"


@pytest.fixture(scope="session")
def propense(build_folder):
    """propense(arguments..., cwd=...): runs the program; the finished process with text outputs."""
    program = build_folder / "propense"
    if not program.exists():
        pytest.skip(f"{program} is not built")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LC_")} | {"LANG": "C.UTF-8"}

    def run(*arguments, cwd=None, check=True):
        done = subprocess.run(
            [program, *map(str, arguments)], cwd=cwd, env=environment, text=True, capture_output=True, timeout=300
        )
        if check:
            assert done.returncode == 0, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def old_keras():
    """old_keras(script, arguments...): runs Python text under the older Keras; its standard output."""
    python = os.environ.get("PROPENSE_OLD_KERAS")
    if not python:
        pytest.skip("PROPENSE_OLD_KERAS is not set")

    def run(script, *arguments):
        done = subprocess.run(
            [python, "-c", script, *map(str, arguments)], text=True, capture_output=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run

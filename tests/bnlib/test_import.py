"""The NumPy half of bnlib needs NumPy alone: nothing else is brought in, nothing else need be there."""

import os
import subprocess
import sys
import venv
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NUMPY_HALF = ["bnlib", "bnlib.normalization", "bnlib.theory"]
HEAVY = ["torch", "matplotlib", "IPython", "ipywidgets", "sklearn", "scipy", "mnist1d"]

FORWARD_AND_BACKWARD = """
import numpy as np
from bnlib.normalization import batch_norm, normalize_backward
y, cache = batch_norm(np.array([[3.0], [11.0]]))
dx, _, _ = normalize_backward(np.array([[1.0], [1.0]]), cache)
assert np.allclose(y, [[-1], [1]]) and np.allclose(dx, 0), (y, dx)
"""
BLOCKER = f"""
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HEAVY}:
            raise ModuleNotFoundError("blocked: " + name)

sys.meta_path.insert(0, Blocker())
"""


def run(python, code, *options, **environment):
    """What a fresh Python prints that runs this code."""
    done = subprocess.run([python, *options, "-c", code], env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("module", NUMPY_HALF)
def test_brings_in_nothing_but_numpy(module):
    code = f"import sys, {module}\nprint(*sorted(set(sys.modules) & {{*{HEAVY}}}))"
    assert run(sys.executable, code, PYTHONPATH=str(ROOT)) == ""


@pytest.mark.parametrize("module", NUMPY_HALF)
def test_works_where_nothing_else_can_be_imported(module):
    run(sys.executable, f"{BLOCKER}\nimport {module}\n{FORWARD_AND_BACKWARD}", PYTHONPATH=str(ROOT))


@pytest.mark.parametrize("name", HEAVY)
def test_the_blocker_blocks(name):
    code = f"{BLOCKER}\ntry:\n    import {name}\nexcept ModuleNotFoundError as error:\n    print(error)"
    assert run(sys.executable, code) == f"blocked: {name}"


def test_the_wheel_and_numpy_suffice(tmp_path):
    """The wheel built from this checkout, in an environment that holds it and NumPy and no other package."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("batchnorm_book-*.whl")
    venv.create(tmp_path / "bare", with_pip=False, symlinks=True)
    python = tmp_path / "bare/bin/python"
    needed = [wheel, f"numpy=={version('numpy')}"]
    subprocess.run([*pip, "--python", python, "install", "--no-deps", *needed], check=True)
    listing = "from importlib.metadata import distributions as d\nprint(*sorted(x.name for x in d()))"
    assert run(python, listing, "-I") == "batchnorm-book numpy"
    where = run(python, f"import bnlib\n{FORWARD_AND_BACKWARD}\nprint(bnlib.__file__)", "-I")
    assert Path(where).is_relative_to(tmp_path / "bare")

"""What is printed is the same on other processors: chapters under nbval with torch's and OpenBLAS's plainest code.

`make test` itself runs them under nbval as they are.
"""

import re
import subprocess
import sys

import notebooks
import pytest
from notebooks import ROOT

PLAINEST = [{"ATEN_CPU_CAPABILITY": "default"}, {"OPENBLAS_CORETYPE": "Nehalem"}]


def nbval(root, paths, *options, **environment):
    """Run a book's notebooks under nbval as `make test` does: how many cells failed and passed, and what was said."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    command += ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]
    command += [path.relative_to(root) for path in paths]
    env = notebooks.kernel_environment(**environment)
    said = subprocess.run(
        command, cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ).stdout
    return *(sum(map(int, re.findall(rf"(\d+) {what}\b", said))) for what in ("failed", "passed")), said


def code_cells(paths):
    return sum(cell.cell_type == "code" for path in paths for cell in notebooks.read(path).cells)


@pytest.mark.parametrize("environment", PLAINEST, ids=lambda environment: "=".join(*environment.items()))
def test_chapters_print_the_same(environment):
    paths = notebooks.chapter_paths()
    failed, passed, said = nbval(ROOT, paths, "-n", "2", "--dist", "loadfile", **environment)
    assert (failed, passed) == (0, code_cells(paths)), said


def test_another_printed_digit_fails_and_another_measured_number_passes(small_book):
    source = (small_book / "chapters/example.ipynb").read_text("utf-8")
    changes = {"printed": ("The mean is 3.00\\n", "The mean is 3.01\\n"), "measured": (">3.00</span>", ">3.01</span>")}
    paths = [small_book / f"chapters/{name}.ipynb" for name in changes]
    for path, (old, new) in zip(paths, changes.values(), strict=True):
        assert old in source
        path.write_text(source.replace(old, new), "utf-8")
    failed, passed, said = nbval(small_book, paths)
    assert (failed, passed) == (1, code_cells(paths) - 1), said
    assert "FAILED chapters/printed.ipynb::" in said and "The mean is 3.01" in said, said

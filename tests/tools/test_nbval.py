"""nbval, as `make test` runs it over the chapters: another printed digit fails, another measured number passes."""

import re
import subprocess
import sys

import chapters
from run import HERE

NBVAL = ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]


def test_another_printed_digit_fails_and_another_measured_number_passes(small_book):
    source = (small_book / "chapters/example.ipynb").read_text("utf-8")
    changes = {"printed": ("The mean is 3.00\\n", "The mean is 3.01\\n"), "measured": (">3.00</span>", ">3.01</span>")}
    for name, (old, new) in changes.items():
        assert old in source
        (small_book / f"chapters/{name}.ipynb").write_text(source.replace(old, new), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *NBVAL]
    command += [f"chapters/{name}.ipynb" for name in changes]
    done = subprocess.run(command, cwd=small_book, env=HERE.environment(small_book), capture_output=True, text=True)
    cells = 2 * len(chapters.code(chapters.parse(source)))
    assert re.search(rf"1 failed, {cells - 1} passed", done.stdout), done.stdout
    assert "FAILED chapters/printed.ipynb::" in done.stdout and "The mean is 3.01" in done.stdout


def test_make_test_runs_it_so():
    makefile = (chapters.ROOT / "Makefile").read_text("utf-8")
    assert " ".join(NBVAL) in " ".join(makefile.replace("\\\n", " ").split())

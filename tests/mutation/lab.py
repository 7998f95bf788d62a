"""A copy of bnlib, wrong in one place, against which the unit tests and the chapters are run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
FIRST_CELL = """
import os
import bnlib.figures, bnlib.widgets
if not os.path.samefile(bnlib.__path__[0], "bnlib"):
    raise ImportError(f"the chapter runs on {bnlib.__path__}, not on the copy")
bnlib.figures.figure = bnlib.widgets.frame_slider = lambda *arguments, **options: None
"""


def copy_bnlib(folder):
    shutil.copytree(ROOT / "bnlib", folder / "bnlib", ignore=shutil.ignore_patterns("__pycache__"))


def mutate(lab, mutant):
    path = lab / "bnlib" / mutant.file
    text = path.read_text("utf-8")
    assert text.count(mutant.old) == 1, (
        f"{mutant.name}: {mutant.old!r} occurs {text.count(mutant.old)} times in {mutant.file}"
    )
    path.write_text(text.replace(mutant.old, mutant.new), "utf-8")


def environment(lab):
    """What the tests and the kernel run in; pytest's own variables would make the inner run part of the outer."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return kept | {"PYTHONPATH": str(lab), "BNLIB_STRICT": "1", "MPLBACKEND": "agg"}


def run_unit_tests(lab, file):
    """The exit code of pytest on the tests of one of bnlib's files, and what it printed."""
    (lab / "which_bnlib.py").write_text(
        "import bnlib.normalization\n\ndef pytest_report_header():\n    return 'testing ' + bnlib.normalization.__file__\n"
    )
    tests = ROOT / f"tests/bnlib/test_{file}"
    plugins = ["-p", "which_bnlib", "-p", "no:cacheprovider", "-p", "no:nbval"]  # nbval takes seconds to import
    options = ["-x", "--tb=line", "--hypothesis-profile=first-failure", *plugins]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tests)],
        cwd=lab,
        env=environment(lab),
        capture_output=True,
        text=True,
    )
    printed = run.stdout + run.stderr
    assert f"testing {lab / 'bnlib/normalization.py'}" in printed, printed
    return run.returncode, printed


def run_chapter(lab, chapter):
    """Run a chapter's code cells to the first error, which is raised. No claim needs a picture, so none is rendered."""
    notebook = nbformat.read(ROOT / f"chapters/{chapter}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    notebook.cells = [nbformat.v4.new_code_cell(FIRST_CELL), *code]
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(lab)}})
    client.execute(env=environment(lab))

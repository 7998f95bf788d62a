"""matrix.py: what it prints of a chapter, and that it starts at all."""

import subprocess
import sys
from pathlib import Path

import matrix


def test_it_names_what_is_broken_and_what_is_not(monkeypatch):
    def records(*holding):
        return [{"holds": holds} for holds in holding]

    outcomes = {
        None: ({"one": records(True), "two": records(True, True)}, {}),
        "eps-twice": ({"one": records(True), "two": records(True, False)}, {"cell": "ValueError: no"}),
        "gain-forgotten": ({"one": records(True), "two": records(True, True)}, {}),
    }
    monkeypatch.setattr(matrix, "play_chapter", lambda chapter, until: outcomes)
    monkeypatch.setattr(matrix, "stored_claims", lambda chapter: outcomes[None][0])
    assert list(matrix.lines("bias")) == [
        "bias: 2 claims",
        "  eps-twice breaks 1: two",
        "  eps-twice, cell cell: ValueError: no",
        "  Called, but breaks none: gain-forgotten",
        "  No mutant breaks 1: one",
    ]


def test_it_starts_and_refuses_a_chapter_that_is_not_there():
    run = subprocess.run([sys.executable, matrix.__file__, "absent"], capture_output=True, text=True, cwd=Path.home())
    assert run.returncode == 1 and "absent" in run.stderr, run.stderr
    assert "Traceback" not in run.stderr, run.stderr

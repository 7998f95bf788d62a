"""tools/play.py, and what stands on it: a fork's play is the one that a mutant would have had alone."""

import os

import IPython.display
import nbformat
import pytest

from bnlib import claims, figures, widgets
from lab import MUTANTS, _play_alone, in_a_child, play_chapter
from play import play

CELLS = {
    "setup": "raise ImportError",
    "magic": "%matplotlib inline\nseen = []",
    "drawn": (
        "import os\nfrom bnlib import widgets\nfrom bnlib.figures import figure\n"
        "figure(None, alt=seen.append('figure'))\nwidgets.frame_slider(None, knob=seen.append('slider'))\n"
        "seen.append(os.environ['BNLIB_STRICT'])"
    ),
    "loop": (
        "from IPython.display import display\n"
        "for k in range(2):\n    display({'text/plain': ''}, raw=True, metadata={'claims': [{'value': k}]})"
    ),
    "wrong": "print('nobody hears')\n1 / 0",
    "last": "seen.append('end')",
}


@pytest.fixture
def notebook(tmp_path):
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(source, id=id) for id, source in CELLS.items()]
    path = tmp_path / "chapter.ipynb"
    path.write_text(nbformat.v4.writes(made), "utf-8")
    return path


def test_it_collects_claims_and_computes_what_it_does_not_draw(notebook):
    played = play(notebook, "loop")
    assert played.defined["seen"] == ["figure", "slider", "0"]
    assert played.claims == {"loop": [{"value": 0}, {"value": 1}]}


def test_an_error_is_raised_or_recorded(notebook, capsys):
    with pytest.raises(ZeroDivisionError):
        play(notebook)
    went_past = []
    played = play(notebook, keep_going=True, after=lambda id, played: went_past.append(id))
    assert [*played.errors] == ["wrong"] and played.defined["seen"][-1] == "end"
    assert went_past == [*CELLS][1:]
    assert capsys.readouterr().out == ""
    with pytest.raises(ValueError, match="no code cell 'absent'"):
        play(notebook, "absent")


def test_it_leaves_no_trace(notebook, monkeypatch):
    monkeypatch.setenv("BNLIB_STRICT", "1")
    held = [
        (module, name, vars(module)[name])
        for module, name in (
            (IPython.display, "display"),
            (claims, "display"),
            (figures, "figure"),
            (widgets, "frame_slider"),
        )
    ]
    play(notebook, keep_going=True)
    assert all(vars(module)[name] is value for module, name, value in held)
    assert os.environ["BNLIB_STRICT"] == "1"


def test_a_fork_plays_as_if_the_mutant_had_been_there_from_the_start():
    mutant = "no-mean-term"
    claim = MUTANTS[mutant].breaks["bias"]
    outcomes = play_chapter("bias", {mutant: claim})
    assert outcomes[mutant] == in_a_child(_play_alone, "bias", mutant, claim)
    assert outcomes[None] == in_a_child(_play_alone, "bias", None, claim)
    assert outcomes[mutant] != outcomes[None]

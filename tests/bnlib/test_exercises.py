import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter

from bnlib import exercises
from bnlib.exercises import check, reveal
from bnlib.text import plain

SQUARES = [(lambda got: len(got) == 2, "Two numbers."), (lambda got: got[1] == 4, "The second is a square.")]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: None, "○ Not answered yet."),
        (lambda: [1, 4], "✓ Right."),
        (lambda: [1, 2], "✗ The second is a square."),
        (lambda: [1], "✗ Two numbers."),
        (lambda: 3, "✗ Two numbers. TypeError: object of type 'int' has no len()"),
        (lambda: 1 / 0, "✗ Your code stopped with an error. ZeroDivisionError: division by zero"),
    ],
)
def test_check(capsys, answer, says):
    check(answer, *SQUARES)
    assert capsys.readouterr().out == says + "\n"


def said(monkeypatch, guess, truth):
    """What `reveal` shows, without the tags around measured numbers."""
    shown = []
    monkeypatch.setattr(exercises, "display", shown.append)
    reveal(guess, truth)
    return [plain(markdown.data) for markdown in shown]


RIGHT, WRONG = "You said {}, and so it is: **{}**.", "You said {}. It is **{}**."


@pytest.mark.parametrize(
    ("guess", "truth", "says", "shown"),
    [
        (0.0909, 1 / 11, RIGHT, "0.0909"),
        (1, 1 / 11, WRONG, "0.0909"),
        ("0.09", 1 / 11, RIGHT, "0.0909"),
        (np.float64(6), 6, RIGHT, "6"),
        (0, 1e-12, RIGHT, "1.00\u00a0×\u00a010⁻¹²"),
        (0.001, 0.0, WRONG, "0"),
        ([1, 2], np.array([1.01, 2]), RIGHT, "1.01, 2.00"),
        ([1, 3], np.array([1, 2]), WRONG, "1, 2"),
        ([1, 2, 3], np.array([1, 2]), WRONG, "1, 2"),
        (1.0, np.array([1, 1]), WRONG, "1, 1"),
        ("many", 8, WRONG, "8"),
    ],
)
def test_reveal_of_numbers(monkeypatch, guess, truth, says, shown):
    assert said(monkeypatch, guess, truth) == [says.format(guess, shown)]


@pytest.mark.parametrize(
    ("guess", "truth", "says"),
    [("more", "more", RIGHT), (" Tens", "tens", RIGHT), ("less", "more", WRONG), (1, "tens", WRONG)],
)
def test_reveal_of_text(monkeypatch, guess, truth, says):
    assert said(monkeypatch, guess, truth) == [says.format(guess, truth)]


def test_reveal_within_what_is_said():
    """Both tolerances are checked at the edge, from either side."""
    assert exercises._is_close(10.5, 10, 0.05, 0) and not exercises._is_close(10.6, 10, 0.05, 0)
    assert exercises._is_close(0.1, 0, 0.05, 0.1) and not exercises._is_close(0.11, 0, 0.05, 0.1)


def test_without_a_guess_nothing_is_said(monkeypatch, capsys):
    assert said(monkeypatch, None, 1 / 11) == [] and capsys.readouterr().out == ""


def test_a_revealed_number_is_masked(monkeypatch, capsys):
    shown = []
    monkeypatch.setattr(exercises, "display", shown.append)
    reveal(1, 1 / 11)
    assert '**<span class="measured">0.0909</span>**' in shown[0].data and capsys.readouterr().out == ""
    formats, _ = DisplayFormatter().format(shown[0])
    assert "0.0909" not in formats["text/plain"]

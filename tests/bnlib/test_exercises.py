import numpy as np
import pytest

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


@pytest.fixture
def shown(monkeypatch):
    """What `reveal` displays, as (data, prediction)."""
    outputs = []
    monkeypatch.setattr(
        exercises, "display", lambda data, raw, metadata: outputs.append((data, metadata["prediction"]))
    )
    return outputs


RIGHT, WRONG = "You said {}, and so it is: **{}**.", "You said {}. It is **{}**."


@pytest.mark.parametrize(
    ("guess", "truth", "says", "number"),
    [
        (0.0909, 1 / 11, RIGHT, "0.0909"),
        (1, 1 / 11, WRONG, "0.0909"),
        ("0.09", 1 / 11, RIGHT, "0.0909"),
        (np.float64(6), 6, RIGHT, "6"),
        (0, 1e-12, RIGHT, "1.00\u00a0×\u00a010⁻¹²"),
        (0.001, 0.0, WRONG, "0"),
        ("many", 8, WRONG, "8"),
        ([8], 8, WRONG, "8"),
    ],
)
def test_reveal_of_numbers(shown, guess, truth, says, number):
    reveal(guess, truth)
    ((data, prediction),) = shown
    assert data["text/plain"] == says.format(guess, number) == plain(data["text/markdown"])
    assert prediction == {"truth": number, "value": truth, "options": None, "within": 0.05, "tol": 1e-9}


@pytest.mark.parametrize(
    ("guess", "says"),
    [
        ("rises", RIGHT.format("rises", "rises")),
        (" Rises", RIGHT.format(" Rises", "rises")),
        ("falls", WRONG.format("falls", "rises")),
        (1, "You said 1; the options were falls, rises. It is **rises**."),
    ],
)
def test_reveal_of_an_option(shown, guess, says):
    reveal(guess, "rises", ("falls", "rises"))
    assert shown[0][0]["text/markdown"] == says
    assert shown[0][1] == {
        "truth": "rises",
        "value": "rises",
        "options": ["falls", "rises"],
        "within": 0.05,
        "tol": 1e-9,
    }


def test_reveal_within_what_is_said():
    """Both tolerances are checked at the edge, from either side."""
    assert exercises._is_close(10.5, 10, 0.05, 0) and not exercises._is_close(10.6, 10, 0.05, 0)
    assert exercises._is_close(0.1, 0, 0.05, 0.1) and not exercises._is_close(0.11, 0, 0.05, 0.1)


@pytest.mark.parametrize("options", [None, ("falls", "stays")])
def test_a_truth_that_nobody_could_choose(options):
    with pytest.raises(ValueError, match="one of the options"):
        reveal(None, "rises", options)


def test_without_a_guess_nothing_is_said_but_the_page_can_ask(shown):
    reveal(None, 1 / 11, within=0.1)
    ((data, prediction),) = shown
    assert data == {"text/markdown": "", "text/plain": ""}
    assert prediction == {"truth": "0.0909", "value": 1 / 11, "options": None, "within": 0.1, "tol": 1e-9}


def test_a_revealed_number_is_masked(shown):
    reveal(1, 1 / 11)
    assert '**<span class="measured">0.0909</span>**' in shown[0][0]["text/markdown"]

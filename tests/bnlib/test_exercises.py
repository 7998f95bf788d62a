import numpy as np
import pytest

from bnlib.exercises import check, reveal

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


@pytest.mark.parametrize(
    ("guess", "truth", "says"),
    [
        (None, 0.09091, "No guess yet. It is 0.09091.\n"),
        (0.0909, 1 / 11, "You said 0.0909, and so it is: 0.09091.\n"),
        (1, 1 / 11, "You said 1. It is 0.09091.\n"),
        ("more", "more", "You said more, and so it is: more.\n"),
        ("less", "more", "You said less. It is more.\n"),
        (np.float64(6), 6, "You said 6, and so it is: 6.\n"),
    ],
)
def test_reveal(capsys, guess, truth, says):
    reveal(guess, truth)
    assert capsys.readouterr().out == says

"""Guesses before, and checks after: what a reader types, and what the notebook answers."""

import numpy as np
from IPython.display import Markdown, display

from bnlib.text import measured

__all__ = ["check", "reveal"]


def reveal(guess, truth, *, within=0.05, tol=1e-9):
    """Compare a reader's ``guess`` with the ``truth``; say nothing to those who made none.

    Numbers and arrays are right within the fraction ``within`` of the truth, or within ``tol``, in its units, which is
    for a truth of 0. Text is right whatever its capitals.
    """
    if guess is None:
        return
    if isinstance(truth, str):
        right = str(guess).strip().casefold() == truth.casefold()
    else:
        right = _is_close(guess, truth, within, tol)
        truth = ", ".join(map(measured, np.ravel(truth)))
    display(Markdown(f"You said {guess}{', and so it is:' if right else '. It is'} **{truth}**."))


def check(answer, *tests):
    """Say whether an exercise is right, and if not, what is wrong.

    Parameters
    ----------
    answer : callable
        Takes nothing and returns what the reader's code makes of the exercise: None means not answered yet.
    tests : (callable, str)
        Each callable takes the answer and returns True if that part is right; the text says what is wrong otherwise.
        The first that is not right is reported. A reader's code may raise anything; that is reported too.
    """
    wrong = "Your code stopped with an error."
    try:
        got = answer()
        if got is None:
            print("○ Not answered yet.")
            return
        for right, wrong in tests:
            if not right(got):
                print(f"✗ {wrong}")
                return
    except Exception as error:
        print(f"✗ {wrong} {type(error).__name__}: {error}")
        return
    print("✓ Right.")


def _is_close(guess, truth, within, tol):
    try:
        guess = np.asarray(guess, dtype=float)
    except (TypeError, ValueError):
        return False
    return guess.shape == np.shape(truth) and np.allclose(guess, truth, rtol=within, atol=tol)

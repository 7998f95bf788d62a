"""Guesses before, and checks after: what a reader types, and what the notebook answers."""

import numpy as np
from IPython.display import display

from bnlib.text import measured, plain

__all__ = ["check", "reveal"]


def reveal(guess, truth, options=None, *, within=0.05, tol=1e-9):
    """Compare a reader's ``guess`` with the ``truth``; say nothing to those who made none.

    The output's metadata holds what a published page needs to ask for the guess itself.

    Parameters
    ----------
    guess : None, number or str
        What the reader put in the place of None.
    truth : number or str
        What was measured; one of the ``options`` where there are any.
    options : sequence of str, optional
        What one could choose from. Capitals do not matter.
    within, tol : float
        A number is right within the fraction ``within`` of the truth, or within ``tol``, in its units, which is for a
        truth of 0.

    Raises
    ------
    ValueError
        The truth is not among the options, or is text without options.
    """
    if isinstance(truth, str):
        if options is None or truth not in options:
            raise ValueError(f"a truth in words is one of the options; got {truth!r} of {options!r}")
        shown = truth
        right = str(guess).strip().casefold() == truth.casefold()
    else:
        shown, right = measured(truth), _is_close(guess, truth, within, tol)
    prediction = {"truth": plain(shown), "options": options and list(options), "within": within, "tol": tol}
    prediction["value"] = truth if isinstance(truth, str) else float(truth)
    if guess is None:
        said = ""
    elif options and str(guess).strip().casefold() not in [option.casefold() for option in options]:
        said = f"You said {guess}; the options were {', '.join(options)}. It is **{shown}**."
    else:
        said = f"You said {guess}{', and so it is:' if right else '. It is'} **{shown}**."
    display({"text/markdown": said, "text/plain": plain(said)}, raw=True, metadata={"prediction": prediction})


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
        return bool(np.isclose(float(guess), truth, rtol=within, atol=tol))
    except (TypeError, ValueError):
        return False

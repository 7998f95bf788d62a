"""Guesses before, and checks after: what a reader types, and what the notebook answers."""

__all__ = ["check", "reveal"]


def reveal(guess, truth, *, within=0.05):
    """Compare a reader's ``guess`` with the ``truth``; say only the truth to those who made none.

    A number counts as right within ``within`` of the truth, as a fraction of it; anything else if it is equal.
    """
    if guess is None:
        print(f"No guess yet. It is {_shown(truth)}.")
    elif _close(guess, truth, within):
        print(f"You said {_shown(guess)}, and so it is: {_shown(truth)}.")
    else:
        print(f"You said {_shown(guess)}. It is {_shown(truth)}.")


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


def _shown(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _close(guess, truth, within):
    try:
        return abs(guess - truth) <= within * abs(truth)
    except TypeError:
        return guess == truth

"""What a function asks of its arguments: each returns the value, or raises a ValueError that says what is accepted."""

from math import isfinite
from numbers import Integral, Real

import numpy as np


def positive_integer(name, value):
    """A size, as an int. NumPy's integers are accepted; True, which is an int in Python, is not."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a positive integer; got {value!r}")
    return int(value)


def non_negative(name, value):
    """A finite number, zero or above."""
    if not (isinstance(value, Real) and isfinite(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number, zero or above; got {value!r}")
    return value


def floats(name, value, *, rank=0, accepted=""):
    """An array of floating-point numbers with at least ``rank`` axes; ``accepted`` says in words which shapes are."""
    value = np.asarray(value)
    if value.dtype.kind != "f":
        raise ValueError(f"{name} must hold floating-point numbers; got dtype {value.dtype}")
    if value.ndim < rank:
        raise ValueError(f"{name} must have shape {accepted}; got {value.shape}")
    return value

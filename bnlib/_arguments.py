"""How arguments are checked in more than one module."""

from numbers import Integral


def positive_integer(name, value):
    """``int(value)``, for Python's and NumPy's integers from 1; ValueError with the argument's ``name`` for others."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(f"{name} must be a positive integer; got {value!r}")
    return int(value)

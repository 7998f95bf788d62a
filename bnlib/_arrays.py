"""Sums and combinations of arrays without large temporary ones: why `bnlib.normalization` is fast, not what it says."""

import math
from functools import cache, wraps
from string import ascii_letters

import numpy as np


def short_buffers(function):
    """The function, run with short buffers in NumPy.

    NumPy copies broadcast operands through a buffer wherever the rows are shorter than it; in place is faster. The
    default of 8,192 numbers is longer than most rows.
    """

    @wraps(function)
    @np.errstate()  # on leaving, this puts the buffer's size back too
    def with_short_buffers(*arguments, **options):
        np.setbufsize(512)
        return function(*arguments, **options)

    return with_short_buffers


def count(x, axes):
    """How many values lie along ``axes``."""
    return math.prod(x.shape[axis] for axis in axes)


def total(axes, *factors):
    """Sum over ``axes``, kept with size 1, of the product of the factors; the first has the full shape."""
    shape = factors[0].shape
    sums = np.einsum(_subscripts(len(shape), axes, len(factors)), *factors)
    return sums.reshape([1 if axis in axes else size for axis, size in enumerate(shape)])


@cache
def _subscripts(rank, axes, factors):
    """For einsum: (4, (0, 2, 3), 2) gives "abcd,abcd->b"."""
    letters = ascii_letters[:rank]
    kept = "".join(letter for axis, letter in enumerate(letters) if axis not in axes)
    return ",".join([letters] * factors) + "->" + kept


def multiply_add(array, *steps):
    """array · factor + addend, and the same again with the result for each further pair (factor, addend).

    All have as many axes, of size 1 where a factor or addend is the same for all; an addend of None adds nothing. Done
    some rows at a time, few enough to stay in the processor's cache.
    """
    out = np.empty_like(array)
    rows = max(1, 2**19 * len(out) // max(out.nbytes, 1))  # half a megabyte
    for start in range(0, len(out), rows):
        these = slice(start, start + rows)
        part, done = out[these], array[these]
        for factor, addend in steps:
            done = np.multiply(done, _rows(factor, these), out=part)
            if addend is not None:
                part += _rows(addend, these)
    return out


def _rows(operand, these):
    return operand if len(operand) == 1 else operand[these]

"""Each sum and combination computed twice, ours and NumPy's own with its temporary arrays."""

import numpy as np
import pytest

from bnlib._arrays import count, multiply_add, short_buffers, total

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("axes", [(0,), (0, 2), (1, 2), (0, 1, 2)], ids=str)
def test_total_is_the_sum_of_the_product(axes):
    a, b, c = RNG.normal(size=(4, 3, 5)), RNG.normal(size=(4, 3, 5)), RNG.normal(size=(1, 3, 1))
    for factors in ((a,), (a, b), (a, b, c)):
        product = np.prod(np.broadcast_arrays(*factors), axis=0)
        np.testing.assert_allclose(total(axes, *factors), product.sum(axes, keepdims=True), rtol=0, atol=1e-13)
    assert count(a, axes) == np.prod([a.shape[axis] for axis in axes])


@pytest.mark.parametrize("rows", [0, 1, 5, 1000], ids="{} rows".format)
def test_multiply_add_is_the_same_in_blocks(rows):
    """A thousand rows of 4 kB are more than one block; the last block is a short one."""
    x, other = RNG.normal(size=(2, rows, 512))
    channel, row = RNG.normal(size=(1, 512)), RNG.normal(size=(rows, 1))
    before = x.copy()
    np.testing.assert_array_equal(multiply_add(x, (channel, None)), x * channel)
    np.testing.assert_array_equal(multiply_add(x, (row, channel)), x * row + channel)
    np.testing.assert_array_equal(multiply_add(x, (channel, other), (row, row)), (x * channel + other) * row + row)
    np.testing.assert_array_equal(x, before)


def test_the_buffers_are_put_back():
    before = np.getbufsize()
    assert short_buffers(np.getbufsize)() < before
    assert np.getbufsize() == before

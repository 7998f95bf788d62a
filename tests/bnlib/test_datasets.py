import numpy as np
import pytest

from bnlib.datasets import digits


def test_digits_are_split_without_loss_or_overlap():
    data = digits()
    assert data.x_train.shape == (1400, 64) and data.x_test.shape == (397, 64)
    assert data.x_train.dtype == np.float64 and data.x_train.min() == 0 and data.x_train.max() == 1
    other = digits(seed=1, train=1000)
    both = [np.sort(np.concatenate([d.x_train, d.x_test]) @ np.arange(1, 65)) for d in (data, other)]
    np.testing.assert_allclose(*both)
    assert set(np.unique(data.y_test)) == set(range(10))


def test_digits_are_the_same_each_time_and_differ_between_seeds():
    assert np.array_equal(digits(seed=3).x_train, digits(seed=3).x_train)
    assert not np.array_equal(digits(seed=3).x_train, digits(seed=4).x_train)


@pytest.mark.parametrize("train", [0, 1797, -1])
def test_digits_leave_pictures_on_both_sides(train):
    with pytest.raises(ValueError, match="from 1 to 1796"):
        digits(train=train)

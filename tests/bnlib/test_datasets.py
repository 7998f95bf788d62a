import random

import numpy as np
import pytest

from bnlib.datasets import Dataset, digits, mnist1d, rescaled


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


def test_mnist1d_is_made_as_published():
    from mnist1d.data import get_dataset_args, make_dataset

    settings = get_dataset_args()
    settings.num_samples = 500  # of the published 5,000, to be quick
    data, published = mnist1d(examples=500), make_dataset(settings)
    assert data.x_train.shape == (400, 40) and data.x_test.shape == (100, 40)
    for ours, key in zip(data, ["x", "y", "x_test", "y_test"], strict=True):
        assert np.array_equal(ours, published[key])
    assert set(np.unique(data.y_test)) == set(range(10))


def test_mnist1d_depends_on_its_seed_alone():
    random.seed(1), np.random.seed(1)
    first, drawn = mnist1d(seed=3, examples=200), (random.random(), np.random.random())
    random.seed(1), np.random.seed(1)
    assert drawn == (random.random(), np.random.random())
    assert np.array_equal(first.x_train, mnist1d(seed=3, examples=200).x_train)
    assert not np.array_equal(first.x_train, mnist1d(seed=4, examples=200).x_train)


def test_mnist1d_has_an_example_of_each_class():
    with pytest.raises(ValueError, match="10 or more, one a class; got 9"):
        mnist1d(examples=9)


def test_rescaled_by_hand():
    data = rescaled(Dataset(np.array([[1.0, 10.0], [3.0, 30.0]]), None, np.array([[2.0, 0.0]]), None))
    unit = np.sqrt((1 + 1 + 100 + 100) / 4)
    np.testing.assert_allclose(data.x_train, np.array([[-1, -10], [1, 10]]) / unit)
    np.testing.assert_allclose(data.x_test, np.array([[0, -20]]) / unit)

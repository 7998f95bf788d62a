"""The data sets, as NumPy arrays, without a download."""

import random
from collections import namedtuple

import numpy as np

__all__ = ["Dataset", "digits", "mnist1d", "rescaled"]


class Dataset(namedtuple("Dataset", "x_train y_train x_test y_test")):
    """Training and test examples: each ``x`` of shape (N, ...), each ``y`` of shape (N,), class numbers.

    The functions below return NumPy arrays, ``x`` in float64; `bnlib.training.tensors` makes torch's tensors of them.
    """


def digits(*, seed=0, train=1400):
    """Handwritten digits: 1,797 pictures of 8 × 8 pixels, shuffled and split.

    Parameters
    ----------
    seed : int
        Of the shuffle.
    train : int, 1 to 1796
        How many pictures are for training; the others are for testing.

    Returns
    -------
    Dataset
        ``x`` of shape (N, 64), pixels from 0 (paper) to 1 (ink); ``y`` from 0 to 9.

    Raises
    ------
    ValueError
        ``train`` leaves no picture on one side.

    Source: Alpaydin & Kaynak 1998, the UCI test set, as shipped with scikit-learn.
    """
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    if not 0 < train < len(x):
        raise ValueError(f"train must be from 1 to {len(x) - 1}, to leave pictures on both sides; got {train!r}")
    order = np.random.default_rng(seed).permutation(len(x))
    x, y = x[order] / 16, y[order]
    return Dataset(x[:train], y[:train], x[train:], y[train:])


def mnist1d(*, seed=42, examples=5000):
    """Ten digit-like curves, shifted, sheared and noisy, at 40 points: four fifths for training. Made in a second.

    Parameters
    ----------
    seed : int
        42 is the published data set's.
    examples : int, 10 or more
        Rounded down to a multiple of 10, the number of classes.

    Returns
    -------
    Dataset
        ``x`` of shape (N, 40), mean 0 and standard deviation 1 over all of it; ``y`` from 0 to 9.

    Raises
    ------
    ValueError
        Fewer examples than classes.

    Source: Greydanus & Kobak 2024, as shipped with the package mnist1d.
    """
    from mnist1d.data import get_dataset_args, make_dataset

    if not examples >= 10:
        raise ValueError(f"examples must be 10 or more, one a class; got {examples!r}")
    settings = get_dataset_args()
    settings.seed, settings.num_samples = seed, examples
    states = random.getstate(), np.random.get_state()
    made = make_dataset(settings)  # seeds the generators that everybody shares
    random.setstate(states[0])
    np.random.set_state(states[1])
    return Dataset(made["x"], made["y"], made["x_test"], made["y_test"])


def rescaled(data):
    """Each feature minus its training mean, all divided by one number: the standard deviation of what that leaves.

    So the features keep their scales relative to each other, which `bnlib.normalization.batch_norm` would level.
    """
    mean = data.x_train.mean(axis=0)
    std = (data.x_train - mean).std()
    return data._replace(x_train=(data.x_train - mean) / std, x_test=(data.x_test - mean) / std)

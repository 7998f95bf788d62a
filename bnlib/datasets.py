"""The data sets, as NumPy arrays, without a download."""

from typing import NamedTuple

import numpy as np

__all__ = ["Dataset", "digits"]


class Dataset(NamedTuple):
    """Training and test examples: ``x`` of shape (N, ...), float64; ``y`` of shape (N,), class numbers."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


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

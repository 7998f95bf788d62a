"""Batch, layer, instance, group and RMS normalization in NumPy: one standardise, one backward.

The five norms differ only in the axes over which a mean and a variance are taken. In training mode each computes

    x̂ = (x − mean) / sqrt(var + eps),        y = gamma · x̂ + beta

and each backward pass is the same projection, along those axes, of the gradient g = gamma · dy:

    dx = (g − mean(g) − x̂ · mean(g · x̂)) / sqrt(var + eps).

(RMS normalization subtracts no mean, forward or backward.) Conventions are those of ``torch.nn.functional``: the biased
variance normalises, the unbiased variance enters the running average, ``momentum`` is the weight of the new batch, and
the dtype that comes in goes out; half precision is computed in single. The input is never changed.
"""

import math
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

__all__ = ["BatchNorm", "batch_norm", "group_norm", "instance_norm", "layer_norm", "normalize_backward", "rms_norm"]


# The five norms


def batch_norm(x, gamma=None, beta=None, *, eps=1e-5):
    """Normalise each channel over the batch and all spatial positions, as in training mode.

    Parameters
    ----------
    x : array, shape (N, C) or (N, C, *spatial)
        At least two values per channel.
    gamma, beta : array, shape (C,), optional
        Scale and shift per channel; 1 and 0 if left out.
    eps : float
        Added to the variance, so in the squared units of ``x``.

    Returns
    -------
    y : array, the shape and dtype of ``x``
    cache : NormCache
        What `normalize_backward` needs; its ``mean``, ``var`` and ``x_hat`` are yours to look at.

    Raises
    ------
    ValueError
        Fewer than two values per channel, rank below 2, values that are not floating point, a parameter of the wrong
        shape, ``eps`` negative, or ``eps`` zero with a constant channel.

    Source: Ioffe & Szegedy 2015, algorithm 1.
    """
    x = _floats(x, "x", rank=2, accepted="(N, C) or (N, C, *spatial)")
    axes = (0, *range(2, x.ndim))
    _require_two(x, axes, "channel", "Use a larger batch, or evaluation mode.")
    return _normalize(x, axes, _Affine.per_channel(x, gamma, beta), eps)


def layer_norm(x, normalized_shape, gamma=None, beta=None, *, eps=1e-5):
    """Normalise each example over its last axes, whose shape is ``normalized_shape``.

    Parameters
    ----------
    x : array, shape (*, *normalized_shape)
        One value per example is accepted and gives ``beta``, as in torch.
    normalized_shape : int or tuple of int
    gamma, beta : array, shape ``normalized_shape``, optional
    eps : float
        As in `batch_norm`, and so are the values returned.

    Raises
    ------
    ValueError
        As `batch_norm`; also if the last axes of ``x`` are not ``normalized_shape``.

    Source: Ba, Kiros & Hinton 2016.
    """
    x = _floats(x, "x")
    axes, shape = _last_axes(x, normalized_shape)
    return _normalize(x, axes, _Affine.per_element(x, shape, gamma, beta), eps)


def instance_norm(x, gamma=None, beta=None, *, eps=1e-5):
    """Normalise each channel of each example over its spatial positions.

    Parameters
    ----------
    x : array, shape (N, C, *spatial)
        At least two spatial positions.
    gamma, beta : array, shape (C,), optional
    eps : float
        As in `batch_norm`, and so are the values returned.

    Raises
    ------
    ValueError
        As `batch_norm`; also for a rank below 3.

    Source: Ulyanov, Vedaldi & Lempitsky 2016.
    """
    x = _floats(x, "x", rank=3, accepted="(N, C, *spatial)")
    axes = tuple(range(2, x.ndim))
    _require_two(x, axes, "channel of an example", "Use a larger picture, or another norm.")
    return _normalize(x, axes, _Affine.per_channel(x, gamma, beta), eps)


def group_norm(x, num_groups, gamma=None, beta=None, *, eps=1e-5):
    """Normalise each group of neighbouring channels of each example, over those channels and all spatial positions.

    Parameters
    ----------
    x : array, shape (N, C) or (N, C, *spatial)
        At least two values per group.
    num_groups : int
        Divides C.
    gamma, beta : array, shape (C,), optional
        One scale and shift per channel, not per group.
    eps : float
        As in `batch_norm`, and so are the values returned.

    Raises
    ------
    ValueError
        As `batch_norm`; also if ``num_groups`` does not divide the number of channels.

    Source: Wu & He 2018.
    """
    x = _floats(x, "x", rank=2, accepted="(N, C) or (N, C, *spatial)")
    batch, channels, *spatial = x.shape
    if not isinstance(num_groups, (int, np.integer)) or num_groups < 1 or channels % num_groups:
        raise ValueError(
            f"num_groups must be a positive integer that divides the {channels} channels; got {num_groups!r}"
        )
    grouped = x.reshape(batch, num_groups, channels // num_groups, *spatial)
    axes = tuple(range(2, grouped.ndim))
    _require_two(grouped, axes, "group of an example", "Use fewer groups.")
    affine = _Affine((channels,), (1, *grouped.shape[1:3], *[1] * len(spatial)), gamma, beta)
    return _normalize(grouped, axes, affine, eps, shape=x.shape)


def rms_norm(x, normalized_shape, gamma=None, *, eps=1e-5):
    """Divide each example by its root mean square over its last axes; no mean is subtracted.

    Parameters
    ----------
    x : array, shape (*, *normalized_shape)
    normalized_shape : int or tuple of int
    gamma : array, shape ``normalized_shape``, optional
        There is no ``beta``.
    eps : float
        Added to the mean square. (torch's default is the machine epsilon of the dtype.)

    Returns as `batch_norm`; the cache's ``var`` is the mean square.

    Raises
    ------
    ValueError
        As `layer_norm`; ``eps`` zero is refused for an example that is zero throughout.

    Source: Zhang & Sennrich 2019.
    """
    x = _floats(x, "x")
    axes, shape = _last_axes(x, normalized_shape)
    return _normalize(x, axes, _Affine.per_element(x, shape, gamma, None), eps, centers=False)


# Forward and backward, the same for all


@dataclass(frozen=True)
class NormCache:
    """What a forward pass leaves for the backward. Statistics keep the axes they were taken over, with size 1."""

    centered: np.ndarray  # x − mean; for rms_norm x itself, so leave x alone until after the backward pass
    mean: np.ndarray
    var: np.ndarray  # biased: the one that normalises
    inv_std: np.ndarray  # 1 / sqrt(var + eps)
    affine: "_Affine"
    axes: tuple  # those the statistics were taken over
    shape: tuple  # of the input; that of ``centered`` may split the channels into groups
    centers: bool = True  # the mean came from x, so the backward pass projects off the direction 1
    scales: bool = True  # the variance came from x, so the backward pass projects off the direction x̂

    @property
    def x_hat(self):
        """The standardised input, in the input's shape."""
        return (self.centered * self.inv_std).reshape(self.shape)


@contextmanager
def _unbuffered():
    """NumPy copies broadcast operands through a buffer wherever the rows are shorter than it; in place is faster.

    The default of 8,192 numbers is longer than most rows. Leaving ``errstate`` puts it back.
    """
    with np.errstate():
        np.setbufsize(512)
        yield


@_unbuffered()
def _normalize(x, axes, affine, eps, *, centers=True, shape=None):
    _check_eps(eps)
    work = x.astype(np.result_type(x.dtype, np.float32), copy=False)
    centered, mean, var = _standardize(work, axes, centers)
    spread = var + eps
    if (spread == 0).any():
        raise ValueError(f"eps is {eps} and a variance 0 (a constant channel, group or example); use a larger eps")
    cache = NormCache(centered, mean, var, 1 / np.sqrt(spread), affine, axes, shape or x.shape, centers)
    return _restore(cache, x.dtype), cache


def _standardize(x, axes, centers=True):
    """Centred values, their mean and biased variance. Never E[x²] − E[x]², which cancels (Chan, Golub & LeVeque 1983)."""
    n = max(_count(x, axes), 1)
    if not centers:
        return x, np.zeros_like(x, shape=_kept(x, axes)), _sum(axes, x, x) / n
    mean = _sum(axes, x) / n
    centered = x - mean
    var = _sum(axes, centered, centered) / n
    if x.size and (np.sqrt(var) <= n * np.finfo(x.dtype).eps * abs(mean)).any():
        # A spread within the rounding error of the mean: count from one of the values instead. A constant channel
        # then becomes exactly zero.
        origin = x[tuple(slice(0, 1) if axis in axes else slice(None) for axis in range(x.ndim))]
        centered = x - origin
        shift = _sum(axes, centered) / n
        centered -= shift
        mean, var = origin + shift, _sum(axes, centered, centered) / n
    return centered, mean, var


def _restore(cache, dtype):
    """y = gamma · x̂ + beta, with one multiplication for 1/std and gamma."""
    gamma, beta = cache.affine.gamma, cache.affine.beta
    scale = cache.inv_std if gamma is None else cache.inv_std * gamma
    y = np.empty_like(cache.centered)
    for part, centered, factor, shift in _blocks(y, cache.centered, scale, scale if beta is None else beta):
        np.multiply(centered, factor, out=part)
        if beta is not None:
            part += shift
    return y.reshape(cache.shape).astype(dtype, copy=False)


@_unbuffered()
def normalize_backward(dy, cache):
    """Gradients of a scalar loss through any of the five norms.

    Parameters
    ----------
    dy : array, the shape of the norm's output
        The gradient of the loss with respect to that output.
    cache : NormCache
        What the forward pass returned.

    Returns
    -------
    dx : array, the input's shape, the dtype of ``dy``
    dgamma, dbeta : array, the parameter's shape; None where there is no parameter

    Raises
    ------
    ValueError
        ``dy`` has another shape than the output, or is not floating point.

    Source: Ioffe & Szegedy 2015, section 3, has the terms one by one; gathered, they are a projection.
    """
    dy = _floats(dy, "dy")
    if dy.shape != cache.shape:
        raise ValueError(f"dy must have the output's shape {cache.shape}; got {dy.shape}")
    centered, inv_std, axes, affine, dtype = cache.centered, cache.inv_std, cache.axes, cache.affine, dy.dtype
    g = dy = dy.reshape(centered.shape).astype(centered.dtype, copy=False)
    scale = inv_std
    if affine.gamma is not None and affine.constant_over(axes):
        scale = inv_std * affine.gamma  # the projection is linear: a factor that is the same along the axes can wait
    elif affine.gamma is not None:
        g = dy * affine.gamma
    sum_g, sum_gx = _sum(axes, g), _sum(axes, g, centered)
    if affine.axes == axes:  # batch norm: the gradients of beta and gamma are the projection's own two sums
        dbeta, dgamma = sum_g, sum_gx * inv_std
    else:
        dbeta, dgamma = _sum(affine.axes, dy), _sum(affine.axes, dy, centered, inv_std)
    n = max(_count(g, axes), 1)
    if cache.scales:
        dx = np.empty_like(centered)
        x_hat_term, mean_term = inv_std * (inv_std * sum_gx / n), scale * sum_g / n
        for part, g_part, x_part, along_x, factor, along_1 in _blocks(dx, g, centered, x_hat_term, scale, mean_term):
            np.multiply(x_part, along_x, out=part)
            np.subtract(g_part, part, out=part)
            part *= factor
            if cache.centers:
                part -= along_1
    else:
        dx = g * scale
    return dx.reshape(cache.shape).astype(dtype, copy=False), affine.own(dgamma, "gamma"), affine.own(dbeta, "beta")


# Batch normalization with a memory


class BatchNorm:
    """Batch normalization as a layer: it learns gamma and beta and remembers running statistics.

    Parameters
    ----------
    num_features : int
        C, the number of channels.
    eps : float
        Added to the variance.
    momentum : float in [0, 1]
        Weight of the *new* batch: running = (1 − momentum) · running + momentum · batch. (Keras calls the other
        weight momentum.)

    Attributes
    ----------
    gamma, beta, running_mean, running_var : array of float64, shape (C,)
        1, 0, 0 and 1 to begin with. ``running_var`` averages *unbiased* variances.
    dgamma, dbeta : array, shape (C,)
        Set by `backward`.
    training : bool
        True: batch statistics, and the running ones move. False: running statistics, which stay.

    Raises
    ------
    ValueError
        As `batch_norm`; also for another number of channels, ``num_features`` below 1, or ``momentum`` outside [0, 1].

    Source: Ioffe & Szegedy 2015, algorithm 2; the conventions of ``torch.nn.BatchNorm1d``.
    """

    def __init__(self, num_features, *, eps=1e-5, momentum=0.1):
        if not isinstance(num_features, (int, np.integer)) or num_features < 1:
            raise ValueError(f"num_features must be a positive integer; got {num_features!r}")
        if not (isinstance(momentum, (int, float, np.number)) and 0 <= momentum <= 1):
            raise ValueError(f"momentum is the weight of the new batch, from 0 to 1; got {momentum!r}")
        _check_eps(eps)
        self.num_features, self.eps, self.momentum, self.training = num_features, eps, momentum, True
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)
        self.dgamma = self.dbeta = self._cache = None

    def train(self):
        """Use the statistics of each batch, and let the running ones follow."""
        self.training = True
        return self

    def eval(self):
        """Use the running statistics, and leave them as they are."""
        self.training = False
        return self

    def __call__(self, x):
        """Normalise ``x``, shape (N, C) or (N, C, *spatial); the result has its shape and dtype."""
        x = _floats(x, "x", rank=2, accepted="(N, C) or (N, C, *spatial)")
        if x.shape[1] != self.num_features:
            raise ValueError(f"x must have {self.num_features} channels on axis 1; got shape {x.shape}")
        if not self.training:
            return self._evaluate(x)
        y, self._cache = batch_norm(x, self.gamma, self.beta, eps=self.eps)
        n = _count(x, self._cache.axes)
        self._follow(self.running_mean, self._cache.mean)
        self._follow(self.running_var, self._cache.var * n / (n - 1))
        return y

    def backward(self, dy):
        """The gradient with respect to the last ``x``; sets ``dgamma`` and ``dbeta``."""
        if self._cache is None:
            raise ValueError("backward needs a forward pass first: call the layer on x")
        dx, self.dgamma, self.dbeta = normalize_backward(dy, self._cache)
        return dx

    def _follow(self, running, batch):
        running[:] = (1 - self.momentum) * running + self.momentum * batch.ravel()

    def _evaluate(self, x):
        affine = _Affine.per_channel(x, self.gamma, self.beta)
        work = np.result_type(x.dtype, np.float32)
        mean, var = (stat.reshape(affine.view).astype(work) for stat in (self.running_mean, self.running_var))
        inv_std = 1 / np.sqrt(var + self.eps)
        axes = (0, *range(2, x.ndim))
        self._cache = NormCache(x - mean, mean, var, inv_std, affine, axes, x.shape, centers=False, scales=False)
        return _restore(self._cache, x.dtype)


# What the above stands on


class _Affine:
    """The parameters gamma and beta: their own shape, and the view in which they broadcast against the input."""

    def __init__(self, shape, view, gamma, beta):
        self.shape, self.view = shape, view
        self.axes = tuple(axis for axis, size in enumerate(view) if size == 1)  # those their gradients sum over
        self.gamma, self.beta = (
            None if p is None else self._checked(p, name) for p, name in ((gamma, "gamma"), (beta, "beta"))
        )

    @classmethod
    def per_channel(cls, x, gamma, beta):
        return cls((x.shape[1],), (1, x.shape[1], *[1] * (x.ndim - 2)), gamma, beta)

    @classmethod
    def per_element(cls, x, shape, gamma, beta):
        return cls(shape, (*[1] * (x.ndim - len(shape)), *shape), gamma, beta)

    def _checked(self, value, name):
        value = _floats(value, name)
        if value.shape != self.shape:
            raise ValueError(f"{name} must have shape {self.shape}; got {value.shape}")
        return value.reshape(self.view)

    def constant_over(self, axes):
        return all(self.view[axis] == 1 for axis in axes)

    def own(self, gradient, name):
        """A parameter's gradient in its own shape and dtype, or None if there is no such parameter."""
        parameter = getattr(self, name)
        return None if parameter is None else gradient.reshape(self.shape).astype(parameter.dtype, copy=False)


def _sum(axes, a, *factors):
    """Sum over ``axes``, kept with size 1, of the product of ``a`` and the factors, without a temporary array."""
    labels = list(range(a.ndim))
    operands = [part for array in (a, *factors) for part in (array, labels)]
    return np.einsum(*operands, [axis for axis in labels if axis not in axes]).reshape(_kept(a, axes))


def _blocks(*arrays):
    """The arrays some rows at a time, few enough to stay in the processor's cache; what has one row for all goes with each."""
    rows, size = len(arrays[0]), arrays[0].nbytes
    step = max(1, 2**19 * rows // max(size, 1))  # half a megabyte
    for start in range(0, rows, step):
        yield [a[start : start + step] if len(a) == rows else a for a in arrays]


def _kept(x, axes):
    return [1 if axis in axes else size for axis, size in enumerate(x.shape)]


def _count(x, axes):
    return math.prod(x.shape[axis] for axis in axes)


def _last_axes(x, normalized_shape):
    shape = tuple(normalized_shape) if np.iterable(normalized_shape) else (normalized_shape,)
    if not shape or x.shape[-len(shape) :] != shape:
        raise ValueError(f"the last axes of x must be normalized_shape = {shape}; got x of shape {x.shape}")
    return tuple(range(x.ndim - len(shape), x.ndim)), x.shape[-len(shape) :]


def _floats(value, name, *, rank=0, accepted=""):
    value = np.asarray(value)
    if not np.issubdtype(value.dtype, np.floating):
        raise ValueError(f"{name} must hold floating-point numbers; got dtype {value.dtype}")
    if value.ndim < rank:
        raise ValueError(f"{name} must have shape {accepted}; got {value.shape}")
    return value


def _check_eps(eps):
    if not (isinstance(eps, (int, float, np.number)) and 0 <= eps < np.inf):
        raise ValueError(f"eps must be a finite number, zero or above; got {eps!r}")


def _require_two(x, axes, what, remedy):
    n = _count(x, axes)
    if n < 2:
        raise ValueError(
            f"a mean and a variance need at least two values per {what}; shape {x.shape} has {n}. {remedy}"
        )

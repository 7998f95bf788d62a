"""Batch, layer, instance, group and RMS normalization in NumPy: one standardise, one backward.

The five norms differ only in the axes over which a mean and a variance are taken. In training mode each computes

    x̂ = (x − mean) / sqrt(var + eps),        y = gamma · x̂ + beta

and each backward pass is the same projection, along those axes, of the gradient g = gamma · dy:

    dx = (g − mean(g) − x̂ · mean(g · x̂)) / sqrt(var + eps).

(RMS normalization subtracts no mean, forward or backward.) Conventions are those of ``torch.nn.functional``: the biased
variance normalises, the unbiased variance enters the running average, ``momentum`` is the weight of the new batch, and
the dtype that comes in goes out; half precision is computed in single. The input is never changed.
"""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from bnlib._arguments import floats, non_negative, positive_integer
from bnlib._arrays import count, multiply_add, short_buffers, total

__all__ = ["BatchNorm", "batch_norm", "group_norm", "instance_norm", "layer_norm", "normalize_backward", "rms_norm"]


# The five norms


def batch_norm(x, gamma=None, beta=None, *, eps=1e-5):
    """Normalise each channel over the batch and all spatial positions, as in training mode.

        y = gamma · (x − mean) / sqrt(var + eps) + beta,    mean and biased variance of each channel

    ``x`` has shape (N, C) or (N, C, *spatial), with at least two values per channel; ``gamma`` and ``beta`` have shape
    (C,), and are 1 and 0 if left out; ``eps`` has the squared units of ``x``.

    Returns ``y``, of the shape and dtype of ``x``, and a `NormCache` for `normalize_backward`.

    Raises ValueError for fewer than two values per channel, rank below 2, numbers that are not floating point, a
    parameter of the wrong shape, ``eps`` negative, and ``eps`` zero with a constant channel.

    Source: Ioffe & Szegedy 2015, algorithm 1.

    >>> y, cache = batch_norm(np.array([[3.0], [11.0]]))
    >>> y.round(3).tolist(), cache.mean.tolist(), cache.var.tolist()
    ([[-1.0], [1.0]], [[7.0]], [[16.0]])
    """
    x = floats("x", x, rank=2, accepted="(N, C) or (N, C, *spatial)")
    axes = _batch_axes(x)
    _require_two(x, axes, "channel", "Use a larger batch, or evaluation mode.")
    gamma, beta = _parameters(gamma, beta, x.shape[1:2])
    return _normalize(x, axes, gamma, beta, eps, parameter_axes=(1,))


def layer_norm(x, normalized_shape, gamma=None, beta=None, *, eps=1e-5):
    """Normalise each example over its last axes, whose shape is ``normalized_shape``.

        y = gamma · (x − mean) / sqrt(var + eps) + beta,    mean and biased variance of each example

    ``x`` has shape (*, *normalized_shape), and ``normalized_shape`` is an int or a tuple of them; ``gamma`` and
    ``beta`` have that shape, and are 1 and 0 if left out; ``eps`` has the squared units of ``x``.

    Returns ``y``, of the shape and dtype of ``x``, and a `NormCache` for `normalize_backward`. One value per example is
    accepted, and gives ``beta``, as in torch.

    Raises ValueError for an ``x`` whose last axes are not ``normalized_shape``, numbers that are not floating point, a
    parameter of the wrong shape, ``eps`` negative, and ``eps`` zero with a constant example.

    Source: Ba, Kiros & Hinton 2016.

    >>> y, cache = layer_norm(np.array([[3.0, 11.0], [30.0, 110.0]]), 2)
    >>> y.round(3).tolist(), cache.mean.tolist()
    ([[-1.0, 1.0], [-1.0, 1.0]], [[7.0], [70.0]])
    """
    x = floats("x", x)
    axes, shape = _last_axes(x, normalized_shape)
    gamma, beta = _parameters(gamma, beta, shape)
    return _normalize(x, axes, gamma, beta, eps, parameter_axes=axes)


def instance_norm(x, gamma=None, beta=None, *, eps=1e-5):
    """Normalise each channel of each example over its spatial positions.

        y = gamma · (x − mean) / sqrt(var + eps) + beta,    mean and biased variance of each example's channel

    ``x`` has shape (N, C, *spatial), with at least two positions; ``gamma`` and ``beta`` have shape (C,), and are 1 and
    0 if left out; ``eps`` has the squared units of ``x``.

    Returns ``y``, of the shape and dtype of ``x``, and a `NormCache` for `normalize_backward`.

    Raises ValueError for fewer than two positions, rank below 3, numbers that are not floating point, a parameter of
    the wrong shape, ``eps`` negative, and ``eps`` zero with a constant channel.

    Source: Ulyanov, Vedaldi & Lempitsky 2016.

    >>> y, cache = instance_norm(np.array([[[3.0, 11.0], [5.0, 5.0]]]))
    >>> y.round(3).tolist(), cache.mean.tolist()
    ([[[-1.0, 1.0], [0.0, 0.0]]], [[[7.0], [5.0]]])
    """
    x = floats("x", x, rank=3, accepted="(N, C, *spatial)")
    axes = tuple(range(2, x.ndim))
    _require_two(x, axes, "channel of an example", "Use a larger picture, or another norm.")
    gamma, beta = _parameters(gamma, beta, x.shape[1:2])
    return _normalize(x, axes, gamma, beta, eps, parameter_axes=(1,))


def group_norm(x, num_groups, gamma=None, beta=None, *, eps=1e-5):
    """Normalise each group of neighbouring channels of each example, over all its spatial positions too.

        y = gamma · (x − mean) / sqrt(var + eps) + beta,    mean and biased variance of each example's group

    ``x`` has shape (N, C) or (N, C, *spatial), with at least two values per group; ``num_groups`` divides C; ``gamma``
    and ``beta`` have shape (C,), one per channel, not per group, and are 1 and 0 if left out; ``eps`` has the squared
    units of ``x``.

    Returns ``y``, of the shape and dtype of ``x``, and a `NormCache` for `normalize_backward`.

    Raises ValueError for a ``num_groups`` that is no positive integer or does not divide C, fewer than two values per
    group, rank below 2, numbers that are not floating point, a parameter of the wrong shape, ``eps`` negative, and
    ``eps`` zero with a constant group.

    Source: Wu & He 2018.

    >>> y, cache = group_norm(np.array([[3.0, 11.0, 30.0, 110.0]]), 2)
    >>> y.round(3).tolist(), cache.mean.ravel().tolist()
    ([[-1.0, 1.0, -1.0, 1.0]], [7.0, 70.0])
    """
    x = floats("x", x, rank=2, accepted="(N, C) or (N, C, *spatial)")
    batch, channels, *spatial = x.shape
    num_groups = positive_integer("num_groups", num_groups)
    if channels % num_groups:
        raise ValueError(f"num_groups must divide the {channels} channels; got {num_groups}")
    grouped = x.reshape(batch, num_groups, channels // num_groups, *spatial)
    axes = tuple(range(2, grouped.ndim))
    _require_two(grouped, axes, "group of an example", "Use fewer groups.")
    gamma, beta = _parameters(gamma, beta, (channels,))
    return _normalize(grouped, axes, gamma, beta, eps, parameter_axes=(1, 2), shape=x.shape)


def rms_norm(x, normalized_shape, gamma=None, *, eps=1e-5):
    """Divide each example by its root mean square over its last axes; no mean is subtracted.

        y = gamma · x / sqrt(mean(x²) + eps),    mean over each example

    ``x`` has shape (*, *normalized_shape), and ``normalized_shape`` is an int or a tuple of them; ``gamma`` has that
    shape, and is 1 if left out; there is no beta; ``eps`` has the squared units of ``x`` (torch's default is the
    machine epsilon of the dtype).

    Returns ``y``, of the shape and dtype of ``x``, and a `NormCache` for `normalize_backward`.

    Raises ValueError for an ``x`` whose last axes are not ``normalized_shape``, numbers that are not floating point, a
    parameter of the wrong shape, ``eps`` negative, and ``eps`` zero with an example that is zero throughout.

    Source: Zhang & Sennrich 2019.

    >>> y, cache = rms_norm(np.array([[1.0, 7.0]]), 2)
    >>> y.round(3).tolist(), cache.var.tolist()
    ([[0.2, 1.4]], [[25.0]])
    """
    x = floats("x", x)
    axes, shape = _last_axes(x, normalized_shape)
    gamma, _ = _parameters(gamma, None, shape)
    return _normalize(x, axes, gamma, None, eps, parameter_axes=axes, mean_from_x=False)


# Forward and backward, the same for all


@dataclass(frozen=True, eq=False, repr=False)
class NormCache:
    """What a forward pass leaves for the backward; ``mean``, ``var`` and ``x_hat`` are yours to look at.

    All is the cache's own: a later change of the layer or the input does not reach it. Axes are counted in
    ``centered``, where group norm has split the channels (axis 1) into groups (axis 1) and the channels of a group
    (axis 2). The statistics keep the axes they were taken over, with size 1.
    """

    centered: np.ndarray  # x − mean; in rms_norm x itself
    mean: np.ndarray
    var: np.ndarray  # biased: the one that normalises; in rms_norm the mean square
    inv_std: np.ndarray  # 1 / sqrt(var + eps)
    gamma: np.ndarray | None
    beta: np.ndarray | None
    axes: tuple  # those that mean and variance were taken over
    parameter_axes: tuple  # those along which gamma and beta vary
    shape: tuple  # the input's
    mean_from_x: bool = True  # so the backward pass projects off the direction 1
    var_from_x: bool = True  # so the backward pass projects off the direction x̂

    def __repr__(self):
        return f"NormCache(shape={self.shape}, axes={self.axes})"

    @property
    def x_hat(self):
        """The standardised input, in the input's shape."""
        return (self.centered * self.inv_std).reshape(self.shape)

    def aligned(self, parameter):
        """gamma or beta with as many axes as ``centered``, ready to broadcast."""
        sizes = enumerate(self.centered.shape)
        return parameter.reshape([size if axis in self.parameter_axes else 1 for axis, size in sizes])


@short_buffers
def _normalize(x, axes, gamma, beta, eps, *, parameter_axes, shape=None, mean_from_x=True):
    non_negative("eps", eps)
    work = x.astype(np.result_type(x.dtype, np.float32), copy=False)
    centered, mean, var = _standardize(work, axes) if mean_from_x else _mean_square(work, axes)
    inv_std, shape = _inverse_std(var, eps), shape or x.shape
    cache = NormCache(centered, mean, var, inv_std, gamma, beta, axes, parameter_axes, shape, mean_from_x)
    return _scale_and_shift(cache, x.dtype), cache


def _standardize(x, axes):
    """Centred values, their mean, biased variance. Never E[x²] − E[x]², which cancels (Chan, Golub & LeVeque 1983)."""
    n = count(x, axes)
    mean = total(axes, x) / n
    centered = x - mean
    var = total(axes, centered, centered) / n
    if (np.sqrt(var) < n * np.finfo(x.dtype).eps * abs(mean)).any():
        # A spread within the rounding error of the mean: count from one of the values instead. A constant channel
        # then becomes exactly zero. (One of zeros is so already.)
        origin = x[tuple(slice(0, 1) if axis in axes else slice(None) for axis in range(x.ndim))]
        centered = x - origin
        shift = total(axes, centered) / n
        centered -= shift
        mean, var = origin + shift, total(axes, centered, centered) / n
    return centered, mean, var


def _mean_square(x, axes):
    """As `_standardize`, about zero. A copy of x, which may change before the backward pass."""
    mean_square = total(axes, x, x) / count(x, axes)
    return x.copy(), np.zeros_like(mean_square), mean_square


def _inverse_std(var, eps):
    """1 / sqrt(var + eps)."""
    spread = var + eps
    if not spread.all():
        raise ValueError(f"eps is {eps} and a variance 0 (a constant channel, group or example); use a larger eps")
    return 1 / np.sqrt(spread)


def _scale_and_shift(cache, dtype):
    """y = gamma · x̂ + beta, with one multiplication for 1/std and gamma."""
    scale = cache.inv_std if cache.gamma is None else cache.inv_std * cache.aligned(cache.gamma)
    shift = None if cache.beta is None else cache.aligned(cache.beta)
    return multiply_add(cache.centered, (scale, shift)).reshape(cache.shape).astype(dtype, copy=False)


@short_buffers
def normalize_backward(dy, cache):
    """Gradients of a scalar loss through any of the five norms.

        dx = (g − mean(g) − x̂ · mean(g · x̂)) / sqrt(var + eps),    g = gamma · dy, means as in the forward pass
        dgamma = Σ dy · x̂,    dbeta = Σ dy,                        over all values that share the parameter

    ``dy``, the gradient of the loss with respect to the norm's output, has that output's shape; ``cache`` is what the
    forward pass returned.

    Returns ``dx``, of the input's shape and the dtype of ``dy``, and ``dgamma`` and ``dbeta``, of their parameter's
    shape and dtype, None where there is no parameter.

    Raises ValueError for a ``dy`` of another shape than the output's, or not of floating-point numbers.

    Source: Ioffe & Szegedy 2015, section 3, has the terms one by one; gathered, they are a projection.

    >>> _, cache = batch_norm(np.array([[0.0], [0.0], [2.0], [2.0]]), np.array([3.0]), eps=0)
    >>> dx, dgamma, dbeta = normalize_backward(np.array([[1.0], [0.0], [0.0], [0.0]]), cache)
    >>> dx.tolist(), dgamma.tolist(), dbeta
    ([[1.5], [-1.5], [0.0], [0.0]], [-1.0], None)
    """
    dy = floats("dy", dy)
    if dy.shape != cache.shape:
        raise ValueError(f"dy must have the output's shape {cache.shape}; got {dy.shape}")
    dtype, dy = dy.dtype, dy.reshape(cache.centered.shape).astype(cache.centered.dtype, copy=False)
    g, scale = _through_gamma(dy, cache)
    sums = total(cache.axes, g), total(cache.axes, g, cache.centered)  # Σ g and Σ g · (x − mean)
    dgamma, dbeta = _parameter_gradients(dy, cache, sums)
    dx = _project(g, scale, sums, cache)
    return dx.reshape(cache.shape).astype(dtype, copy=False), dgamma, dbeta


def _through_gamma(dy, cache):
    """g and what its projection, which is linear, is scaled by: a gamma that is the same along the axes can wait."""
    if cache.gamma is None:
        return dy, cache.inv_std
    gamma = cache.aligned(cache.gamma)
    if set(cache.axes) & set(cache.parameter_axes):
        return dy * gamma, cache.inv_std
    return dy, cache.inv_std * gamma


def _project(g, scale, sums, cache):
    """dx = scale · (g − x̂ · mean(g · x̂)) − scale · mean(g); a statistic that did not come from x has no term."""
    sum_g, sum_gx = sums
    n = count(g, cache.axes)
    mean_term = -scale * sum_g / n if cache.mean_from_x else None
    if not cache.var_from_x:
        return multiply_add(g, (scale, mean_term))
    along_centered = -cache.inv_std * (cache.inv_std * sum_gx / n)
    return multiply_add(cache.centered, (along_centered, g), (scale, mean_term))


def _parameter_gradients(dy, cache, sums):
    """dgamma = Σ dy · x̂ and dbeta = Σ dy, each in its parameter's shape and dtype."""
    axes = tuple(axis for axis in range(dy.ndim) if axis not in cache.parameter_axes)
    if axes == cache.axes:  # batch norm: these are the projection's own two sums
        dbeta, dgamma = sums[0], sums[1] * cache.inv_std
    else:
        dbeta, dgamma = total(axes, dy), total(axes, dy, cache.centered, cache.inv_std)
    return tuple(
        None if parameter is None else gradient.reshape(parameter.shape).astype(parameter.dtype, copy=False)
        for gradient, parameter in ((dgamma, cache.gamma), (dbeta, cache.beta))
    )


# Batch normalization with a memory


class BatchNorm:
    """Batch normalization as a layer: it learns gamma and beta and remembers running statistics.

        y = gamma · (x − mean) / sqrt(var + eps) + beta,    mean and biased variance of the batch (`batch_norm`)
        running = (1 − momentum) · running + momentum · batch

    in training mode; in evaluation mode the running statistics take the batch's place, and stay.

    ``num_features`` is C, the number of channels; ``eps`` has the squared units of the input; ``momentum``, from 0 to
    1, is the weight of the *new* batch. (Keras calls the other weight momentum.)

    ``gamma``, ``beta``, ``running_mean`` and ``running_var`` are arrays of float64, shape (C,), and begin as 1, 0, 0
    and 1; ``running_var`` averages *unbiased* variances. `backward` sets ``dgamma`` and ``dbeta``. ``training`` is True
    until `eval`. Calling the layer returns y, of the shape and dtype of ``x``.

    Raises ValueError for ``num_features`` that is no positive integer, ``momentum`` outside [0, 1] and ``eps``
    negative; when called, as `batch_norm`, and for another number of channels. Evaluation mode takes one value per
    channel too, and refuses ``eps`` zero with a running variance of zero.

    Source: Ioffe & Szegedy 2015, algorithm 2; the conventions of ``torch.nn.BatchNorm1d``.

    >>> layer = BatchNorm(1, momentum=0.5)
    >>> y = layer(np.array([[3.0], [11.0]]))
    >>> layer.running_mean.tolist(), layer.running_var.tolist(), layer.eval()(np.array([[3.5]])).tolist()
    ([3.5], [16.5], [[0.0]])
    """

    def __init__(self, num_features, *, eps=1e-5, momentum=0.1):
        self.num_features = positive_integer("num_features", num_features)
        if not (isinstance(momentum, Real) and 0 <= momentum <= 1):
            raise ValueError(f"momentum is the weight of the new batch, from 0 to 1; got {momentum!r}")
        non_negative("eps", eps)
        self.eps, self.momentum, self.training = eps, momentum, True
        self.gamma, self.beta = np.ones(num_features), np.zeros(num_features)
        self.running_mean, self.running_var = np.zeros(num_features), np.ones(num_features)
        self.dgamma = self.dbeta = self._cache = None

    def train(self):
        """Use the statistics of each batch, and let the running ones follow. Returns the layer."""
        self.training = True
        return self

    def eval(self):
        """Use the running statistics, and leave them as they are. Returns the layer."""
        self.training = False
        return self

    def __call__(self, x):
        """Normalise ``x``, shape (N, C) or (N, C, *spatial); the result has its shape and dtype."""
        x = floats("x", x, rank=2, accepted="(N, C) or (N, C, *spatial)")
        if x.shape[1] != self.num_features:
            raise ValueError(f"x must have {self.num_features} channels on axis 1; got shape {x.shape}")
        if not self.training:
            return self._evaluate(x)
        y, self._cache = batch_norm(x, self.gamma, self.beta, eps=self.eps)
        self._follow(self._cache)
        return y

    def backward(self, dy):
        """The gradient with respect to the last ``x``; sets ``dgamma`` and ``dbeta``."""
        if self._cache is None:
            raise ValueError("backward needs a forward pass first: call the layer on x")
        dx, self.dgamma, self.dbeta = normalize_backward(dy, self._cache)
        return dx

    def _follow(self, batch):
        """Move the running statistics towards the batch's, whose variance enters unbiased."""
        n = count(batch.centered, batch.axes)
        for running, new in ((self.running_mean, batch.mean), (self.running_var, batch.var * n / (n - 1))):
            running[:] = (1 - self.momentum) * running + self.momentum * new.ravel()

    def _evaluate(self, x):
        """Normalise by the running statistics: constants, which the backward pass does not go through."""
        axes, dtype = _batch_axes(x), np.result_type(x.dtype, np.float32)
        mean, var = (np.expand_dims(stat.astype(dtype), axes) for stat in (self.running_mean, self.running_var))
        gamma, beta = _parameters(self.gamma, self.beta, x.shape[1:2])
        inv_std = _inverse_std(var, self.eps)
        self._cache = NormCache(
            x - mean, mean, var, inv_std, gamma, beta, axes, (1,), x.shape, mean_from_x=False, var_from_x=False
        )
        return _scale_and_shift(self._cache, x.dtype)


# Axes and arguments


def _batch_axes(x):
    """All but axis 1, the channels."""
    return (0, *range(2, x.ndim))


def _last_axes(x, normalized_shape):
    """The axes that ``normalized_shape`` names, and itself as a tuple."""
    sizes = normalized_shape if np.iterable(normalized_shape) else [normalized_shape]
    shape = tuple(positive_integer("each size in normalized_shape", size) for size in sizes)
    if not shape or x.shape[-len(shape) :] != shape:
        raise ValueError(f"the last axes of x must be normalized_shape = {shape}; got x of shape {x.shape}")
    return tuple(range(x.ndim - len(shape), x.ndim)), shape


def _parameters(gamma, beta, shape):
    return _parameter("gamma", gamma, shape), _parameter("beta", beta, shape)


def _parameter(name, value, shape):
    """A copy, so that a cache keeps what the forward pass used; None if there is none."""
    if value is None:
        return None
    value = floats(name, value)
    if value.shape != shape:
        raise ValueError(f"{name} must have shape {shape}; got {value.shape}")
    return value.copy()


def _require_two(x, axes, what, remedy):
    n = count(x, axes)
    if n < 2:
        raise ValueError(
            f"a mean and a variance need at least two values per {what}; shape {x.shape} has {n}. {remedy}"
        )

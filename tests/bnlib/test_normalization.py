"""Each of the five norms computed twice, ours and torch's; then what must hold whatever torch says."""

import doctest

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from bnlib import normalization
from bnlib.normalization import (
    BatchNorm,
    batch_norm,
    group_norm,
    instance_norm,
    layer_norm,
    normalize_backward,
    rms_norm,
)

# name → ours, torch's; both called as f(x, gamma, beta, eps, k): k is num_groups, or how many last axes are normalised
NORMS = {
    "batch": (
        lambda x, g, b, eps, k: batch_norm(x, g, b, eps=eps),
        lambda x, g, b, eps, k: F.batch_norm(x, None, None, g, b, training=True, eps=eps),
    ),
    "layer": (
        lambda x, g, b, eps, k: layer_norm(x, x.shape[-k:], g, b, eps=eps),
        lambda x, g, b, eps, k: F.layer_norm(x, x.shape[-k:], g, b, eps),
    ),
    "instance": (
        lambda x, g, b, eps, k: instance_norm(x, g, b, eps=eps),
        lambda x, g, b, eps, k: F.instance_norm(x, weight=g, bias=b, eps=eps),
    ),
    "group": (
        lambda x, g, b, eps, k: group_norm(x, k, g, b, eps=eps),
        lambda x, g, b, eps, k: F.group_norm(x, k, g, b, eps),
    ),
    "rms": (
        lambda x, g, b, eps, k: rms_norm(x, x.shape[-k:], g, eps=eps),
        lambda x, g, b, eps, k: F.rms_norm(x, x.shape[-k:], g, eps),
    ),
}
AGREE = {np.float16: 1e-5, np.float32: 1e-5, np.float64: 1e-12}  # before the output is rounded to its own dtype


def parameter_shape(name, shape, k):
    return shape[-k:] if name in ("layer", "rms") else shape[1:2]


def parameters(name, shape, k, rng, dtype=np.float64):
    gamma, beta = rng.normal(size=(2, *parameter_shape(name, shape, k))).astype(dtype)
    return gamma, None if name == "rms" else beta


def torch_norm(name, x, gamma, beta, eps, k, dy):
    """y, dx, dgamma, dbeta, computed by torch in float64 on arrays in C order.

    (In other orders torch 2.13 returns wrong gradients of instance norm where an axis has size 1.)
    """
    x, gamma, beta, dy = (None if a is None else torch.tensor(a.astype(float, order="C")) for a in (x, gamma, beta, dy))
    leaves = [None if a is None else a.requires_grad_() for a in (x, gamma, beta)]
    if leaves[1] is None and beta is not None:
        leaves[1] = torch.ones_like(beta)  # torch's group norm cannot differentiate a beta without a gamma
    y = NORMS[name][1](*leaves, eps, k)
    leaves[1] = None if gamma is None else leaves[1]
    present = [leaf for leaf in leaves if leaf is not None]
    grads = iter(torch.autograd.grad(y, present, dy))
    return [y.detach().numpy(), *(None if leaf is None else next(grads).numpy() for leaf in leaves)]


def lay_out(x, layout):
    """The same numbers, lying otherwise in memory."""
    if layout == "transposed":
        return np.asfortranarray(x)
    if layout == "step-sliced":
        return np.repeat(x, 2, axis=-1)[..., ::2]
    if layout == "reversed":
        return x[::-1, ..., ::-1].copy()[::-1, ..., ::-1]
    x = x.copy()
    x.flags.writeable = layout != "read-only"
    return x


@st.composite
def problems(draw, name):
    """A norm's x, its k, eps, and dy."""
    group_size = draw(st.integers(1, 3))
    k = draw(st.integers(1, 3))
    channels = k * group_size
    spatial = draw(st.lists(st.integers(1, 4), min_size=name == "instance", max_size=3))
    shape = (draw(st.integers(1, 5)), channels, *spatial)
    counted = {"batch": (0, *range(2, len(shape))), "instance": range(2, len(shape)), "group": range(2, len(shape))}
    if name in ("layer", "rms"):
        k = min(k, len(shape))
    elif np.prod([shape[a] for a in counted[name]], dtype=int) * (group_size if name == "group" else 1) < 2:
        shape = (2, channels, *spatial, 2)  # enough for a variance
    dtype = draw(st.sampled_from(sorted(AGREE, key=str)))
    mean_over_std = (
        draw(st.sampled_from([0, 1, -30, 1e3, 1e6])) if dtype is not np.float16 else draw(st.integers(-30, 30))
    )
    std = draw(st.sampled_from([1e-3, 1, 1e3])) if dtype is not np.float16 else 1
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = (std * (mean_over_std + rng.normal(size=shape))).astype(dtype)
    layout = draw(st.sampled_from(["contiguous", "transposed", "step-sliced", "reversed", "read-only"]))
    gamma, beta = parameters(name, shape, k, rng, dtype)
    gamma, beta = (p if draw(st.booleans()) else None for p in (gamma, beta))
    eps = draw(st.sampled_from([1e-3, 1e-5, 0.1]))
    return lay_out(x, layout), gamma, beta, eps, k, lay_out(rng.normal(size=shape).astype(dtype), layout)


@pytest.mark.parametrize("name", NORMS)
@given(data=st.data())
def test_agrees_with_torch(name, data):
    x, gamma, beta, eps, k, dy = data.draw(problems(name))
    before = x.copy(), dy.copy()
    y, cache = NORMS[name][0](x, gamma, beta, eps, k)
    ours = [y, *normalize_backward(dy, cache)]
    theirs = torch_norm(name, x, gamma, beta, eps, k, dy)
    np.testing.assert_array_equal(x, before[0], "the input was changed")
    np.testing.assert_array_equal(dy, before[1], "the gradient was changed")
    tolerance = AGREE[x.dtype.type] * (1 + np.max(abs(cache.mean) * cache.inv_std))
    units = [1, cache.inv_std.max(), 1, 1]  # dx comes in units of 1/std
    for got, want, unit in zip(ours, theirs, units, strict=True):
        if want is None:
            assert got is None
            continue
        assert got.shape == want.shape and got.dtype == x.dtype
        size = max(unit, abs(want).max())
        np.testing.assert_allclose(got, want, rtol=0, atol=(tolerance + np.finfo(x.dtype).eps) * size)


SHAPES = [(8, 6), (4, 6, 5), (3, 6, 4, 2), (2, 6, 2, 3, 2)]  # 2-D to 5-D
EACH_NORM = [  # every norm at every shape it takes
    *(("batch", shape, None) for shape in SHAPES),
    *(("instance", shape, None) for shape in SHAPES[1:]),
    *(("group", shape, groups) for shape in SHAPES for groups in (1, 2)),
    *((name, shape, k) for name in ("layer", "rms") for shape in SHAPES for k in (1, 2) if k < len(shape)),
]


def layer_like(shape, momentum, rng, eps=1e-5):
    """Our layer and torch's, with the same parameters."""
    ours = BatchNorm(shape[1], eps=eps, momentum=momentum)
    module = {2: torch.nn.BatchNorm1d, 3: torch.nn.BatchNorm1d, 4: torch.nn.BatchNorm2d, 5: torch.nn.BatchNorm3d}
    theirs = module[len(shape)](shape[1], eps=eps, momentum=momentum, dtype=torch.float64)
    ours.gamma[:], ours.beta[:] = parameters("batch", shape, 1, rng)
    theirs.weight.data, theirs.bias.data = torch.tensor(ours.gamma), torch.tensor(ours.beta)
    return ours, theirs


@pytest.mark.parametrize("momentum", [0, 0.1, 1])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("mean_over_std", [0, 1e3, 1e6])
def test_layer_agrees_with_torch_step_by_step(shape, momentum, mean_over_std):
    rng = np.random.default_rng(1)
    ours, theirs = layer_like(shape, momentum, rng)
    atol = 1e-12 * (1 + 3 * mean_over_std)
    for step, training in enumerate([True, True, True, False, False, True]):
        ours.train() if training else ours.eval()
        theirs.train(training)
        scale = 3.0 ** (step - 2)
        x, dy = scale * (mean_over_std + rng.normal(size=shape)), rng.normal(size=shape)
        x_torch = torch.tensor(x, requires_grad=True)
        y_torch = theirs(x_torch)
        wanted_grads = torch.autograd.grad(y_torch, (x_torch, theirs.weight, theirs.bias), torch.tensor(dy))
        y = ours(x)
        dx = ours.backward(dy)
        assert y.dtype == dx.dtype == np.float64
        np.testing.assert_allclose(y, y_torch.detach(), rtol=1e-12, atol=atol)
        for got, want in zip((dx, ours.dgamma, ours.dbeta), wanted_grads, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-12, atol=atol * max(1, abs(want).max()))
        np.testing.assert_allclose(ours.running_mean, theirs.running_mean, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(ours.running_var, theirs.running_var, rtol=atol, atol=0)


def test_evaluation_uses_the_running_statistics_and_leaves_them_alone():
    rng = np.random.default_rng(2)
    layer = BatchNorm(3)
    for _ in range(3):
        layer(rng.normal(5, 2, size=(16, 3)))
    mean, var = layer.running_mean.copy(), layer.running_var.copy()
    x = rng.normal(-7, 0.1, size=(1, 3))  # a batch of one is fine here
    y = layer.eval()(x)
    np.testing.assert_allclose(y, (x - mean) / np.sqrt(var + 1e-5), rtol=1e-12)
    np.testing.assert_array_equal(layer.running_mean, mean)
    np.testing.assert_array_equal(layer.running_var, var)
    assert layer.train() is layer and layer.training and layer.eval() is layer and not layer.training
    assert layer(x.astype(np.float32)).dtype == np.float32 and layer(x[:0]).shape == (0, 3)


def test_running_statistics_by_hand():
    """Batch mean 3, biased variance 4, unbiased 8; a tenth of the way there from 0 and 1."""
    layer = BatchNorm(1)
    layer(np.array([[1.0], [5.0]]))
    np.testing.assert_allclose([*layer.running_mean, *layer.running_var], [0.3, 1.7], rtol=1e-14)


def slope(f, x, index, h=1e-5):
    """Central difference of f, a function of x, at one entry of x."""
    up, down = x.copy(), x.copy()
    up[index] += h
    down[index] -= h
    return (f(up) - f(down)) / (2 * h)


def assert_gradients(f, arguments, gradients):
    """f(*arguments) is a number; every entry of every gradient is its slope."""
    for i, gradient in enumerate(gradients):
        if gradient is None:
            continue
        for index in np.ndindex(gradient.shape):
            numeric = slope(lambda a, i=i: f(*arguments[:i], a, *arguments[i + 1 :]), arguments[i], index)
            assert gradient[index] == pytest.approx(numeric, abs=1e-8)


@pytest.mark.parametrize("name, shape, k", [c for c in EACH_NORM if len(c[1]) in (2, 4)], ids=str)
def test_backward_is_the_slope(name, shape, k):
    rng = np.random.default_rng(3)
    x, dy = rng.normal(size=(2, *shape))
    gamma, beta = parameters(name, shape, k, rng)
    _, cache = NORMS[name][0](x, gamma, beta, 0.1, k)
    assert_gradients(
        lambda *arguments: np.sum(dy * NORMS[name][0](*arguments, 0.1, k)[0]),
        (x, gamma, beta),
        normalize_backward(dy, cache),
    )


def test_backward_is_the_slope_in_evaluation_mode():
    rng = np.random.default_rng(4)
    layer = BatchNorm(3)
    layer(rng.normal(size=(8, 3)))
    layer.eval()
    x, dy = rng.normal(size=(2, 4, 3))

    def loss(x, gamma, beta):
        layer.gamma, layer.beta = gamma, beta
        return np.sum(dy * layer(x))

    start = x, *rng.normal(size=(2, 3))
    loss(*start)
    assert_gradients(loss, start, (layer.backward(dy), layer.dgamma, layer.dbeta))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_dx_is_orthogonal_to_one_and_to_x_hat(shape):
    rng = np.random.default_rng(5)
    x, dy = rng.normal(3, 2, size=(2, *shape))
    _, cache = batch_norm(x, *parameters("batch", shape, 1, rng), eps=1e-30)
    dx, _, _ = normalize_backward(dy, cache)
    assert cache.x_hat.shape == x.shape
    for direction in (np.ones(shape), cache.x_hat):
        assert np.max(abs(np.sum(dx * direction, axis=cache.axes))) < 1e-13 * np.linalg.norm(dx) * np.linalg.norm(
            direction
        )


@pytest.mark.parametrize("value", [0, 0.1, -1e3 / 3, 1e6 + 0.1, 7e4 / 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name, shape, k", [(n, s, k) for n, s, k in EACH_NORM if n != "rms"], ids=str)
def test_constant_channels_give_exactly_beta(name, shape, k, dtype, value):
    gamma, beta = parameters(name, shape, k, np.random.default_rng(6), dtype)
    y, _ = NORMS[name][0](np.full(shape, value, dtype), gamma, beta, 1e-5, k)
    per_channel = beta.reshape(-1, *[1] * (len(shape) - 2)) if name != "layer" else beta
    np.testing.assert_array_equal(y, np.broadcast_to(per_channel, shape))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_channel_of_zeros_leaves_the_others_to_the_bit(shape):
    """It is exact already, so it must not send the whole array through the second pass."""
    x = np.random.default_rng(12).normal(3, 1, size=shape)
    zeroed = x.copy()
    zeroed[:, 2] = 0
    others = [channel for channel in range(shape[1]) if channel != 2]
    np.testing.assert_array_equal(batch_norm(zeroed)[0][:, others], batch_norm(x)[0][:, others])


@pytest.mark.parametrize("mean_over_std", [1e3, 3e3, 1e4])
@pytest.mark.parametrize("shape", [(64, 4), (8, 4, 16, 16)], ids=str)
def test_large_means_cost_single_precision_no_more_than_they_must(shape, mean_over_std):
    """E[x²] − E[x]² would lose every digit here; what is left is the rounding of the mean."""
    x = (mean_over_std + np.random.default_rng(7).normal(size=shape)).astype(np.float32)
    y, _ = batch_norm(x)
    exact, _ = batch_norm(x.astype(np.float64))
    np.testing.assert_allclose(y, exact, rtol=0, atol=4 * np.finfo(np.float32).eps * mean_over_std)


def test_the_norms_meet_at_their_ends():
    x = np.random.default_rng(8).normal(2, 3, size=(5, 6, 4, 3))
    gamma, beta = np.random.default_rng(9).normal(size=(2, 6))
    one_group, one_each = group_norm(x, 1)[0], group_norm(x, 6, gamma, beta)[0]
    np.testing.assert_allclose(one_group, layer_norm(x, (6, 4, 3))[0], rtol=0, atol=1e-14)
    np.testing.assert_allclose(one_each, instance_norm(x, gamma, beta)[0], rtol=0, atol=1e-13)
    np.testing.assert_allclose(
        batch_norm(x[:1], gamma, beta)[0], instance_norm(x[:1], gamma, beta)[0], rtol=0, atol=1e-13
    )
    flat = x.transpose(0, 2, 3, 1).reshape(-1, 6)
    np.testing.assert_allclose(batch_norm(flat)[0], batch_norm(x)[0].transpose(0, 2, 3, 1).reshape(-1, 6), atol=1e-13)
    centered = x - x.mean(-1, keepdims=True)
    np.testing.assert_allclose(rms_norm(centered, 3)[0], layer_norm(x, 3)[0], rtol=0, atol=1e-13)


@pytest.mark.parametrize("name, shape, k", [c for c in EACH_NORM if c[0] != "batch"], ids=str)
def test_an_empty_batch_gives_an_empty_output(name, shape, k):
    x = np.zeros((0, *shape[1:]))
    gamma, beta = parameters(name, shape, k, np.random.default_rng(10))
    y, cache = NORMS[name][0](x, gamma, beta, 1e-5, k)
    dx, dgamma, dbeta = normalize_backward(x, cache)
    assert y.shape == dx.shape == x.shape
    assert not dgamma.any() and dgamma.shape == gamma.shape
    assert dbeta is None or not dbeta.any()


def test_one_value_per_example_gives_beta_in_layer_norm():
    y, cache = layer_norm(np.array([[3.0], [4.0]]), 1, np.array([2.0]), np.array([0.5]))
    np.testing.assert_array_equal(y, [[0.5], [0.5]])
    assert not normalize_backward(np.ones((2, 1)), cache)[0].any()


@pytest.mark.parametrize("name, shape, k", [c for c in EACH_NORM if len(c[1]) == 3], ids=str)
def test_what_changes_after_the_forward_pass_does_not_reach_the_backward(name, shape, k):
    rng = np.random.default_rng(13)
    x, dy = rng.normal(size=(2, *shape))
    gamma, beta = parameters(name, shape, k, rng)
    wanted = normalize_backward(dy, NORMS[name][0](x, gamma, beta, 1e-5, k)[1])
    _, cache = NORMS[name][0](x, gamma, beta, 1e-5, k)
    x += 1  # as a residual connection in place would
    gamma *= 10  # as a step of the optimiser would
    for got, want in zip(normalize_backward(dy, cache), wanted, strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("training", [True, False])
def test_a_step_between_the_passes_of_the_layer_does_not_reach_the_backward(training):
    rng = np.random.default_rng(14)
    x, dy = rng.normal(size=(2, 8, 3))
    layer = BatchNorm(3)
    layer.training = training
    layer(x)
    wanted = layer.backward(dy)
    layer(x)
    layer.gamma *= 10
    layer.running_var *= 10
    np.testing.assert_array_equal(layer.backward(dy), wanted)


def test_caches_are_compared_and_shown_without_their_arrays():
    _, cache = batch_norm(X)
    assert cache == cache and cache != CACHE and len({cache, CACHE}) == 2
    assert repr(cache) == "NormCache(shape=(4, 6, 3), axes=(0, 2))"


def test_sizes_may_be_numpy_integers():
    six, three = np.array([6, 3])
    np.testing.assert_array_equal(group_norm(X, three)[0], group_norm(X, 3)[0])
    np.testing.assert_array_equal(layer_norm(X, (six, three))[0], layer_norm(X, (6, 3))[0])
    np.testing.assert_array_equal(rms_norm(X, three)[0], rms_norm(X, 3)[0])
    np.testing.assert_array_equal(BatchNorm(six)(X), BatchNorm(6)(X))


def test_every_example_in_the_docstrings_runs():
    shown = {test.name.rpartition(".")[2] for test in doctest.DocTestFinder().find(normalization) if test.examples}
    assert shown == set(normalization.__all__)
    failed, attempted = doctest.testmod(normalization)
    assert failed == 0 and attempted > len(shown)


@pytest.mark.parametrize("name", normalization.__all__)
def test_every_docstring_stands_alone(name):
    text = getattr(normalization, name).__doc__
    assert all(part in text for part in (" = ", "shape", "Raises ValueError", "Source: "))
    assert "Returns" in text or name == "BatchNorm"


def evaluated_at_zero_variance():
    layer = BatchNorm(6, eps=0).eval()
    layer.running_var[2] = 0
    return layer(X)


X = np.random.default_rng(11).normal(size=(4, 6, 3))
CACHE = batch_norm(X)[1]
CONSTANT = np.where(np.arange(6)[:, None] == 2, 7.0, X)
ERRORS = {
    "one value": (
        lambda: batch_norm(X[:1, :, 0]),
        r"at least two values per channel; shape \(1, 6\) has 1. Use a larger",
    ),
    "no value": (lambda: batch_norm(X[:0]), r"at least two values per channel; shape \(0, 6, 3\) has 0"),
    "one position": (lambda: instance_norm(X[..., :1]), "at least two values per channel of an example"),
    "one in a group": (
        lambda: group_norm(X[..., 0], 6),
        "at least two values per group of an example.*Use fewer groups",
    ),
    "rank 1": (lambda: batch_norm(X[0, 0]), r"x must have shape \(N, C\) or \(N, C, \*spatial\); got \(3,\)"),
    "rank 1 in groups": (lambda: group_norm(X[0, 0], 1), r"x must have shape \(N, C\) or"),
    "no positions": (lambda: instance_norm(X[..., 0]), r"x must have shape \(N, C, \*spatial\); got \(4, 6\)"),
    "integers": (lambda: batch_norm(np.ones((4, 6), int)), "x must hold floating-point numbers; got dtype int64"),
    "complex": (lambda: layer_norm(X + 1j, 3), "x must hold floating-point numbers; got dtype complex128"),
    "integer gamma": (
        lambda: batch_norm(X, np.ones(6, int)),
        "gamma must hold floating-point numbers; got dtype int64",
    ),
    "gamma": (lambda: batch_norm(X, np.ones(3)), r"gamma must have shape \(6,\); got \(3,\)"),
    "beta": (lambda: group_norm(X, 2, None, np.ones(2)), r"beta must have shape \(6,\); got \(2,\)"),
    "layer gamma": (lambda: layer_norm(X, (6, 3), np.ones(3)), r"gamma must have shape \(6, 3\); got \(3,\)"),
    "normalized_shape": (
        lambda: layer_norm(X, (4, 3)),
        r"must be normalized_shape = \(4, 3\); got x of shape \(4, 6, 3\)",
    ),
    "no shape": (lambda: rms_norm(X, ()), r"normalized_shape = \(\)"),
    "fractional shape": (lambda: rms_norm(X, 2.5), "each size in normalized_shape must be a positive integer; got 2.5"),
    "whole float shape": (lambda: layer_norm(X, (6, 3.0)), "normalized_shape must be a positive integer; got 3.0"),
    "True shape": (lambda: layer_norm(X[..., :1], True), "normalized_shape must be a positive integer; got True"),
    "groups": (lambda: group_norm(X, 4), "num_groups must divide the 6 channels; got 4"),
    "no groups": (lambda: group_norm(X, 0), "num_groups must be a positive integer; got 0"),
    "True groups": (lambda: group_norm(X, True), "num_groups must be a positive integer; got True"),
    "negative eps": (lambda: batch_norm(X, eps=-1e-5), "eps must be a finite number, zero or above; got -1e-05"),
    "eps nan": (lambda: BatchNorm(6, eps=np.nan), "eps must be a finite number, zero or above; got nan"),
    "eps 0": (lambda: batch_norm(CONSTANT, eps=0), "eps is 0 and a variance 0 .*use a larger eps"),
    "eps 0 in evaluation mode": (evaluated_at_zero_variance, "eps is 0 and a variance 0 .*use a larger eps"),
    "eps infinite": (lambda: batch_norm(X, eps=np.inf), "eps must be a finite number, zero or above; got inf"),
    "eps complex": (lambda: batch_norm(X, eps=np.complex128(1)), "eps must be a finite number, zero or above"),
    "eps 0, rms": (lambda: rms_norm(0 * X, 3, eps=0), "eps is 0 and a variance 0"),
    "dy shape": (
        lambda: normalize_backward(X[:2], CACHE),
        r"dy must have the output's shape \(4, 6, 3\); got \(2, 6, 3\)",
    ),
    "dy dtype": (lambda: normalize_backward(np.ones(X.shape, int), CACHE), "dy must hold floating-point numbers"),
    "num_features": (lambda: BatchNorm(0), "num_features must be a positive integer; got 0"),
    "True num_features": (lambda: BatchNorm(True), "num_features must be a positive integer; got True"),
    "momentum": (lambda: BatchNorm(6, momentum=1.5), "momentum is the weight of the new batch, from 0 to 1; got 1.5"),
    "momentum None": (lambda: BatchNorm(6, momentum=None), "momentum is the weight .* got None"),
    "channels": (lambda: BatchNorm(5)(X), r"x must have 5 channels on axis 1; got shape \(4, 6, 3\)"),
    "layer rank": (lambda: BatchNorm(3).eval()(X[0, 0]), r"x must have shape \(N, C\) or"),
    "backward first": (lambda: BatchNorm(6).backward(X), "backward needs a forward pass first"),
}


@pytest.mark.parametrize("call, message", ERRORS.values(), ids=ERRORS)
def test_bad_input_is_refused_with_what_was_expected(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_refused_batch_leaves_the_running_statistics_alone():
    layer = BatchNorm(6)
    with pytest.raises(ValueError, match="at least two values"):
        layer(X[:1, :, 0])
    assert not layer.running_mean.any() and (layer.running_var == 1).all()

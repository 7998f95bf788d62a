"""Each closed form against a simulation or a direct computation."""

import numpy as np
import pytest

from bnlib import theory
from bnlib.normalization import BatchNorm, batch_norm, normalize_backward


@pytest.mark.parametrize("sigma", [1e-4, 1e-3, 1e-2, 1.0, 100.0])
def test_standardized_variance_and_restoring_gamma(sigma):
    x = sigma * np.random.default_rng(0).normal(size=(50, 1))
    var = x.var(axis=0)
    assert batch_norm(x)[0].var() == pytest.approx(theory.standardized_variance(var, 1e-5)[0], rel=1e-12)
    y, _ = batch_norm(x, theory.restoring_gamma(10.0, var, 1e-5))
    assert y.var() == pytest.approx(10.0, rel=1e-12)


@pytest.mark.parametrize("m", [2, 3, 8, 100])
def test_input_gradient_squared_norm(m):
    rng = np.random.default_rng(m)
    x, dy, gamma = rng.normal(3, 2, size=(m, 40)), rng.normal(size=(m, 40)), rng.normal(size=40)
    _, cache = batch_norm(x, gamma, eps=1e-30)
    dx, _, _ = normalize_backward(dy, cache)
    lengths = theory.input_gradient_squared_norm(dy, cache.x_hat, gamma, x.std(axis=0))
    np.testing.assert_allclose(
        lengths, (dx**2).sum(axis=0), atol=1e-12 * (dy**2).sum() * (gamma / x.std(axis=0)).max() ** 2
    )


@pytest.mark.parametrize("sigma", [1.0, 0.01, 0.001])
def test_residual_along_x_hat(sigma):
    rng = np.random.default_rng(1)
    x, dy, gamma = sigma * rng.normal(size=(30, 20)), rng.normal(size=(30, 20)), rng.normal(size=20)
    _, cache = batch_norm(x, gamma)
    dx, _, _ = normalize_backward(dy, cache)
    left = theory.residual_along_x_hat((cache.x_hat * dy).sum(axis=0), gamma, x.var(axis=0), 1e-5)
    np.testing.assert_allclose((cache.x_hat * dx).sum(axis=0), left, rtol=1e-6, atol=1e-13 * np.abs(dx).sum())


@pytest.mark.parametrize("m", [2, 3, 4, 16])
def test_surviving_fraction_of_isotropic_gradients(m):
    rng = np.random.default_rng(m)
    x, dy = rng.normal(size=(m, 40_000)), rng.normal(size=(m, 40_000))
    dx, _, _ = normalize_backward(dy, batch_norm(x, eps=1e-30)[1])
    passes = (dx**2 * x.var(axis=0)).sum() / (dy**2).sum()
    assert passes == pytest.approx(theory.surviving_fraction(m), abs=0.01)


@pytest.mark.parametrize("half_gap", [1e-4, 1e-3, 0.1])
def test_small_batch_output(half_gap):
    y, _ = batch_norm(np.array([[5 - half_gap], [5 + half_gap]]))
    np.testing.assert_allclose(y.ravel(), np.array([-1, 1]) * theory.small_batch_output(half_gap, 1e-5), rtol=1e-9)


@pytest.mark.parametrize("momentum", [0.0, 0.01, 0.1, 1.0])
def test_running_fraction(momentum):
    layer, x = BatchNorm(1, momentum=momentum), np.array([[1.0], [3.0]])
    for _ in range(7):
        layer(x)
    assert layer.running_mean[0] / 2 == pytest.approx(theory.running_fraction(7, momentum), rel=1e-13)

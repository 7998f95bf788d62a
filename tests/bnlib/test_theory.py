"""Each closed form against a simulation or a direct computation."""

import numpy as np
import pytest
import torch

from bnlib import theory
from bnlib.models import mlp
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


DRAWS = {  # name → (raw kurtosis, draws of variance 1 or 1/12)
    "normal": (3.0, np.random.Generator.standard_normal),
    "uniform": (1.8, np.random.Generator.random),
    "exponential": (9.0, np.random.Generator.standard_exponential),
}


@pytest.mark.parametrize("m", [2, 5, 32])
@pytest.mark.parametrize("kurtosis, draw", DRAWS.values(), ids=DRAWS)
def test_variance_noise(kurtosis, draw, m):
    x = draw(np.random.default_rng(m), (1_000_000 // m, m))
    assert x.var(axis=1, ddof=1).std() / x.var() == pytest.approx(theory.variance_noise(kurtosis, m), rel=0.02)


@pytest.mark.parametrize("m", [2, 3, 16, 100])
@pytest.mark.parametrize("shift", [-1.0, 0.3, 1000.0])
def test_standardized_outlier(shift, m):
    others = np.random.default_rng(m).normal(7, 2, size=m - 1)
    y, _ = batch_norm(np.append(others, others.mean() + shift)[:, None], eps=1e-30)
    assert y[-1, 0] == pytest.approx(theory.standardized_outlier(shift, others.var(), m), rel=1e-11)
    assert theory.standardized_outlier(shift, 0.0, m) == pytest.approx(np.sign(shift) * np.sqrt(m - 1), rel=1e-12)


@pytest.mark.parametrize("mean, std, keep", [(0.0, 1.0, 0.5), (1.0, 2.0, 0.5), (-3.0, 1.0, 0.9), (2.0, 1.0, 1.0)])
def test_dropout_variance_ratio(mean, std, keep):
    x = torch.as_tensor(np.random.default_rng(5).normal(mean, std, size=1_000_000))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        ratio = torch.dropout(x, 1 - keep, True).var() / x.var()
    assert ratio.item() == pytest.approx(theory.dropout_variance_ratio(mean, std**2, keep), rel=0.01)


@pytest.mark.parametrize("momentum", [0.0, 0.01, 0.1, 1.0])
def test_running_fraction(momentum):
    layer, x = BatchNorm(1, momentum=momentum), np.array([[1.0], [3.0]])
    for _ in range(7):
        layer(x)
    assert layer.running_mean[0] / 2 == pytest.approx(theory.running_fraction(7, momentum), rel=1e-13)


def normalised_layer(seed, lr=0.0, scale=1.0):
    """A least-squares loss after batch norm at eps = 0: the gradient in w, and w before and after a step."""
    rng = np.random.default_rng(seed)
    x, target, w = rng.normal(size=(20, 5)), rng.normal(size=(20, 1)), scale * rng.normal(size=(5, 1))
    y, cache = batch_norm(x @ w, eps=1e-30)
    gradient = x.T @ normalize_backward(y - target, cache)[0]
    return gradient, w, w - lr * gradient


@pytest.mark.parametrize("scale", [0.1, 1.0, 30.0])
def test_effective_learning_rate_and_norm_after_step(scale):
    length = np.linalg.norm
    gradient, w, moved = normalised_layer(0, lr=0.3, scale=scale)
    assert length(moved) == pytest.approx(theory.norm_after_step(length(w), 0.3, length(gradient)), rel=1e-12)
    unit = scale / length(w)  # the same direction at length 1, at the effective rate
    _, start, end = normalised_layer(0, lr=theory.effective_learning_rate(0.3, length(w)), scale=unit)
    assert length(start) == pytest.approx(1, rel=1e-12)
    np.testing.assert_allclose(end / length(end), moved / length(moved), rtol=1e-11)


@pytest.mark.parametrize("start", [0.1, 1.0, 30.0])
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_equilibrium_norm_and_turn(start, momentum):
    rng, w, lr, decay, size = np.random.default_rng(0), start * np.eye(50)[0], 0.1, 0.01, 3.0
    velocity, norms, turns = 0 * w, [], []
    for _ in range(12_000):
        gradient = rng.normal(size=50)
        gradient -= w * (w @ gradient) / (w @ w)  # as of scale-invariant weights: at right angles to them,
        gradient *= size / np.linalg.norm(gradient) / np.linalg.norm(w)  # and the shorter, the longer they are
        velocity = momentum * velocity + gradient + decay * w
        before, w = w, w - lr * velocity
        norms.append(np.linalg.norm(w))
        turns.append(np.arccos(before @ w / np.linalg.norm(before) / norms[-1]))
    assert np.mean(norms[-4000:]) == pytest.approx(theory.equilibrium_norm(lr, decay, size, momentum), rel=0.01)
    assert np.mean(turns[-4000:]) == pytest.approx(theory.equilibrium_turn(lr, decay, momentum), rel=0.01)


def test_decay_schedule_makes_the_same_network_without_decay():
    lr, decay, steps = 0.2, 0.1, 30
    rng = np.random.default_rng(0)
    x, y = torch.as_tensor(rng.normal(size=(steps + 1, 16, 5))), torch.as_tensor(rng.normal(size=(steps + 1, 16, 2)))

    def trained(decay, rates):
        model = mlp(5, 2, depth=2, width=6, norm="batch", eps=1e-30, dtype=torch.float64)
        hidden = [block.linear.weight for block in model[:2]]
        rest = [parameter for parameter in model.parameters() if all(parameter is not weight for weight in hidden)]
        optimizer = torch.optim.SGD([{"params": hidden, "weight_decay": decay}, {"params": rest}], lr=lr)
        for k, rate in enumerate(rates):
            optimizer.param_groups[0]["lr"] = rate
            optimizer.zero_grad()
            (model(x[k]) - y[k]).square().mean().backward()
            optimizer.step()
        return hidden[0].detach(), model(x[-1]).detach()

    weight, answers = trained(decay, [lr] * steps)
    longer, same = trained(0.0, theory.decay_schedule(lr, decay, steps))
    torch.testing.assert_close(same, answers, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(longer, weight * (1 - lr * decay) ** -steps, rtol=1e-9, atol=1e-9)
    assert (trained(0.0, [lr] * steps)[1] - answers).abs().max() > 0.01


def descend(matrix, start, tol):
    """Steps of gradient descent at the best rate until the error is ``tol`` of what it was."""
    low, *_, high = np.linalg.eigvalsh(matrix)
    error, steps = start, 0
    while np.linalg.norm(error) > tol * np.linalg.norm(start):
        error, steps = error - 2 / (low + high) * matrix @ error, steps + 1
    return steps


@pytest.mark.parametrize("ratio", [2.0, 10.0, 30.0])
def test_gd_iterations(ratio):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2000, 2)) * [1, ratio]
    matrix = np.cov(x.T)
    predicted = theory.gd_iterations(np.linalg.cond(matrix), 1e-6)
    assert descend(matrix, rng.normal(size=2), 1e-6) == np.ceil(predicted)
    wide = np.cov((rng.normal(size=(2000, 6)) * np.geomspace(1, ratio, 6)).T)
    bound = theory.gd_iterations(np.linalg.cond(wide), 1e-6)
    assert bound / 2 < descend(wide, rng.normal(size=6), 1e-6) <= np.ceil(bound)


@pytest.mark.parametrize("rho, d", [(0.0, 2), (0.9, 10), (0.99, 10), (0.5, 3)])
def test_equicorrelation_condition(rho, d):
    matrix = np.full((d, d), rho) + (1 - rho) * np.eye(d)
    assert np.linalg.cond(matrix) == pytest.approx(theory.equicorrelation_condition(rho, d), rel=1e-11)


@pytest.mark.parametrize("mean", [[0.0, 0.0], [1.0, 2.0, 3.0], [10.0] * 5])
def test_second_moment_condition(mean):
    x = np.random.default_rng(0).normal(size=(200_000, len(mean))) + mean
    assert np.linalg.cond(x.T @ x / len(x)) == pytest.approx(theory.second_moment_condition(mean), rel=0.03)


@pytest.mark.parametrize("d", [2, 8, 32])
def test_relu_second_moment_condition(d):
    h = np.maximum(np.random.default_rng(4).normal(size=(200_000, d)), 0)
    assert np.linalg.cond(h.T @ h) == pytest.approx(theory.relu_second_moment_condition(d), rel=0.04)


@pytest.mark.parametrize("mean, std", [(0.0, 1.0), (0.0, 3.0), (1.0, 0.5), (-1.0, 2.0)])
def test_rectified_moments(mean, std):
    x = np.maximum(np.random.default_rng(3).normal(mean, std, size=1_000_000), 0)
    assert theory.rectified_moments(mean, std) == pytest.approx((x.mean(), x.var()), rel=0.01)


def test_rectified_moments_of_arrays():
    means, stds = np.array([0.0, 1.0, -1.0]), np.array([1.0, 0.5, 2.0])
    each = [theory.rectified_moments(mean, std) for mean, std in zip(means, stds, strict=True)]
    np.testing.assert_array_equal(theory.rectified_moments(means, stds), np.transpose(each))
    assert theory.rectified_moments() == pytest.approx([(2 * np.pi) ** -0.5, 0.5 - 0.5 / np.pi], rel=1e-14)


@pytest.mark.parametrize("c", [-0.5, 0.0, 0.3, 0.95, 1.0])
def test_relu_correlation(c):
    u, v = np.random.default_rng(2).normal(size=(2, 400_000))
    v = c * u + np.sqrt(1 - c**2) * v
    simulated = (np.maximum(u, 0) * np.maximum(v, 0)).mean() / 0.5
    assert simulated == pytest.approx(theory.relu_correlation(c), abs=0.01)


def test_relu_correlation_at_round_off_beyond_its_domain():
    beyond = np.array([np.nextafter(-1, -2), np.nextafter(1, 2)])
    np.testing.assert_allclose(theory.relu_correlation(beyond), [0, 1], atol=1e-15)


def gradient_growth(batch_size, seed, relu, width=1000, depth=20):
    """Growth of the squared gradient per layer, fitted away from both ends of a wide network."""
    rng = np.random.default_rng(seed)
    h, layers = rng.normal(size=(batch_size, width)).astype(np.float32), []
    for _ in range(depth):
        w = rng.standard_normal((width, width), dtype=np.float32) / np.float32(width**0.5)
        y, cache = batch_norm(h @ w, eps=1e-12)
        layers.append((w, y > 0 if relu else 1, cache))
        h = np.maximum(y, 0) if relu else y
    g, squares = rng.normal(size=h.shape).astype(np.float32), []
    for w, on, cache in reversed(layers):
        g = normalize_backward(g * on, cache)[0] @ w.T
        squares.append(np.square(g, dtype=np.float64).sum())
    return np.exp(np.polyfit(range(3, depth - 5), np.log(squares[3 : depth - 5]), 1)[0])


@pytest.mark.parametrize("batch_size", [16, 32])
def test_gradient_growth_with_relu(batch_size):
    growth = np.median([gradient_growth(batch_size, seed, relu=True) for seed in range(3)])
    assert growth == pytest.approx(theory.relu_gradient_growth(batch_size), rel=0.02)


def test_gradient_growth_without_activation():
    growth = np.median([gradient_growth(8, seed, relu=False) for seed in range(3)])
    assert growth == pytest.approx(theory.linear_gradient_growth(8), rel=0.02)


def test_gradient_growth_in_large_batches():
    assert theory.relu_gradient_growth(10**7) == pytest.approx(np.pi / (np.pi - 1), rel=1e-5)
    assert theory.linear_gradient_growth(10**7) == pytest.approx(1, rel=1e-5)


def test_active_fractions():
    rng = np.random.default_rng(3)
    exponential, lognormal = rng.exponential(size=(1000, 200)), rng.lognormal(sigma=1.5, size=(4000, 200))
    active = [(batch_norm(x)[0] > 0).mean() for x in (exponential, lognormal)]
    assert active[0] == pytest.approx(theory.exponential_active_fraction(), abs=0.005)
    assert active[1] == pytest.approx(theory.lognormal_active_fraction(1.5), abs=0.005)

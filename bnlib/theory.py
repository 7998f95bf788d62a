"""One function for each closed form of the literature. Every chapter's "theory" column comes from here."""

import math

import numpy as np

__all__ = [
    "decay_schedule",
    "dropout_variance_ratio",
    "effective_learning_rate",
    "equicorrelation_condition",
    "equilibrium_norm",
    "equilibrium_turn",
    "exponential_active_fraction",
    "gd_iterations",
    "input_gradient_squared_norm",
    "linear_gradient_growth",
    "lognormal_active_fraction",
    "norm_after_step",
    "pair_gain",
    "rectified_moments",
    "relu_correlation",
    "relu_gradient_growth",
    "relu_second_moment_condition",
    "residual_along_x_hat",
    "restoring_gamma",
    "running_fraction",
    "second_moment_condition",
    "small_batch_output",
    "standardized_outlier",
    "standardized_variance",
    "surviving_fraction",
    "variance_noise",
]


def standardized_variance(var, eps):
    """Variance of the standardised output: var / (var + eps), a little below 1.

    ``var`` is the batch's biased variance, in the squared units of the input, as is ``eps``.
    Source: the definition; Ioffe & Szegedy 2015, algorithm 1.
    """
    return var / (var + eps)


def restoring_gamma(target_var, var, eps):
    """The gamma that gives this batch the variance ``target_var``: sqrt(target_var · (var + eps) / var).

    With ``target_var = var`` it is sqrt(var + eps), which with beta = mean makes the layer the identity.
    Source: Ioffe & Szegedy 2015, section 3, where the identity is given without eps.
    """
    return np.sqrt(target_var * (var + eps) / var)


def input_gradient_squared_norm(g, x_hat, gamma, std):
    """‖dx‖² = γ²/σ² · (‖g‖² − ⟨1, g⟩²/m − ⟨x̂, g⟩²/m), at eps = 0.

    ``g`` and ``x_hat`` have shape (m, C): the gradient arriving at the output, and the standardised input; ``gamma`` and
    ``std`` have shape (C,), and so has the result. Source: the identity behind theorem 4.1 of Santurkar et al. 2018.
    """
    m = len(g)
    seen = (g * g).sum(0) - g.sum(0) ** 2 / m - (g * x_hat).sum(0) ** 2 / m
    return (gamma / std) ** 2 * seen


def residual_along_x_hat(g_dot_x_hat, gamma, var, eps):
    """⟨x̂, dx⟩ = γ/√(σ²+ε) · ε/(σ²+ε) · ⟨x̂, g⟩: what eps leaves of the direction that would vanish at eps = 0.

    Source: from the backward pass of Ioffe & Szegedy 2015, section 3, with ‖x̂‖² = m σ²/(σ²+ε).
    """
    return gamma / np.sqrt(var + eps) * eps / (var + eps) * g_dot_x_hat


def surviving_fraction(m):
    """Part of an isotropic gradient's squared length that passes: 1 − 2/m, for m ≥ 2 values per channel and eps = 0.

    Source: the rank of a projection that removes two directions out of m.
    """
    return 1 - 2 / m


def small_batch_output(half_gap, eps):
    """Size of both outputs at m = 2: d / √(d² + ε), for two values 2d apart.

    Source: the definition, with mean halfway and variance d².
    """
    return half_gap / np.sqrt(half_gap**2 + eps)


def pair_gain(half_gap, eps):
    """What multiplies the gradient that passes at m = 2, for two values 2d apart: ε / (d² + ε)^(3/2), up to 1/√ε.

    Source: the derivative of `small_batch_output` with respect to ``half_gap``.
    """
    return eps / (half_gap**2 + eps) ** 1.5


def variance_noise(kurtosis, m):
    """Standard deviation of a batch's unbiased variance, over σ²: √((q−1)/m + 2/(m(m−1))), for m ≥ 2 independent values.

    ``kurtosis`` is the raw one, q = E[(x−μ)⁴]/σ⁴: 3 for a normal distribution, for which this is √(2/(m−1)).
    Source: the variance of the sample variance, a textbook's.
    """
    return np.sqrt((kurtosis - 1) / m + 2 / (m * (m - 1)))


def standardized_outlier(shift, var, m):
    """x̂ of one of m values that stands ``shift`` from the mean of the others: (m−1)·δ / √((m−1)(m·v+δ²)), at eps = 0.

    ``var`` is the biased variance v of the m − 1 others, in squared units of ``shift``. Never beyond ±√(m−1), which is
    reached at v = 0. Source: the definition, with the mean at δ/m from that of the others.
    """
    return (m - 1) * shift / np.sqrt((m - 1) * (m * var + shift**2))


def dropout_variance_ratio(mean, var, keep):
    """Variance of a value under inverted dropout in training, over that in evaluation: (v/p + μ²(1−p)/p) / v.

    ``keep`` is p, the probability to keep a value, which is then divided by it: one minus torch's ``p``. So a norm behind
    dropout trains on a larger variance than it meets in evaluation. Source: Li et al. 2019 (1801.05134).
    """
    return (var / keep + mean**2 * (1 - keep) / keep) / var


def running_fraction(steps, momentum):
    """How far a running average has come from its start to a constant statistic: 1 − (1 − momentum)^steps.

    ``momentum`` is the weight of the new batch, as in torch. Source: the geometric series of the update.
    """
    return 1 - (1 - momentum) ** steps


def effective_learning_rate(lr, norm):
    """η/‖w‖²: the rate at which SGD turns scale-invariant weights of length ``norm``. Source: van Laarhoven 2017."""
    return lr / norm**2


def norm_after_step(norm, lr, gradient_norm):
    """‖w‖ after a step of SGD on scale-invariant weights, without momentum or decay: √(‖w‖² + η²‖∇‖²), at eps = 0.

    Source: Pythagoras, since the gradient is then at right angles to w.
    """
    return np.hypot(norm, lr * gradient_norm)


def equilibrium_norm(lr, weight_decay, gradient_norm, momentum=0):
    """‖w‖ at which SGD with weight decay holds scale-invariant weights in the end: (η g̃² / (2λ(1−ν)))^(1/4).

    ``gradient_norm`` is g̃ = ‖w‖·‖∇L‖, which the length of w leaves as it is: the gradient's length at ‖w‖ = 1, a root
    mean square over steps. Conditions and source as in `equilibrium_turn`.
    """
    return (lr * np.square(gradient_norm) / (2 * weight_decay * (1 - momentum))) ** 0.25


def equilibrium_turn(lr, weight_decay, momentum=0):
    """Angle, in radians per step, by which SGD with decay turns scale-invariant weights in the end: √(2ηλ/(1+ν)).

    The decay λw added to the gradient, for small ηλ, and gradients that vary at random from step to step: once the
    squared length that steps add, without momentum η²‖∇‖² each, is what decay takes away, 2ηλ‖w‖².
    Source: van Laarhoven 2017 (1706.05350), without momentum; Wan et al. 2021 (2006.08419).
    """
    return np.sqrt(2 * lr * weight_decay / (1 + momentum))


def decay_schedule(lr, weight_decay, steps):
    """Rates η_t of training without decay that make the same functions as η with decay: η(1−ηλ)^(−2t−1), shape (steps,).

    For step t = 0, 1, …, of SGD without momentum, and weights that are scale-invariant (eps = 0), which end longer by
    (1−ηλ)^(−steps). Parameters that are not, as gamma, beta and the head, keep the rate η, without decay in both.
    Source: Li & Arora 2020 (1910.07454), who have momentum too.
    """
    return lr * (1 - lr * weight_decay) ** (-2.0 * np.arange(steps) - 1)


def gd_iterations(condition, tol):
    """Steps of gradient descent that shrink a quadratic's error by ``tol``: ln(1/tol) / ln((κ+1)/(κ−1)), for κ > 1.

    At the best fixed rate, 2/(λmin + λmax). Exact in two dimensions, once rounded up; an upper bound in more.
    Source: the error shrinks by |1 − ηλ| a step along each eigenvector, here by at most (κ−1)/(κ+1).
    """
    return np.log(1 / tol) / np.log((condition + 1) / (condition - 1))


def equicorrelation_condition(rho, d):
    """κ of the d × d correlation matrix with ρ in all places off the diagonal: (1 + (d−1)ρ) / (1−ρ), for 0 ≤ ρ < 1.

    Source: its eigenvalues, 1 + (d−1)ρ along the vector of ones and 1 − ρ across it.
    """
    return (1 + (d - 1) * rho) / (1 - rho)


def second_moment_condition(mean):
    """κ of E[xxᵀ] = I + μμᵀ, for two or more uncorrelated features of variance 1 and means μ: 1 + ‖μ‖²."""
    return 1 + np.sum(np.square(mean))


def relu_second_moment_condition(d):
    """κ of E[hhᵀ] for h = relu(z), d independent standard normal z: 1 + d/(π−1), for d ≥ 2.

    Source: `second_moment_condition`, since relu(z) has mean 1/√(2π) and second moment 1/2.
    """
    return 1 + d / (np.pi - 1)


def rectified_moments(mean=0.0, std=1.0):
    """Mean and variance of relu(x) for normal x: m Φ(m/s) + s φ(m/s), and (m² + s²) Φ(m/s) + m s φ(m/s) − that mean².

    For the standard normal 1/√(2π) and 1/2 − 1/(2π). Source: integration by parts against the normal density φ.
    """
    ratio = mean / std
    below = _normal_cdf(ratio)
    density = np.exp(-(ratio**2) / 2) / np.sqrt(2 * np.pi)
    first = mean * below + std * density
    return first, (mean**2 + std**2) * below + mean * std * density - first**2


def relu_correlation(c):
    """E[relu(u) relu(v)] / E[relu(u)²] for standard normal u, v of correlation c: J = (√(1−c²) + (π − arccos c)·c)/π.

    In a wide ReLU network with He's weights, no bias and no norm, a layer takes two examples' cosine from c to J.
    Source: Cho & Saul 2009, the arc-cosine kernel of order 1.
    """
    c = np.clip(c, -1, 1)  # a computed correlation may be round-off beyond
    return (np.sqrt(1 - np.square(c)) + (np.pi - np.arccos(c)) * c) / np.pi


def relu_gradient_growth(batch_size):
    """Growth of the squared gradient per layer, going back, with batch norm before each ReLU.

    With c = −1/(B−1), J of `relu_correlation` and J' = (π − arccos c)/π: (J' + B−1) / ((B−3)(1−J)) − 1/(B−3), for
    B ≥ 4; π/(π−1) for B → ∞. At initialisation, with Gaussian weights, in the limit of infinite width, at eps = 0,
    under the assumption of gradient independence. Source: Yang et al. 2019 (1902.08129).
    """
    b, c = batch_size, -1 / (batch_size - 1)
    j, j_prime = relu_correlation(c), (np.pi - np.arccos(c)) / np.pi
    return (j_prime + b - 1) / ((b - 3) * (1 - j)) - 1 / (b - 3)


def linear_gradient_growth(batch_size):
    """The same without an activation: (B−2)/(B−3), for B ≥ 4. Source: Yang et al. 2019."""
    return (batch_size - 2) / (batch_size - 3)


def exponential_active_fraction():
    """How often a ReLU after batch norm is on, at beta = 0 and gamma > 0, for exponential x: P(x > mean) = 1/e."""
    return math.exp(-1)


def lognormal_active_fraction(log_std):
    """The same for lognormal x, ``log_std`` the standard deviation σ of ln x: P(x > mean) = Φ(−σ/2)."""
    return _normal_cdf(-log_std / 2)


def _normal_cdf(x):
    return np.vectorize(math.erfc, otypes=[float])(-x / np.sqrt(2)) / 2

"""One function for each closed form of the literature. Every chapter's "theory" column comes from here."""

import numpy as np

__all__ = [
    "input_gradient_squared_norm",
    "pair_gain",
    "residual_along_x_hat",
    "restoring_gamma",
    "running_fraction",
    "small_batch_output",
    "standardized_variance",
    "surviving_fraction",
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


def running_fraction(steps, momentum):
    """How far a running average has come from its start to a constant statistic: 1 − (1 − momentum)^steps.

    ``momentum`` is the weight of the new batch, as in torch. Source: the geometric series of the update.
    """
    return 1 - (1 - momentum) ** steps

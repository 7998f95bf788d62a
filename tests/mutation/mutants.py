"""Wrong lines that people really write, each in place of one function of bnlib or around it.

Most are in code that is in use: in textbooks, courses, other frameworks' layers, or first attempts. The unit tests must
find each of them, and so must one claim of each chapter that teaches what it breaks.
"""

import contextlib
import copy
import functools
import importlib
import itertools
import math
from dataclasses import replace
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from bnlib import diagnostics, models
from play import replaced


class Mutant(NamedTuple):
    """A wrong function, and who must find out."""

    name: str
    targets: tuple  # what it takes the place of, as in "normalization.BatchNorm._follow"
    breaks: dict  # chapter → the claim there that must not hold, one that is reached early; empty if all are late
    wrong: callable  # takes the right function first, then what that is called with

    @property
    def module(self):
        """The name of the module of bnlib that is wrong; all targets are in one."""
        return self.targets[0].split(".")[0]

    @contextlib.contextmanager
    def in_place(self):
        """Inside, it is wrong wherever bnlib or a chapter calls it."""
        with contextlib.ExitStack() as stack:
            for target in self.targets:
                stack.enter_context(in_place(target, lambda right: functools.partial(self.wrong, right)))
            yield


@contextlib.contextmanager
def in_place(target, around):
    """Inside, ``around(right)`` is in the place of the right function, in all of bnlib."""
    module, *owners, name = target.split(".")
    owner = functools.reduce(getattr, owners, importlib.import_module(f"bnlib.{module}"))
    right = getattr(owner, name)
    inner = around(right)

    @functools.wraps(right)
    def wrong(*arguments, **options):  # a function, for a method must be one
        return inner(*arguments, **options)

    with patch.object(owner, name, wrong) if owners else replaced(right, wrong):
        yield


MUTANTS = {}  # name → mutant


def mutant(*targets, breaks):
    """Make the function below a mutant, named as it is, with hyphens."""

    def made(wrong):
        name = wrong.__name__.replace("_", "-")
        MUTANTS[name] = Mutant(name, targets, breaks, wrong)
        return wrong

    return made


# Normalization, forward


@mutant(
    "normalization._standardize",
    breaks={
        "mechanism": "batch-of-two",
        "alternatives": "one-function",
        "cross-talk": "pull",
        "covariate-shift": "outputs-are-parameters",
    },
)
def unbiased_variance_normalises(right, x, axes):
    centered, mean, var = right(x, axes)
    n = centered.size // max(var.size, 1)
    return centered, mean, var * n / max(n - 1, 1)


@mutant(
    "normalization._standardize", breaks={"mechanism": "centred-variance", "covariate-shift": "outputs-are-parameters"}
)
def one_pass_variance(right, x, axes):
    centered, mean, _ = right(x, axes)
    return centered, mean, abs((x * x).mean(axes, keepdims=True) - mean**2)


@mutant(
    "normalization._inverse_std",
    breaks={"mechanism": "variance-shortfall", "conditioning": "eps-has-a-unit", "field-guide": "units-count"},
)
def eps_outside_the_root(right, var, eps):
    return 1 / (np.sqrt(var) + eps)


@mutant(
    "normalization._inverse_std",
    breaks={"mechanism": "variance-shortfall", "small-batches": "pair-output", "field-guide": "units-count"},
)
def eps_twice(right, var, eps):
    return right(var, eps + eps)


@mutant(
    "normalization._inverse_std",
    breaks={"mechanism": "variance-shortfall", "small-batches": "pair-output", "field-guide": "units-count"},
)
def eps_as_a_floor(right, var, eps):
    return 1 / np.sqrt(np.maximum(var, eps))


@mutant(
    "normalization._normalize",
    breaks={"mechanism": "images-reshape", "small-batches": "instance-norm", "alternatives": "one-function"},
)
def each_pixel_its_own_statistics(right, x, axes, *rest, **options):
    return right(x, (0,) if axes == (0, *range(2, x.ndim)) else axes, *rest, **options)


# Normalization, backward. It is linear in dy, so its terms are differences of what it gives if the mean, or the mean and
# the variance, did not come from x.

BACKWARD = "normalization.normalize_backward"
CONSTANTS = {"mean_from_x": False, "var_from_x": False}  # as if neither statistic came from x


def _terms(right, dy, cache):
    """dx before the projection, its term along 1, and its term along x̂: the right dx is the first less the others."""
    dx = right(dy, cache)[0]
    without_mean_term = right(dy, replace(cache, mean_from_x=False))[0]
    whole = right(dy, replace(cache, **CONSTANTS))[0]
    return whole, without_mean_term - dx, whole - without_mean_term


@mutant(BACKWARD, breaks={"mechanism": "backward-torch", "bias": "claim-every-epsilon", "cross-talk": "pull"})
def no_mean_term(right, dy, cache):
    return right(dy, replace(cache, mean_from_x=False))


@mutant(BACKWARD, breaks={"mechanism": "backward-torch"})
def mean_term_not_divided(right, dy, cache):
    whole, along_1, along_x_hat = _terms(right, dy, cache)
    n = cache.centered.size // cache.var.size
    return whole - n * along_1 - along_x_hat, *right(dy, cache)[1:]


@mutant(BACKWARD, breaks={"mechanism": "backward-torch", "small-batches": "directions", "cross-talk": "pull"})
def no_x_hat_term(right, dy, cache):
    whole, along_1, _ = _terms(right, dy, cache)
    return whole - along_1, *right(dy, cache)[1:]


@mutant(BACKWARD, breaks={"mechanism": "backward-torch"})
def x_hat_standardised_once(right, dy, cache):
    whole, along_1, along_x_hat = _terms(right, dy, cache)
    along_x_hat = (along_x_hat.reshape(cache.centered.shape) / cache.inv_std).reshape(cache.shape)
    return whole - along_1 - along_x_hat, *right(dy, cache)[1:]


@mutant(BACKWARD, breaks={"mechanism": "backward-torch", "gradient-flow": "part-that-survives"})
def statistics_detached(right, dy, cache):
    return right(dy, replace(cache, **CONSTANTS))


@mutant(BACKWARD, breaks={"mechanism": "backward-torch"})
def gamma_forgotten_in_dx(right, dy, cache):
    return right(dy, replace(cache, gamma=None))[0], *right(dy, cache)[1:]


@mutant(BACKWARD, breaks={"mechanism": "backward-torch"})
def dgamma_from_centred_values(right, dy, cache):
    dx, dgamma, dbeta = right(dy, cache)
    if dgamma is not None and dgamma.size == cache.var.size:  # one statistic a parameter, as in batch normalization
        dgamma = dgamma / cache.inv_std.reshape(dgamma.shape)
    return dx, dgamma, dbeta


@mutant(BACKWARD, breaks={"mechanism": "backward-torch"})
def dbeta_averaged(right, dy, cache):
    dx, dgamma, dbeta = right(dy, cache)
    return dx, dgamma, None if dbeta is None else dbeta * dbeta.size / dy.size


@mutant(BACKWARD, breaks={"mechanism": "backward-torch"})
def dgamma_and_dbeta_exchanged(right, dy, cache):
    dx, dgamma, dbeta = right(dy, cache)
    return dx, dbeta, dgamma


# Running statistics and evaluation mode

LAYER = "normalization.BatchNorm.__call__"
EVALUATION = "normalization.BatchNorm._evaluate"


def _batch_axes(x):
    return (0, *range(2, x.ndim))


@mutant(LAYER, breaks={"inference": "running-way"})
def momentum_inverted(right, self, x):
    with patch.object(self, "momentum", 1 - self.momentum):
        return right(self, x)


@mutant(LAYER, breaks={"inference": "running-way"})
def last_batch_only(right, self, x):
    with patch.object(self, "momentum", 1):
        return right(self, x)


@mutant(LAYER, breaks={"inference": "eval-shrinks"})
def running_var_biased(right, self, x):
    before, y = self.running_var.copy(), right(self, x)
    if self.training:
        self.running_var[:] = (1 - self.momentum) * before + self.momentum * x.var(_batch_axes(x))
    return y


@mutant(LAYER, breaks={"inference": "eval-shrinks"})
def running_var_holds_the_deviation(right, self, x):
    before, y = self.running_var.copy(), right(self, x)
    if self.training:
        self.running_var[:] = (1 - self.momentum) * before + self.momentum * x.std(_batch_axes(x), ddof=1)
    return y


@mutant(LAYER, breaks={"inference": "eval-shrinks"})
def training_by_running_statistics(right, self, x):
    y = right(self, x)
    return copy.copy(self).eval()(x) if self.training else y


@mutant(LAYER, breaks={"inference": "eval-shrinks"})
def evaluation_mode_ignored(right, self, x):
    with patch.object(self, "training", True):
        return right(self, x)


@mutant(EVALUATION, breaks={"inference": "eval-shrinks"})
def evaluation_by_batch_statistics(right, self, x):
    mean, var = x.mean(_batch_axes(x)), x.var(_batch_axes(x))
    with patch.object(self, "running_mean", mean), patch.object(self, "running_var", var):
        return right(self, x)


@mutant(EVALUATION, breaks={"inference": "eval-reads-only"})
def evaluation_moves_the_running_mean(right, self, x):
    y = right(self, x)
    self.running_mean[:] = (1 - self.momentum) * self.running_mean + self.momentum * x.mean(_batch_axes(x))
    return y


@mutant(EVALUATION, breaks={"inference": "eval-passes-all"})
def evaluation_without_eps(right, self, x):
    with patch.object(self, "eps", 0):
        return right(self, x)


@mutant(EVALUATION, breaks={"inference": "eval-passes-all"})
def evaluation_backward_as_in_training(right, self, x):
    y = right(self, x)
    self._cache = replace(self._cache, mean_from_x=True, var_from_x=True)
    return y


# Networks

NETWORKS = ("models.mlp", "models.convnet")


def _blocks(model):
    return [module for module in model.modules() if isinstance(module, models.Block)]


@mutant(*NETWORKS, breaks={"bias": "bias-output"})
def norm_always_after_the_activation(right, *sizes, **options):
    model = right(*sizes, **options)
    for block in _blocks(model):
        if hasattr(block, "norm"):
            block._modules["norm"] = block._modules.pop("norm")  # now the last
    return model


@mutant(*NETWORKS, breaks={"conditioning": "after-relu-better", "alternatives": "pooled-away"})
def norm_always_before_the_activation(right, *sizes, norm_place="before", **options):
    return right(*sizes, **options)


@mutant(*NETWORKS, breaks={"bias": "bias-output", "field-guide": "privacy-bound"})
def layer_norm_over_the_batch(right, *sizes, norm=None, **options):
    return right(*sizes, norm="batch" if norm == "layer" else norm, **options)


@mutant(*NETWORKS, breaks={"scale-invariance": "same-training", "gradient-flow": "same-at-every-scale"})
def norm_keeps_its_own_eps(right, *sizes, eps=1e-5, **options):
    return right(*sizes, **options)


@mutant(*NETWORKS, breaks={"gradient-flow": "half-he-vanishes", "covariate-shift": "gradient-table"})
def gain_forgotten(right, *sizes, gain=1.0, **options):
    return right(*sizes, **options)


@mutant(*NETWORKS, breaks={"gradient-flow": "twice-he-explodes"})
def he_without_the_root_of_two(right, *sizes, gain=1.0, activation="relu", **options):
    gain = gain / math.sqrt(2) if activation == "relu" else gain
    return right(*sizes, gain=gain, activation=activation, **options)


@mutant(*NETWORKS, breaks={})
def orthogonal_only_at_random(right, *sizes, init=None, **options):
    return right(*sizes, init="glorot" if init == "orthogonal" else init, **options)


@mutant(*NETWORKS, breaks={"gradient-flow": "fifty"})
def branch_scale_forgotten(right, *sizes, branch_scale=1.0, learn_scale=False, **options):
    return right(*sizes, branch_scale=branch_scale if learn_scale else 1.0, learn_scale=learn_scale, **options)


@mutant(*NETWORKS, breaks={})
def scale_does_not_learn(right, *sizes, **options):
    model = right(*sizes, **options)
    for block in _blocks(model):
        if isinstance(block.scale, torch.nn.Parameter):
            block.scale.requires_grad_(False)
    return model


@mutant(*NETWORKS, breaks={})
def dropout_always_after(right, *sizes, dropout_place="after", **options):
    return right(*sizes, **options)


@mutant("norms.GhostBatchNorm1d._train", breaks={"small-batches": "accumulated-table"})
def one_ghost_for_all(right, self, x):
    with patch.object(self, "ghost_size", len(x)):
        return right(self, x)


@mutant("norms.BatchRenorm1d._corrections", breaks={})
def corrected_the_other_way(right, *statistics):
    r, d = right(*statistics)
    return 1 / r, -d


@mutant("norms.BatchRenorm1d._corrections", breaks={})
def corrected_in_scale_alone(right, *statistics):
    r, d = right(*statistics)
    return r, 0 * d


# Training

CALLS = itertools.count(1000)


@mutant("training.train", breaks={"scale-invariance": "claim-pythagoras"})
def recorded_after_the_step(right, model, data, *, record=None, **options):
    if record is None:
        return right(model, data, **options)
    recorded = []
    hook = register_optimizer_step_post_hook(lambda *step: recorded.append(record(len(recorded), model)))
    try:
        history = right(model, data, **options)
    finally:
        hook.remove()
    history.recorded = recorded
    return history


@mutant("training.train", breaks={"conditioning": "conditioning-not-kept"})
def gradients_add_up(right, *arguments, **options):
    with patch.object(torch.optim.Optimizer, "zero_grad", lambda *ignored, **options: None):
        return right(*arguments, **options)


@mutant("training.minibatches", breaks={"scale-invariance": "same-training", "training-speed": "lag-same-training"})
def other_batches_for_each_model(right, *sizes, seed):
    return right(*sizes, seed=next(CALLS))


@mutant("training.accuracy", breaks={"training-speed": "lag-counts"})
def accuracy_by_batch_statistics(right, model, data):
    norms = [module for module in model.modules() if isinstance(module, torch.nn.modules.batchnorm._BatchNorm)]
    with contextlib.ExitStack() as stack:
        for norm in norms:
            kept = norm.running_mean, norm.running_var
            norm.running_mean = norm.running_var = None
            stack.callback(setattr, norm, "running_mean", kept[0])
            stack.callback(setattr, norm, "running_var", kept[1])
        return right(model, data)


@mutant("training.History.steps_to", breaks={"training-speed": "leads"})
def never_counts_as_the_last_step(right, self, target):
    last = self.accuracies[-1][0] if self.accuracies else len(self.losses)
    return min(right(self, target), last)


@mutant("training.parameter_groups", breaks={})
def all_but_biases_decay(right, model, weight_decay):
    groups, biases = (
        right(model, weight_decay),
        {id(p) for name, p in model.named_parameters() if name.endswith("bias")},
    )
    for group, spared in zip(groups, (False, True), strict=True):
        group["params"] = [p for p in model.parameters() if (id(p) in biases) == spared]
    return groups


# Diagnostics


@mutant("diagnostics.squared_gradients", breaks={"gradient-flow": "half-he-vanishes"})
def lengths_in_place_of_squares(right, *arguments, **options):
    return np.sqrt(right(*arguments, **options))


@mutant("diagnostics.dead_fractions", breaks={"relu": "last-layer-dies"})
def dead_if_ever_off(right, model, x):
    outputs = diagnostics.activations(model, x)
    return np.array([(np.moveaxis(h, 1, -1).reshape(-1, h.shape[1]) <= 0).any(axis=0).mean() for h in outputs])


@mutant("diagnostics.mean_cosines", breaks={"gradient-flow": "examples-stay-apart"})
def cosines_squared(right, *arguments, **options):
    return right(*arguments, **options) ** 2


@mutant("diagnostics.update_sizes", breaks={"gradient-flow": "adam-hardly-moves"})
def moves_not_over_the_weights(right, before, after):
    weights = [block.linear.weight.detach().norm().item() for block in _blocks(before)]
    return right(before, after) * weights


@mutant("diagnostics.hessian_eigenvalues", breaks={"conditioning": "negative-curvature"})
def always_the_largest_eigenvalue(right, *arguments, which="LA", **options):
    return right(*arguments, **options)


# Theory


@mutant("theory.norm_after_step", breaks={"scale-invariance": "claim-pythagoras"})
def steps_add_as_if_in_line(right, norm, lr, gradient_norm):
    return norm + lr * gradient_norm


@mutant("theory.effective_learning_rate", breaks={"scale-invariance": "effective-rate"})
def effective_rate_over_the_length(right, lr, norm):
    return lr / norm


@mutant("theory.equilibrium_norm", breaks={"interactions": "rests-at-theory"})
def squared_length_as_length(right, *rates, **options):
    return right(*rates, **options) ** 2


@mutant("theory.equilibrium_turn", breaks={"interactions": "momentum-turns"})
def turn_at_the_summed_rate(right, lr, weight_decay, momentum=0):
    return right(lr / (1 - momentum), weight_decay)


@mutant("theory.decay_schedule", breaks={"interactions": "schedule-exact"})
def rate_grows_as_the_length(right, lr, weight_decay, steps):
    return lr * (1 - lr * weight_decay) ** (-1.0 - np.arange(steps))


@mutant("theory.variance_noise", breaks={"small-batches": "noise-law"})
def as_if_normal(right, kurtosis, m):
    return right(3, m)


@mutant("theory.standardized_outlier", breaks={"alternatives": "outlier-curve", "cross-talk": "loud-value"})
def outlier_by_the_others_deviation(right, shift, var, m):
    return (m - 1) / m * shift / np.sqrt(var + 1e-30)


@mutant("theory.dropout_variance_ratio", breaks={})
def dropout_of_values_about_zero(right, mean, var, keep):
    return right(0 * mean, var, keep)


@mutant("theory.residual_along_x_hat", breaks={})
def residual_undivided(right, g_dot_x_hat, gamma, var, eps):
    return gamma / np.sqrt(var + eps) * g_dot_x_hat


@mutant("theory.standardized_variance", breaks={"conditioning": "eps-has-a-unit", "field-guide": "units-count"})
def deviation_as_variance(right, var, eps):
    return np.sqrt(right(var, eps))


@mutant("theory.gd_iterations", breaks={"conditioning": "steps-are-theory"})
def steps_forget_the_smallest_curvature(right, condition, tol):
    return np.log(1 / tol) / np.log((condition + 1) / condition)


@mutant("theory.equicorrelation_condition", breaks={"conditioning": "not-whitening"})
def correlated_with_itself(right, rho, d):
    return (1 + d * rho) / (1 - rho)


@mutant("theory.second_moment_condition", breaks={"conditioning": "mean-costs"})
def means_add_without_squares(right, mean):
    return 1 + np.sum(mean)


@mutant("theory.relu_second_moment_condition", breaks={"conditioning": "relu-puts-mean-back"})
def relu_variance_as_second_moment(right, d):
    return 1 + d / np.pi


@mutant("theory.surviving_fraction", breaks={"gradient-flow": "part-that-survives", "small-batches": "directions"})
def one_direction_lost(right, m):
    return 1 - 1 / m


@mutant("theory.input_gradient_squared_norm", breaks={"gradient-flow": "gamma-over-sigma"})
def length_keeps_the_part_along_x_hat(right, g, x_hat, gamma, std):
    return right(g, 0 * x_hat, gamma, std)


@mutant("theory.relu_gradient_growth", breaks={"gradient-flow": "growth-batch-of-sixteen"})
def growth_without_its_last_term(right, batch_size):
    return right(batch_size) + 1 / (batch_size - 3)


@mutant("theory.linear_gradient_growth", breaks={"gradient-flow": "growth-linear-sixteen"})
def one_lost_direction_too_few(right, batch_size):
    return (batch_size - 1) / (batch_size - 3)


@mutant("theory.relu_correlation", breaks={"gradient-flow": "growth-batch-of-sixteen"})
def correlation_without_the_sine(right, c):
    return right(c) - np.sqrt(1 - np.square(c)) / np.pi


@mutant("theory.exponential_active_fraction", breaks={"relu": "active-exponential"})
def exponential_off_in_place_of_on(right):
    return 1 - right()


@mutant("theory.lognormal_active_fraction", breaks={"relu": "active-lognormal"})
def lognormal_off_in_place_of_on(right, log_std):
    return 1 - right(log_std)


@mutant("theory.rectified_moments", breaks={"gradient-flow": "sigma-at-the-start"})
def rectified_variance_about_zero(right, *normal):
    mean, variance = right(*normal)
    return mean, variance + mean**2


@mutant("theory.rectified_moments", breaks={"gradient-flow": "sigma-at-the-start"})
def normal_density_without_the_root(right, mean=0.0, std=1.0):
    ratio = mean / std
    below = math.erfc(-ratio / math.sqrt(2)) / 2
    density = math.exp(-(ratio**2) / 2) / (2 * math.pi)
    first = mean * below + std * density
    return first, (mean**2 + std**2) * below + mean * std * density - first**2

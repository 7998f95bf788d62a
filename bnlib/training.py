"""Training with a seed: the same batches for every model, a short history, torch's own optimisers."""

import math
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from bnlib._arguments import positive_integer
from bnlib.datasets import Dataset
from bnlib.models import run_on_copies

__all__ = ["History", "Tuned", "accuracy", "minibatches", "parameter_groups", "tensors", "train", "tune"]

_OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


@dataclass
class History:
    """What happened in training."""

    losses: list = field(default_factory=list)  # of each step's batch, before the step
    accuracies: list = field(default_factory=list)  # (steps made, test accuracy then)
    recorded: list = field(default_factory=list)  # what record returned, step by step
    diverged: bool = False  # whether a loss was not finite: of a step, or of one more batch after the last step

    def steps_to(self, target):
        """How many steps were made when the test accuracy first reached ``target``; infinity if it never did."""
        return next((step for step, reached in self.accuracies if reached >= target), np.inf)


@dataclass(frozen=True)
class Tuned:
    """What `tune` found."""

    rate: float  # with the smallest median
    medians: dict  # rate → median of the measurements, in the order of the grid

    @property
    def at_the_end(self):
        """Whether the rate is the smallest or largest of its grid, so that a better one may lie outside."""
        return self.rate in (min(self.medians), max(self.medians))


def train(
    model,
    data,
    *,
    steps,
    lr=None,
    batch_size=128,
    seed=0,
    optimizer="sgd",
    momentum=0.0,
    weight_decay=0.0,
    schedule=None,
    loss=F.cross_entropy,
    test_every=None,
    target=None,
    before_step=None,
    record=None,
):
    """Train ``model`` in place, and leave it in training mode.

    Parameters
    ----------
    data : Dataset of tensors
        As from `tensors`.
    batch_size, seed : int
        Of `minibatches`.
    optimizer : "sgd", "adam", "adamw", or a torch.optim.Optimizer
        One made beforehand can give each group of parameters its own rate; it comes without ``lr``, ``momentum`` (of
        "sgd") and ``weight_decay``.
    weight_decay : float, default 0
        On every parameter, as torch does; `parameter_groups` makes an optimiser that spares some.
    schedule : callable, optional
        Takes the optimiser and returns a ``torch.optim.lr_scheduler``, which moves on after each step.
    test_every : int, optional
        Measure the test accuracy after every so many steps.
    target : float, optional
        Stop once a measured test accuracy reaches it.
    before_step : callable, optional
        ``before_step(step, model)`` is called with ``step`` steps made and the gradients of the next one in place; it
        may change them.
    record : callable, optional
        ``record(step, model)`` is called after that, and what it returns is kept; it only looks.

    Returns
    -------
    History
        It ends early at a loss that is not finite.

    Raises
    ------
    ValueError
        The rate is missing or given twice, the optimiser has no such name or no such option or is of another model,
        ``steps`` or ``test_every`` is no positive integer, the batch is larger than the data, or ``target`` comes
        without ``test_every``.
    """
    steps = positive_integer("steps", steps)
    if test_every is not None:
        positive_integer("test_every", test_every)
    elif target is not None:
        raise ValueError("target needs test_every: how many steps to make between two tests")
    optimizer = _optimizer(optimizer, model, lr, momentum, weight_decay)
    scheduler = schedule and schedule(optimizer)
    batches = minibatches(len(data.x_train), batch_size, seed=seed)
    history = History()
    model.train()
    for step in range(steps):
        batch = next(batches)
        optimizer.zero_grad()
        value = loss(model(data.x_train[batch]), data.y_train[batch])
        history.losses.append(value.item())
        if not math.isfinite(history.losses[-1]):
            history.diverged = True
            return history
        value.backward()
        if before_step:
            before_step(step, model)
        if record:
            history.recorded.append(record(step, model))
        optimizer.step()
        if scheduler:
            scheduler.step()
        if test_every and (step + 1) % test_every == 0:
            history.accuracies.append((step + 1, accuracy(model, data)))
            if target is not None and history.steps_to(target) <= step + 1:
                break
    batch = next(batches)
    with torch.no_grad():
        value = loss(run_on_copies(model, data.x_train[batch]), data.y_train[batch])
    history.diverged = not math.isfinite(value)
    return history


def minibatches(examples, batch_size, *, seed):
    """Indices of one minibatch after another, without end: each epoch shuffled, its incomplete last batch left out.

    Raises ValueError for a ``batch_size`` that is no integer from 1 to ``examples``.
    """
    batch_size = positive_integer("batch_size", batch_size)
    if batch_size > examples:
        raise ValueError(f"batch_size must be at most the {examples} training examples; got {batch_size}")
    generator = torch.Generator().manual_seed(seed)
    epochs = (torch.randperm(examples, generator=generator) for _ in count())
    return (batch for epoch in epochs for batch in epoch.split(batch_size)[: examples // batch_size])


@torch.no_grad()
def accuracy(model, data):
    """Fraction of the test examples that ``model`` classifies right in evaluation mode; NaN if an output is not finite.

    Each module's own mode is put back.
    """
    modes = [(module, module.training) for module in model.modules()]
    try:
        outputs = model.eval()(data.x_test)
    finally:
        for module, training in modes:  # one by one: model.train() would also reach what is frozen
            module.training = training
    return (outputs.argmax(dim=1) == data.y_test).double().mean().item() if outputs.isfinite().all() else math.nan


def tensors(data, *, dtype=torch.float32):
    """A data set's arrays as tensors: ``x`` of this dtype, ``y`` as class numbers."""
    x_train, y_train, x_test, y_test = map(torch.as_tensor, data)
    return Dataset(x_train.to(dtype), y_train.long(), x_test.to(dtype), y_test.long())


def parameter_groups(model, weight_decay):
    """Two groups for one of torch's optimisers, ``SGD(parameter_groups(model, 0.01), lr=0.1)``: weights alone decay.

    In the second, without decay, are every bias, gamma and beta: parameters of one axis or none, or of a layer norm.
    """
    norms = (module for module in model.modules() if isinstance(module, (nn.LayerNorm, nn.RMSNorm)))
    spared = {id(parameter) for norm in norms for parameter in norm.parameters()}
    groups = [{"params": [], "weight_decay": weight_decay}, {"params": [], "weight_decay": 0.0}]
    for parameter in model.parameters():
        groups[parameter.ndim < 2 or id(parameter) in spared]["params"].append(parameter)
    return groups


def tune(measure, rates, *, seeds):
    """`Tuned`: the rate at which the median over ``seeds`` of ``measure(rate, seed)`` is smallest; NaN counts as largest."""
    medians = {rate: float(np.median([measure(rate, seed) for seed in seeds])) for rate in rates}
    return Tuned(min(medians, key=lambda rate: np.nan_to_num(medians[rate], nan=np.inf)), medians)


def _optimizer(optimizer, model, lr, momentum, weight_decay):
    if isinstance(optimizer, torch.optim.Optimizer):
        if lr is not None or momentum or weight_decay:
            raise ValueError("an optimizer made beforehand has its own lr, momentum and weight_decay: leave them out")
        trained = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
        if trained.isdisjoint(map(id, model.parameters())):
            raise ValueError("the optimizer trains none of this model's parameters: it was made for another")
        return optimizer
    if optimizer not in _OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {', '.join(_OPTIMIZERS)} or torch's own; got {optimizer!r}")
    if lr is None or (momentum and optimizer != "sgd"):
        raise ValueError(f"{optimizer!r} needs lr, and momentum is an option of 'sgd' alone; got {lr=}, {momentum=}")
    options = {"momentum": momentum} if optimizer == "sgd" else {}
    return _OPTIMIZERS[optimizer](model.parameters(), lr=lr, weight_decay=weight_decay, **options)

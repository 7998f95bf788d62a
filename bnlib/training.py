"""Training with a seed: the same batches for every model, a short history, torch's own optimisers."""

from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F

from bnlib.datasets import Dataset

__all__ = ["History", "accuracy", "minibatches", "tensors", "train", "tune"]

_OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW}


@dataclass
class History:
    """What happened in training; the last loss is not finite if it diverged."""

    losses: list = field(default_factory=list)  # of each step's batch, before the step
    accuracies: list = field(default_factory=list)  # (steps made, test accuracy then)
    recorded: list = field(default_factory=list)  # what record returned, step by step

    @property
    def diverged(self):
        return not np.isfinite(self.losses[-1])

    def steps_to(self, target):
        """How many steps were made when the test accuracy first reached ``target``; infinity if it never did."""
        return next((step for step, reached in self.accuracies if reached >= target), np.inf)


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
    loss=F.cross_entropy,
    test_every=None,
    target=None,
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
    test_every : int, optional
        Measure the test accuracy after every so many steps.
    target : float, optional
        Stop once a measured test accuracy reaches it.
    record : callable, optional
        ``record(step, model)`` is called with ``step`` steps made and the gradients of the next one in place.

    Returns
    -------
    History
        It ends early at a loss that is not finite.

    Raises
    ------
    ValueError
        The rate is missing or given twice, the optimiser has no such name or no such option, ``steps`` is below 1, the
        batch is larger than the data, or ``target`` comes without ``test_every``.
    """
    if steps < 1:
        raise ValueError(f"steps must be 1 or more; got {steps!r}")
    if target is not None and not test_every:
        raise ValueError("target needs test_every: how many steps to make between two tests")
    optimizer = _optimizer(optimizer, model, lr, momentum, weight_decay)
    batches = minibatches(len(data.x_train), batch_size, seed=seed)
    history = History()
    model.train()
    for step in range(steps):
        batch = next(batches)
        optimizer.zero_grad()
        value = loss(model(data.x_train[batch]), data.y_train[batch])
        history.losses.append(value.item())
        if history.diverged:
            break
        value.backward()
        if record:
            history.recorded.append(record(step, model))
        optimizer.step()
        if test_every and (step + 1) % test_every == 0:
            history.accuracies.append((step + 1, accuracy(model, data.x_test, data.y_test)))
            if target is not None and history.steps_to(target) <= step + 1:
                break
    return history


def minibatches(examples, batch_size, *, seed):
    """Indices of one minibatch after another, without end: each epoch shuffled, its incomplete last batch left out."""
    if not 1 <= batch_size <= examples:
        raise ValueError(f"batch_size must be from 1 to the {examples} training examples; got {batch_size!r}")
    generator = torch.Generator().manual_seed(seed)
    while True:
        yield from torch.randperm(examples, generator=generator).split(batch_size)[: examples // batch_size]


@torch.no_grad()
def accuracy(model, x, y):
    """Part of the examples that ``model`` classifies as ``y`` in evaluation mode; each module's own mode is put back."""
    with _evaluating(model):
        return (model(x).argmax(dim=1) == y).double().mean().item()


def tensors(data, *, dtype=torch.float32):
    """A data set's arrays as tensors: ``x`` of this dtype, ``y`` as class numbers."""
    x_train, y_train, x_test, y_test = map(torch.as_tensor, data)
    return Dataset(x_train.to(dtype), y_train.long(), x_test.to(dtype), y_test.long())


def tune(measure, rates, *, seeds):
    """The rate at which the median over ``seeds`` of ``measure(rate, seed)`` is smallest, and that median.

    Raises ValueError if it is the first or last of ``rates``, for then a better one may lie outside.
    """
    medians = [float(np.median([measure(rate, seed) for seed in seeds])) for rate in rates]
    best = int(np.argmin(np.nan_to_num(medians, nan=np.inf)))
    if not 0 < best < len(rates) - 1:
        shown = dict(zip(rates, medians, strict=True))
        raise ValueError(f"the best rate must lie inside the grid: widen it. Medians: {shown}")
    return rates[best], medians[best]


@contextmanager
def _evaluating(model):
    in_training = [module for module in model.modules() if module.training]
    for module in in_training:  # one by one: model.eval() and model.train() would also reach what is frozen
        module.training = False
    try:
        yield
    finally:
        for module in in_training:
            module.training = True


def _optimizer(optimizer, model, lr, momentum, weight_decay):
    if isinstance(optimizer, torch.optim.Optimizer):
        if lr is not None or momentum or weight_decay:
            raise ValueError("an optimizer made beforehand has its own lr, momentum and weight_decay: leave them out")
        return optimizer
    if optimizer not in _OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {', '.join(_OPTIMIZERS)} or torch's own; got {optimizer!r}")
    if lr is None or (momentum and optimizer != "sgd"):
        raise ValueError(f"{optimizer!r} needs lr, and momentum is an option of 'sgd' alone; got {lr=}, {momentum=}")
    options = {"momentum": momentum} if optimizer == "sgd" else {}
    return _OPTIMIZERS[optimizer](model.parameters(), lr=lr, weight_decay=weight_decay, **options)

"""Multilayer perceptrons and small convolutional networks from plain arguments.

A model is a ``torch.nn.Sequential``: ``model[i]`` is hidden block i, ``model[-1]`` the linear head. A block's parts
have names: ``model[i].linear`` (in a convolutional network the convolution), ``model[i].norm``, ``model[i].activation``.
"""

import math
from collections import OrderedDict
from functools import partial

import torch
from torch import nn

__all__ = ["Block", "convnet", "mlp"]

_ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "linear": nn.Identity}
_GAINS = {"relu": math.sqrt(2), "tanh": 1, "sigmoid": 4, "linear": 1}
_INITS = {  # for a linear activation: the gain comes after
    "he": partial(nn.init.kaiming_normal_, nonlinearity="linear"),
    "glorot": nn.init.xavier_normal_,
    "orthogonal": nn.init.orthogonal_,
    "torch": None,
}


class Block(nn.Sequential):
    """A linear layer, its norm and its activation, by these names; with a ``scale``, a branch added to what came in."""

    def __init__(self, parts, scale=None):
        super().__init__(OrderedDict(parts))
        self.scale = scale

    def forward(self, x):
        branch = super().forward(x)
        return branch if self.scale is None else x + self.scale * branch


def mlp(
    inputs,
    outputs,
    *,
    depth,
    width,
    norm=None,
    norm_place="before",
    activation="relu",
    init=None,
    gain=1.0,
    bias=None,
    residual=False,
    branch_scale=1.0,
    learn_scale=False,
    eps=1e-5,
    dtype=torch.float32,
    seed=0,
    dimensions=0,
):
    """``depth`` hidden layers of ``width`` units and a linear head, for ``x`` of shape (N, inputs).

    Parameters
    ----------
    norm : None, "batch", "layer", or a callable
        The callable takes the number of channels and returns a module: ``lambda c: nn.GroupNorm(4, c)``.
    norm_place : "before" or "after"
        Before or after the activation.
    activation : "relu", "tanh", "sigmoid" or "linear"
    init : "he", "glorot", "orthogonal" or "torch", optional
        He's for ReLU and Glorot's for the others, if left out: a fair start for a network without norm. Times √2 before
        a ReLU and 4 before a sigmoid; biases at 0. Only torch's own is left as it is.
    gain : float
        Multiplies the hidden layers' weights on top of that: 0.5 with ReLU is half of He.
    bias : bool, optional
        Of the hidden layers. If left out, there is none directly before a norm.
    residual : bool
        From the second block on, a block adds ``branch_scale`` times its result to what came in.
    learn_scale : bool
        Each block learns its scale; with ``branch_scale=0`` that is SkipInit (De & Smith 2020).
    eps : float
        Of "batch" and "layer".
    seed : int
        Of the weights, which are the same whatever the norm and the dtype (with "torch", the bias). Torch's global random
        state stays as it is.
    dimensions : 0, 1 or 2
        How many spatial axes ``x`` has; see `convnet`.

    Raises
    ------
    ValueError
        A size is no positive integer, a name is not among those above, ``eps`` is not above 0, or a branch's scale is
        given without ``residual``, or is 0 and does not learn.

    Sources: Glorot & Bengio 2010; He et al. 2015 (1502.01852); Saxe, McClelland & Ganguli 2014 for "orthogonal".
    """
    if not all(isinstance(size, int) and size > 0 for size in (inputs, outputs, depth, width)):
        raise ValueError(f"sizes must be positive integers; got {inputs=}, {outputs=}, {depth=}, {width=}")
    init = init or ("he" if activation == "relu" else "glorot")
    _among("dimensions", dimensions, [0, 1, 2])
    _among("norm_place", norm_place, ["before", "after"])
    _among("activation", activation, _ACTIVATIONS)
    _among("init", init, _INITS)
    if not eps > 0:
        raise ValueError(f"eps must be above 0, for torch refuses 0 (1e-30 does as well in float64); got {eps!r}")
    if not residual and (branch_scale != 1 or learn_scale):
        raise ValueError("branch_scale and learn_scale need residual=True: without it there is no branch to scale")
    if branch_scale == 0 and not learn_scale:
        raise ValueError("branch_scale=0 needs learn_scale=True: otherwise the branches stay without effect")
    bias = (norm is None or norm_place == "after") if bias is None else bias
    of = {name: getattr(nn, f"{name}{max(dimensions, 1)}d") for name in ("Conv", "BatchNorm", "AdaptiveAvgPool")}
    layer = partial(of["Conv"], kernel_size=3, padding=1) if dimensions else nn.Linear
    if norm is not None and not callable(norm):
        norms = {"batch": of["BatchNorm"], "layer": partial(nn.GroupNorm, 1)}
        norm = partial(norms[_among("norm", norm, norms)], eps=eps)

    def block(index):
        parts = [("linear", layer(width if index else inputs, width, bias=bias))]
        parts.append(("activation", _ACTIVATIONS[activation]()))
        if norm:
            parts.insert(1 if norm_place == "before" else 2, ("norm", norm(width)))
        scale = nn.Parameter(torch.tensor(float(branch_scale))) if learn_scale else branch_scale
        return Block(parts, scale if residual and index else None)

    with torch.random.fork_rng(devices=[]):
        pool = [of["AdaptiveAvgPool"](1), nn.Flatten()] if dimensions else []
        model = nn.Sequential(*map(block, range(depth)), *pool, nn.Linear(width, outputs))
        torch.manual_seed(seed)  # from here on the draws depend on shapes alone
        hidden = [block.linear for block in model[:depth]]
        for linear in [*hidden, model[-1]]:
            _draw(linear, init)
    model.to(dtype)
    with torch.no_grad():
        for linear in hidden:
            linear.weight *= gain if init == "torch" else gain * _GAINS[activation]
    return model


def convnet(channels, outputs, *, dimensions=2, **options):
    """`mlp` with convolutions: for ``x`` of shape (N, channels, *spatial) with 1 or 2 spatial axes, ``dimensions``.

    They reach over 3 or 3 × 3 positions, zero-padded; a mean over all positions comes before the head. The norm "layer"
    is over channels and positions. The options are those of `mlp`, of which ``depth`` and ``width`` (channels) must be
    given, and so are the errors.
    """
    return mlp(channels, outputs, dimensions=_among("dimensions", dimensions, [1, 2]), **options)


def _draw(linear, init):
    if init == "torch":
        linear.reset_parameters()
        return
    _INITS[init](linear.weight)
    if linear.bias is not None:
        nn.init.zeros_(linear.bias)


def _among(name, value, accepted):
    if value not in list(accepted):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, accepted))}; got {value!r}")
    return value

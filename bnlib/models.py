"""Multilayer perceptrons and small convolutional networks from plain arguments.

A model is a ``torch.nn.Sequential``: ``model[i]`` is hidden block i, ``model[-1]`` the linear head. A block's parts
have names: ``model[i].linear`` (in a convolutional network the convolution), ``model[i].norm``, ``model[i].activation``,
``model[i].dropout``.
"""

import math
from collections import OrderedDict
from functools import partial

import torch
from torch import nn
from torch.nn.utils import skip_init  # torch's own draw would move its global random state

from bnlib._arguments import positive_integer

__all__ = ["Block", "convnet", "mlp", "run_on_copies"]

_ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "linear": nn.Identity}
_GAINS = {"relu": math.sqrt(2), "tanh": 1, "sigmoid": 4, "linear": 1}
_INITS = {  # for a linear activation: the gain comes after
    "he": partial(nn.init.kaiming_normal_, nonlinearity="linear"),
    "glorot": nn.init.xavier_normal_,
    "orthogonal": nn.init.orthogonal_,
    "torch": partial(nn.init.kaiming_uniform_, a=math.sqrt(5)),  # what reset_parameters of torch's layers calls
}


class Block(nn.Sequential):
    """A linear layer, its norm, its activation and its dropout, by these names; with a ``scale``, a branch added to what came in."""

    def __init__(self, parts, scale=None):
        super().__init__(OrderedDict(parts))
        self.scale = scale

    def forward(self, x):
        branch = super().forward(x)
        return branch if self.scale is None else x + self.scale * branch


def mlp(inputs, outputs, *, depth, width, **options):
    """``depth`` hidden layers of ``width`` units and a linear head, for ``x`` of shape (N, inputs).

    Parameters
    ----------
    norm : None, "batch", "layer", or a callable, default None
        The callable takes the number of channels and returns a module: ``lambda c: nn.GroupNorm(4, c)``.
    norm_place : "before" or "after", default "before"
        Before or after the activation.
    activation : "relu", "tanh", "sigmoid" or "linear", default "relu"
    init : "he", "glorot", "orthogonal" or "torch", optional
        He's for ReLU and Glorot's for the others, if left out: a fair start for a network without norm. Times √2 before
        a ReLU and 4 before a sigmoid; biases at 0. Only torch's own is left as it is.
    gain : float, default 1
        Multiplies the hidden layers' weights on top of that: 0.5 with ReLU is half of He.
    bias : bool, optional
        Of the hidden layers. If left out, there is none directly before a norm that cancels it: torch's batch and
        instance norms, and group norm with one channel a group.
    residual : bool, default False
        From the second block on, a block adds ``branch_scale`` (default 1) times its result to what came in.
    learn_scale : bool, default False
        Each block learns its scale; with ``branch_scale=0`` that is SkipInit (De & Smith 2020).
    dropout : float, default 0
        Probability with which a value is set to 0 in training mode, and else divided by 1 − ``dropout``. At 0 there is no
        such part. It draws from torch's global random state: call ``torch.manual_seed`` before training.
    dropout_place : "after" or "before", default "after"
        At the end of the block, or directly before its norm, which then cancels no bias.
    eps : float, default 1e-5
        Of "batch" and "layer".
    dtype : torch.dtype, default torch.float32
    seed : int, default 0
        Of the weights, which are the same whatever the norm and the dtype (with "torch", the bias). Torch's global random
        state is neither used nor moved, but by ``dropout`` in training.

    Raises
    ------
    ValueError
        A size is no positive integer, a name is not among those above, ``eps`` is not above 0, a branch's scale is given
        without ``residual``, or is 0 and does not learn, ``dropout`` is not in [0, 1), or before a norm that is not there.

    Sources: Glorot & Bengio 2010; He et al. 2015 (1502.01852); Saxe, McClelland & Ganguli 2014 for "orthogonal".
    """
    return _network(0, positive_integer("inputs", inputs), outputs, depth, width, **options)


def convnet(channels, outputs, *, depth, width, dimensions=2, **options):
    """``depth`` convolutions to ``width`` channels and a linear head, for ``x`` of shape (N, channels, *spatial).

    There are 1 or 2 spatial axes, ``dimensions``. The convolutions reach over 3 or 3 × 3 positions, zero-padded; a mean
    over all positions comes before the head. The norm "layer" is over channels and positions. Options and errors are
    those of `mlp`.
    """
    _one_of("dimensions", dimensions, [1, 2])
    return _network(dimensions, positive_integer("channels", channels), outputs, depth, width, **options)


def run_on_copies(model, x):
    """``model(x)``, with copies of the running statistics moving instead of the model's own."""
    copies = {name: buffer.clone() for name, buffer in model.named_buffers()}
    return torch.func.functional_call(model, copies, (x,))


def _network(
    dimensions,
    inputs,
    outputs,
    depth,
    width,
    *,
    norm=None,
    norm_place="before",
    activation="relu",
    init=None,
    gain=1.0,
    bias=None,
    residual=False,
    branch_scale=1.0,
    learn_scale=False,
    dropout=0.0,
    dropout_place="after",
    eps=1e-5,
    dtype=torch.float32,
    seed=0,
):
    outputs, depth = positive_integer("outputs", outputs), positive_integer("depth", depth)
    width = positive_integer("width", width)
    init = init or ("he" if activation == "relu" else "glorot")
    _one_of("norm_place", norm_place, ["before", "after"])
    _one_of("dropout_place", dropout_place, ["after", "before"])
    _one_of("activation", activation, _ACTIVATIONS)
    _one_of("init", init, _INITS)
    if not eps > 0:
        raise ValueError(f"eps must be above 0, for torch refuses 0 (1e-30 does as well in float64); got {eps!r}")
    if not residual and (branch_scale != 1 or learn_scale):
        raise ValueError("branch_scale and learn_scale need residual=True: without it there is no branch to scale")
    if branch_scale == 0 and not learn_scale:
        raise ValueError("branch_scale=0 needs learn_scale=True: otherwise the branches stay without effect")
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout must be a probability below 1; got {dropout!r}")
    if dropout_place == "before" and norm is None:
        raise ValueError("dropout_place='before' needs a norm: it is the place directly before it")
    kinds = ("Conv", "BatchNorm", "AdaptiveAvgPool")
    conv, batch_norm, pool = (getattr(nn, f"{kind}{max(dimensions, 1)}d") for kind in kinds)
    layer, reach = (conv, {"kernel_size": 3, "padding": 1}) if dimensions else (nn.Linear, {})
    if norm is not None and not callable(norm):
        norms = {"batch": batch_norm, "layer": partial(nn.GroupNorm, 1)}
        norm = partial(norms[_one_of("norm", norm, norms)], eps=eps)

    def block(index):
        parts = [("activation", _ACTIVATIONS[activation]())]
        if norm:
            parts.insert(0 if norm_place == "before" else 1, ("norm", norm(width)))
        if dropout:
            place = len(parts) if dropout_place == "after" else [name for name, _ in parts].index("norm")
            parts.insert(place, ("dropout", nn.Dropout(dropout)))
        has_bias = not _cancels_bias(parts[0][1]) if bias is None else bias
        parts.insert(0, ("linear", skip_init(layer, width if index else inputs, width, bias=has_bias, **reach)))
        scale = nn.Parameter(torch.tensor(float(branch_scale))) if learn_scale else branch_scale
        return Block(parts, scale if residual and index else None)

    mean = [pool(1), nn.Flatten()] if dimensions else []
    model = nn.Sequential(*map(block, range(depth)), *mean, skip_init(nn.Linear, width, outputs))
    hidden = [block.linear for block in model[:depth]]
    generator = torch.Generator().manual_seed(seed)  # the draws depend on shapes alone
    for linear in [*hidden, model[-1]]:
        _INITS[init](linear.weight, generator=generator)
        if linear.bias is not None and init == "torch":
            bound = 1 / math.sqrt(linear.weight[0].numel())
            nn.init.uniform_(linear.bias, -bound, bound, generator=generator)
        elif linear.bias is not None:
            nn.init.zeros_(linear.bias)
    model.to(dtype)
    with torch.no_grad():
        for linear in hidden:
            linear.weight *= gain if init == "torch" else gain * _GAINS[activation]
    return model


def _cancels_bias(module):
    """Whether a constant added to a channel leaves what this module puts out as it is."""
    if isinstance(module, nn.GroupNorm):
        return module.num_groups == module.num_channels
    return isinstance(module, nn.modules.batchnorm._NormBase)  # torch's batch and instance norms, bnlib.norms


def _one_of(name, value, accepted):
    if value not in list(accepted):
        raise ValueError(f"{name} must be one of {', '.join(map(repr, accepted))}; got {value!r}")
    return value

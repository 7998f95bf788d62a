"""What can be measured inside a network of `bnlib.models`, block by block.

Each function runs the model in the mode it is in, leaves its running statistics and stored gradients as they are, and
returns NumPy arrays. A ``part`` of a block is "linear", "norm", "activation", or "block", which counts a residual
connection in. All but `hessian_eigenvalues` raise ValueError for a model without blocks, or without that part in each.
"""

import numpy as np
import torch
import torch.nn.functional as F
from scipy.sparse.linalg import LinearOperator, eigsh

from bnlib.models import Block, run_on_copies

__all__ = [
    "activations",
    "dead_fractions",
    "hessian_eigenvalues",
    "mean_cosines",
    "squared_gradients",
    "update_sizes",
]


def activations(model, x, *, part="activation"):
    """What one part of each hidden block puts out: a list of arrays, one a block, whose first axis is that of ``x``."""
    with torch.no_grad():
        return [output.numpy() for output in _watch(model, x, part)[1]]


def squared_gradients(model, x, y, *, part="activation", per_example=False, loss=F.cross_entropy):
    """Squared length of the gradient of ``loss(model(x), y)`` in each hidden block.

    With respect to what a ``part`` puts out, of all examples together, shape (blocks,), or ``per_example``, shape
    (blocks, N). The part "weight" is the linear layer's weights: ValueError for these per example.
    """
    if part != "weight":
        out, inner = _watch(model, x, part)
    elif per_example:
        raise ValueError("all examples share the weights: per_example needs another part, such as 'activation'")
    else:
        inner = [block.linear.weight for block in _blocks(model)]
        out = run_on_copies(model, x)
    squares = [gradient.double() ** 2 for gradient in torch.autograd.grad(loss(out, y), inner)]
    return np.array([(square.flatten(1).sum(1) if per_example else square.sum()).numpy() for square in squares])


def dead_fractions(model, x):
    """Fraction of each block's ReLU units (channels) that are 0 on all of ``x``; NaN in a network that has diverged."""
    return np.array([np.where(np.isnan(on).any(), np.nan, (on.max(axis=0) == 0).mean()) for on in _relus_on(model, x)])


def mean_cosines(model, x, *, part="activation"):
    """Mean cosine between two examples' activations, in each hidden block: 1 if all examples have become alike.

    NaN where an example activates no unit, and so has no direction. ValueError for a single example.
    """
    if len(x) < 2:
        raise ValueError(f"a cosine is between two examples: x needs 2 or more; got {len(x)}")
    outputs = [h.reshape(len(h), -1).astype(float) for h in activations(model, x, part=part)]
    with np.errstate(invalid="ignore"):
        units = [h / np.linalg.norm(h, axis=1, keepdims=True) for h in outputs]
    return np.array([(np.square(unit.sum(axis=0)).sum() - len(x)) / (len(x) * (len(x) - 1)) for unit in units])


def update_sizes(before, after):
    """‖change‖ / ‖weights before‖ of each block's linear layer, given the model and its earlier ``copy.deepcopy``."""
    weights = [(a.linear.weight, b.linear.weight) for a, b in zip(_blocks(before), _blocks(after), strict=True)]
    return np.array([((b - a).norm() / a.norm()).item() for a, b in weights])


def hessian_eigenvalues(model, x, y, k=1, *, which="LA", parameters=None, loss=F.cross_entropy):
    """``k`` eigenvalues of the Hessian of ``loss(model(x), y)`` in the model's or the given parameters, largest first.

    ``which`` as in ``scipy.sparse.linalg.eigsh``: "LA" the largest, "SA" the smallest, "BE" half from each end; ``k`` is
    below the number of parameters. The Hessian is never formed: each step of Lanczos' method is a backward pass.
    """
    parameters = list(model.parameters() if parameters is None else parameters)
    gradient = _flat(torch.autograd.grad(loss(run_on_copies(model, x), y), parameters, create_graph=True))

    def times(vector):
        vector = torch.as_tensor(vector.ravel(), dtype=gradient.dtype)
        return _flat(torch.autograd.grad(gradient, parameters, vector, retain_graph=True)).numpy()

    n, dtype = len(gradient), gradient.detach().numpy().dtype
    start = np.random.default_rng(0).normal(size=n).astype(dtype)  # eigsh would start from a different one each time
    hessian = LinearOperator((n, n), matvec=times, dtype=dtype)
    return -np.sort(-eigsh(hessian, k, which=which, v0=start, return_eigenvectors=False))


def _blocks(model):
    blocks = [module for module in model.modules() if isinstance(module, Block)]
    if not blocks:
        raise ValueError(f"the model needs hidden blocks, as those of bnlib.models have; got {type(model).__name__}")
    return blocks


def _watch(model, x, part):
    """``model(x)``, and what that part of each block puts out on the way."""
    watched = [block if part == "block" else getattr(block, part, None) for block in _blocks(model)]
    if part not in ("linear", "norm", "activation", "block") or None in watched:
        raise ValueError(f"part must be 'linear', 'norm', 'activation' or 'block', and in each block; got {part!r}")
    outputs = []
    hooks = [module.register_forward_hook(lambda *call: outputs.append(call[2])) for module in watched]
    try:
        return run_on_copies(model, x), outputs
    finally:
        for hook in hooks:
            hook.remove()


def _relus_on(model, x):
    """For each block, shape (examples and positions, units): 1 where the ReLU is on, 0 where off, NaN where diverged."""
    if not all(isinstance(block.activation, torch.nn.ReLU) for block in _blocks(model)):
        raise ValueError("active and dead units are those of ReLU networks; this one has another activation")
    outputs = [np.moveaxis(h, 1, -1).reshape(-1, h.shape[1]).astype(float) for h in activations(model, x)]
    return [np.where(np.isfinite(h), np.sign(h), np.nan) for h in outputs]


def _flat(tensors):
    return torch.cat([tensor.reshape(-1) for tensor in tensors])

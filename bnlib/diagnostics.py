"""What can be measured inside a network of `bnlib.models`, block by block.

Each function runs the model in the mode it is in, and leaves its running statistics and stored gradients as they are.
"""

import numpy as np
import torch
import torch.nn.functional as F
from scipy.sparse.linalg import LinearOperator, eigsh

from bnlib.models import Block

__all__ = [
    "activations",
    "active_fractions",
    "dead_fractions",
    "hessian_eigenvalues",
    "mean_cosines",
    "squared_gradients",
    "update_sizes",
]


def activations(model, x, part="activation"):
    """What one part of each hidden block puts out: a list of tensors, one a block.

    ``part`` is "linear", "norm", "activation", or "block", which counts a residual connection in. Raises ValueError for
    another, or one that the blocks do not have.
    """
    return _watch(model, x, part)[1]


def squared_gradients(model, x, y, part="weight", *, per_example=False, loss=F.cross_entropy):
    """Squared length of the gradient of ``loss(model(x), y)`` in each hidden block.

    With respect to its linear layer's weights, or to what another ``part`` puts out, as in `activations`; these also
    ``per_example``: shape (blocks, N) instead of (blocks,). Raises ValueError for weights per example.
    """
    if part != "weight":
        out, of = _watch(model, x, part)
    elif per_example:
        raise ValueError("all examples share the weights: per_example needs another part, such as 'activation'")
    else:
        out, of = _run(model, x), [block.linear.weight for block in _blocks(model)]
    squares = [gradient.double() ** 2 for gradient in torch.autograd.grad(loss(out, y), of)]
    return np.array([(square.flatten(1).sum(1) if per_example else square.sum()).numpy() for square in squares])


def active_fractions(model, x):
    """Part of each block's ReLU outputs that is above 0; NaN in a network that has diverged."""
    return np.array([on.mean() for on in _on(model, x)])


def dead_fractions(model, x):
    """Part of each block's ReLU units (channels) that are 0 on all of ``x``; NaN in a network that has diverged."""
    return np.array([np.where(np.isnan(on).any(), np.nan, (on.max(axis=0) == 0).mean()) for on in _on(model, x)])


def mean_cosines(model, x, part="block"):
    """Mean cosine between two examples' activations, in each hidden block: 1 if all examples have become alike.

    NaN where an example activates no unit, and so has no direction.
    """
    with torch.no_grad():
        outputs = [h.flatten(1).double() for h in activations(model, x, part)]
    sums = np.array([(h / h.norm(dim=1, keepdim=True)).sum(dim=0).square().sum() for h in outputs])
    return (sums - len(x)) / (len(x) * (len(x) - 1))


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
    gradient = _flat(torch.autograd.grad(loss(_run(model, x), y), parameters, create_graph=True))

    def times(vector):
        vector = torch.as_tensor(vector.ravel(), dtype=gradient.dtype)
        return _flat(torch.autograd.grad(gradient, parameters, vector, retain_graph=True)).numpy()

    n, dtype = len(gradient), gradient.detach().numpy().dtype
    start = np.random.default_rng(0).normal(size=n).astype(dtype)  # eigsh would start from a different one each time
    hessian = LinearOperator((n, n), matvec=times, dtype=dtype)
    return np.sort(eigsh(hessian, k, which=which, v0=start, return_eigenvectors=False))[::-1]


def _blocks(model):
    return [module for module in model.modules() if isinstance(module, Block)]


def _run(model, x):
    """``model(x)``, with copies of the running statistics moving instead of the model's own."""
    copies = {name: buffer.clone() for name, buffer in model.named_buffers()}
    return torch.func.functional_call(model, copies, (x,))


def _watch(model, x, part):
    """``model(x)``, and what that part of each block puts out on the way."""
    watched = [block if part == "block" else getattr(block, part, None) for block in _blocks(model)]
    if part not in ("linear", "norm", "activation", "block") or None in watched:
        raise ValueError(f"part must be 'linear', 'norm', 'activation' or 'block', and in each block; got {part!r}")
    outputs = []
    hooks = [module.register_forward_hook(lambda *call: outputs.append(call[2])) for module in watched]
    try:
        return _run(model, x), outputs
    finally:
        for hook in hooks:
            hook.remove()


def _on(model, x):
    """For each block, shape (examples and positions, units): 1 where the ReLU is on, 0 where off, NaN where diverged."""
    if not all(isinstance(block.activation, torch.nn.ReLU) for block in _blocks(model)):
        raise ValueError("active and dead units are those of ReLU networks; this one has another activation")
    with torch.no_grad():
        outputs = [h.movedim(1, -1).flatten(0, -2).double() for h in activations(model, x)]
    return [torch.where(h.isfinite(), h.sign(), torch.nan).numpy() for h in outputs]


def _flat(tensors):
    return torch.cat([tensor.reshape(-1) for tensor in tensors])

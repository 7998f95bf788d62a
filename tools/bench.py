"""How fast batch normalization is in NumPy: forward and backward against torch's, float32, one thread.

Prints a table of ratios, ours over torch's, and exits with 1 past a bar. The staged backward is the one that courses
teach, one small step an operation: shown for comparison, held to no bar. A last row times ours with a channel of zeros,
as dead units and border pixels are, over ours without: it must not cost a second pass. What is compared is timed in
turn, and each keeps its fastest run, so that whatever else the machine is doing falls on both alike. (Not all three in
one round: the staged one's many arrays would push out of the cache what the next one needs.)
"""

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")  # read when numpy is imported

import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

from bnlib.normalization import batch_norm, normalize_backward

EPS = 1e-5
CASES = [  # shape, turns, the most that ours / torch may be
    ((256, 512), 1500, 1.8),
    ((32, 64, 28, 28), 300, 0.9),
]
ZEROS = (32, 64, 28, 28), 300, 1.15  # the same for ours with a channel of zeros / ours without


def ours(x, gamma, beta, dy):
    y, cache = batch_norm(x, gamma, beta, eps=EPS)
    return y, *normalize_backward(dy, cache)


def staged(x, gamma, beta, dy):
    """The computation graph drawn node by node, then walked back through: eight steps, each with its own array."""
    axes = (0, *range(2, x.ndim))
    count = x.size // x.shape[1]
    gamma, beta = (p.reshape(1, -1, *[1] * (x.ndim - 2)) for p in (gamma, beta))

    centered = x - x.mean(axes, keepdims=True)
    squared = centered**2
    std = np.sqrt(squared.mean(axes, keepdims=True) + EPS)
    x_hat = centered / std
    y = gamma * x_hat + beta

    dbeta = dy.sum(axes)  # 1. the shift
    dgamma = (dy * x_hat).sum(axes)  # 2. the scale
    dx_hat = dy * gamma  # 3. through the scale
    dstd = -(dx_hat * centered).sum(axes, keepdims=True) / std**2  # 4. the divisor of x̂ = centered / std
    dsquared = np.ones_like(x) * (dstd / (2 * std)) / count  # 5. through the root and the mean of the squares
    dcentered = dx_hat / std + 2 * centered * dsquared  # 6. both ways out of the centred values
    dmean = -dcentered.sum(axes, keepdims=True)  # 7. the mean that was subtracted
    dx = dcentered + np.ones_like(x) * dmean / count  # 8. both ways out of x
    return y, dx, dgamma, dbeta


def torchs(x, gamma, beta, dy):
    y = F.batch_norm(x, None, None, gamma, beta, training=True, eps=EPS)
    return y, *torch.autograd.grad(y, (x, gamma, beta), dy)


def arrays(shape):
    """x, gamma, beta and dy, float32."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=size).astype(np.float32) for size in (shape, shape[1], shape[1], shape)]


def contenders(shape):
    """Name → a function without arguments, each on the same numbers."""
    given = arrays(shape)
    tensors = [torch.from_numpy(array).requires_grad_(i < 3) for i, array in enumerate(given)]
    return {"ours": lambda: ours(*given), "staged": lambda: staged(*given), "torch": lambda: torchs(*tensors)}


def with_and_without_zeros(shape):
    """Ours on the same numbers, but for one channel of zeros in the first."""
    x, *others = arrays(shape)
    zeroed = x.copy()
    zeroed[:, 0] = 0
    return lambda: ours(zeroed, *others), lambda: ours(x, *others)


def fastest(functions, turns):
    """Seconds of each function's fastest run."""
    best = [float("inf")] * len(functions)
    for _ in range(turns):
        for i, function in enumerate(functions):
            start = time.perf_counter()
            function()
            best[i] = min(best[i], time.perf_counter() - start)
    return best


def main():
    torch.set_num_threads(1)
    past = []
    print(f"{'shape':<20}{'torch':>10}{'ours':>10}{'ours/torch':>12}{'bar':>7}{'staged/torch':>14}")
    for shape, turns, bar in CASES:
        functions = contenders(shape)
        wanted = functions["torch"]()
        for name in ("ours", "staged"):  # a fast wrong answer is no answer
            for got, want in zip(functions[name](), wanted, strict=True):
                np.testing.assert_allclose(got, want.detach(), rtol=1e-3, atol=1e-3, err_msg=f"{name} at {shape}")
        numpy_time, torch_time = fastest([functions["ours"], functions["torch"]], turns)
        staged_time, beside_it = fastest([functions["staged"], functions["torch"]], turns // 5)
        ratio = numpy_time / torch_time
        print(
            f"{shape!s:<20}{torch_time * 1e3:>7.2f} ms{numpy_time * 1e3:>7.2f} ms{ratio:>12.2f}{bar:>7.2f}"
            f"{staged_time / beside_it:>14.2f}"
        )
        if ratio > bar:
            past.append(f"{shape}: ours takes {ratio:.2f} times torch's time, past the bar of {bar}")
    shape, turns, bar = ZEROS
    with_zeros, without = fastest(with_and_without_zeros(shape), turns)
    ratio = with_zeros / without
    print(
        f"{'a channel of zeros':<20}{'':>10}{with_zeros * 1e3:>7.2f} ms{ratio:>12.2f}{bar:>7.2f}   (over ours without)"
    )
    if ratio > bar:
        past.append(f"{shape}: a channel of zeros makes ours take {ratio:.2f} times as long, past the bar of {bar}")
    sys.exit("\n".join(past) or None)


if __name__ == "__main__":
    main()

"""Wrong lines that people really write, each for one place in bnlib; test_units.py and test_chapters.py have each found out.

Most are in code that is in use: in textbooks, courses, other frameworks' layers, or first attempts.
"""

from typing import NamedTuple

NORMALIZATION = "normalization.py"
MECHANISM = ("mechanism",)


class Mutant(NamedTuple):
    name: str
    old: str  # occurs once in the file
    new: str
    file: str = NORMALIZATION  # in bnlib
    chapters: tuple = MECHANISM  # those whose claims must fail


MUTANTS = [
    # Forward
    Mutant(
        "unbiased-variance-normalises",
        "    var = _sum(axes, centered, centered) / n",
        "    var = _sum(axes, centered, centered) / max(n - 1, 1)",
    ),
    Mutant(
        "one-pass-variance",
        "    var = _sum(axes, centered, centered) / n",
        "    var = abs(_sum(axes, x, x) / n - mean**2)",
    ),
    Mutant("eps-outside-the-root", "1 / np.sqrt(spread)", "1 / (np.sqrt(var) + eps)"),
    Mutant("eps-twice", "spread = var + eps", "spread = var + eps + eps"),
    Mutant("eps-as-a-floor", "spread = var + eps", "spread = np.maximum(var, eps)"),
    Mutant(
        "each-pixel-its-own-statistics",
        'axes = (0, *range(2, x.ndim))\n    _require_two(x, axes, "channel", "Use a larger batch',
        'axes = (0,)\n    _require_two(x, axes, "channel", "Use a larger batch',
    ),
    # Backward
    Mutant("no-mean-term", "part -= along_1", "pass"),
    Mutant("mean-term-not-divided", "scale * sum_g / n", "scale * sum_g"),
    Mutant("no-x-hat-term", "np.subtract(g_part, part, out=part)", "part[:] = g_part"),
    Mutant("x-hat-standardised-once", "inv_std * (inv_std * sum_gx / n)", "inv_std * sum_gx / n"),
    Mutant(
        "statistics-detached",
        "affine, axes, shape or x.shape, centers)",
        "affine, axes, shape or x.shape, False, False)",
    ),
    Mutant("gamma-forgotten-in-dx", "scale = inv_std * affine.gamma", "scale = inv_std"),
    Mutant("dgamma-from-centred-values", "dbeta, dgamma = sum_g, sum_gx * inv_std", "dbeta, dgamma = sum_g, sum_gx"),
    Mutant("dbeta-averaged", "dbeta, dgamma = sum_g,", "dbeta, dgamma = sum_g / _count(dy, axes),"),
    Mutant("dgamma-and-dbeta-exchanged", "dbeta, dgamma = sum_g,", "dgamma, dbeta = sum_g,"),
    # Running statistics and evaluation mode
    Mutant(
        "momentum-inverted",
        "(1 - self.momentum) * running + self.momentum * batch.ravel()",
        "self.momentum * running + (1 - self.momentum) * batch.ravel()",
    ),
    Mutant("last-batch-only", "(1 - self.momentum) * running + self.momentum * batch.ravel()", "batch.ravel()"),
    Mutant("running-var-biased", "self._cache.var * n / (n - 1)", "self._cache.var"),
    Mutant(
        "running-var-holds-the-deviation", "self._cache.var * n / (n - 1)", "np.sqrt(self._cache.var * n / (n - 1))"
    ),
    Mutant(
        "training-by-running-statistics",
        "        return y\n\n    def backward",
        "        trained = self._cache\n        y = self._evaluate(x)\n        self._cache = trained\n        return y\n\n    def backward",
    ),
    Mutant("evaluation-mode-ignored", "if not self.training:", "if False:"),
    Mutant(
        "evaluation-by-batch-statistics",
        "        inv_std = 1 / np.sqrt(var + self.eps)",
        "        _, mean, var = _standardize(x.astype(work), affine.axes)\n        inv_std = 1 / np.sqrt(var + self.eps)",
    ),
    Mutant(
        "evaluation-moves-the-running-mean",
        "        return _restore(self._cache, x.dtype)",
        "        self._follow(self.running_mean, x.mean(axes))\n        return _restore(self._cache, x.dtype)",
    ),
    Mutant("evaluation-without-eps", "1 / np.sqrt(var + self.eps)", "1 / np.sqrt(var)"),
    Mutant(
        "evaluation-backward-as-in-training",
        "axes, x.shape, centers=False, scales=False)",
        "axes, x.shape)",
    ),
    # What only the chapters on consequences can see
    Mutant(
        "norm-always-after-the-activation",
        '1 if norm_place == "before" else 2',
        "2",
        "models.py",
        ("bias",),
    ),
    Mutant("layer-norm-over-the-batch", "partial(nn.GroupNorm, 1)", 'of["BatchNorm"]', "models.py", ("bias",)),
    Mutant(
        "steps-add-as-if-in-line",
        "return np.hypot(norm, lr * gradient_norm)",
        "return norm + lr * gradient_norm",
        "theory.py",
        ("scale-invariance",),
    ),
    Mutant(
        "effective-rate-over-the-length",
        "return lr / norm**2",
        "return lr / norm",
        "theory.py",
        ("scale-invariance",),
    ),
    Mutant(
        "norm-keeps-its-own-eps",
        'partial(norms[_among("norm", norm, norms)], eps=eps)',
        'norms[_among("norm", norm, norms)]',
        "models.py",
        ("scale-invariance",),
    ),
    Mutant(
        "recorded-after-the-step",
        "        if record:\n            history.recorded.append(record(step, model))\n        optimizer.step()\n",
        "        optimizer.step()\n        if record:\n            history.recorded.append(record(step, model))\n",
        "training.py",
        ("scale-invariance",),
    ),
    Mutant(
        "steps-forget-the-smallest-curvature",
        "np.log((condition + 1) / (condition - 1))",
        "np.log((condition + 1) / condition)",
        "theory.py",
        ("conditioning",),
    ),
    Mutant(
        "correlated-with-itself",
        "return (1 + (d - 1) * rho) / (1 - rho)",
        "return (1 + d * rho) / (1 - rho)",
        "theory.py",
        ("conditioning",),
    ),
    Mutant(
        "means-add-without-squares",
        "return 1 + np.sum(np.square(mean))",
        "return 1 + np.sum(mean)",
        "theory.py",
        ("conditioning",),
    ),
    Mutant(
        "relu-variance-as-second-moment",
        "return 1 + d / (np.pi - 1)",
        "return 1 + d / np.pi",
        "theory.py",
        ("conditioning",),
    ),
    Mutant(
        "growth-without-its-last-term",
        "(b - 3) * (1 - j)) - 1 / (b - 3)",
        "(b - 3) * (1 - j))",
        "theory.py",
        ("gradient-flow",),
    ),
    Mutant(
        "one-lost-direction-too-few",
        "return (batch_size - 2) / (batch_size - 3)",
        "return (batch_size - 1) / (batch_size - 3)",
        "theory.py",
        ("gradient-flow",),
    ),
    Mutant(
        "exponential-off-in-place-of-on",
        "return math.exp(-1)",
        "return 1 - math.exp(-1)",
        "theory.py",
        ("gradient-flow",),
    ),
    Mutant(
        "dead-if-ever-off",
        "(on.max(axis=0) == 0).mean()",
        "(on.min(axis=0) == 0).mean()",
        "diagnostics.py",
        ("gradient-flow",),
    ),
    Mutant(
        "rectified-variance-about-zero",
        "* below + mean * std * density - first**2",
        "* below + mean * std * density",
        "theory.py",
        ("training-speed",),
    ),
    Mutant(
        "normal-density-without-the-root",
        "math.exp(-(ratio**2) / 2) / math.sqrt(2 * math.pi)",
        "math.exp(-(ratio**2) / 2) / (2 * math.pi)",
        "theory.py",
        ("training-speed",),
    ),
]

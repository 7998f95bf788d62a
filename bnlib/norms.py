"""Relatives of batch norm that torch does not have, for ``x`` of shape (N, C): ``norm=lambda c: GhostBatchNorm1d(c, 16)``.

Both are torch's batch norm in evaluation mode, and by type, so that what freezes, folds or recounts batch norms finds them.
"""

import torch
import torch.nn.functional as F
from torch import nn

from bnlib._arguments import positive_integer

__all__ = ["BatchRenorm1d", "GhostBatchNorm1d"]


class _OtherInTraining(nn.BatchNorm1d):
    """Batch norm in evaluation mode; in training mode what `_train` makes of x, of shape (N, C)."""

    def forward(self, x):
        if x.dim() != 2:
            raise ValueError(f"x must have shape (N, C); got {tuple(x.shape)}")
        return self._train(x) if self.training else super().forward(x)

    def _count_batch(self):
        """The weight of this batch in the running averages: ``momentum``, or, as in torch, an even share if it is None."""
        self.num_batches_tracked.add_(1)
        return 1 / self.num_batches_tracked.item() if self.momentum is None else self.momentum


class GhostBatchNorm1d(_OtherInTraining):
    """Batch norm over groups of ``ghost_size`` consecutive examples, each by its own statistics, in training mode.

    The last group is smaller if N is no multiple. One gamma, one beta (``weight`` and ``bias``) and one pair of running
    averages for all: a batch moves these once, towards the mean over its groups, each counting alike, of their means and
    unbiased variances.

    Raises
    ------
    ValueError
        ``ghost_size`` is no integer from 2, ``x`` is not of shape (N, C), or a group would have a single value.

    Source: Hoffer, Hubara & Soudry 2017 (1705.08741), where the running averages move group by group.
    """

    def __init__(self, num_features, ghost_size, eps=1e-5, momentum=0.1):
        super().__init__(num_features, eps=eps, momentum=momentum)
        self.ghost_size = positive_integer("ghost_size", ghost_size)
        if ghost_size == 1:
            raise ValueError("ghost_size must be at least 2, for a single value has no variance; got 1")

    def _train(self, x):
        groups = x.split(self.ghost_size)
        if len(groups[-1]) < 2:
            raise ValueError(
                f"the last group of {len(x)} examples in groups of {self.ghost_size} has {len(groups[-1])}; "
                "it needs at least 2, for a single value has no variance"
            )
        variances, means = zip(*(torch.var_mean(group.detach(), dim=0) for group in groups), strict=True)
        new = self._count_batch()
        self.running_mean.lerp_(torch.stack(means).mean(dim=0), new)
        self.running_var.lerp_(torch.stack(variances).mean(dim=0), new)
        return torch.cat([F.batch_norm(g, None, None, self.weight, self.bias, True, eps=self.eps) for g in groups])


class BatchRenorm1d(_OtherInTraining):
    """Batch norm that in training mode is corrected towards what evaluation will do: γ(x̂·r + d) + β.

    r = σ_B/σ within [1/r_max, r_max] and d = (μ_B − μ)/σ within ±d_max, from the batch's μ_B, σ_B and the running μ, σ
    before this batch; no gradient passes through r and d. Within the limits that is (x − μ)/σ in value. With r_max = 1
    and d_max = 0 it is batch norm: so the paper begins, then widens the limits, which may be set between steps.

    As in the paper, eps is within σ_B = √(var + eps), of the biased variance, and the average runs over σ. Torch's
    averages run over the unbiased variance instead. ``running_var`` holds σ² − eps, with which evaluation divides by σ.

    Raises
    ------
    ValueError
        ``r_max`` is below 1, ``d_max`` below 0, ``x`` is not of shape (N, C), or has a single example in training mode.

    Source: Ioffe 2017 (1702.03275), algorithm 1.
    """

    def __init__(self, num_features, eps=1e-5, momentum=0.1, r_max=3.0, d_max=5.0):
        super().__init__(num_features, eps=eps, momentum=momentum)
        if not (r_max >= 1 and d_max >= 0):
            raise ValueError(f"r_max must be at least 1 and d_max at least 0; got {r_max=}, {d_max=}")
        self.r_max, self.d_max = r_max, d_max

    def _train(self, x):
        x_hat = F.batch_norm(x, None, None, training=True, eps=self.eps)
        var, mean = torch.var_mean(x.detach(), dim=0, correction=0)
        batch_std, std = (var + self.eps).sqrt(), (self.running_var + self.eps).sqrt()
        r, d = self._corrections(mean, batch_std, std)
        new = self._count_batch()
        self.running_mean.lerp_(mean, new)
        self.running_var.copy_(std.lerp(batch_std, new) ** 2 - self.eps)
        return self.weight * (x_hat * r + d) + self.bias

    def _corrections(self, mean, batch_std, std):
        r = (batch_std / std).clamp(1 / self.r_max, self.r_max)
        return r, ((mean - self.running_mean) / std).clamp(-self.d_max, self.d_max)

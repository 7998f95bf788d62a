"""Against torch's batch norm: of each group, of the whole batch, and between the two limits of batch renormalisation."""

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import update_bn

from bnlib.models import mlp, run_on_copies
from bnlib.norms import BatchRenorm1d, GhostBatchNorm1d

X = torch.randn(12, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * 2 + 5
DY = torch.randn(12, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
BUFFERS = ["running_mean", "running_var", "num_batches_tracked"]


def made(norm):
    """In float64, with a gamma and a beta that are seen."""
    norm = norm.double()
    norm.weight.data, norm.bias.data = torch.tensor([[0.5, -1.0, 2.0], [1.0, 0.0, -3.0]], dtype=torch.float64)
    return norm


def forward_and_backward(norm, x=X, dy=DY):
    """What it puts out, and the gradients in x, gamma and beta."""
    x = x.clone().requires_grad_()
    y = norm(x)
    return y.detach(), *torch.autograd.grad(y, [x, norm.weight, norm.bias], dy)


def same(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)


def same_buffers(ours, theirs):
    same([getattr(ours, name) for name in BUFFERS], [getattr(theirs, name) for name in BUFFERS])


@pytest.mark.parametrize("ghost_size", [12, 100])
def test_one_group_is_batch_norm(ghost_size):
    ghost, batch = made(GhostBatchNorm1d(3, ghost_size, 0.1, 0.3)), made(nn.BatchNorm1d(3, 0.1, 0.3))
    for x in (X, X + 3):
        same(forward_and_backward(ghost, x), forward_and_backward(batch, x))
        same_buffers(ghost, batch)
    same(ghost.eval()(X), batch.eval()(X))


@pytest.mark.parametrize("ghost_size, sizes", [(4, [4, 4, 4]), (5, [5, 5, 2]), (2, [2] * 6)])
def test_each_group_is_its_own_batch(ghost_size, sizes):
    ghost, batches = made(GhostBatchNorm1d(3, ghost_size, 0.1)), [made(nn.BatchNorm1d(3, 0.1)) for _ in sizes]
    y, dx, dgamma, dbeta = forward_and_backward(ghost)
    each = [forward_and_backward(*of) for of in zip(batches, X.split(sizes), DY.split(sizes), strict=True)]
    ys, dxs, dgammas, dbetas = zip(*each, strict=True)
    same((y, dx), (torch.cat(ys), torch.cat(dxs)))
    same((dgamma, dbeta), (sum(dgammas), sum(dbetas)))
    same(ghost.running_mean, torch.stack([batch.running_mean for batch in batches]).mean(0))
    same(ghost.running_var, torch.stack([batch.running_var for batch in batches]).mean(0))
    assert ghost.num_batches_tracked == 1


def test_renorm_without_room_is_batch_norm():
    renorm, batch = made(BatchRenorm1d(3, 0.1, r_max=1, d_max=0)), made(nn.BatchNorm1d(3, 0.1))
    for x in (X, X + 3):
        same(forward_and_backward(renorm, x), forward_and_backward(batch, x))


def test_renorm_without_limits_is_what_evaluation_does_in_value():
    renorm = made(BatchRenorm1d(3, 0.1, 0.3, r_max=1e9, d_max=1e9))
    for x in (X, X + 3, 2 * X):
        expected = renorm.eval()(x)
        same(renorm.train()(x), expected)


def test_renorm_by_hand():
    """The paper's algorithm on two steps of four values, with running σ; r is cut in the first channel, d in the second."""
    x = torch.tensor([[0.0, 10.0], [0.0, 12.0], [8.0, 10.0], [8.0, 12.0]], dtype=torch.float64)  # σ_B = 4, 1
    renorm = BatchRenorm1d(2, eps=1e-30, momentum=0.5, r_max=3, d_max=5).double()
    first = torch.tensor([-1.0, 1.0], dtype=torch.float64)
    y = renorm(x)
    same(y[[0, 2], 0], first * 3 + 4)  # r = 3 in place of 4, d = 4
    same(y[:2, 1], first + 5)  # r = 1, d = 5 in place of 11
    same(renorm.running_mean, torch.tensor([2.0, 5.5], dtype=torch.float64))
    same(renorm.running_var.sqrt(), torch.tensor([2.5, 1.0], dtype=torch.float64))  # (1 + 4)/2, not √((1 + 16)/2)
    assert renorm.num_batches_tracked == 1
    same(renorm(x)[[0, 2], 0], first * 1.6 + 0.8)  # σ_B/σ = 4/2.5, (4 − 2)/2.5
    renorm.eval()
    same(renorm(renorm.running_mean[None]), torch.zeros(1, 2, dtype=torch.float64))


def test_no_gradient_passes_through_the_corrections():
    """dx is then batch norm's, times r; d does not show."""
    renorm, batch = made(BatchRenorm1d(3, 0.1, r_max=1e9, d_max=1e9)), made(nn.BatchNorm1d(3, 0.1))
    r = (X.var(0, correction=0) + 0.1).sqrt() / 1.1**0.5  # the running σ starts at √(1 + eps)
    same(forward_and_backward(renorm)[1], r * forward_and_backward(batch)[1])


NORMS = {"ghost": lambda c: GhostBatchNorm1d(c, 4), "renorm": BatchRenorm1d}


@pytest.mark.parametrize("norm", NORMS.values(), ids=NORMS)
def test_in_a_network(norm):
    model = mlp(3, 2, depth=2, width=5, norm=norm)
    assert all(block.linear.bias is None for block in model[:2])
    run_on_copies(model, X.float())
    assert not model[0].norm.running_mean.any() and model[0].norm.num_batches_tracked == 0
    model(X.float())
    assert model[0].norm.running_mean.any() and model[0].norm.num_batches_tracked == 1


@pytest.mark.parametrize("norm", NORMS.values(), ids=NORMS)
def test_a_bias_before_them_learns_nothing(norm):
    model = mlp(3, 2, depth=1, width=5, norm=norm, bias=True, dtype=torch.float64)
    model(X).square().sum().backward()
    assert model[0].linear.bias.grad.abs().max() < 1e-12 < model[0].linear.weight.grad.abs().max()


@pytest.mark.parametrize("norm", [GhostBatchNorm1d(3, 4), BatchRenorm1d(3)], ids=NORMS)
def test_recounted_by_torch_each_batch_counts_alike(norm):
    norm = made(norm)
    update_bn([X, X + 3], norm)
    same(norm.running_mean, X.mean(0) + 1.5)
    assert norm.momentum == 0.1 and norm.num_batches_tracked == 2


ERRORS = {
    "size 1": (lambda: GhostBatchNorm1d(3, 1), "ghost_size must be at least 2"),
    "size 0": (lambda: GhostBatchNorm1d(3, 0), "ghost_size must be a positive integer; got 0"),
    "a last group of 1": (lambda: made(GhostBatchNorm1d(3, 11))(X), "12 examples in groups of 11 has 1; it needs"),
    "an image": (lambda: GhostBatchNorm1d(3, 4)(torch.ones(4, 3, 2)), r"shape \(N, C\); got \(4, 3, 2\)"),
    "one example": (lambda: BatchRenorm1d(3)(torch.ones(1, 3)), "more than 1 value"),
    "r_max": (lambda: BatchRenorm1d(3, r_max=0.5), "r_max must be at least 1 .* got r_max=0.5, d_max=5.0"),
    "d_max": (lambda: BatchRenorm1d(3, d_max=-1), "d_max at least 0; .*d_max=-1"),
}


@pytest.mark.parametrize("call, message", ERRORS.values(), ids=ERRORS)
def test_bad_arguments_are_refused_with_what_was_expected(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""What the arguments promise, read off the modules and computed a second time."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from bnlib.models import convnet, mlp, run_on_copies

X = torch.randn(6, 5, generator=torch.Generator().manual_seed(0))
SMALL = {"depth": 3, "width": 8}


def names(block):
    return [name for name, _ in block.named_children()]


@pytest.mark.parametrize(
    "options, expected",
    [
        ({}, ["linear", "activation"]),
        ({"norm": "batch"}, ["linear", "norm", "activation"]),
        ({"norm": "batch", "norm_place": "after"}, ["linear", "activation", "norm"]),
        ({"dropout": 0.5}, ["linear", "activation", "dropout"]),
        ({"norm": "batch", "dropout": 0.5}, ["linear", "norm", "activation", "dropout"]),
        ({"norm": "batch", "norm_place": "after", "dropout": 0.5}, ["linear", "activation", "norm", "dropout"]),
        ({"norm": "batch", "dropout": 0.5, "dropout_place": "before"}, ["linear", "dropout", "norm", "activation"]),
        (
            {"norm": "batch", "norm_place": "after", "dropout": 0.5, "dropout_place": "before"},
            ["linear", "activation", "dropout", "norm"],
        ),
        ({"norm": "batch", "dropout": 0.0, "dropout_place": "before"}, ["linear", "norm", "activation"]),
    ],
)
def test_parts_are_in_the_order_asked_for(options, expected):
    model = mlp(5, 4, **SMALL, **options)
    assert [names(block) for block in model[:3]] == [expected] * 3
    assert model(X).shape == (6, 4)


def test_a_plain_network_is_what_it_says():
    model = mlp(5, 4, **SMALL, activation="tanh", bias=False)
    h = X
    for block in model[:3]:
        h = torch.tanh(h @ block.linear.weight.T)
    torch.testing.assert_close(model(X), h @ model[-1].weight.T + model[-1].bias, rtol=0, atol=0)


@pytest.mark.parametrize("place", ["before", "after"])
def test_norm_before_or_after_the_activation(place):
    model = mlp(5, 4, depth=1, width=8, norm="batch", norm_place=place, eps=0.1)
    z = model[0].linear(X)
    standardise = lambda h: F.batch_norm(h, None, None, training=True, eps=0.1)  # noqa: E731
    h = torch.relu(standardise(z)) if place == "before" else standardise(torch.relu(z))
    torch.testing.assert_close(model(X), model[-1](h))


@pytest.mark.parametrize(
    "options, has_bias",
    [
        ({}, True),
        ({"norm": "batch"}, False),
        ({"norm": lambda c: nn.BatchNorm1d(c, momentum=0.5)}, False),
        ({"norm": lambda c: nn.GroupNorm(c, c)}, False),
        ({"norm": "layer"}, True),
        ({"norm": lambda c: nn.GroupNorm(2, c)}, True),
        ({"norm": nn.LayerNorm}, True),
        ({"norm": nn.RMSNorm}, True),
        ({"norm": "batch", "norm_place": "after"}, True),
        ({"norm": "batch", "bias": True}, True),
        ({"norm": "batch", "dropout": 0.5}, False),
        ({"norm": "batch", "dropout": 0.5, "dropout_place": "before"}, True),
        ({"norm": "layer", "bias": False}, False),
        ({"bias": False}, False),
    ],
)
def test_no_bias_directly_before_a_norm_that_cancels_it(options, has_bias):
    model = mlp(5, 4, **SMALL, **options)
    assert [block.linear.bias is not None for block in model[:3]] == [has_bias] * 3
    assert model[-1].bias is not None and not model[-1].bias.any()


@pytest.mark.parametrize(
    "norm", ["batch", "layer", nn.InstanceNorm2d, *(lambda c, g=g: nn.GroupNorm(g, c) for g in (2, 8))]
)
def test_a_bias_is_left_out_where_it_would_not_be_heard(norm):
    """The default against a measurement: the answers of a network with biases, before and after they are moved."""
    options = SMALL | {"norm": norm, "dtype": torch.float64}
    model, images = convnet(3, 4, bias=True, **options), torch.eye(5, dtype=torch.float64).expand(6, 3, 5, 5)
    before = model(images)
    model[0].linear.bias.data[:] = torch.arange(8)
    heard = (model(images) - before).abs().max() > 1e-9
    assert (convnet(3, 4, **options)[0].linear.bias is not None) == heard


@pytest.mark.parametrize(
    "options, std",
    [
        ({"activation": "relu"}, (2 / 300) ** 0.5),
        ({"activation": "relu", "gain": 0.25}, 0.25 * (2 / 300) ** 0.5),
        ({"activation": "tanh"}, (2 / 500) ** 0.5),
        ({"activation": "sigmoid"}, 4 * (2 / 500) ** 0.5),
        ({"activation": "sigmoid", "gain": 0.25}, (2 / 500) ** 0.5),
        ({"activation": "linear", "init": "he"}, (1 / 300) ** 0.5),
        ({"init": "torch"}, (1 / 300 / 3) ** 0.5),
        ({"init": "torch", "gain": 2}, 2 * (1 / 300 / 3) ** 0.5),
    ],
)
def test_scale_of_the_first_weights(options, std):
    weight = mlp(300, 10, depth=1, width=200, **options)[0].linear.weight
    assert weight.shape == (200, 300)
    assert weight.std().item() == pytest.approx(std, rel=0.02) and abs(weight.mean()) < std / 50


def test_the_head_takes_neither_the_gain_nor_the_activations():
    heads = [mlp(5, 40, depth=1, width=500, init="he", gain=gain)[-1].weight for gain in (1, 100)]
    assert torch.equal(*heads) and heads[0].std().item() == pytest.approx(500**-0.5, rel=0.02)


def test_he_for_a_convolution_counts_its_positions():
    weight = convnet(30, 10, depth=1, width=100)[0].linear.weight
    assert weight.std().item() == pytest.approx((2 / (30 * 9)) ** 0.5, rel=0.02)


def test_orthogonal_weights():
    weight = mlp(8, 2, depth=1, width=8, init="orthogonal", activation="linear", dtype=torch.float64)[0].linear.weight
    torch.testing.assert_close(weight @ weight.T, torch.eye(8, dtype=torch.float64), rtol=0, atol=1e-6)


@pytest.mark.parametrize("bias", [True, False])
def test_torchs_own_start(bias):
    torch.manual_seed(3)
    layers = [nn.Linear(5, 8, bias=bias), nn.Linear(8, 4)]
    model = mlp(5, 4, depth=1, width=8, init="torch", bias=bias, seed=3)
    torch.manual_seed(3)
    layers += [nn.Conv2d(5, 8, 3, padding=1, bias=bias), nn.Linear(8, 4)]
    images = convnet(5, 4, depth=1, width=8, init="torch", bias=bias, seed=3)
    for ours, theirs in zip([model[0].linear, model[-1], images[0].linear, images[-1]], layers, strict=True):
        ours, theirs = ours.state_dict(), theirs.state_dict()
        assert ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_one_seed_one_set_of_weights():
    plain, normed = mlp(5, 4, **SMALL, seed=1), mlp(5, 4, **SMALL, seed=1, norm="batch", norm_place="after")
    double, other = mlp(5, 4, **SMALL, seed=1, dtype=torch.float64), mlp(5, 4, **SMALL, seed=2)
    for index in range(3):
        weight = plain[index].linear.weight
        assert torch.equal(weight, normed[index].linear.weight)
        torch.testing.assert_close(weight.double(), double[index].linear.weight, rtol=1e-6, atol=0)
        assert not torch.equal(weight, other[index].linear.weight)
    assert {p.dtype for p in double.parameters()} == {torch.float64}


def test_the_global_random_state_is_neither_moved_nor_set(monkeypatch):
    def refuse(seed):
        raise AssertionError("it also seeds every other device's generator, and for good")

    monkeypatch.setattr(torch, "manual_seed", refuse)
    before = torch.get_rng_state()
    for init in ("he", "glorot", "orthogonal", "torch"):
        convnet(1, 2, **SMALL, init=init)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_run_on_copies_leaves_the_running_statistics():
    model, same = (mlp(5, 4, **SMALL, norm="batch") for _ in range(2))
    assert torch.equal(run_on_copies(model, X), same(X))
    assert not model[0].norm.running_mean.any() and same[0].norm.running_mean.any()


def test_dropout_is_torchs_own_and_draws_from_the_global_state():
    plain, model = mlp(5, 4, depth=1, width=8), mlp(5, 4, depth=1, width=8, dropout=0.25)
    with torch.random.fork_rng():
        torch.manual_seed(7)
        dropped = model(X)
        torch.manual_seed(7)
        expected = plain[-1](F.dropout(plain[0](X), 0.25))
    assert torch.equal(dropped, expected) and not torch.equal(dropped, plain(X))
    assert torch.equal(model.eval()(X), plain(X))


def test_residual_blocks_add_their_scaled_result_from_the_second_on():
    model = mlp(5, 4, **SMALL, residual=True, branch_scale=0.25)
    h = torch.relu(model[0].linear(X))
    for block in model[1:3]:
        h = h + 0.25 * torch.relu(block.linear(h))
    torch.testing.assert_close(model(X), model[-1](h))
    assert [p.numel() for p in model.parameters()] == [40, 8, 64, 8, 64, 8, 32, 4]


def test_skipinit_starts_as_the_first_block_alone_and_learns():
    model = mlp(5, 4, **SMALL, norm="batch", residual=True, branch_scale=0, learn_scale=True, dtype=torch.float64)
    out = model(X.double())
    torch.testing.assert_close(out, model[-1](model[0](X.double())), rtol=0, atol=0)
    out.square().sum().backward()
    assert all(block.scale.grad.abs() > 0 and block.scale.dtype == torch.float64 for block in model[1:3])


@pytest.mark.parametrize("dimensions", [1, 2])
def test_convnet(dimensions):
    x = torch.randn(4, 3, *[7] * dimensions, generator=torch.Generator().manual_seed(1))
    model = convnet(3, 10, depth=2, width=8, dimensions=dimensions, norm="batch", residual=True)
    convolve = F.conv1d if dimensions == 1 else F.conv2d
    h = torch.relu(F.batch_norm(convolve(x, model[0].linear.weight, padding=1), None, None, training=True))
    h = h + torch.relu(F.batch_norm(convolve(h, model[1].linear.weight, padding=1), None, None, training=True))
    torch.testing.assert_close(model(x), model[-1](h.flatten(2).mean(dim=2)))


def test_the_norm_layer():
    h = torch.randn(6, 8, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(mlp(5, 4, **SMALL, norm="layer", eps=0.1)[0].norm(h), F.layer_norm(h, (8,), eps=0.1))
    images = h.reshape(1, 8, 2, 3)
    norm = convnet(3, 4, **SMALL, norm="layer", eps=0.1)[0].norm
    torch.testing.assert_close(norm(images), F.layer_norm(images, (8, 2, 3), eps=0.1))


ERRORS = {
    "depth": ({"depth": 0}, "depth must be a positive integer; got 0"),
    "width": ({"width": 2.0}, "width must be a positive integer; got 2.0"),
    "truth": ({"width": True}, "width must be a positive integer; got True"),
    "norm": ({"norm": "bn"}, "norm must be one of 'batch', 'layer'; got 'bn'"),
    "norm_place": ({"norm_place": "pre"}, "norm_place must be one of 'before', 'after'; got 'pre'"),
    "activation": ({"activation": "gelu"}, "activation must be one of 'relu', .* got 'gelu'"),
    "init": ({"init": "xavier"}, "init must be one of 'he', 'glorot', 'orthogonal', 'torch'; got 'xavier'"),
    "dropout_place": ({"dropout_place": "pre"}, "dropout_place must be one of 'after', 'before'; got 'pre'"),
    "all dropped": ({"dropout": 1}, "dropout must be a probability below 1; got 1"),
    "negative": ({"dropout": -0.1}, "dropout must be a probability below 1; got -0.1"),
    "dropout before no norm": ({"dropout": 0.1, "dropout_place": "before"}, "needs a norm"),
    "eps": ({"eps": 0}, "eps must be above 0"),
    "scale without branch": ({"branch_scale": 0.1}, "need residual=True"),
    "learning without branch": ({"learn_scale": True}, "need residual=True"),
    "scale 0": ({"residual": True, "branch_scale": 0}, "branch_scale=0 needs learn_scale=True"),
}


@pytest.mark.parametrize("network", [mlp, convnet])
@pytest.mark.parametrize("options, message", ERRORS.values(), ids=ERRORS)
def test_bad_arguments_are_refused_with_what_was_expected(network, options, message):
    with pytest.raises(ValueError, match=message):
        network(5, 4, **SMALL | options)


def test_what_a_convnet_alone_is_asked():
    with pytest.raises(ValueError, match="dimensions must be one of 1, 2; got 3"):
        convnet(5, 4, **SMALL, dimensions=3)
    with pytest.raises(ValueError, match="channels must be a positive integer; got 0"):
        convnet(0, 4, **SMALL)
    with pytest.raises(TypeError, match="dimensions"):
        mlp(5, 4, **SMALL, dimensions=2)


def test_numpys_integers_are_sizes():
    five, four, eight, one = map(np.int64, (5, 4, 8, 1))
    assert mlp(five, four, depth=one, width=eight)(X).shape == (6, 4)

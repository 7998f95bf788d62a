"""Each diagnostic against networks small enough to work out by hand."""

import copy
from functools import partial

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from bnlib import diagnostics
from bnlib.models import convnet, mlp
from bnlib.normalization import batch_norm, normalize_backward


def summed(out, weight=1.0):
    return (out * weight).sum()


def two_units():
    """relu(x) and relu(x − 3), read with weights 3 and 5; on x = 1, −1, 2 the second unit is dead."""
    model = mlp(1, 1, depth=1, width=2, dtype=torch.float64)
    with torch.no_grad():
        model[0].linear.weight[:] = torch.ones(2, 1)
        model[0].linear.bias[:] = torch.tensor([0.0, -3.0])
        model[-1].weight[:] = torch.tensor([[3.0, 5.0]])
    return model, torch.tensor([[1.0], [-1.0], [2.0]], dtype=torch.float64)


def test_activations_by_hand():
    model, x = two_units()
    assert diagnostics.activations(model, x)[0].tolist() == [[1, 0], [0, 0], [2, 0]]
    assert diagnostics.activations(model, x, part="linear")[0].tolist() == [[1, -2], [-1, -4], [2, -1]]


def test_a_block_counts_its_residual_connection_in():
    model = mlp(2, 1, depth=2, width=2, residual=True, branch_scale=0.5)
    x = torch.tensor([[1.0, -2.0]])
    first, second = diagnostics.activations(model, x, part="block")
    branch = diagnostics.activations(model, x)[1]
    assert np.array_equal(second, first + np.float32(0.5) * branch)
    assert torch.equal(model[-1](torch.from_numpy(second)), model(x))


def test_squared_gradients_by_hand():
    model, x = two_units()
    ask = lambda **options: diagnostics.squared_gradients(model, x, 1.0, loss=summed, **options).tolist()  # noqa: E731
    assert ask(part="weight") == [81]  # 3·(1 + 2) for the first weight, 0 for the dead unit's
    assert ask() == ask(part="activation") == [3 * (9 + 25)]
    assert ask(per_example=True) == [[34, 34, 34]]
    assert ask(part="linear", per_example=True) == [[9, 0, 9]]


def test_squared_gradients_through_batch_norm():
    model = mlp(5, 3, depth=2, width=4, norm="batch", dtype=torch.float64)
    rng = torch.Generator().manual_seed(0)
    x, y = torch.randn(6, 5, generator=rng, dtype=torch.float64), torch.randn(6, 3, generator=rng, dtype=torch.float64)
    z = diagnostics.activations(model, x, part="linear")[1]
    normed, cache = batch_norm(z)
    g = (y @ model[-1].weight).detach().numpy() * (normed > 0)
    dz, _, _ = normalize_backward(g, cache)
    arriving, leaving = (
        diagnostics.squared_gradients(model, x, y, part=part, loss=summed, per_example=True)[1]
        for part in ("norm", "linear")
    )
    np.testing.assert_allclose(arriving, (g**2).sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(leaving, (dz**2).sum(axis=1), rtol=1e-9)


def test_dead_by_hand():
    model, x = two_units()
    assert diagnostics.dead_fractions(model, x).tolist() == [1 / 2]
    assert diagnostics.dead_fractions(model, x + 2).tolist() == [0]


def test_a_channel_lives_if_it_is_on_anywhere():
    model = convnet(1, 1, depth=1, width=2, dimensions=1)
    with torch.no_grad():
        model[0].linear.weight[:] = torch.tensor([[[0.0, 1.0, 0.0]], [[0.0, -1.0, 0.0]]])
    x = torch.tensor([[[0.0, 2.0, 0.0]], [[0.0, 0.0, 3.0]]])
    assert diagnostics.dead_fractions(model, x).tolist() == [1 / 2]


def test_a_diverged_network_is_not_dead():
    model, x = two_units()
    model[0].linear.weight.data[0] = torch.nan
    assert np.isnan(diagnostics.dead_fractions(model, x)).all()


def test_mean_cosine_by_hand():
    model, _ = two_units()
    x = torch.tensor([[1.0], [4.0], [7.0]], dtype=torch.float64)  # activations (1, 0), (4, 1), (7, 4)
    by_hand = (4 / 17**0.5 + 7 / 65**0.5 + 32 / (17 * 65) ** 0.5) / 3
    assert diagnostics.mean_cosines(model, x) == pytest.approx([by_hand], rel=1e-12)
    tiny = 1e-30 * x[:1].repeat(5, 1).float()  # its square is no single-precision number
    assert diagnostics.mean_cosines(copy.deepcopy(model).float(), tiny) == pytest.approx([1], rel=1e-6)
    assert np.isnan(diagnostics.mean_cosines(model, -x)).all()


def test_update_sizes_by_hand():
    model = mlp(3, 2, depth=3, width=4)
    before = copy.deepcopy(model)
    with torch.no_grad():
        model[1].linear.weight *= 1.25
        model[2].linear.weight *= -1
    assert diagnostics.update_sizes(before, model) == pytest.approx([0, 0.25, 2], rel=1e-6)


def test_hessian_of_least_squares():
    rng = torch.Generator().manual_seed(0)
    x, y = (
        torch.randn(40, 6, generator=rng, dtype=torch.float64),
        torch.randn(40, 1, generator=rng, dtype=torch.float64),
    )
    model = nn.Linear(6, 1, bias=False, dtype=torch.float64)
    known = np.linalg.eigvalsh((2 * x.T @ x / 40).numpy())[::-1]
    ask = lambda k, which: diagnostics.hessian_eigenvalues(model, x, y, k, which=which, loss=F.mse_loss)  # noqa: E731
    np.testing.assert_allclose(ask(2, "LA"), known[:2], rtol=1e-10)
    np.testing.assert_allclose(ask(1, "SA"), known[-1:], rtol=1e-10)
    np.testing.assert_allclose(ask(2, "BE"), known[[0, -1]], rtol=1e-10)


def test_hessian_of_a_product():
    """(ab − y)² has second derivatives 2b², 2a² and 4ab − 2y: at a = 1, b = 2, y = 3, so [[8, 2], [2, 2]]."""
    model = mlp(1, 1, depth=1, width=1, activation="linear", bias=False, dtype=torch.float64)
    a, b = model[0].linear.weight, model[-1].weight
    a.data[:], b.data[:] = 1.0, 2.0
    one, three = torch.ones(1, 1, dtype=torch.float64), torch.full((1, 1), 3.0, dtype=torch.float64)
    top = diagnostics.hessian_eigenvalues(model, one, three, parameters=[a, b], loss=F.mse_loss)
    assert top == pytest.approx([5 + 13**0.5], rel=1e-12)


def test_hessian_through_batch_norm():
    model = mlp(3, 2, depth=1, width=3, norm="batch", activation="tanh", dtype=torch.float64)
    rng = torch.Generator().manual_seed(0)
    x, y = torch.randn(8, 3, generator=rng, dtype=torch.float64), torch.tensor([0, 1] * 4)
    parameters = list(model.parameters())

    def gradient():
        return torch.cat([g.ravel() for g in torch.autograd.grad(F.cross_entropy(model(x), y), parameters)])

    columns, step = [], 1e-5
    for parameter in parameters:
        for entry in parameter.data.view(-1).unbind():  # views: moving them moves the parameter
            entry += step
            up = gradient()
            entry -= 2 * step
            columns.append((up - gradient()) / (2 * step))
            entry += step
    known = np.linalg.eigvalsh(torch.stack(columns).numpy())
    found = diagnostics.hessian_eigenvalues(model, x, y, 4, which="BE")
    np.testing.assert_allclose(found, known[[-1, -2, 1, 0]], atol=1e-7)
    assert np.array_equal(found, diagnostics.hessian_eigenvalues(model, x, y, 4, which="BE"))


def test_looking_leaves_the_network_as_it_was():
    model = mlp(3, 2, depth=2, width=8, norm="batch")
    x, y = torch.randn(8, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1] * 4)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    diagnostics.squared_gradients(model, x, y, part="weight")
    diagnostics.squared_gradients(model, x, y, part="norm")
    diagnostics.mean_cosines(model, x)
    diagnostics.dead_fractions(model, x)
    diagnostics.hessian_eigenvalues(model, x, y)
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(module._forward_hooks for module in model.modules()) and model.training


def test_all_of_them_return_numpy_and_keep_no_graph():
    model = mlp(3, 2, depth=2, width=8, norm="batch")
    x, y = torch.randn(8, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1] * 4)
    eigenvalues = diagnostics.hessian_eigenvalues(model, x, y, 3)
    assert (np.diff(eigenvalues) <= 0).all()
    returned = [*diagnostics.activations(model, x), diagnostics.squared_gradients(model, x, y), eigenvalues]
    returned += [diagnostics.mean_cosines(model, x)]
    returned += [diagnostics.dead_fractions(model, x), diagnostics.update_sizes(model, model)]
    assert all(type(values) is np.ndarray and min(values.strides) > 0 for values in returned)


def test_the_part_is_named_and_the_activation_for_all():
    model, x = mlp(3, 2, depth=2, width=8, residual=True), torch.ones(4, 3).tril()
    y = torch.tensor([0, 1, 0, 1])
    for ask in (
        partial(diagnostics.activations, model, x),
        partial(diagnostics.squared_gradients, model, x, y),
        partial(diagnostics.mean_cosines, model, x),
    ):
        np.testing.assert_array_equal(ask(), ask(part="activation"))
        with pytest.raises(TypeError, match="positional"):
            ask("activation")


def test_it_looks_in_the_mode_the_model_is_in():
    model = mlp(3, 2, depth=1, width=8, norm="batch")
    x = 5 + torch.randn(8, 3, generator=torch.Generator().manual_seed(0))
    assert abs(diagnostics.activations(model, x, part="norm")[0].mean()) < 1e-5
    assert abs(diagnostics.activations(model.eval(), x, part="norm")[0].mean()) > 0.1


BARE = nn.Linear(3, 2)
PLAIN, X, Y = mlp(3, 2, depth=1, width=8, activation="tanh"), torch.ones(4, 3), torch.tensor([0, 1, 0, 1])
ERRORS = {
    "part": (lambda: diagnostics.activations(PLAIN, X, part="output"), "part must be 'linear', .* got 'output'"),
    "no norm": (lambda: diagnostics.activations(PLAIN, X, part="norm"), "in each block; got 'norm'"),
    "weights": (
        lambda: diagnostics.squared_gradients(PLAIN, X, Y, part="weight", per_example=True),
        "all examples share the weights",
    ),
    "no blocks": (lambda: diagnostics.activations(BARE, X), "needs hidden blocks, .* got Linear"),
    "no weights": (lambda: diagnostics.squared_gradients(BARE, X, Y, part="weight"), "needs hidden blocks"),
    "no units": (lambda: diagnostics.dead_fractions(BARE, X), "needs hidden blocks"),
    "no updates": (lambda: diagnostics.update_sizes(BARE, BARE), "needs hidden blocks"),
    "one example": (lambda: diagnostics.mean_cosines(PLAIN, X[:1]), "between two examples: x needs 2 or more; got 1"),
    "tanh": (lambda: diagnostics.dead_fractions(PLAIN, X), "those of ReLU networks"),
}


@pytest.mark.parametrize("call, message", ERRORS.values(), ids=ERRORS)
def test_bad_arguments_are_refused_with_what_was_expected(call, message):
    with pytest.raises(ValueError, match=message):
        call()

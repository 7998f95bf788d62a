"""The loop against the same steps done by hand, and what it returns."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from bnlib.datasets import Dataset, digits, rescaled
from bnlib.models import convnet, mlp
from bnlib.training import History, accuracy, minibatches, parameter_groups, tensors, train, tune

DIGITS = tensors(rescaled(digits()))
SMALL = {"depth": 2, "width": 32}


def weights(model):
    return [parameter.detach().clone() for parameter in model.parameters()]


@pytest.mark.parametrize("momentum, weight_decay", [(0.0, 0.0), (0.9, 0.0), (0.9, 0.01)])
def test_sgd_by_hand(momentum, weight_decay):
    model, copy = (mlp(64, 10, **SMALL, dtype=torch.float64) for _ in range(2))
    data = tensors(rescaled(digits()), dtype=torch.float64)
    history = train(model, data, steps=3, lr=0.1, batch_size=50, seed=5, momentum=momentum, weight_decay=weight_decay)
    parameters = list(copy.parameters())
    velocities = [torch.zeros_like(parameter) for parameter in parameters]
    losses = []
    for batch in itertools.islice(minibatches(1400, 50, seed=5), 3):
        loss = F.cross_entropy(copy(data.x_train[batch]), data.y_train[batch])
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, velocity, gradient in zip(parameters, velocities, gradients, strict=True):
                velocity.mul_(momentum).add_(gradient + weight_decay * parameter)
                parameter -= 0.1 * velocity
    assert history.losses == pytest.approx(losses, rel=1e-12)
    for ours, by_hand in zip(weights(model), weights(copy), strict=True):
        torch.testing.assert_close(ours, by_hand, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name, optimizer", [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW)])
def test_named_optimizers_are_torchs(name, optimizer):
    ours, theirs = (mlp(64, 10, **SMALL) for _ in range(2))
    first = train(ours, DIGITS, steps=3, lr=0.01, optimizer=name, weight_decay=0.1)
    second = train(theirs, DIGITS, steps=3, optimizer=optimizer(theirs.parameters(), lr=0.01, weight_decay=0.1))
    assert first.losses == second.losses and len(first.losses) == 3


def test_an_optimizer_made_beforehand_gives_each_group_its_rate():
    model = mlp(64, 10, **SMALL)
    before = weights(model)
    hidden, head = model[:2].parameters(), model[-1].parameters()
    train(
        model, DIGITS, steps=2, optimizer=torch.optim.SGD([{"params": hidden, "lr": 0.0}, {"params": head, "lr": 0.1}])
    )
    stayed = [torch.equal(a, b) for a, b in zip(before, weights(model), strict=True)]
    assert stayed == [True] * 4 + [False] * 2


def test_weights_alone_decay():
    model = convnet(1, 2, depth=2, width=4, norm="batch", bias=True, residual=True, learn_scale=True)
    model.append(nn.LayerNorm((3, 2)))
    decaying, spared = parameter_groups(model, 0.01)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    assert [names.pop(id(p)) for p in decaying["params"]] == ["0.linear.weight", "1.linear.weight", "4.weight"]
    assert [names.pop(id(p)) for p in spared["params"]] and not names, "each parameter is in one group"
    assert (decaying["weight_decay"], spared["weight_decay"]) == (0.01, 0)


def test_the_groups_train():
    """A step of SGD without a gradient is decay alone."""
    model = mlp(64, 10, **SMALL, norm="batch")
    before = weights(model)
    zero = lambda step, model: [parameter.grad.zero_() for parameter in model.parameters()]  # noqa: E731
    optimizer = torch.optim.SGD(parameter_groups(model, 0.2), lr=0.5)
    train(model, DIGITS, steps=1, optimizer=optimizer, before_step=zero)
    for was, now in zip(before, weights(model), strict=True):
        torch.testing.assert_close(now, 0.9 * was if was.ndim == 2 else was)


def test_the_same_seed_gives_the_same_run_and_another_another():
    runs = [train(mlp(64, 10, **SMALL, norm="batch"), DIGITS, steps=5, lr=0.1, seed=seed) for seed in (0, 0, 1)]
    assert runs[0] == runs[1] and runs[0].losses != runs[2].losses


def test_an_epoch_visits_each_example_once_and_drops_the_incomplete_batch():
    epochs = list(itertools.islice(minibatches(10, 3, seed=0), 6))
    assert all(len(batch) == 3 for batch in epochs)
    first, second = torch.cat(epochs[:3]), torch.cat(epochs[3:])
    assert len(first.unique()) == len(second.unique()) == 9 and not torch.equal(first, second)


def test_record_sees_the_gradients_of_the_step_to_come():
    model, before = mlp(64, 10, **SMALL), weights(mlp(64, 10, **SMALL))
    look = lambda step, model: (step, model[0].linear.weight.detach().clone(), model[0].linear.weight.grad.clone())  # noqa: E731
    (first, w0, g0), (second, w1, _) = train(model, DIGITS, steps=2, lr=0.1, record=look).recorded
    assert (first, second) == (0, 1) and torch.equal(w0, before[0])
    torch.testing.assert_close(w1, w0 - 0.1 * g0)


def test_what_acts_before_a_step_and_what_records_it():
    """The gradients of one step are scaled by hand; the recorder sees them so, and keeps what it returns."""
    model, plain = mlp(64, 10, **SMALL), mlp(64, 10, **SMALL)
    acted = []

    def halve(step, model):
        acted.append(step)
        for parameter in model.parameters():
            parameter.grad /= 2

    look = lambda step, model: model[0].linear.weight.grad.norm().item()  # noqa: E731
    history = train(model, DIGITS, steps=2, lr=0.2, before_step=halve, record=look)
    reference = train(plain, DIGITS, steps=2, lr=0.1, record=look)
    assert acted == [0, 1] and history.recorded == pytest.approx(np.divide(reference.recorded, 2), rel=1e-6)
    torch.testing.assert_close(weights(model), weights(plain))


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_a_schedule_moves_on_after_each_step(optimizer):
    """At the rates 0.1 and 0: the second step does nothing."""
    rates = lambda made: torch.optim.lr_scheduler.LambdaLR(made, lambda step: 1.0 - step)  # noqa: E731
    scheduled, once = mlp(64, 10, **SMALL), mlp(64, 10, **SMALL)
    train(scheduled, DIGITS, steps=2, lr=0.1, optimizer=optimizer, schedule=rates)
    train(once, DIGITS, steps=1, lr=0.1, optimizer=optimizer)
    assert all(torch.equal(a, b) for a, b in zip(weights(scheduled), weights(once), strict=True))


def test_training_stops_at_the_target_and_says_when():
    model = mlp(64, 10, **SMALL, norm="batch")
    history = train(model, DIGITS, steps=500, lr=0.5, test_every=5, target=0.93)
    steps, reached = zip(*history.accuracies, strict=True)
    assert steps == tuple(range(5, steps[-1] + 1, 5)) and len(history.losses) == steps[-1] < 500
    assert max(reached[:-1]) < 0.93 <= reached[-1] == accuracy(model, DIGITS)
    assert history.steps_to(0.93) == steps[-1] and history.steps_to(1.01) == np.inf and not history.diverged


def test_steps_to_is_the_first_time():
    assert History(accuracies=[(10, 0.5), (20, 0.9), (30, 0.7), (40, 0.95)]).steps_to(0.9) == 20


def test_training_ends_where_it_diverges():
    history = train(mlp(64, 10, depth=6, width=32), DIGITS, steps=100, lr=1e6)
    assert history.diverged and len(history.losses) < 100 and np.isfinite(history.losses[:-1]).all()


@pytest.mark.parametrize("rate, diverged", [(0.01, False), (1e38, True)])
def test_the_last_step_may_be_the_one_that_diverges(rate, diverged):
    history = train(mlp(64, 10, depth=6, width=32), DIGITS, steps=1, lr=rate)
    assert history.diverged == diverged and len(history.losses) == 1 and np.isfinite(history.losses[0])


def test_a_history_of_nothing_has_not_diverged():
    assert History().diverged is False and History().steps_to(0.5) == np.inf


def test_the_look_after_the_last_step_leaves_the_running_statistics():
    """One step moves them by a tenth from 0 to its batch's mean, as a forward pass does."""
    model, same = (mlp(64, 10, **SMALL, norm="batch") for _ in range(2))
    train(model, DIGITS, steps=1, lr=0.1, seed=3)
    same(DIGITS.x_train[next(minibatches(1400, 128, seed=3))])
    assert torch.equal(model[0].norm.running_mean, same[0].norm.running_mean)
    assert model[0].norm.num_batches_tracked == 1


def test_accuracy_leaves_a_frozen_layer_frozen():
    model = mlp(64, 10, depth=2, width=8, norm="batch").train()
    model[0].norm.eval()
    accuracy(model, DIGITS)
    assert model.training and model[1].norm.training and not model[0].norm.training


def test_accuracy_uses_running_statistics_and_changes_nothing():
    model = mlp(64, 10, **SMALL, norm="batch")
    train(model, DIGITS, steps=20, lr=0.1)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    logits = [model.eval()(x[None]).argmax() for x in DIGITS.x_test]
    model.train()
    right = np.mean([guess == truth for guess, truth in zip(logits, DIGITS.y_test, strict=True)])
    assert accuracy(model, DIGITS) == pytest.approx(right, abs=0.003)
    assert model.training and not (model.eval(), accuracy(model, DIGITS))[0].training
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())


def test_a_network_that_gives_nan_has_no_accuracy():
    model, data = mlp(64, 10, **SMALL), DIGITS._replace(x_test=DIGITS.x_test[:4], y_test=torch.zeros(4).long())
    assert accuracy(model, data) in (0, 0.25, 0.5, 0.75, 1)
    for bad in (torch.nan, torch.inf):
        model[-1].bias.data[3] = bad
        assert np.isnan(accuracy(model, data))


def test_accuracy_puts_the_modes_back_after_an_error():
    model = mlp(64, 10, **SMALL, norm="batch")
    with pytest.raises(RuntimeError):
        accuracy(model, DIGITS._replace(x_test=torch.zeros(2, 3)))
    assert all(module.training for module in model.modules())


def test_tensors():
    data = Dataset(np.eye(2), np.array([0, 1], dtype=np.int32), np.ones((1, 2)), np.array([1]))
    single, double = tensors(data), tensors(data, dtype=torch.float64)
    assert single.x_train.dtype == torch.float32 and double.x_test.dtype == torch.float64
    assert single.y_train.dtype == double.y_test.dtype == torch.int64
    assert single.y_train.tolist() == [0, 1] and double.x_train.tolist() == [[1, 0], [0, 1]]


def test_tune_takes_the_best_median():
    table = {0.1: [1, 9, 9], 0.2: [3, 4, 99], 0.4: [5, 5, 5], 0.8: [np.nan, 1, 1], 1.6: [np.inf] * 3}
    tuned = tune(lambda rate, seed: table[rate][seed], list(table), seeds=range(3))
    np.testing.assert_equal(tuned.medians, {0.1: 9, 0.2: 4, 0.4: 5, 0.8: np.nan, 1.6: np.inf})
    assert tuned.rate == 0.2 and not tuned.at_the_end


@pytest.mark.parametrize("best, at_the_end", [(1, True), (2, False), (4, True), (np.nan, True)])
def test_tune_says_when_the_best_is_at_an_end(best, at_the_end):
    tuned = tune(lambda rate, seed: abs(rate - best), [1, 2, 3, 4], seeds=[0])
    assert tuned.at_the_end == at_the_end and list(tuned.medians) == [1, 2, 3, 4]


def test_an_error_in_what_tune_measures_is_the_measurements_own():
    def broken(rate, seed):
        raise ValueError("a slip in the chapter")

    with pytest.raises(ValueError, match="a slip in the chapter"):
        tune(broken, [1, 2, 3], seeds=[0])


@pytest.mark.parametrize("batch_size, message", [(0, "positive integer; got 0"), (11, "at most the 10 .* got 11")])
def test_minibatches_check_at_the_call(batch_size, message):
    with pytest.raises(ValueError, match=message):
        minibatches(10, batch_size, seed=0)


MADE = torch.optim.SGD([torch.zeros(1)], lr=0.1)
ERRORS = {
    "no rate": ({"lr": None}, "'sgd' needs lr"),
    "name": ({"optimizer": "rmsprop"}, "optimizer must be one of sgd, adam, adamw or torch's own; got 'rmsprop'"),
    "momentum": ({"optimizer": "adam", "momentum": 0.9}, "momentum is an option of 'sgd' alone"),
    "two rates": ({"optimizer": MADE}, "has its own lr"),
    "two momenta": ({"optimizer": MADE, "lr": None, "momentum": 0.9}, "has its own lr"),
    "another's": ({"optimizer": MADE, "lr": None}, "none of this model's parameters"),
    "steps": ({"steps": 0}, "steps must be a positive integer; got 0"),
    "tests": ({"test_every": 2.0}, "test_every must be a positive integer; got 2.0"),
    "batch": ({"batch_size": 1401}, "batch_size must be at most the 1400 training examples; got 1401"),
    "target": ({"target": 0.9}, "target needs test_every"),
}


@pytest.mark.parametrize("options, message", ERRORS.values(), ids=ERRORS)
def test_bad_arguments_are_refused_with_what_was_expected(options, message):
    with pytest.raises(ValueError, match=message):
        train(mlp(64, 10, **SMALL), DIGITS, **{"steps": 1, "lr": 0.1} | options)

"""Float16 products: the loss is scaled, the gradients are not; a step that overflows on any process changes nothing."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from mathpal_lightning.model.loss_scale import Float16Products


def module_of(processes: int = 1, finite: float = 1.0) -> Any:
    """A module whose Trainer has so many processes, of which `finite` have finite gradients."""
    strategy = SimpleNamespace(reduce=lambda own, reduce_op: torch.tensor(finite))
    return SimpleNamespace(trainer=SimpleNamespace(world_size=processes, strategy=strategy))


def step(plugin: Float16Products, gradient: list[float], module: Any = None) -> tuple[list[float], list[float]]:
    """Two steps of momentum, the first with a gradient of 1: what the hooks see of the second, and the weights after it."""
    weight, frozen = nn.Parameter(torch.zeros(2)), nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([{"params": [frozen]}, {"params": [weight]}], lr=1.0, momentum=0.5)
    weight.grad = torch.ones(2)
    optimizer.step()

    def closure() -> str:
        weight.grad = torch.tensor(gradient)
        return "the loss"

    seen: list[float] = []
    plugin._after_closure = lambda *_: seen.extend(weight.grad.tolist())  # type: ignore[method-assign, union-attr]
    assert plugin.optimizer_step(optimizer, module or module_of(), closure) == "the loss"
    assert frozen.grad is None
    return seen, weight.tolist()


def test_hooks_and_optimizer_see_the_gradients_of_the_unscaled_loss():
    """The first step went to -1. The second has the gradients 2 and -1, and half of the first one's momentum."""
    plugin = Float16Products(4.0)
    assert step(plugin, [8.0, -4.0]) == ([2.0, -1.0], [-3.5, -0.5])
    assert plugin.state_dict() == {"scale": 4.0, "skipped": 0}


@pytest.mark.parametrize("bad", [float("inf"), -float("inf"), float("nan")])
def test_a_step_that_overflows_moves_nothing_and_halves_the_scale(bad: float, caplog: pytest.LogCaptureFixture):
    """Not even by momentum."""
    plugin = Float16Products(4.0)
    with caplog.at_level(logging.WARNING):
        assert step(plugin, [1.0, bad]) == ([0.0, 0.0], [-1.0, -1.0])
    assert plugin.state_dict() == {"scale": 2.0, "skipped": 1}
    assert "scaled by 2 from now on (skipped: 1)" in caplog.text


@pytest.mark.parametrize(("finite", "weights", "scale"), [(1.0, [-1.0, -1.0], 4.0), (2.0, [-1.75, -1.75], 8.0)])
def test_all_processes_step_or_none_does(finite: float, weights: list[float], scale: float):
    plugin = Float16Products()
    assert plugin.scale == 8.0
    assert step(plugin, [2.0, 2.0], module_of(2, finite))[1] == weights
    assert plugin.scale == scale


def test_the_scale_has_a_floor_and_goes_on_from_a_checkpoint():
    plugin = Float16Products()
    plugin.load_state_dict({"scale": 2.0**-13, "skipped": 20})
    for _ in range(3):
        step(plugin, [float("inf"), 0.0])
    assert plugin.state_dict() == {"scale": 2.0**-14, "skipped": 23}

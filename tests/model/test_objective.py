"""The loss's terms of all processes together: each term weighs the same, and a process without any weighs nothing."""

from types import SimpleNamespace
from typing import Any, get_args

import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from mathpal_lightning.data.order import PackLoader, PackOrder
from mathpal_lightning.errors import ConfigError, TrainingError
from mathpal_lightning.model.objective import is_repeat, mean_over_processes, require_batch_of, require_finite
from mathpal_lightning.model.terms import Terms
from mathpal_lightning.schema import Batch, GroupBatch, Objective, PackedBatch, PreferenceBatch

CPU = torch.device("cpu")
NAN = float("nan")


def with_another_process(sums: list[float]) -> Any:
    """A Trainer of two processes, of which the other one gives these sums."""

    def reduce(own: Tensor, reduce_op: str) -> Tensor:
        assert reduce_op == "sum"
        return own + torch.tensor(sums)

    return SimpleNamespace(world_size=2, strategy=SimpleNamespace(reduce=reduce))


@pytest.mark.parametrize(
    ("number", "loss", "other", "mean"),
    [
        (3, 2.0, [4.0, 6.0, 1.0], (2.5, 3.0)),  # three losses of 2 here and one of 4 there: 10 / 4
        (0, NAN, [6.0, 9.0, 3.0], (2.0, 3.0)),  # no token here: a mean of 0 / 0 must not spread
    ],
)
def test_each_term_of_every_process_weighs_the_same(number: int, loss: float, other: list[float], mean: tuple[float, float]):
    terms = Terms(torch.tensor(0.0), number, {"loss": torch.tensor(loss), "margin": torch.tensor(2.0)})
    means, total = mean_over_processes(terms, with_another_process(other), CPU)
    assert {name: value.item() for name, value in means.items()} == {"loss": mean[0], "margin": mean[1]}
    assert total == number + other[-1]


def test_a_single_process_keeps_its_means():
    terms = Terms(torch.tensor(0.0), 3, {"loss": torch.tensor(2.0)})
    assert mean_over_processes(terms, SimpleNamespace(world_size=1), CPU) == (terms.means, 3)  # type: ignore[arg-type]


BATCHES: dict[Objective, set[type[Batch]]] = {
    "sft": {PackedBatch},
    "dpo": {PreferenceBatch},
    "grpo": {PackedBatch, GroupBatch},
}


@pytest.mark.parametrize("kind", get_args(Batch))
@pytest.mark.parametrize("objective", get_args(Objective))
def test_an_objective_takes_its_own_batches_only(objective: Objective, kind: type[Batch]):
    batch = kind(*[torch.zeros(1)] * len(kind._fields))
    if kind in BATCHES[objective]:
        require_batch_of(objective, batch)
    else:
        with pytest.raises(ConfigError, match=rf"batches for `model.objective: {objective}`, but found {kind.__name__}"):
            require_batch_of(objective, batch)


def test_a_loss_that_is_not_finite_stops_with_its_place():
    require_finite(torch.tensor(3e38), 4, 9)
    for bad in (NAN, float("inf")):
        with pytest.raises(TrainingError, match=rf"{bad} at step 4, batch 9"):
            require_finite(torch.tensor(bad), 4, 9)


def test_only_a_sampler_that_repeats_packs_has_repeats():
    """Nine packs, two processes, two a batch: the second process has none left for the third batch."""
    order = PackOrder(9, 2, num_replicas=2, rank=1, shuffle=False)
    loader = PackLoader(range(9), batch_size=2, sampler=order)
    assert [is_repeat(loader, batch) for batch in range(3)] == [False, False, True]
    assert not is_repeat(DataLoader(range(9)), 2)
    assert not is_repeat(None, 0)

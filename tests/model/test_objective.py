"""The loss's terms of all processes together: each term weighs the same, and a process without any weighs nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, get_args

import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from mathpal_lightning.data.order import PackLoader, PackOrder
from mathpal_lightning.errors import ConfigError, TrainingError
from mathpal_lightning.losses import PairLogProbs
from mathpal_lightning.model import objective as objectives
from mathpal_lightning.model.objective import (
    is_repeat,
    mean_over_processes,
    preference_terms,
    require_batch_of,
    require_finite,
    terms_of,
)
from mathpal_lightning.model.reference import Preference
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


def test_where_no_process_has_a_term_each_keeps_its_means():
    terms = Terms(torch.tensor(0.0), 0, {"loss": torch.tensor(0.5)})
    assert mean_over_processes(terms, with_another_process([0.0, 0.0]), CPU) == (terms.means, 0)


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
    draw = GroupBatch(*[torch.zeros(1)] * 8)
    assert not is_repeat(loader, 2, draw), "what was drawn earlier, in an epoch that ended within its updates"
    assert is_repeat(loader, 0, draw._replace(is_repeat=True))


def test_the_loss_of_pairs_is_a_sum_against_the_reference_of_each_side():
    """Margins of 3 and 1 over the reference's, times beta: -log sigmoid(1.5) - log sigmoid(0.5) = 0.2014 + 0.4741."""
    chosen, rejected = torch.tensor([-1.0, -2.0]), torch.tensor([-5.0, -4.0])
    pairs = PairLogProbs(chosen, rejected, torch.ones(2), torch.ones(2))
    reference = torch.tensor([[-2.0, -3.0], [-3.0, -4.0]], dtype=torch.float64)
    terms = preference_terms(pairs, reference, Preference(beta=0.5))
    assert (terms.number, terms.loss.dtype) == (2, torch.float32)
    assert terms.loss.item() == pytest.approx(0.201413 + 0.474077, abs=1e-5)
    assert terms.means["loss"].item() == pytest.approx(terms.loss.item() / 2)


def policy_module(reference: Any) -> Any:
    settings = SimpleNamespace(objective="grpo", loss_chunk=8, max_new_tokens=5)
    own = {"model": None, "reference": reference, "old_log_probs": None, "shares_prompts": True}
    return SimpleNamespace(settings=settings, policy=SimpleNamespace(temperature=1.0), **own)


def test_every_update_on_a_draw_is_weighed_against_the_policy_that_drew(monkeypatch: pytest.MonkeyPatch):
    scored = (torch.full((2,), -float(update), requires_grad=True) for update in range(1, 9))
    monkeypatch.setattr(objectives, "score_groups", lambda *_: (next(scored), None, None))
    monkeypatch.setattr(objectives, "policy_terms", lambda *given: given[-2:])  # old, reference
    module = policy_module(None)
    fresh = GroupBatch(*[torch.zeros(1)] * 8)._replace(is_fresh=True)
    found: list[Any] = [terms_of(module, batch) for batch in (fresh, *[fresh._replace(is_fresh=False)] * 2, fresh)]
    assert [old if old is None else old.tolist() for old, _ in found] == [None, [-1.0, -1.0], [-1.0, -1.0], None]
    assert module.old_log_probs.tolist() == [-4.0, -4.0]
    assert not module.old_log_probs.requires_grad
    module.settings.objective = "sft"
    with pytest.raises(ConfigError, match="found GroupBatch"):
        terms_of(module, fresh)


def test_the_reference_is_in_its_place_only_while_it_is_asked(monkeypatch: pytest.MonkeyPatch):
    in_place: list[bool] = [False]

    @contextmanager
    def reference_in_place(model: object) -> Iterator[None]:
        in_place.append(True)
        yield
        in_place.append(False)

    monkeypatch.setattr(objectives, "score_groups", lambda *_: (torch.tensor([float(in_place[-1])]), None, None))
    monkeypatch.setattr(objectives, "policy_terms", lambda log_probs, *given: (log_probs, given[-1]))
    module = policy_module(SimpleNamespace(in_place=reference_in_place))
    policy, reference = terms_of(module, GroupBatch(*[torch.zeros(1)] * 8))[:2]
    assert (policy, reference) == (0.0, 1.0)
    assert in_place == [False, True, False]

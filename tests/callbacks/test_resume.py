"""A run goes on only with the settings that it was trained with; a setting that is new since then counts as its default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from mathpal_lightning import MathPalModule
from mathpal_lightning.callbacks.resume import completed, defaults_of, require_same_settings
from mathpal_lightning.errors import CheckpointError


@dataclass(frozen=True)
class Inner:
    count: int = 10
    new: str = "as before"


class Module:
    may_change_on_resume: ClassVar[frozenset[str]] = frozenset({"batch_size"})

    def __init__(self, name: str, rate: float = 0.1, batch_size: int = 1, inner: Inner = Inner(), new: bool = False):  # noqa: B008
        inner_settings = inner.__dict__
        self.hparams = {"name": name, "rate": rate, "batch_size": batch_size, "inner": inner_settings, "new": new}


@dataclass
class NotOurs:
    hparams: dict[str, Any] = field(default_factory=lambda: {"anything": 1})


OLD = {"hyper_parameters": {"name": "a", "rate": 0.1, "batch_size": 4, "inner": {"count": 10}}}


def test_a_checkpoint_from_before_a_setting_was_there_goes_on_with_its_default():
    require_same_settings(OLD, Module("a"), NotOurs())


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Module("a", rate=0.2), "model.rate: 0.1 then, 0.2 now"),
        (Module("b"), "model.name: a then, b now"),
        (Module("a", new=True), "model.new: False then, True now"),
        (Module("a", inner=Inner(new="other")), "model.inner.new: as before then, other now"),
        (Module("a", inner=Inner(count=11)), "model.inner.count: 10 then, 11 now"),
    ],
)
def test_another_value_is_refused_with_both(now: Module, said: str):
    with pytest.raises(CheckpointError, match=said):
        require_same_settings(OLD, now, NotOurs())


def test_a_setting_that_is_gone_is_refused():
    gone = {"hyper_parameters": OLD["hyper_parameters"] | {"old_knob": 3}}
    with pytest.raises(CheckpointError, match="model.old_knob: 3 then, None now"):
        require_same_settings(gone, Module("a"), NotOurs())


def test_old_settings_are_completed_by_plain_defaults():
    assert completed({"inner": {"count": 3}}, defaults_of(Module("a"))) == {
        "rate": 0.1,
        "batch_size": 1,
        "inner": {"count": 3, "new": "as before"},
        "new": False,
    }


def test_a_mapping_that_a_user_gave_is_not_mixed_with_the_default():
    """`rewards: {mine: 1.0}` means this reward alone."""

    @dataclass(frozen=True)
    class Group:
        rewards: Mapping[str, float] = field(default_factory=lambda: {"ours": 1.0})
        kl: float = 0.0

    whole = completed({"policy": {"rewards": {"mine": 1.0}}}, {"policy": Group()})
    assert whole == {"policy": {"rewards": {"mine": 1.0}, "kl": 0.0}}


def test_only_grpo_cares_for_the_length_of_solutions():
    """Its draws are cut there, and a cut solution gets the lowest reward; elsewhere it decides how scores are taken."""
    for objective, free in (("sft", True), ("dpo", True), ("grpo", False)):
        assert ("max_new_tokens" in MathPalModule(objective=objective).may_change_on_resume) is free

"""The one list of settings to lower: the order, the new values, and that each really needs less."""

from dataclasses import replace
from pathlib import Path

import pytest

from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.lower import (
    LOWER_FOR_A_DISK,
    LOWER_FOR_AN_EXPORT,
    SMALLER_MODEL,
    Change,
    changed,
    listed,
    lower_for_a_step,
    lower_for_solving,
    settings_of,
)
from mathpal_lightning.estimate.step_memory import step_memory
from mathpal_lightning.model.module import LORA_TARGETS

STEP = Step(rows=4, length=512, supervised=400, bits=16, lora_r=16, lora_targets=LORA_TARGETS, keep_dequantized=False)


def keys(changes: list[Change]) -> list[str]:
    return [next(iter(change.values)) for change in changes]


def test_what_costs_nothing_comes_first_and_what_changes_the_result_last():
    changes = lower_for_a_step(settings_of(STEP, accumulate=2))
    assert keys(changes) == [
        "data.batch_size",
        "model.gradient_checkpointing",
        "model.loss_chunk",
        "model.bits",
        "model.optimizer",
        "model.lora_r",
        "data.max_length",
    ]
    assert str(changes[0]) == "`data.batch_size: 2` and `trainer.accumulate_grad_batches: 4` (same result)"
    assert str(changes[1]) == "`model.gradient_checkpointing: true` (same result, a third slower)"


@pytest.mark.parametrize(
    ("rows", "most", "proposed"), [(4, None, 2), (4, 3, 2), (4, 1, 1), (8, 5, 4), (5, None, 1), (5, 4, 1), (6, 4, 3), (4, 0, 1)]
)
def test_a_smaller_batch_keeps_the_rows_of_an_optimizer_step(rows: int, most: int | None, proposed: int):
    values = lower_for_a_step(settings_of(replace(STEP, rows=rows), accumulate=3), most)[0].values
    assert values == {"data.batch_size": proposed, "trainer.accumulate_grad_batches": 3 * rows // proposed}


def test_a_batch_of_groups_is_counted_in_groups():
    step = Step(rows=7, length=1024, supervised=7 * 1024, groups=32, group_tokens=220)
    fewer, *others = lower_for_a_step(settings_of(step), step.batch_of(3), updates=1)
    assert fewer.values == {"data.batch_size": 8, "trainer.accumulate_grad_batches": 4}
    smaller = changed(step, fewer)
    assert (smaller.rows, smaller.groups, smaller.batch_size) == (2, 8, 8)
    assert changed(step, others[0]).rows == step.rows
    assert "data.max_length" not in keys(others), "the row of a group is longer than what a config may ask for"
    several = lower_for_a_step(settings_of(step), step.batch_of(3), updates=2)[0]
    assert str(several) == "`data.batch_size: 13` (fewer problems a step)"


def test_what_is_as_low_as_it_goes_is_not_proposed():
    lowest = Step(1, 256, 10, bits=4, lora_r=8, gradient_checkpointing=True, optimizer="adamw_8bit", loss_chunk=64)
    assert lower_for_a_step(settings_of(lowest)) == []
    assert listed([]) == SMALLER_MODEL
    full = Step(1, 256, 10, bits=16, full=True, gradient_checkpointing=True, optimizer="adamw_8bit", loss_chunk=64)
    assert keys(lower_for_a_step(settings_of(full))) == ["model.finetune"]


def test_each_change_of_a_step_needs_less(gemma3_folder: Path):
    before = step_memory(gemma3_folder, STEP).peak
    for change in lower_for_a_step(settings_of(STEP)):
        after = step_memory(gemma3_folder, changed(STEP, change)).peak
        if "model.loss_chunk" not in change.values:  # on a CPU the loss has smaller blocks of its own
            assert after < before, change


def test_fewer_problems_at_a_time_or_none():
    config = {"model.generation_batch_size": 32, "model.max_new_tokens": 512}
    assert keys(lower_for_solving(config)) == ["model.generation_batch_size", "model.max_new_tokens"]
    assert lower_for_solving(config)[0].values == {"model.generation_batch_size": 8}
    assert lower_for_solving(config, rows=10)[0].values == {"model.generation_batch_size": 10}
    assert keys(lower_for_solving(config, rows=0)) == ["evaluation.problems", "model.max_new_tokens"]


def test_disks_and_exports_have_theirs():
    assert listed(LOWER_FOR_A_DISK).startswith("`checkpoint.keep: 1` (")
    assert "`export.formats: [adapter]` and `export.verify: false`" in listed(LOWER_FOR_AN_EXPORT)

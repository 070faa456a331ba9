"""Memory: what is said when it suffices, and when it does not."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mathpal_lightning.checks import memory
from mathpal_lightning.estimate import process_memory
from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.process_memory import Room
from mathpal_lightning.estimate.solving_memory import Solving, solving_memory
from mathpal_lightning.estimate.step_memory import step_memory
from mathpal_lightning.model.load import LORA_TARGETS

CPU = torch.device("cpu")
STEP = Step(rows=2, length=256, supervised=200, longest=64, lora_targets=LORA_TARGETS, lora_r=8)


def check(folder: Path, step: Step, free: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "room", lambda device, processes: Room(1_000_000, free))
    return memory.check_memory(folder, step, CPU)


def test_weights_that_are_on_the_gpu_already_need_no_room_of_their_own(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    needed = step_memory(gemma3_folder, STEP)
    peak = process_memory.process_peak(needed, 1_000_000, CPU)
    monkeypatch.setattr(memory, "room", lambda device, processes: Room(1_000_000, peak - needed.weights))
    assert memory.check_memory(gemma3_folder, STEP, CPU, own=needed.weights)[0].level == "ok"
    assert memory.check_memory(gemma3_folder, STEP, CPU)[0].level != "ok"


def test_the_largest_batch_fits_and_one_row_more_does_not(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    free = 100_000_000
    found = check(gemma3_folder, STEP, free, monkeypatch)
    assert [finding.name for finding in found] == ["memory", "largest batch"]
    rows = int(found[1].found.split("data.batch_size ")[1].split()[0])
    assert rows > 2
    for number, fits in ((rows, True), (rows + 1, False)):
        step = Step(number, 256, 100 * number, longest=64, lora_targets=LORA_TARGETS, lora_r=8)
        peak = process_memory.process_peak(step_memory(gemma3_folder, step), 1_000_000, CPU)
        assert (peak <= 1.02 * free) if fits else (peak > 0.98 * free)


def test_a_batch_of_groups_is_proposed_in_groups(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    step = replace(STEP, rows=4, supervised=1024, groups=16, group_tokens=64)
    largest = check(gemma3_folder, step, 100_000_000, monkeypatch)[1].found
    rows = int(check(gemma3_folder, replace(step, groups=0), 100_000_000, monkeypatch)[1].found.split()[1])
    assert largest.startswith(f"data.batch_size {4 * rows} would fit")
    needed = process_memory.process_peak(step_memory(gemma3_folder, replace(step, rows=2, supervised=512)), 1_000_000, CPU)
    monkeypatch.setattr(memory, "room", lambda device, processes: Room(1_000_000, round(1.01 * needed)))
    finding = memory.check_memory(gemma3_folder, step, CPU, accumulate=2)[0]
    assert "`data.batch_size: 8` and `trainer.accumulate_grad_batches: 4` (same result;" in finding.way_out


def test_what_does_not_fit_says_what_would(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    needed = process_memory.process_peak(step_memory(gemma3_folder, STEP), 1_000_000, CPU)
    finding = check(gemma3_folder, STEP, round(needed * 0.8), monkeypatch)[0]
    assert (finding.level, finding.exit_code) == ("error", 2)
    assert "model.gradient_checkpointing: true" in finding.way_out
    assert check(gemma3_folder, STEP, round(needed * 0.95), monkeypatch)[0].level == "warning"
    hopeless = check(gemma3_folder, STEP, 2_000_000, monkeypatch)[0]
    assert "smaller base model" in hopeless.way_out


def test_an_evaluation_that_does_not_fit_says_how_many_problems_at_a_time_would(
    gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    needed, solving = step_memory(gemma3_folder, STEP), Solving(rows=40, prompt=100, new=200)

    def peak(rows: int) -> int:
        solved = solving_memory(gemma3_folder, STEP, replace(solving, rows=rows))
        return process_memory.solving_peak(needed, solved, 1_000_000, CPU)

    free = peak(10)
    monkeypatch.setattr(memory, "room", lambda device, processes: Room(1_000_000, free))
    assert peak(20) > free
    finding = memory.check_solving(gemma3_folder, STEP, solving, CPU)
    assert (finding.level, finding.exit_code) == ("error", 2)
    assert "Set `model.generation_batch_size: 10` (same result)" in finding.way_out
    assert memory.check_solving(gemma3_folder, STEP, replace(solving, rows=10), CPU).level == "ok"


def test_an_export_needs_the_merged_model_in_float32_where_it_is_verified(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(memory, "room", lambda device, processes: Room(1_000_000, 140_000_000))
    step, parameters = replace(STEP, rows=1), step_memory(gemma3_folder, STEP).parameters
    for verify, said in ((False, "merging takes"), (True, f"verifying {memory.gigabytes(6 * parameters)}")):
        finding = memory.check_export(gemma3_folder, step, None, verify, CPU)
        assert said in finding.found
        assert finding.level == "ok"
    monkeypatch.setattr(memory, "room", lambda device, processes: Room(1_000_000, 60_000_000))
    finding = memory.check_export(gemma3_folder, step, Solving(1, 8, 8), True, CPU)
    assert finding.level == "warning", "nothing is lost: the adapter is on disk"
    assert "mathpal export --run" in finding.way_out


def test_the_processes_of_a_machine_share_its_memory(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    step, solving = replace(STEP, rows=1), Solving(1, 8, 8)
    needed = process_memory.process_peak(step_memory(gemma3_folder, step), 1_000_000 + process_memory.LATER_IMPORTS, CPU)
    monkeypatch.setattr(process_memory, "resident_bytes", lambda: 1_000_000)
    monkeypatch.setattr(process_memory, "available_bytes", lambda: round(3.5 * needed))
    for processes, level in ((3, "ok"), (5, "error")):
        found = memory.check_memory(gemma3_folder, step, CPU, processes)[0]
        assert (found.level, f"free for each of {processes} processes" in found.found) == (level, True)
        assert memory.check_solving(gemma3_folder, step, solving, CPU, processes).level == level
    for processes, level in ((1, "ok"), (3, "warning")):
        assert memory.check_export(gemma3_folder, step, solving, True, CPU, processes).level == level

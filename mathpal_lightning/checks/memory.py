"""Whether a run fits into the memory that is free, and what to change when it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from mathpal_lightning.checks.finding import Finding, Level
from mathpal_lightning.estimate.counted import needed_memory, needed_to_solve
from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.lower import (
    LOWER_FOR_AN_EXPORT,
    Solves,
    changed,
    listed,
    lower_for_a_step,
    lower_for_solving,
    settings_of,
)
from mathpal_lightning.estimate.machine import GB, gigabytes
from mathpal_lightning.estimate.process_memory import (
    ACCURACY,
    export_peak,
    held,
    largest_batch,
    process_peak,
    room,
    solving_peak,
)
from mathpal_lightning.estimate.solving_memory import Solving, SolvingMemory
from mathpal_lightning.estimate.step_memory import StepMemory
from mathpal_lightning.model.generate import MERGED_SHARE


def check_memory(
    folder: Path, step: Step, device: torch.device, processes: int = 1, accumulate: int = 1, updates: int = 1, own: int = 0
) -> list[Finding]:
    """Estimate the peak of training from the model's config, before its weights load.

    Args:
        folder: the base model's.
        step: batch and settings.
        device: where training will be.
        processes: of the run on this machine; on a CPU they share its memory.
        accumulate: micro-batches of an optimizer step.
        updates: with `objective: grpo`, on each draw.
        own: bytes of the run's weights that are on the GPU already; the peak counts them too.
    """
    taken, free = room(device, processes)
    free += own

    def peak_of(step: Step) -> int:
        return process_peak(needed_memory(folder, step), taken, device)

    needed, peak = needed_memory(folder, step), peak_of(step)
    rows, a_row = largest_batch(step, peak_of, free)
    largest = step.batch_of(rows)
    each = f" for each of {processes} processes" if device.type == "cpu" and processes > 1 else ""
    parts = {"imports and runtime": taken, **_parts(needed, device)}
    found = f"{gigabytes(peak)} at the peak of training, {gigabytes(free)} free{each}: " + ", ".join(
        f"{name} {gigabytes(size)}" for name, size in parts.items()
    )
    findings = [Finding("memory", found, figures={"peak_gb": peak / GB, "free_gb": free / GB})]
    if peak > free:
        most = largest if 1 <= largest < step.batch_size else None
        changes = lower_for_a_step(settings_of(step, accumulate), most, updates if step.groups else 0)
        peaks = {str(change): peak_of(changed(step, change)) for change in changes}
        findings = [_judged("memory", found, peak, free, _way_out(peaks, free))]
    elif largest > step.batch_size:
        findings.append(
            Finding("largest batch", f"data.batch_size {largest} would fit: {gigabytes(a_row)} a row of {step.length}")
        )
    return findings


def check_solving(
    folder: Path, step: Step, solving: Solving, device: torch.device, processes: int = 1, own: int = 0
) -> Finding:
    """Estimate the peak of solving problems before, between and after the steps of a run.

    Args:
        folder: the base model's.
        step: of the run, for its settings.
        solving: the largest batch of problems.
        device: where the model is.
        processes: as in `check_memory`.
        own: as in `check_memory`.
    """
    taken, free = room(device, processes)
    free += own
    needed = needed_memory(folder, step)

    def solved_with(rows: int) -> SolvingMemory:
        """With merged weights where `merged_linears` merges them: on a GPU where there is room."""
        tried = replace(solving, rows=rows)
        solved = needed_to_solve(folder, step, tried)
        room_for_both = device.type == "cpu" or solved.merged < MERGED_SHARE * (free - held(needed))
        return solved if room_for_both else needed_to_solve(folder, step, replace(tried, merged=False))

    def peak_with(rows: int) -> int:
        return solving_peak(needed, solved_with(rows), taken, device)

    solved = solved_with(solving.rows)

    peak = solving_peak(needed, solved, taken, device)
    found = (
        f"{gigabytes(peak)} at the peak of an evaluation: {solving.rows} problems of up to {solving.prompt} + {solving.new} "
        f"tokens, keys and values {gigabytes(solved.cache)}"
    )
    if solved.merged:
        found += f", merged weights {gigabytes(solved.merged)}"
    if peak <= free:
        return Finding("memory of evaluation", found)
    halves = (solving.rows >> halved for halved in range(1, solving.rows.bit_length()))
    rows = next((rows for rows in halves if peak_with(rows) <= free), 0)
    config: Solves = {"model.generation_batch_size": solving.rows, "model.max_new_tokens": solving.new}
    return _judged("memory of evaluation", found, peak, free, f"Set {listed(lower_for_solving(config, rows))}.")


def check_export(
    folder: Path, step: Step, solving: Solving | None, verify: bool, device: torch.device, processes: int = 1
) -> Finding:
    """Estimate the peak of the export, which runs on the CPU while the trained model is still in memory.

    Args:
        folder: the base model's.
        step: of the run, for its settings.
        solving: as in `check_solving`; None where nothing is solved.
        verify: whether every artefact is compared with the trained model, which loads the merged one in float32.
        device: where training is.
        processes: as in `check_memory`; the first one exports, and the others keep what they hold meanwhile.
    """
    needed = needed_memory(folder, step)
    solved = needed_to_solve(folder, step, solving) if solving and device.type == "cpu" else None
    export = export_peak(needed, solved, verify, room(torch.device("cpu"), processes), device, processes)
    found = f"{gigabytes(export.peak)} at the peak of the export, of which merging takes {gigabytes(export.merging)}"
    found += f" and verifying {gigabytes(export.verifying)}" if verify else ""
    if export.peak <= export.free:
        return Finding("memory of export", found)
    # A warning, not an error: the adapter is on disk by then, and the system can reclaim some of these pages.
    way_out = f"Set {listed(LOWER_FOR_AN_EXPORT)}."
    return Finding("memory of export", found, "warning", f"at most {gigabytes(export.free)}", way_out)


def _judged(name: str, found: str, peak: int, free: int, way_out: str) -> Finding:
    level: Level = "error" if peak > (1 + ACCURACY) * free else "warning"
    figures = {"peak_gb": peak / GB, "free_gb": free / GB}
    return Finding(name, found, level, f"at most {gigabytes(free)}", way_out, 2 if level == "error" else 0, figures)


def _parts(needed: StepMemory, device: torch.device) -> dict[str, int]:
    parts = {name: getattr(needed, name) for name in ("weights", "adapter", "gradients", "optimizer", "activations")}
    parts["loss and its chunk of logits"] = needed.logits
    if device.type == "cpu":
        parts |= {"base file mapped": needed.mapped, "kept by the allocator": needed.kept}
    return parts


def _way_out(peaks: dict[str, int], free: int) -> str:
    """The changes that let the run fit, each with the memory that it would then need."""
    fitting = [f"{change[:-1]}; {gigabytes(peak)})" for change, peak in peaks.items() if peak <= free]
    if fitting:
        return f"Set {', or '.join(fitting)}."
    all_of_them = ", ".join(f"{change[:-1]}; {gigabytes(peak)})" for change, peak in peaks.items())
    return f"Each of these alone is not enough: {all_of_them}. Take several, or a smaller base model."

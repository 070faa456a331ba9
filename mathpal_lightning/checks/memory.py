"""Whether a run fits into the memory that is free, the largest batch that does, and what to change when it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.checks.machine import available_bytes, gigabytes, resident_bytes
from mathpal_lightning.checks.seen import needed_memory, needed_to_solve
from mathpal_lightning.model.generation_memory import Solving, SolvingMemory
from mathpal_lightning.model.memory import Step, StepMemory

LATER_IMPORTS = 120_000_000
"""Libraries that load with the weights and the first step, and kernels' scratch: measured as what nothing else explains."""
ACCURACY = 0.15
"""How far a measured peak may lie from the estimate: within it, a run that does not fit is only warned of."""
_FLOAT32_AND_ITS_FILE = 6
"""Bytes a weight of the merged model: 4 as it is loaded to be compared, 2 of its file that stays mapped meanwhile."""
_MERGING = 100_000_000
"""One tensor in float32 and its update, beside the pages of the base's file."""


def check_memory(folder: Path, step: Step, device: torch.device, processes: int = 1) -> list[Finding]:
    """Estimate the peak of training from the model's config, before its weights load.

    Args:
        folder: the base model's.
        step: batch and settings.
        device: where training will be.
        processes: of the run on this machine; on a CPU they share its memory.
    """
    runtime, free = _runtime_and_free(device, processes)
    needed = needed_memory(folder, step)
    peak = process_peak(needed, runtime, device)
    largest, a_row = _largest_batch(folder, step, runtime, free, device)
    parts = {"imports and runtime": runtime, **_parts(needed, device)}
    each = f" for each of {processes} processes" if device.type == "cpu" and processes > 1 else ""
    found = f"{gigabytes(peak)} at the peak of training, {gigabytes(free)} free{each}: " + ", ".join(
        f"{name} {gigabytes(size)}" for name, size in parts.items()
    )
    findings = [Finding("memory", found)]
    if peak > free:
        findings = [_judged("memory", found, peak, free, _advice(folder, step, runtime, free, largest, device))]
    elif largest > step.rows:
        findings.append(
            Finding("largest batch", f"data.batch_size {largest} would fit: {gigabytes(a_row)} a row of {step.length}")
        )
    return findings


def _largest_batch(folder: Path, step: Step, runtime: int, free: int, device: torch.device) -> tuple[int, int]:
    """The most rows that fit, and the bytes of a row: by secants, for the loss stops growing at its first full chunk."""

    def peak(rows: int) -> int:
        needed = needed_memory(folder, replace(step, rows=rows, supervised=_share(step, rows)))
        return process_peak(needed, runtime, device)

    here, largest, a_row = peak(step.rows), step.rows + 1, 1
    for _ in range(3):
        a_row = max(1, (peak(largest) - here) // (largest - step.rows))
        largest = step.rows + (free - here) // a_row
        if largest <= step.rows + 1:
            break
    return largest, a_row


def check_solving(folder: Path, step: Step, solving: Solving, device: torch.device, processes: int = 1) -> Finding:
    """Estimate the peak of solving problems before, between and after the steps of a run.

    Args:
        folder: the base model's.
        step: of the run, for its settings.
        solving: the largest batch of problems.
        device: where the model is.
        processes: as in `check_memory`.
    """
    runtime, free = _runtime_and_free(device, processes)
    needed, solved = needed_memory(folder, step), needed_to_solve(folder, step, solving)
    peak = solving_peak(needed, solved, runtime, device)
    found = (
        f"{gigabytes(peak)} at the peak of an evaluation: {solving.rows} problems of up to {solving.prompt} + {solving.new} "
        f"tokens, keys and values {gigabytes(solved.cache)}"
    )
    if solved.merged:
        found += f", merged weights {gigabytes(solved.merged)}"
    if peak <= free:
        return Finding("memory of evaluation", found)
    fewer = (replace(solving, rows=solving.rows >> halved) for halved in range(1, solving.rows.bit_length()))
    fitting = (each for each in fewer if solving_peak(needed, needed_to_solve(folder, step, each), runtime, device) <= free)
    smaller = f"model.generation_batch_size {first.rows}" if (first := next(fitting, None)) else "evaluation.problems 0"
    return _judged("memory of evaluation", found, peak, free, f"Set {smaller}, or a lower model.max_new_tokens.")


def check_export(
    folder: Path, step: Step, solving: Solving | None, verify: bool, device: torch.device, processes: int = 1
) -> Finding:
    """Estimate the peak of the export, which runs on the CPU while the trained model is still in memory.

    Args:
        folder: the base model's.
        step: of the run, for its settings.
        solving: as in `check_solving`; None where nothing is.
        verify: whether every artefact is compared with the trained model, which loads the merged one in float32.
        device: where training is.
        processes: as in `check_memory`; the first one exports, and the others keep what they hold meanwhile.
    """
    cpu = torch.device("cpu")
    runtime, share = _runtime_and_free(cpu, processes)
    needed = needed_memory(folder, step)
    grown, others, mapped = runtime + held(needed), runtime, 0  # from a GPU the model comes back
    if device.type == "cpu":  # what an allocator kept until then is not given back
        solved = solving_peak(needed, needed_to_solve(folder, step, solving), runtime, cpu) if solving else 0
        grown = others = max(process_peak(needed, runtime, cpu), solved)
        mapped = needed.mapped
    merging = _MERGING + 2 * needed.parameters - mapped
    verifying = _FLOAT32_AND_ITS_FILE * needed.parameters if verify else 0
    peak, free = grown + max(merging, verifying), processes * share - (processes - 1) * others
    found = f"{gigabytes(peak)} at the peak of the export, of which merging takes {gigabytes(merging)}"
    found += f" and verifying {gigabytes(verifying)}" if verify else ""
    if peak <= free:
        return Finding("memory of export", found)
    # No error: the adapter is on disk by then, and some of these pages the kernel takes back.
    way_out = "Set export.formats [adapter] and export.verify false, and run `mathpal export --run` when training has ended."
    return Finding("memory of export", found, "warning", f"at most {gigabytes(free)}", way_out)


def held(needed: StepMemory) -> int:
    """What stays in memory while no step is under way."""
    return needed.weights + needed.adapter + needed.gradients + needed.optimizer


def solving_peak(needed: StepMemory, solved: SolvingMemory, runtime: int, device: torch.device) -> int:
    """As `process_peak`, while problems are solved."""
    return runtime + held(needed) + solved.peak + (needed.mapped + solved.kept if device.type == "cpu" else 0)


def _judged(name: str, found: str, peak: int, free: int, way_out: str) -> Finding:
    if peak <= free:
        return Finding(name, found)
    level, exit_code = ("error", 2) if peak > (1 + ACCURACY) * free else ("warning", 0)
    return Finding(name, found, level, f"at most {gigabytes(free)}", way_out, exit_code)  # type: ignore[arg-type]


def _runtime_and_free(device: torch.device, processes: int) -> tuple[int, int]:
    """What the process holds before any weights, and what it may hold in all: of a CPU's memory its share."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)  # the CUDA context is in use already
        return 0, free
    resident, started = resident_bytes(), processes if torch.distributed.is_initialized() else 1
    return resident + LATER_IMPORTS, (available_bytes() + started * resident) // processes


def process_peak(needed: StepMemory, runtime: int, device: torch.device) -> int:
    """The peak of a whole process (VmHWM) on a CPU, of its GPU memory on a GPU."""
    return runtime + needed.peak + (needed.mapped + needed.kept if device.type == "cpu" else 0)


def _parts(needed: StepMemory, device: torch.device) -> dict[str, int]:
    parts = {name: getattr(needed, name) for name in ("weights", "adapter", "gradients", "optimizer", "activations")}
    parts["loss and its chunk of logits"] = needed.logits
    if device.type == "cpu":
        parts |= {"base file mapped": needed.mapped, "kept by the allocator": needed.kept}
    return parts


def _share(step: Step, rows: int) -> int:
    return round(step.supervised * rows / step.rows)


def _advice(folder: Path, step: Step, runtime: int, free: int, largest: int, device: torch.device) -> str:
    """The first changes that let the run fit, each with what it would then need."""
    changes: list[tuple[str, dict[str, Any]]] = []
    if 1 <= largest < step.rows:
        changes.append((f"data.batch_size {largest} and a larger accumulate_grad_batches", {"rows": largest}))
    if not step.gradient_checkpointing:
        changes.append(("model.gradient_checkpointing: true", {"gradient_checkpointing": True}))
    if step.bits == 16 and not step.full:
        changes.append(("model.bits: 4", {"bits": 4}))
    if step.keep_dequantized:
        changes.append(("model.keep_dequantized: false", {"keep_dequantized": False}))
    if step.full:
        changes.append(("model.finetune: lora", {"full": False}))
    changes.append((f"data.max_length {step.length // 2}", {"length": step.length // 2}))
    alone = []
    for what, values in changes:
        changed = replace(step, **values)
        changed = replace(changed, supervised=step.supervised * changed.rows * changed.length // (step.rows * step.length))
        alone.append((what, process_peak(needed_memory(folder, changed), runtime, device)))
    fitting = [f"{what} ({gigabytes(peak)})" for what, peak in alone if peak <= free]
    if fitting:
        return f"Set {', or '.join(fitting)}."
    listed = ", ".join(f"{what} ({gigabytes(peak)})" for what, peak in alone)
    return f"Each of these alone is not enough: {listed}. Take several, or a smaller base model."

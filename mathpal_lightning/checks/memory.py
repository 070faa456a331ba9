"""Whether a run fits into the memory that is free, the largest batch that does, and what to change when it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.checks.machine import available_bytes, gigabytes, resident_bytes
from mathpal_lightning.checks.seen import needed_memory
from mathpal_lightning.model.memory import Step, StepMemory

LATER_IMPORTS = 120_000_000
"""Libraries that load with the weights and the first step, and kernels' scratch: measured as what nothing else explains."""
ACCURACY = 0.15
"""How far a measured peak may lie from the estimate: within it, a run that does not fit is only warned of."""


def check_memory(folder: Path, step: Step, device: torch.device) -> list[Finding]:
    """Estimate the peak of training from the model's config, before its weights load.

    Args:
        folder: the base model's.
        step: batch and settings.
        device: where training will be.
    """
    runtime, free = _runtime_and_free(device)
    needed = needed_memory(folder, step)
    peak = process_peak(needed, runtime, device)
    largest, a_row = _largest_batch(folder, step, runtime, free, device)
    parts = {"imports and runtime": runtime, **_parts(needed, device)}
    found = f"{gigabytes(peak)} at the peak of training, {gigabytes(free)} free: " + ", ".join(
        f"{name} {gigabytes(size)}" for name, size in parts.items()
    )
    findings = [Finding("memory", found)]
    if peak > free:
        level, exit_code = ("error", 2) if peak > (1 + ACCURACY) * free else ("warning", 0)
        way_out = _advice(folder, step, runtime, free, largest, device)
        findings = [Finding("memory", found, level, f"at most {gigabytes(free)}", way_out, exit_code)]  # type: ignore[arg-type]
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


def _runtime_and_free(device: torch.device) -> tuple[int, int]:
    """What the process holds before any weights, and what it may hold in all."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)  # the CUDA context is in use already
        return 0, free
    resident = resident_bytes()
    return resident + LATER_IMPORTS, available_bytes() + resident


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

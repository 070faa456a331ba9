"""Whether a run fits into the memory that is free, the largest batch that does, and what to change when it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.checks.machine import available_bytes, gigabytes, resident_bytes
from mathpal_lightning.model.memory import Step, StepMemory, step_memory

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
    needed = step_memory(folder, step)
    a_row = step_memory(folder, replace(step, rows=step.rows + 1, supervised=_share(step, step.rows + 1))).peak - needed.peak
    largest = step.rows + int((free - runtime - needed.peak) // max(a_row, 1))
    peak = runtime + needed.peak
    parts = {"imports and runtime": runtime, **_parts(needed)}
    found = f"{gigabytes(peak)} at the peak of {gigabytes(free)} free: " + ", ".join(
        f"{name} {gigabytes(size)}" for name, size in parts.items()
    )
    findings = [Finding("memory", found)]
    if peak > free:
        level, exit_code = ("error", 2) if peak > (1 + ACCURACY) * free else ("warning", 0)
        way_out = _advice(folder, step, runtime, free, largest)
        findings = [Finding("memory", found, level, f"at most {gigabytes(free)}", way_out, exit_code)]  # type: ignore[arg-type]
    elif largest > step.rows:
        findings.append(
            Finding("largest batch", f"data.batch_size {largest} would fit: {gigabytes(a_row)} a row of {step.length}")
        )
    return findings


def _runtime_and_free(device: torch.device) -> tuple[int, int]:
    """What the process holds before any weights, and what it may hold in all."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)  # the CUDA context is in use already
        return 0, free
    resident = resident_bytes()
    return resident, available_bytes() + resident


def _parts(needed: StepMemory) -> dict[str, int]:
    names = ("weights", "adapter", "gradients", "optimizer", "activations", "logits")
    return {name.replace("logits", "loss and its chunk of logits"): getattr(needed, name) for name in names}


def _share(step: Step, rows: int) -> int:
    return round(step.supervised * rows / step.rows)


def _advice(folder: Path, step: Step, runtime: int, free: int, largest: int) -> str:
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
    alone, together = [], step
    for what, values in changes:
        changed = replace(step, **values)
        changed = replace(changed, supervised=step.supervised * changed.rows * changed.length // (step.rows * step.length))
        together = replace(together, **values)
        alone.append((what, runtime + step_memory(folder, changed).peak))
    fitting = [f"{what} ({gigabytes(peak)})" for what, peak in alone if peak <= free]
    if fitting:
        return f"Set {', or '.join(fitting)}."
    listed = ", ".join(f"{what} ({gigabytes(peak)})" for what, peak in alone)
    return f"Each of these alone is not enough: {listed}. Take several, or a smaller base model."

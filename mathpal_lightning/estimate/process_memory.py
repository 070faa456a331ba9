"""From the memory of a step to the peak of a whole process, against what is free; and the largest batch that fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import torch

from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.machine import available_bytes, resident_bytes
from mathpal_lightning.estimate.solving_memory import SolvingMemory
from mathpal_lightning.estimate.step_memory import StepMemory
from mathpal_lightning.model.generate import free_bytes

LATER_IMPORTS = 120_000_000
"""Libraries that load with the weights and the first step, and scratch memory of kernels: the residual of the measured peak,
after everything that is counted is subtracted."""
ACCURACY = 0.15
"""How far a measured peak may lie from the estimate. Within this share, a run that does not fit is warned of, not refused."""
_FLOAT32_AND_ITS_FILE = 6
"""Bytes a weight of a merged model that is verified: 4 as it is loaded, 2 of its file, which stays mapped meanwhile."""
_MERGING = 100_000_000
"""One tensor in float32 and its update; the pages of the base's file come on top."""


class Room(NamedTuple):
    """The memory that one process has before any weights are loaded, in bytes."""

    taken: int
    """By imports, now and later; 0 on a GPU, where they take none of its memory."""
    free: int
    """All that it may take, what is taken included. On a CPU the processes of a run share the machine's memory equally."""


def room(device: torch.device, processes: int) -> Room:
    """The memory of the device that one process may use.

    Args:
        device: where training will be.
        processes: of the run on this machine.
    """
    if device.type == "cuda":
        return Room(0, free_bytes(device))  # the CUDA context is not counted: it is in use already
    resident, started = resident_bytes(), processes if torch.distributed.is_initialized() else 1
    return Room(resident + LATER_IMPORTS, (available_bytes() + started * resident) // processes)


def process_peak(needed: StepMemory, taken: int, device: torch.device) -> int:
    """The peak of training: of the whole process (VmHWM) on a CPU, of its GPU memory on a GPU."""
    return taken + needed.peak + (needed.mapped + needed.kept if device.type == "cpu" else 0)


def held(needed: StepMemory) -> int:
    """What stays in memory between two steps."""
    return needed.weights + needed.adapter + needed.gradients + needed.optimizer


def solving_peak(needed: StepMemory, solved: SolvingMemory, taken: int, device: torch.device) -> int:
    """The peak while problems are solved, before, between or after steps."""
    return taken + held(needed) + solved.peak + (needed.mapped + solved.kept if device.type == "cpu" else 0)


class ExportPeak(NamedTuple):
    """The memory of an export, in bytes."""

    peak: int
    merging: int
    verifying: int
    free: int


def export_peak(
    needed: StepMemory, solved: SolvingMemory | None, verify: bool, cpu: Room, device: torch.device, processes: int
) -> ExportPeak:
    """The peak of an export, which runs on the CPU while the trained model is still in memory.

    Args:
        needed: of a step.
        solved: of the evaluation; None where there is none.
        verify: whether each artefact is compared with the trained model, which loads the merged one in float32.
        cpu: the room of one process on the CPU.
        device: where training is.
        processes: the first one exports; the others keep what they hold meanwhile.
    """
    grown, others, mapped = cpu.taken + held(needed), cpu.taken, 0  # from a GPU the model comes back
    if device.type == "cpu":  # the allocator does not give back what it kept during training
        solving = solving_peak(needed, solved, cpu.taken, device) if solved else 0
        grown = others = max(process_peak(needed, cpu.taken, device), solving)
        mapped = needed.mapped
    merging = _MERGING + 2 * needed.parameters - mapped
    verifying = _FLOAT32_AND_ITS_FILE * needed.parameters if verify else 0
    free = processes * cpu.free - (processes - 1) * others
    return ExportPeak(grown + max(merging, verifying), merging, verifying, free)


def largest_batch(step: Step, peak: Callable[[Step], int], free: int) -> tuple[int, int]:
    """The most rows that fit, and the bytes that one more row takes.

    Found by secant steps, because the loss's memory stops growing once one chunk is full. They are taken at few different
    numbers of rows: what is free differs a little from run to run, and `peak` keeps what it has counted.

    Args:
        step: with the rows to begin from.
        peak: the peak of a process in bytes, for a step.
        free: bytes that the process may take.
    """
    here, largest, a_row = peak(step), step.rows + 1, 1
    for _ in range(3):
        more = _leading_bits(largest - step.rows)
        a_row = max(1, (peak(with_rows(step, step.rows + more)) - here) // more)
        largest = step.rows + (free - here) // a_row
        if largest <= step.rows + 1:
            break
    return largest, a_row


def _leading_bits(number: int) -> int:
    """A positive number rounded down to its three leading bits, so at most by a fifth.

    >>> [_leading_bits(number) for number in (1, 7, 8, 9, 10, 15, 16, 19, 100)]
    [1, 7, 8, 8, 10, 14, 16, 16, 96]
    """
    rest = max(0, number.bit_length() - 3)
    return number >> rest << rest


def with_rows(step: Step, rows: int) -> Step:
    """The same step with another number of rows, and supervised tokens in proportion."""
    return replace(step, rows=rows, supervised=round(step.supervised * rows / step.rows))

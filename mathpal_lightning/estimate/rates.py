"""Counts of a batch, a stopwatch for the parts of a step, and the peak of memory."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor

from mathpal_lightning.compat.system import peak_resident_bytes
from mathpal_lightning.schema import IGNORE_INDEX, Batch


def batch_counts(batch: Batch, sliding_windows: Sequence[int] = ()) -> Tensor:
    """Positions, tokens, supervised tokens, and pairs of tokens that attend to each other: int64 [3 + sliding windows].

    A token attends to itself and to the tokens before it in its document, as far back as the sliding window reaches. Its
    position says how many those are, also in a rejected completion, whose positions go on from the prompt. The counts stay on
    the device of the batch, so that nothing waits for it.
    """
    token = is_token(batch.position_ids)
    seen = torch.where(token, batch.position_ids + 1, 0)
    counts = [token.sum(), (batch.labels != IGNORE_INDEX).sum(), *(seen.clamp(max=window).sum() for window in sliding_windows)]
    return torch.stack([torch.full_like(counts[0], token.numel()), *counts])


def is_token(position_ids: Tensor) -> Tensor:
    """Bool [B, T]: positions that hold a token of a document. Padding has position 0 and no successor at 1.

    A document of one token would look like padding; no document is that short, for each begins with BOS.
    """
    successor = torch.nn.functional.pad(position_ids[:, 1:], (0, 1))
    return (position_ids > 0) | (successor == 1)


class NeededFlops(Protocol):
    """What a step needs, as `model/flops.py` counts it."""

    @property
    def sliding_windows(self) -> tuple[int, ...]:
        """The sliding windows for which pairs of tokens are counted."""

    @property
    def shapes(self) -> Counter[tuple[int, int]]:
        """(in, out) of the linear layers, with their numbers."""

    def needed(self, tokens: int, supervised: int, pairs: Sequence[int], reference: bool = False) -> int:
        """The operations of one batch, forward and backward."""


class Stopwatch:
    """The seconds of each activity. On a GPU it uses the GPU's own clock, and only `read` waits for it."""

    def __init__(self, device: torch.device, activity: str):
        self._cuda = device.type == "cuda"
        self._marks: list[tuple[str, float | torch.cuda.Event]] = []
        self.switch(activity)

    def switch(self, activity: str) -> None:
        """End the running activity and begin this one."""
        if not self._cuda:
            self._marks.append((activity, time.perf_counter()))
            return
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        self._marks.append((activity, event))

    def read(self) -> dict[str, float]:
        """Seconds of each activity since the last reading, up to the last switch."""
        seconds: dict[str, float] = {}
        for (activity, begun), (_, ended) in pairwise(self._marks):
            seconds[activity] = seconds.get(activity, 0.0) + _between(begun, ended)
        del self._marks[:-1]
        return seconds


def _between(begun: float | torch.cuda.Event, ended: float | torch.cuda.Event) -> float:
    """Seconds between two marks of one clock. For the GPU's clock it waits until the GPU has reached the second mark."""
    if isinstance(begun, torch.cuda.Event) and isinstance(ended, torch.cuda.Event):
        ended.synchronize()
        milliseconds: float = begun.elapsed_time(ended)
        return milliseconds / 1000
    assert isinstance(begun, float)
    assert isinstance(ended, float)
    return ended - begun


def peak_memory_gb() -> float:
    """The peak of this process in GB: of the GPU where it uses one, else the resident set.

    The operating system's high-water mark, so imports count.
    """
    on_gpu = torch.cuda.max_memory_allocated() if torch.cuda.is_available() else 0
    return (on_gpu or peak_resident_bytes()) / 1e9

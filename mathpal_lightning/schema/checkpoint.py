"""What a checkpoint of ours holds. Lightning writes the first part, our module and our callbacks add the rest.

A checkpoint of another module, or of an earlier version, has fewer keys.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, NotRequired, TypedDict

if TYPE_CHECKING:
    from torch import Tensor


class Held(TypedDict):
    """What one process holds of an accumulation window."""

    divisor: NotRequired[int]
    """The `accumulate_grad_batches` by which Lightning has divided the gradients; older checkpoints do not say it."""
    count: int
    """Supervised tokens, or pairs, so far."""
    gradients: dict[str, Tensor]
    """By the names of the weights."""


class RandomStates(TypedDict):
    """The states of Python's, NumPy's and torch's generators, as values that `weights_only=True` loads."""

    python: tuple[int, list[int], float | None]
    """The version of the format, the state, and the number that `gauss` keeps."""
    numpy: tuple[str, Tensor, int, int, float]
    """The generator's name, its keys, its position, whether it keeps a number, and that number."""
    torch: Tensor
    cuda: list[Tensor]


class ReferenceRecord(TypedDict):
    """The reference of a preference run."""

    adapter: str | None
    """`model.adapter`, with which training began."""
    digest: str


class CallbackState(TypedDict, total=False):
    """What a ModelCheckpoint of Lightning keeps."""

    monitor: str | None
    best_k_models: dict[str, Tensor]
    """The scores by the files' paths."""
    best_model_path: str


class Checkpoint(TypedDict, total=False):
    """The content of a .ckpt file."""

    state_dict: dict[str, Tensor]
    """The trained weights by name."""
    global_step: int
    callbacks: dict[str, CallbackState]
    """By each callback's class and settings."""
    hyper_parameters: dict[str, object]
    """The arguments of the module."""
    datamodule_hyper_parameters: dict[str, object]
    seed: int | None
    random_states: list[RandomStates]
    """Of each process."""
    throughput: dict[str, float]
    """Counts and seconds so far."""
    run_seconds: float
    """Since the run began, without the time between two parts of it."""
    base: str
    """The name of the base model."""
    vocabulary: str
    """The digest of a small vocabulary; empty for the base's full one."""
    precision: str
    reference: ReferenceRecord
    window: list[Held]
    """Of each process, in the middle of an accumulation window."""
    old_log_probs: list[Tensor]
    """Of each process, for the draw that several updates use (`objective: grpo`)."""


def plain_value(value: object) -> object:
    """A setting as a checkpoint and a config file can hold it; a checkpoint is read with `weights_only=True`.

    Args:
        value: a path becomes a text, a number or an array of NumPy or torch a number or a list, a tuple a list. Dictionaries
            and lists are converted inside, a dataclass becomes a dictionary; anything else stays as it is.

    >>> from pathlib import PurePosixPath
    >>> plain_value({"adapter": PurePosixPath("runs/a"), "betas": (0.9, 0.95)})
    {'adapter': 'runs/a', 'betas': [0.9, 0.95]}
    """
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if is_dataclass(value) and not isinstance(value, type):
        return plain_value(asdict(value))
    if isinstance(value, Mapping):
        return {plain_value(name): plain_value(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(inner) for inner in value]
    return value.tolist() if hasattr(value, "tolist") else value

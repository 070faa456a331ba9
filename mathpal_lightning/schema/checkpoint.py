"""What a checkpoint of ours holds. Lightning writes the first part, our module and our callbacks add the rest.

A checkpoint of another module, or of an earlier version, has fewer keys.
"""

from __future__ import annotations

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

"""Out of memory: which errors say so, and what to change in the config, with numbers."""

from __future__ import annotations

import re
from typing import Any

import torch

from mathpal_lightning.errors import MemoryLimitError
from mathpal_lightning.estimate.lower import SMALLER_MODEL, lower_for_a_step, lower_for_solving
from mathpal_lightning.estimate.rates import peak_memory_gb

_NO_MEMORY = re.compile(r"can't allocate memory|not enough memory|out of memory|Cannot allocate memory|std::bad_alloc", re.I)
_KILLED_WORKER = re.compile(r"DataLoader worker .*(killed by signal|exited unexpectedly)", re.S)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of Python, torch or a DataLoader's killed worker says that memory ran out."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return bool(_NO_MEMORY.search(str(error)) or _KILLED_WORKER.search(str(error)))


def memory_limit_error(error: BaseException, settings: Any) -> MemoryLimitError:
    """What was asked for, and the settings that need less.

    Args:
        error: one for which `is_out_of_memory` holds.
        settings: the parsed config of the verb.
    """
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if _KILLED_WORKER.search(str(error)):
        return MemoryLimitError(
            f"{settings.data.num_workers} data workers alive to the end",
            f"{said!r}: Linux kills a process when memory, or /dev/shm, runs out",
            "Set `data.num_workers: 0` (packed rows need none); a stopped run goes on with --ckpt_path last.",
        )
    return MemoryLimitError(
        f"enough memory for {settings.data.batch_size} x {settings.data.max_length} tokens a batch",
        f"{peak_memory_gb():.1f} GB in use at most, and then: {said}",
        f"Set {'; or '.join([*smaller_settings(settings), SMALLER_MODEL])}.",
    )


def smaller_settings(settings: Any) -> list[str]:
    """The settings that can still be lowered, those with the least effect on the result first, each with its new value."""
    data, model, trainer = settings.data, settings.model, settings.trainer
    config = {
        **{f"model.{name}": value for name, value in model.items()},
        "data.batch_size": data.batch_size,
        "data.max_length": data.max_length,
        "trainer.accumulate_grad_batches": trainer.accumulate_grad_batches,
    }
    return [str(change) for change in (*lower_for_a_step(config), *lower_for_solving(config))]

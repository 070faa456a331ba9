"""Out of memory: which errors say so, and what to change in the config, with numbers.

The estimates are imported when they are needed: the front door must answer without torch.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from mathpal_lightning.errors import MemoryLimitError

if TYPE_CHECKING:
    from jsonargparse import Namespace

    from mathpal_lightning.estimate.lower import Settings, Solves

_NO_MEMORY = re.compile(
    r"can't allocate memory|cannot allocate memory|not enough memory|out[ _]of[ _]memory|unable to allocate"
    r"|bad[_ ]alloc(ation)?\b|bad array new length|(realloc|malloc) of size \d+ failed|memory allocation of \d+ bytes failed"
    r"|could not (create|execute) a (primitive|memory)"  # oneDNN, when it gets no memory for its scratch space
    r"|CU(BLAS|DNN|SOLVER|SPARSE)_STATUS_ALLOC_FAILED|cudaErrorMemoryAllocation|NVML_SUCCESS == r INTERNAL ASSERT FAILED"
    r"|failed to map segment from shared object|in static TLS block"  # a library that gets no memory to load into
    r"|can't start new thread"
    r"|returned NULL without setting an|error return without exception set",  # CPython, when the error itself got no memory
    re.IGNORECASE,
)
_KILLED_WORKER = re.compile(r"DataLoader worker .*(killed by signal|exited unexpectedly)", re.S)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, or one that it was raised from, says that memory ran out: Python's, a library's, a killed worker's."""
    if isinstance(error, MemoryError):
        return True
    said = _NO_MEMORY.search(str(error)) or _KILLED_WORKER.search(str(error))
    if said and isinstance(error, RuntimeError | SystemError | OSError | ImportError):
        return True
    return error.__cause__ is not None and is_out_of_memory(error.__cause__)


def out_of_memory(error: BaseException) -> MemoryLimitError:
    """What to say of a command without training settings."""
    said = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return MemoryLimitError(
        "enough memory",
        said,
        "Close other programs, or use a smaller model. `mathpal doctor` says how much memory is free.",
    )


def memory_limit_error(error: BaseException, settings: Namespace) -> MemoryLimitError:
    """What was asked for, and the settings that need less.

    Args:
        error: one for which `is_out_of_memory` holds.
        settings: the parsed config of the verb.
    """
    from mathpal_lightning.estimate.lower import SMALLER_MODEL
    from mathpal_lightning.estimate.rates import peak_memory_gb

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


def smaller_settings(settings: Namespace) -> list[str]:
    """The settings that can still be lowered, those with the least effect on the result first, each with its new value."""
    from mathpal_lightning.estimate.lower import lower_for_a_step, lower_for_solving

    data, model, trainer = settings.data, settings.model, settings.trainer
    config = {
        **{f"model.{name}": value for name, value in model.items()},
        "data.batch_size": data.batch_size,
        "data.max_length": data.max_length,
        "trainer.accumulate_grad_batches": trainer.accumulate_grad_batches,
    }
    updates = model.policy.updates if getattr(model, "objective", "sft") == "grpo" else 0
    changes = (*lower_for_a_step(cast("Settings", config), updates=updates), *lower_for_solving(cast("Solves", config)))
    return [str(change) for change in changes]

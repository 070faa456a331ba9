"""Unsloth's import, and private parts: the layers that its loaders never quantise, and where it writes generated code.

Nothing here imports transformers or PEFT: on a GPU Unsloth patches both, and must be imported before them.
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from pathlib import Path

from mathpal_lightning.compat.guard import require

LIBRARY = "unsloth_zoo"


@contextmanager
def also_unquantized(patterns: Sequence[str]) -> Iterator[None]:
    """Let Unsloth's loaders keep the layers that match in 16 bits too, within the block.

    The loader for GPUs keeps Gemma 3n's AltUp by a rule of its own; the one for CPUs lacks that rule, and the first training
    step would change packed bytes as if they were weights.

    Args:
        patterns: regular expressions, as `llm_int8_skip_modules` of transformers takes them.

    Raises:
        ConfigError: this version keeps no such list.
    """
    module = import_module(f"{LIBRARY}.peft_utils")
    kept: list[str] = require(module, "SKIP_QUANTIZATION_MODULES", LIBRARY, "training Gemma 3n in 4 bits")
    before = list(kept)
    kept += patterns
    try:
        yield
    finally:
        kept[:] = before


def keep_generated_code_in(folder: Path) -> None:
    """Let Unsloth write the layers that it generates into a folder, instead of the working directory; before it is imported."""
    os.environ.setdefault("UNSLOTH_COMPILE_LOCATION", str(folder))
    os.environ.setdefault("UNSLOTH_DISABLE_STATISTICS", "1")


def import_unsloth(cache: Path) -> None:
    """Import Unsloth, which on a GPU patches transformers, PEFT and TRL for the whole process.

    Args:
        cache: the folder of caches, below which Unsloth writes the code that it generates.
    """
    import torch

    keep_generated_code_in(cache / "unsloth_compiled_cache")
    with quiet_unsloth(on_a_cpu=not torch.cuda.is_available()):
        import unsloth  # noqa: F401


@contextmanager
def quiet_unsloth(on_a_cpu: bool) -> Iterator[None]:
    """Keep Unsloth's banners out of the output of a run; on a CPU, where it patches nothing, its advice about imports too."""
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        if on_a_cpu:
            warnings.filterwarnings("ignore", "(?s).*Unsloth should be imported before")
        yield

"""Private parts of Unsloth: the layers that its loaders never quantise, and where it writes the code that it generates."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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

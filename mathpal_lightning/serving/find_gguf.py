"""A run folder -> the GGUF file of it that is served."""

from __future__ import annotations

import re
from pathlib import Path

from mathpal_lightning.errors import ModelError

PREFERENCE = ("q8_0", "q6_k", "q5_k_m", "q5_k_s", "q4_k_m", "q4_k_s", "f16", "bf16", "f32")
"""Which file of a run is served: the most exact of the quantised ones, then 16 bits, then 32.

Every token reads every weight once, so half the bytes are about twice the speed, and Q8_0 still is the trained model (mean KL
0.006 nats on the 270M). Types that are not listed come last. To serve another, name the file.
"""


def find_gguf(run: Path) -> Path:
    """The GGUF that `run` means: the file itself, or the best one of a run's gguf/ folder or of the folder itself.

    Raises:
        ModelError: there is none.
    """
    if run.suffix == ".gguf" and run.is_file():
        return run
    found = [file for folder in (run / "gguf", run) for file in sorted(folder.glob("*.gguf")) if "mmproj" not in file.name]
    if not found:
        export = f"export it: mathpal export --run {run} --formats '[gguf:q8_0]'" if run.is_dir() else "check the path"
        raise ModelError(
            "a .gguf file, or a run folder with gguf/*.gguf",
            f"{run} {'without one' if run.exists() else 'which does not exist'}",
            f"Give the folder that `mathpal fit` wrote (outputs/<name>), or {export}.",
        )
    return min(found, key=_rank)


def _rank(file: Path) -> int:
    kind = re.split(r"[-.]", file.stem.lower())[-1]
    return PREFERENCE.index(kind) if kind in PREFERENCE else len(PREFERENCE)

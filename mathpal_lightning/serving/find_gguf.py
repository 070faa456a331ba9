"""A run folder -> the GGUF file of it that is served."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ModelError
from mathpal_lightning.formats import serving_rank
from mathpal_lightning.records import is_of_merged, require_whole
from mathpal_lightning.run import RunFolder, untrained

log = logging.getLogger(__name__)


def find_gguf(run: Path) -> Path:
    """The GGUF that `run` means: the file itself, or the best one of a run's gguf/ folder or of the folder itself.

    The best one has the lowest `serving_rank` in formats.py: the most exact of the quantised files before those of 16 and 32
    bits, and types without a row last. To serve another, name the file. One that was made from other weights than the run's
    merged/ holds now is named in a warning.

    Raises:
        ExportError: the file changed since it was exported.
        ModelError: there is none.
    """
    gguf = name_gguf(run)
    require_whole(gguf)
    folder = run_of(gguf)
    if not is_of_merged(gguf, folder.merged):
        way_out = f"mathpal export {quoted(folder.short_name)} --formats gguf:{_kind(gguf)}"
        log.warning("%s was made from other weights than %s holds now. To write it again: %s", gguf, folder.merged, way_out)
    return gguf


def run_of(run: Path) -> RunFolder:
    """The folder of the run that `run` means: the folder itself, or the one whose gguf/ it is or lies in."""
    folder = run.resolve().parent if run.suffix == ".gguf" else run.resolve()
    outer = RunFolder(folder.parent)
    return outer if outer.gguf == folder else RunFolder(folder)


def name_gguf(run: Path) -> Path:
    """The GGUF that `run` means, unread.

    Raises:
        ModelError: there is none.
    """
    if run.suffix == ".gguf" and run.is_file():
        return run
    found = [file for folder in (RunFolder(run).gguf, run) for file in sorted(folder.glob("*.gguf")) if _is_model(file)]
    if not found:
        folder = RunFolder(run)
        has_weights = folder.adapter.is_dir() or folder.checkpoints.is_dir() or run.suffix == ".ckpt"
        if folder.config.is_file() and not has_weights:
            raise ModelError(*untrained(folder))
        way_out = "Give the folder that `mathpal fit` wrote (outputs/<name>), or check the path."
        if run.is_dir() and has_weights:
            way_out = f"Write it: mathpal export {quoted(folder.short_name)} --formats gguf:q8_0"
        found_there = f"{run} {'without one' if run.exists() else 'which does not exist'}"
        raise ModelError("a .gguf file, or a run folder with gguf/*.gguf", found_there, way_out)
    return min(found, key=_rank)


def _is_model(file: Path) -> bool:
    """Whether a .gguf file is a whole model: no part for pictures, and not what a killed export left (its name has a dot)."""
    return "mmproj" not in file.name and not file.name.startswith(".")


def _rank(file: Path) -> int:
    return serving_rank(_kind(file))


def _kind(file: Path) -> str:
    return re.split(r"[-.]", file.stem.lower())[-1]

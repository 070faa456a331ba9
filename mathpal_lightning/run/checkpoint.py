"""The one reader of checkpoints, and the order of the checkpoints of a folder.

A checkpoint is a file that `AdapterCheckpoint` wrote and sealed (`run/seal.py`), with the adapter's folder beside it:
step=100.ckpt and step=100.adapter. A file without a seal was written by another ModelCheckpoint: when it is read, a line in the
log says so, because nobody can tell whether it is whole.
"""

from __future__ import annotations

import logging
import pickle
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.run.seal import damage, is_unsealed, read_seal
from mathpal_lightning.schema import Checkpoint

if TYPE_CHECKING:
    from torch.serialization import MAP_LOCATION

_NO_NUMBER = 1 << 30

log = logging.getLogger(__name__)


def read_checkpoint(
    file: str | Path, map_location: MAP_LOCATION = "cpu", *, unsealed: bool = False, mmap: bool = False
) -> Checkpoint:
    """Verify the seal of a checkpoint and read it; nothing in it is ever executed.

    Args:
        file: a .ckpt file.
        map_location: where its tensors go.
        unsealed: also read a file of another ModelCheckpoint, which has no seal; a line in the log says so.
        mmap: leave the tensors on the disk until they are used.

    Raises:
        CheckpointError: it is damaged, has no seal, or holds more than tensors and plain values.
    """
    import torch  # late: `mathpal report`, `serve` and refusals read run folders, and never a checkpoint

    file = Path(file)
    if not (unsealed and is_unsealed(file)):
        require_sound(file)
    else:
        log.warning("%s has no seal: another ModelCheckpoint wrote it, so whether it is whole cannot be checked.", file)
    try:
        content = cast(Checkpoint, torch.load(file, map_location=map_location, weights_only=True, mmap=mmap))
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"tensors and plain values in {file}", str(error).strip().splitlines()[0], "Never load it: it may hold a program."
        ) from error
    except (RuntimeError, EOFError) as error:  # what torch raises for a zip file that is cut short
        raise CheckpointError(
            f"a whole checkpoint {file}", str(error).strip().splitlines()[0], "Use an older checkpoint of the run."
        ) from error
    return content


def require_sound(file: Path) -> None:
    """Compare a checkpoint with its seal.

    Raises:
        CheckpointError: it is damaged or has no seal.
    """
    if wrong := damage(file):
        way_out = "Use another one of the run: --ckpt_path last finds the newest whole one."
        raise CheckpointError(f"a sound checkpoint {file}", f"one that {wrong}", way_out)


def newest_first(folder: Path) -> list[Path]:
    """The checkpoints of a folder by the numbers of their seals, the newest first.

    A file without a readable seal comes before all others, by its time: it may be the newest one, damaged.
    """
    numbers = {file: seal.number if (seal := read_seal(file)) else _NO_NUMBER for file in folder.glob("*.ckpt")}
    return sorted(numbers, key=lambda file: (numbers[file], file.stat().st_mtime_ns, file.name), reverse=True)


def next_number(folder: Path) -> int:
    """The number of the checkpoint to be written next."""
    return 1 + max((seal.number for file in folder.glob("*.ckpt") if (seal := read_seal(file))), default=0)


def newest_sound(folder: Path) -> Path:
    """The newest checkpoint of a folder that is whole; each one that is not is named in the log.

    Raises:
        CheckpointError: there is none, or none is sound.
    """
    damaged = {}
    for file in newest_first(folder):
        if not (wrong := damage(file)):
            return file
        damaged[file.name] = wrong
        log.warning("%s %s. It is not used.", file, wrong)
    raise no_checkpoint(folder, damaged)


def no_checkpoint(folder: Path, damaged: dict[str, str]) -> CheckpointError:
    """The error where a folder has no sound checkpoint.

    Args:
        folder: where the checkpoints should be.
        damaged: what is wrong with those that are there, by their names.
    """
    found = "; ".join(f"{name} {wrong}" for name, wrong in damaged.items()) or "none"
    way_out = "Name the run with --name (and --output_dir), or give the path of a .ckpt file."
    return CheckpointError(f"a sound checkpoint in {folder}", found, f"{way_out} To begin again, put --overwrite in its place.")


def adapter_folder(checkpoint: str | Path) -> Path:
    """The adapter folder beside a checkpoint: step=100.ckpt -> step=100.adapter."""
    return Path(checkpoint).with_suffix(".adapter")

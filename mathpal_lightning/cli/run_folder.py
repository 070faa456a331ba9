"""The folder of a run: named, locked, free or replaced, and its checkpoints found."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from mathpal_lightning.callbacks.earlier_run import earlier_run
from mathpal_lightning.callbacks.resume import read_checkpoint
from mathpal_lightning.callbacks.seal import damage, newest_sound
from mathpal_lightning.cli.run_config import CONFIG_FILE
from mathpal_lightning.compat.locks import Held
from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.files import hold, remove_leftovers

log = logging.getLogger(__name__)


def run_folder(output_dir: str, name: str) -> Path:
    """The folder of a run.

    Raises:
        ConfigError: the name would lead out of the output folder.
    """
    if name in ("", ".", "..") or Path(name).name != name or "\0" in name:
        raise ConfigError("a run name that is a single folder name", repr(name), "Choose a --name without slashes.")
    return Path(output_dir) / name


def hold_run_folder(folder: Path) -> Held:
    """Lock a run folder for this process; the lock dies with it, however it dies.

    Raises:
        ConfigError: another process is training into it.
    """
    lock = hold(folder.with_name(f".{folder.name}.lock"))
    if lock is None:
        raise ConfigError(
            f"a run folder {folder} for this run alone",
            "another process training into it",
            "Choose another --name, or wait until that run has ended.",
        )
    return lock


def require_free(folder: Path, overwrite: bool, resume: bool) -> None:
    """Refuse a run folder that holds something, unless a run goes on in it or replaces an earlier one.

    Raises:
        ConfigError: neither `--overwrite` nor `--ckpt_path` was given, or what it holds is not a run.
    """
    if resume or not folder.exists() or not any(folder.iterdir()):
        return
    if not overwrite:
        raise ConfigError(
            "an empty run folder",
            f"files in {folder}",
            "Choose another --name, go on with --ckpt_path last, or replace the run with --overwrite.",
        )
    if not (folder / CONFIG_FILE).exists():
        raise ConfigError(
            f"an earlier run in {folder}", f"no {CONFIG_FILE} there", "It is not a run of ours: remove it yourself."
        )


def prepare_run_folder(folder: Path, overwrite: bool, resume: bool) -> None:
    """Refuse a run folder that is not empty, or set the run in it aside; when a run goes on, keep its metrics.

    Raises:
        ConfigError: as `require_free`.
    """
    require_free(folder, overwrite, resume)
    metrics = folder / "metrics.csv"
    if resume:
        remove_leftovers(folder)
        if metrics.exists():
            number = len(list(folder.glob("metrics.*.csv"))) + 1
            metrics.rename(folder / f"metrics.{number}.csv")
    elif folder.exists() and any(folder.iterdir()):
        earlier = earlier_run(folder)
        if earlier.exists():  # the run that replaces it never took a step
            shutil.rmtree(folder)
        else:
            folder.rename(earlier)
        log.info("The earlier run stays in %s until the new one has taken its first step", earlier)


def find_checkpoint(folder: Path, named: str | None) -> str | None:
    """The file that `--ckpt_path last`, `best` or a path means in this run folder; None for None.

    `last` is the newest that is sound; damaged newer ones are named in the log.

    Raises:
        CheckpointError: there is no such checkpoint, or it is damaged.
    """
    if named is None:
        return None
    file = newest_sound(folder / "checkpoints") if named in ("last", "best") else Path(named)
    if named == "best":
        states = read_checkpoint(file)["callbacks"]
        best = Path(next(state["best_model_path"] for name, state in states.items() if name.startswith("AdapterCheckpoint")))
        file = folder / "checkpoints" / best.name  # where the run lies now
    if not file.is_file() or (wrong := damage(file)):
        raise CheckpointError(
            f"a sound checkpoint {file}",
            f"one that {wrong}" if file.is_file() else "none",
            "Name the run with --name (and --output_dir), or give the path of another .ckpt file.",
        )
    return str(file)

"""Preparing a run folder for a call of mathpal: it must be free, or hold the run that goes on; and `--ckpt_path`."""

from __future__ import annotations

import logging
from pathlib import Path

from mathpal_lightning.cli.run_errors import no_such_checkpoint, occupied
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import remove_leftovers
from mathpal_lightning.run import RunFolder, choose_checkpoint, newest_sound
from mathpal_lightning.run.seal import damage

log = logging.getLogger(__name__)


def require_free(run: RunFolder, overwrite: bool, resume: bool) -> None:
    """Refuse a run folder that is not empty, unless its run goes on or is replaced.

    Raises:
        ConfigError: neither `--overwrite` nor `--ckpt_path` was given, or what it holds is not a run.
    """
    if resume or run.is_empty:
        return
    if not overwrite:
        raise occupied(run.path)
    if not run.config.exists():
        way_out = "This is no run folder of mathpal and stays as it is: remove it yourself, or choose another --name."
        raise ConfigError(f"an earlier run in {run.path}", f"no {run.config.name} there", way_out)


def prepare_run_folder(run: RunFolder, overwrite: bool, resume: bool) -> None:
    """Refuse a run folder that is not empty, or move the run in it aside; keep the metrics of a run that goes on.

    Raises:
        ConfigError: as `require_free`.
    """
    require_free(run, overwrite, resume)
    if resume:
        remove_leftovers(run.path)
        if run.metrics.exists():
            number = len(list(run.path.glob("metrics.*.csv"))) + 1
            run.metrics.rename(run.metrics.with_suffix(f".{number}.csv"))
    elif not run.is_empty:
        log.info("The earlier run stays in %s until the new one has taken its first step", run.set_aside())


def keep_metrics(run: RunFolder) -> None:
    """Give the newest part of the metrics its name back where a run that went on took no step, and logged nothing."""
    parts = len(list(run.path.glob("metrics.*.csv")))
    newest = run.metrics.with_suffix(f".{parts}.csv")
    if newest.exists() and not run.metrics.exists():
        newest.rename(run.metrics)


def find_checkpoint(folder: Path, named: str | None) -> str | None:
    """The file that `--ckpt_path last`, `best` or a path means; None for None.

    `last` is the newest that is whole, `best` the best that is whole; damaged ones are named in the log.

    Args:
        folder: the folder of checkpoints of the run.
        named: what `--ckpt_path` says.

    Raises:
        CheckpointError: there is no such checkpoint, or it is damaged.
    """
    if named is None:
        return None
    if named == "last":
        return str(newest_sound(folder))
    if named == "best":
        return str(choose_checkpoint(folder, None).checkpoint)
    file = Path(named)
    if not file.is_file() or (wrong := damage(file)):
        raise no_such_checkpoint(file, f"one that {wrong}" if file.is_file() else "none")
    return str(file)

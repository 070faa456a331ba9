"""Errors about a run's folder and checkpoints. `early.py` raises them before torch is imported, `run_folder.py` after that."""

from __future__ import annotations

from pathlib import Path

from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.run import RunFolder
from mathpal_lightning.run.folder import CONFIG


def occupied(folder: Path) -> ConfigError:
    """The folder of a new run holds files already."""
    run = RunFolder(folder)
    go_on = "go on with --ckpt_path last, " if run.config.is_file() and any(run.checkpoints.glob("*.ckpt")) else ""
    way_out = f"Choose another --name, {go_on}or replace the run with --overwrite."
    if not run.config.is_file():
        way_out = f"Choose another --name, or remove the folder: it holds no whole run (there is no {CONFIG})."
    return ConfigError("an empty run folder", f"files in {folder}", way_out)


def no_such_checkpoint(file: str | Path, found: str) -> CheckpointError:
    """`--ckpt_path` names a file that is not a sound checkpoint."""
    way_out = "Name the run with --name (and --output_dir), or give the path of another .ckpt file."
    return CheckpointError(f"a sound checkpoint {file}", found, way_out)

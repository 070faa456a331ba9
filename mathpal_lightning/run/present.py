"""Whether a path holds what a command needs. No weights are read and torch is not imported, so a refusal comes at once."""

from __future__ import annotations

from pathlib import Path

from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.records import ADAPTER_CONFIG
from mathpal_lightning.run.folder import RunFolder

_CHECKPOINTS = (".ckpt", ".pt", ".pth", ".bin")
"""Ends of names of files that may be checkpoints; ours end with the first one."""


def untrained(run: RunFolder) -> tuple[str, str, str]:
    """What to say of a run that ended before its first checkpoint: expected, found, way out."""
    way_out = f"Its training did not get to a checkpoint. Train again: mathpal fit --config {quoted(run.config)} --overwrite"
    return "a run with trained weights", f"{run.path} without any", way_out


def require_weights(place: str | Path) -> None:
    """Refuse a path without weights.

    Args:
        place: a run folder, an adapter folder or a checkpoint file.

    Raises:
        CheckpointError: there are no weights.
    """
    place = Path(place)
    run = RunFolder(place)
    beside = (place.with_suffix(".adapter"),) if place.suffix == ".ckpt" else ()  # of a checkpoint that is missing
    adapters = (place, run.adapter, *beside)
    if (place.is_file() and place.suffix in _CHECKPOINTS) or any((each / ADAPTER_CONFIG).is_file() for each in adapters):
        return
    if any(any(run.checkpoints.glob(pattern)) for pattern in ("*.ckpt", "*.adapter")):
        return
    if run.config.is_file():
        raise CheckpointError(*untrained(run))
    found = "which does not exist" if not place.exists() else "without one" if place.is_dir() else "which is another file"
    raise CheckpointError(
        "a run folder with adapter/ or checkpoints/, an adapter folder, or a .ckpt",
        f"{place} {found}",
        f"Give the folder that `mathpal fit` wrote (outputs/<name>), or a folder with {ADAPTER_CONFIG}.",
    )


def require_finished(place: str | Path) -> None:
    """Refuse a path that is not a run with an exported adapter.

    Raises:
        ConfigError: the adapter or the config is missing.
        CheckpointError: the run has no weights at all.
    """
    run = RunFolder.of(place)
    if (run.adapter / ADAPTER_CONFIG).is_file() and run.config.is_file():
        return
    way_out = "Train first: mathpal fit --config quickstart."
    if run.config.is_file():
        require_weights(place)
        way_out = f"Write its adapter first: mathpal export {quoted(run.short_name)} --formats adapter."
    raise ConfigError("a finished run: a folder with adapter/ and config.yaml", f"{run.path} without them", way_out)


def require_run(place: str | Path) -> None:
    """Refuse a path that is not the folder of a run.

    Raises:
        ConfigError: there is neither a summary nor a config.
    """
    run = RunFolder.of(place)
    if not (run.summary.is_file() or run.config.is_file()):
        found = "a file" if run.path.is_file() else "a folder without them" if run.path.is_dir() else "nothing"
        way_out = "Name the folder of a run: mathpal report outputs/lop5. On a file of problems: mathpal data report FILE."
        raise ConfigError(f"a run folder with {run.summary.name} or {run.config.name} at {place}", found, way_out)

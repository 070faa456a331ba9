"""The paths in a run's config, read from another folder than the one in which its fit was started."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import OUTPUTS

_PATHS = ("model.model_name", "model.adapter", "model.vocabulary", "checkpoint.dirpath", "data.tokenizer", "data.cache_dir")
_SOURCES = ("data.train", "data.validation", "data.test", "data.predict")


def require_local(setting: str, path: str | Path | None) -> None:
    """Refuse an address such as s3://bucket/run: as a path it would become a local folder `s3:`.

    Args:
        setting: what the error calls it: "checkpoint.dirpath".
        path: a folder; None is fine.

    Raises:
        ConfigError: it begins with a scheme.
    """
    if path is not None and re.match(r"[A-Za-z][\w+.-]+:/", str(path)):  # one letter and a colon: a drive of Windows
        raise ConfigError(
            f"a folder of this machine for `{setting}`",
            str(path),
            "Write into a local folder (a mounted bucket is one) and copy it afterwards, or push to the Hub: --push.repo.",
        )


def absolute_paths(settings: Mapping[str, object], run: Path) -> dict[str, object]:
    """The values of a run's config that hold relative paths, by key, with absolute ones; none where they hold here too.

    Args:
        settings: the config.
        run: the run's folder. The fit was started where `output_dir` leads to the folder above it.
    """
    run, output_dir = run.resolve(), Path(str(settings.get("output_dir") or OUTPUTS))
    parts = [part for part in output_dir.parts if part != "."]
    start = run.parents[len(parts)] if len(parts) < len(run.parents) else run
    if output_dir.is_absolute() or start == Path.cwd() or run.parent != start.joinpath(*parts):
        return {}
    return dict(_absolute(settings, start))


def with_absolute_paths(settings: Mapping[str, object], run: Path) -> dict[str, object]:
    """The settings of a run with the absolute paths of `absolute_paths` in them."""
    found = dict(settings)
    for key, path in absolute_paths(settings, run).items():
        section, _, name = key.partition(".")
        holder = found[section]
        assert isinstance(holder, Mapping), "absolute_paths looks into mappings alone"
        found[section] = {**holder, name: path}
    return found


def _absolute(settings: Mapping[str, object], start: Path) -> Iterator[tuple[str, object]]:
    for key in (*_PATHS, *_SOURCES):
        section, _, name = key.partition(".")
        holder = settings.get(section)
        value = holder.get(name) if isinstance(holder, Mapping) else None
        found: object
        if isinstance(value, str):
            found = _from(value, start)
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            found = [_from(each, start) for each in value]
        elif isinstance(value, dict):
            found = {_from(each, start): weight for each, weight in value.items()}
        else:
            continue
        if found != value:
            yield key, found


def _from(name: str, start: Path) -> str:
    """A relative path that leads somewhere from a folder, as an absolute one; every other text as it is."""
    there = start / name
    file = there if ".xlsx:" not in name else Path(str(there).rpartition(":")[0])
    leads_somewhere = file.exists() or (glob.has_magic(name) and any(glob.iglob(str(there), recursive=True)))
    return str(there) if name and not Path(name).is_absolute() and leads_somewhere else name

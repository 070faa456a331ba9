"""`mathpal cache`: what the cache of prepared models and encoded rows holds, and how to clear it."""

from __future__ import annotations

import json as jsons
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from mathpal_lightning.commands.caches import MEANINGS, megabytes, size_of
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import cache_folder


class Kept(NamedTuple):
    """One folder of the cache."""

    kind: str
    entries: int
    size: int
    """Bytes."""
    days: float
    """Since something in it was last written."""


def show(json: bool = False) -> None:
    """Show what the cache holds and how large it is; nothing is changed.

    Args:
        json: print the figures as json.
    """
    folder, kept = cache_folder(), contents(cache_folder())
    if json:
        print(jsons.dumps({"folder": str(folder), "kinds": [one._asdict() for one in kept]}, ensure_ascii=False, indent=2))
        return
    print(f"cache {folder}: {megabytes(sum(one.size for one in kept))}")
    width = max((len(one.kind) for one in kept), default=0)
    for one in kept:
        meaning = f"  {MEANINGS[one.kind]}" if one.kind in MEANINGS else ""
        print(f"  {one.kind:<{width}}{one.entries:>7} entries{megabytes(one.size):>14}  {one.days:,.0f} days old{meaning}")
    if foreign := _foreign(kept):
        print(f"Not of the cache, and left alone: {', '.join(foreign)}.")
    print("What is of the cache is made again when it is needed. To clear it: mathpal cache clear")


def clear(kinds: list[str] | None = None, json: bool = False) -> None:
    """Remove what the cache holds; all of it is made again when it is needed. A running fit must have ended.

    Args:
        kinds: which folders of it: data,models,...; by default all that mathpal makes. Others go only where they are named.
        json: print what was removed as json.

    Raises:
        ConfigError: a folder that the cache does not have.
    """
    folder, kept = cache_folder(), contents(cache_folder())
    known = [one.kind for one in kept]
    if unknown := [kind for kind in kinds or () if kind not in known]:
        raise ConfigError(f"folders of the cache among {', '.join(known) or 'none'}", unknown[0], "mathpal cache shows them.")
    removed = [one for one in kept if one.kind in (MEANINGS if kinds is None else kinds)]
    left_alone = _foreign(kept) if kinds is None else []
    for one in removed:
        shutil.rmtree(folder / one.kind)
    if json:
        figures = {"folder": str(folder), "removed": [one._asdict() for one in removed], "left_alone": left_alone}
        print(jsons.dumps(figures, ensure_ascii=False, indent=2))
        return
    print(f"Removed {megabytes(sum(one.size for one in removed))} from {folder}.")
    if left_alone:
        print(f"Left alone, because mathpal does not make them: {', '.join(left_alone)}.")


def contents(folder: Path) -> list[Kept]:
    """The folders of a cache, the largest first."""
    found = [inside for inside in folder.iterdir() if inside.is_dir()] if folder.is_dir() else []
    kept = [Kept(inside.name, len(_entries(inside)), size_of(inside), _days(inside)) for inside in found]
    return sorted(kept, key=lambda one: -one.size)


def _foreign(kept: Iterable[Kept]) -> list[str]:
    """The folders that are not mathpal's: MATHPAL_CACHE may name a folder that holds other things too."""
    return sorted(one.kind for one in kept if one.kind not in MEANINGS)


def _entries(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if not path.name.startswith(".") and path.suffix != ".lock"]


def _days(folder: Path) -> float:
    written = [path.stat().st_mtime for path in [folder, *folder.iterdir()]]
    return (time.time() - max(written)) / 86_400

"""`mathpal doctor --cache`: what the cache holds, what of it is damaged, and what killed processes left behind."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from mathpal_lightning.files import cache_folder
from mathpal_lightning.sealed import damage

MEANINGS = {
    "data": "encoded rows",
    "models": "prepared base models",
    "vocabularies": "tokens of small vocabularies",
    "reference": "log-probabilities that the reference model gave to preference pairs",
    "errors": "details of unexpected errors",
    "preflight": "results of checks",
    "converts": "results of trial conversions",
    "npm": "packages of the page that needs no server",
    "unsloth_compiled_cache": "code that Unsloth generates",
}
"""What the folders of the cache hold. A folder with another name is not mathpal's: shown by its name alone, never cleared."""
SEALED = ("data", "models")
"""Folders of the cache whose entries are sealed."""
_LEFTOVER = re.compile(r"\..+\.(\d+)\.(tmp|old)")


class Removed(NamedTuple):
    """One thing that was taken out of the cache."""

    path: Path
    size: int
    """Bytes."""
    reason: str


def prune(folder: Path) -> list[Removed]:
    """Remove what is damaged or was left behind by a process that is gone; all of it is made again when it is needed.

    Args:
        folder: the cache. Folders in it that are not mathpal's are not looked into.

    Returns:
        What was removed, with its size in bytes and the reason.
    """
    wrong = [*_leftovers(folder), *_damaged(folder)]
    removed = [Removed(path, size_of(path), reason) for path, reason in wrong]
    for one in removed:
        shutil.rmtree(one.path) if one.path.is_dir() else one.path.unlink()
    return removed


def entries(folder: Path, kind: str) -> list[Path]:
    """The finished entries of one kind."""
    inside = folder / kind
    found = inside.iterdir() if inside.is_dir() else ()
    return sorted(path for path in found if path.is_dir() and not path.name.startswith("."))


def size_of(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files)


def report(folder: Path | None = None) -> list[str]:
    """Check and prune the cache; one line for each kind and for each thing that was removed."""
    folder = folder or cache_folder()
    removed = prune(folder)
    lines = [f"cache {folder}"]
    for kind in SEALED:
        kept = entries(folder, kind)
        lines.append(f"{MEANINGS[kind]}: {len(kept)} sound, {megabytes(sum(map(size_of, kept)))}")
    lines += [f"removed {one.path.name} ({megabytes(one.size)}): {one.reason}" for one in removed]
    lines.append("What was removed is made again when it is needed." if removed else "Nothing was damaged or left behind.")
    return lines


def _leftovers(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in (path for kind in MEANINGS for path in sorted((folder / kind).rglob(".*"))):
        found = _LEFTOVER.fullmatch(path.name)
        if found and not psutil.pid_exists(int(found[1])):
            yield path, f"left behind by process {found[1]}, which is gone"


def _damaged(folder: Path) -> Iterator[tuple[Path, str]]:
    for kind in SEALED:
        for path in entries(folder, kind):
            if reason := damage(path):
                yield path, f"damaged: {reason}"


def megabytes(size: int) -> str:
    """12.3 MB."""
    return f"{size / 1e6:,.1f} MB"

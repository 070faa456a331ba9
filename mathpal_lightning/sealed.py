"""Folders that know what they hold: the size and digest of each file, so that damage is found before anything is read.

    seal.json   {"files": {"input_ids.i32": [4096, "<XXH3-128>"], ...}, "seal": "<XXH3-128 of the list>"}

XXH3 finds every flipped bit and cut file, and reads at the speed of memory; it is no defence against somebody who wants
to deceive (https://xxhash.com). A folder is checked once in a process: another process checks it again.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path

import xxhash

log = logging.getLogger(__name__)

SEAL = "seal.json"
_BLOCK = 1 << 22
_sound: dict[Path, tuple[int, int]] = {}
"""Folders found sound in this process, by path, with the time and number of their seal file."""
_told: set[tuple[Path, str]] = set()
"""Damage that was logged: a folder is looked at before and after its lock is taken."""


def seal(folder: Path) -> None:
    """Write the seal of a folder whose files are finished."""
    files = {name: [(folder / name).stat().st_size, _digest(folder / name)] for name in _names(folder)}
    (folder / SEAL).write_text(json.dumps({"files": files, "seal": _digest_of(files)}, indent=1), encoding="utf-8")


def damage(folder: Path) -> str:
    """What is wrong with a sealed folder, for a person; empty where every byte is as it was sealed."""
    try:
        stat = (folder / SEAL).stat()
        if _sound.get(folder) == (stat.st_mtime_ns, stat.st_ino):
            return ""
        content = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        files = dict(content["files"])
        if content["seal"] != _digest_of(files):
            return f"{SEAL} is damaged"
    except FileNotFoundError:
        return f"{SEAL} is missing"
    except (ValueError, KeyError, TypeError, IsADirectoryError):
        return f"{SEAL} is damaged"
    if found := _first_difference(folder, files):
        return found
    _sound[folder] = (stat.st_mtime_ns, stat.st_ino)
    return ""


def must_be_made(folder: Path) -> bool:
    """Whether a cached folder is missing, or not as it was sealed; one line says what is wrong with it."""
    if not folder.is_dir():
        return True
    found = damage(folder)
    if found and (folder, found) not in _told:
        _told.add((folder, found))
        log.warning("The cache %s is damaged (%s). It is made again.", folder, found)
    return bool(found)


def is_sealed(folder: Path) -> bool:
    """Whether a folder has a seal."""
    return (folder / SEAL).is_file()


def _first_difference(folder: Path, files: dict[str, list[object]]) -> str:
    present = set(_names(folder))
    if missing := sorted(set(files) - present):
        return f"{missing[0]} is missing"
    if unknown := sorted(present - set(files)):
        return f"{unknown[0]} does not belong there"
    for name, (size, digest) in files.items():
        if (found := (folder / name).stat().st_size) != size:
            return f"{name} has {found} bytes, not {size}"
        if _digest(folder / name) != digest:
            return f"{name} has other bytes than were written"
    return ""


def _names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != SEAL)


def _digest_of(files: object) -> str:
    return xxhash.xxh3_128_hexdigest(json.dumps(files, sort_keys=True).encode())


def _digest(file: Path) -> str:
    state, block = xxhash.xxh3_128(), bytearray(_BLOCK)
    with file.open("rb", buffering=0) as content:
        while size := content.readinto(block):
            state.update(memoryview(block)[:size])
    return state.hexdigest()

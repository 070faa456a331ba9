"""Files that are written whole or not at all, locks, the cache folder, and digests. Open to every room."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from mathpal_lightning.compat.leftovers import remove_left
from mathpal_lightning.compat.locks import Held, exclusive_lock, record_lock
from mathpal_lightning.errors import DataError

OUTPUTS = "outputs"
"""The folder of runs, where `output_dir` names no other: a run is found by its name in it, here and in every folder above."""
_LONGEST_NAME = 255
"""In bytes. Python raises an OSError where it is asked whether a file with a longer name exists."""
DATA_FILES = (
    *(".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".arrow", ".feather", ".xlsx", ".txt"),
    *(".gz", ".bz2", ".xz", ".zst", ".zip"),
)
"""Ends of names that are files of rows; a test holds them against those of data/readers."""
_CANNOT_SYNC = {errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}
"""What a mounted bucket answers to the fsync of a folder."""

_DISK_IS_FULL = re.compile(
    r"No space left on device|Disk quota exceeded|os error (28|122)|disk is full|not enough space on the disk"
    r"|\d+ requested and \d+ written"  # numpy's tofile
    r"|inline_container\.cc:\d+\] \. unexpected pos|PytorchStreamWriter failed writing"  # torch.save
)


def in_home(named: str) -> Path:
    """The path of a name, whose `~` is the user's home. `~$problems.xlsx`, Excel's lock file, begins with no user's name."""
    return Path(os.path.expanduser(named))  # Path.expanduser raises for an unknown user


def is_name(named: str) -> bool:
    """Whether every part of a path is short enough for a file system; a whole problem of a textbook is not."""
    return all(len(os.fsencode(part)) <= _LONGEST_NAME for part in Path(named).parts)


def as_stored(path: Path) -> Path:
    """The path as the file system spells it, where it only differs in how letters are composed.

    macOS stores `ờ` as a vowel and two marks, and archives made there carry that elsewhere: the name that a person types is
    then another one to the system. A path that exists, or that nothing fits, stays as it is.
    """
    if path.exists():
        return path
    found = Path(path.anchor)
    for part in path.parts[bool(path.anchor) :]:
        there = found / part
        if not there.exists() and found.is_dir():
            wanted = unicodedata.normalize("NFC", part)
            same = (other for other in found.iterdir() if unicodedata.normalize("NFC", other.name) == wanted)
            there = next(same, there)
        found = there
    return found if found.exists() else path


def cache_folder() -> Path:
    """Where prepared models and encoded data are kept.

    $MATHPAL_CACHE; else `mathpal` in $XDG_CACHE_HOME or ~/.cache (Linux, macOS), or in the user's cache folder (Windows). A
    process without a home (HOME unset and no such user, as in some containers) gets a folder among the temporary files.
    """
    if named := os.environ.get("MATHPAL_CACHE"):
        return Path(named)
    if os.name == "nt":
        return user_cache_path("mathpal", appauthor=False)
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg) / "mathpal"
    home = os.path.expanduser("~")  # Path.home() raises where there is none
    return Path(home) / ".cache" / "mathpal" if home != "~" else Path(tempfile.gettempdir()) / "mathpal-cache"


def why_not_writable(folder: Path) -> str:
    """Why a folder, which need not exist, cannot be made or written to; empty where it can be. Nothing is written."""
    nearest = next((each for each in (folder, *folder.absolute().parents) if os.path.lexists(each)), folder)
    if not nearest.is_dir() or os.access(nearest, os.W_OK | os.X_OK):
        return ""
    is_read_only = hasattr(os, "statvfs") and os.statvfs(nearest).f_flag & os.ST_RDONLY
    return f"{nearest}, on a disk that can only be read" if is_read_only else f"{nearest}, to which this user may not write"


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; when the block ends well, fsync it and rename it over `path`.

    A reader, or a process started after a kill, sees the old file or the new one, never a half.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with _naming(path):
            yield temporary
            _fsync(temporary)
        os.replace(temporary, path)
        _fsync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_json_lines(path: str | Path, lines: Iterable[object]) -> None:
    """Write JSON lines, one value a line. The file is there whole or not at all."""
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def text_lines(path: str | Path, errors: str = "strict") -> list[str]:
    """The lines of a UTF-8 file without their ends, and without the byte order mark that Notepad may put at the beginning.

    `str.splitlines` also cuts at U+2028 and U+0085, which JSON leaves in a text as they are: a base model may write them.
    """
    with Path(path).open(encoding="utf-8-sig", errors=errors) as file:
        return [line.rstrip("\n") for line in file]


def read_objects(path: str | Path, way_out: str) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines that people may edit; blank lines are passed over.

    Args:
        path: the file.
        way_out: of the error.

    Raises:
        DataError: a line that is no object, or not in UTF-8.
    """
    objects: list[dict[str, Any]] = []
    for number, line in enumerate(text_lines(path, errors="surrogateescape"), 1):
        if not line.strip():
            continue
        expected, place = f"one JSON object a line, in UTF-8, in {path}", f"line {number}"
        try:
            entry = json.loads(line.encode(errors="surrogateescape"))
        except ValueError as error:
            raise DataError(expected, f"{place}: {error}", way_out) from error
        if not isinstance(entry, dict):
            raise DataError(expected, f"{place}: {type(entry).__name__}", way_out)
        objects.append(entry)
    return objects


def whole_objects(path: str | Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines. A missing file has none; a line that a killed process left half is passed over."""
    if not Path(path).is_file():
        return
    for line in text_lines(path, errors="replace"):
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


@contextmanager
def whole_folder(path: str | Path) -> Iterator[Path]:
    """Yield an empty temporary folder beside `path`; when the block ends well, fsync its files and rename it to `path`.

    An older folder of that name is moved aside first and removed last, so that one of the two is always there whole.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        with _naming(path):
            yield temporary
            for file in temporary.rglob("*"):
                _open_as_umask(file, temporary)
                _fsync(file)
        _fsync(temporary)
        replace_folder(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _open_as_umask(file: Path, folder: Path) -> None:
    """Let others read a file as far as the umask lets them read our new folder: safetensors writes files for one user only."""
    if file.is_file() and not file.is_symlink():
        file.chmod(file.stat().st_mode | folder.stat().st_mode & 0o666)


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that a disk has no room, in the words of the system or of a library that writes files."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return bool(_DISK_IS_FULL.search(str(error)))


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Turn any library's error about a full disk into the system's own, with the path in it.

    write() knows no names, numpy says only how much it could write, and torch at which position it failed.
    """
    try:
        yield
    except Exception as error:
        if not is_disk_full(error) or (isinstance(error, OSError) and error.filename):
            raise
        number = error.errno if isinstance(error, OSError) and error.errno else errno.ENOSPC
        raise OSError(number, os.strerror(number), str(path)) from error


def replace_folder(new: Path, path: Path) -> None:
    """Rename a whole folder to `path`; an older one there is moved aside first and removed last."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.old")
    if path.exists():
        path.rename(aside)
    new.rename(path)
    _fsync(path.parent)
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def locked(path: str | Path) -> Iterator[None]:
    """Hold an exclusive lock for the block; other processes wait. The lock ends with its process, however that ends.

    Raises:
        WriteError: no disk of this machine knows file locks.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive_lock(path):
        yield


def hold(path: str | Path) -> Held | None:
    """Take a lock that this process keeps until it closes the result or ends; None where another process has it.

    Unlike the lock of `locked`, forked children do not inherit it: they may outlive a killed parent for seconds.

    Raises:
        WriteError: no disk of this machine knows file locks.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    return record_lock(path)


def remove_leftovers(folder: str | Path) -> None:
    """Remove what `whole_file` and `whole_folder` could not when their process was killed; nobody may be writing there."""
    for path in Path(folder).rglob(".*"):
        if re.fullmatch(r"\..+\.\d+\.(tmp|old)", path.name):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def outside_links(folder: str | Path) -> list[Path]:
    """Symbolic links of a folder that lead out of it; those of the Hub's cache to its own blobs are none."""
    folder = Path(folder)
    blobs = folder.resolve().parent.parent / "blobs" if folder.resolve().parent.name == "snapshots" else folder.resolve()
    links = ((path, path.resolve()) for path in folder.rglob("*") if path.is_symlink())
    return [path for path, end in links if not (end.is_relative_to(folder.resolve()) or end.is_relative_to(blobs))]


def sha256_of(*paths: str | Path) -> str:
    """The hex SHA-256 over the contents of the files, in the given order."""
    digest = hashlib.sha256()
    for path in paths:
        with Path(path).open("rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _fsync(path: Path) -> None:
    """Wait until the disk holds a file, or the names in a folder; a folder only where the system and its disk can do that."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)  # Windows syncs what may be written only
    try:
        os.fsync(descriptor)
    except OSError as error:
        if not (path.is_dir() and error.errno in _CANNOT_SYNC):
            raise
    finally:
        os.close(descriptor)

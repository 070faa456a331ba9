"""Files that are there whole or not at all, the cache folder, and digests. Standard library only; open to every room."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def cache_folder() -> Path:
    """Where prepared models and encoded data are kept: $MATHPAL_CACHE, else `mathpal` in the user's cache folder."""
    user_cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("MATHPAL_CACHE") or Path(user_cache) / "mathpal")


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; when the block ends well, fsync it and rename it over `path`.

    A reader, or a process started after a kill, sees the old file or the new one, never a half.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with _naming(path):
            yield temporary
            _fsync(temporary)
        os.replace(temporary, path)
        _fsync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: str | Path) -> Iterator[Path]:
    """Yield an empty temporary folder beside `path`; when the block ends well, fsync its files and rename it to `path`.

    An older folder of that name is moved aside first and removed last, so that one of the two is always there whole.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    try:
        with _naming(path):
            yield temporary
            for file in temporary.rglob("*"):
                _fsync(file)
        _fsync(temporary)
        replace_folder(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Name the path in the error of a full disk: write() meets it, and knows no names."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT) and not error.filename:
            error.filename = str(path)
        raise


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
    """Hold an exclusive lock for the block; other processes wait. The lock dies with its process, however that dies."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def hold(path: str | Path) -> IO[str] | None:
    """Take a lock that this process keeps until it closes the handle or dies; None where another process has it.

    A record lock: unlike `locked`'s it does not live on in forked children, which may outlive a killed parent for seconds.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = path.open("a", encoding="utf-8")
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle


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
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

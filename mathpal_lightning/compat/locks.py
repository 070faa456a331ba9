"""Exclusive file locks on Linux, macOS and Windows, and on disks that know no locks.

Some shared disks (Lustre without `-o flock`, mounted buckets) refuse every lock. A file of the same purpose on this machine's
own disk is then locked instead: it keeps other processes of this machine out, but not those of other machines.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Protocol, TypeVar

from filelock import FileLock, Timeout

from mathpal_lightning.errors import WriteError

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

log = logging.getLogger(__name__)

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}
_Lock = TypeVar("_Lock")


class Held(Protocol):
    """A lock that is held until `close` is called, or until its process ends."""

    def close(self) -> None:
        """Release the lock."""


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Wait for the lock of a file and hold it for the block.

    Raises:
        WriteError: neither the file's disk nor this machine's own knows locks.
    """
    lock = _here_or_local(path, _wait_for)
    try:
        yield
    finally:
        lock.close()


def record_lock(path: Path) -> Held | None:
    """Take the lock of a file for this process alone; None where another process holds it.

    On Linux and macOS it is a record lock: forked children do not inherit it, so it ends with the process that took it.

    Raises:
        WriteError: neither the file's disk nor this machine's own knows locks.
    """
    return _here_or_local(path, _try_library_lock if fcntl is None else _try_record_lock)


def _here_or_local(path: Path, take: Callable[[Path], _Lock]) -> _Lock:
    """Lock the file; where its disk knows no locks, lock one that stands for it on this machine's own disk."""
    try:
        return take(path)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        reason = os.strerror(error.errno)
    stand_in = _stand_in(path)
    try:
        lock = take(stand_in)
    except OSError as error:
        raise WriteError(
            f"a disk with file locks for {path}",
            f"none there ({reason}), and none at {stand_in} ({error.strerror})",
            "Put TMPDIR on a local disk, for example TMPDIR=/tmp, and run again.",
        ) from error
    log.warning(
        "The disk of %s has no file locks (%s). The lock is kept at %s instead: it keeps out other processes of this machine, "
        "not those of other machines.",
        path,
        reason,
        stand_in,
    )
    return lock


def _stand_in(path: Path) -> Path:
    user = os.getuid() if hasattr(os, "getuid") else "user"  # Windows gives each user a folder for temporary files
    folder = Path(tempfile.gettempdir()) / f"mathpal-locks-{user}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{hashlib.sha256(os.path.abspath(path).encode()).hexdigest()[:32]}.lock"


def _wait_for(path: Path) -> Held:
    held = ExitStack()
    held.enter_context(FileLock(path, fallback_to_soft=False))
    return held


def _try_library_lock(path: Path) -> Held | None:
    held = ExitStack()
    try:
        held.enter_context(FileLock(path, timeout=0))
    except Timeout:
        return None
    return held


def _try_record_lock(path: Path) -> Held | None:
    assert fcntl is not None
    handle = path.open("a", encoding="utf-8")
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        handle.close()
        if error.errno in (errno.EACCES, errno.EAGAIN):  # POSIX allows both for a lock that another process holds
            return None
        raise
    return handle

"""Errors of the operating system: which mean a disk, which a missing right, which a wrong path, and at which path."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Sequence
from pathlib import Path

from mathpal_lightning.cli.errors.libraries import one_line
from mathpal_lightning.cli.writable import WAY_OUT_OF_CACHE
from mathpal_lightning.errors import ConfigError, MathPalError, WriteError
from mathpal_lightning.estimate.lower import LOWER_FOR_A_DISK, listed
from mathpal_lightning.estimate.machine import free_disk_bytes, gigabytes
from mathpal_lightning.files import cache_folder, is_disk_full

_LONGEST_SHOWN = 120
_DENIED = {errno.EACCES, errno.EPERM}
_NO_SUCH_PATH = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP}
_TOO_MANY = {errno.EMFILE, errno.ENFILE}
_NO_MORE_PROCESSES = re.compile("Failed to launch worker thread|Resource temporarily unavailable")
"""What Arrow, fork and pthread_create say at a limit of processes."""
_FAILING = {errno.EIO, errno.ENXIO, errno.ENODEV, getattr(errno, "ESTALE", errno.EIO)}
"""A broken disk, or a network's or a USB disk that went away."""
_WHAT_IS_SAFE = (
    "Files that were finished before are whole: --ckpt_path last goes on from the newest checkpoint (where there is none, "
    "--overwrite begins again), and `mathpal export --run` makes the exports that are missing."
)


def refused_by_system(error: BaseException) -> MathPalError | None:
    """What to tell a user; None where the error is not about a disk, a right to a file or a path."""
    if is_disk_full(error):  # said by other libraries in words of their own, not as an OSError
        return _no_room(str(error) if not isinstance(error, OSError) or not error.strerror else _said(error))
    if _NO_MORE_PROCESSES.search(str(error)):
        way_out = "Close other programs, raise the limit of this user (ulimit -u), or set `data.num_workers: 0`."
        return ConfigError("as many processes and threads as the run needs", one_line(error), way_out)
    if not isinstance(error, OSError):
        return None
    paths = _paths(error)
    reason = str(error.strerror)
    if error.errno == errno.EROFS:
        return WriteError("a path that may be written to", _said(error), f"{_another_place(paths)} {_WHAT_IS_SAFE}")
    if error.errno in _TOO_MANY:
        return ConfigError(
            "fewer open files than the system allows",
            f"{reason}{_limit_of_files()}",
            "Raise the limit in this shell (ulimit -n 4096), or set `data.num_workers: 0`.",
        )
    if error.errno == errno.EFBIG:
        way_out = "A disk in FAT32 takes no file of 4 GB: name a place on another. `ulimit -f` shows a limit of this shell."
        return WriteError("a place that takes files of this size", _said(error), f"{way_out} {_WHAT_IS_SAFE}")
    if error.errno in _FAILING:
        way_out = "Look whether the disk is still mounted and sound (dmesg, df)."
        return WriteError("a disk that answers", _said(error), f"{way_out} {_another_place(paths)} {_WHAT_IS_SAFE}")
    if error.errno in _NO_SUCH_PATH and paths:
        name = os.fspath(paths[0])
        shown = name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..."
        return ConfigError(f"a path that can be used: {shown}", reason, "Correct the path, or make what is missing.")
    if error.errno not in _DENIED or not paths or os.access(paths[0], os.R_OK | os.W_OK):
        return None
    if unreadable := next((path for path in paths if not may_be_read(path)), None):
        way_out = "Give this user the right to it (chmod, chown), or name another."
        return ConfigError(f"the right to read {unreadable}", reason, way_out)
    return WriteError(
        "a path that may be written to",
        _said(error),
        f"Give this user the right to it (chmod, chown), or name another place. {_another_place(paths)} {_WHAT_IS_SAFE}",
    )


def _limit_of_files() -> str:
    """The limit of this process in words; empty where the system has none to ask for."""
    try:
        import resource
    except ImportError:  # Windows
        return ""
    return f" (at most {resource.getrlimit(resource.RLIMIT_NOFILE)[0]})"


def _another_place(paths: Sequence[Path]) -> str:
    """How to name another place for what could not be written."""
    if paths and paths[0].absolute().is_relative_to(cache_folder().absolute()):
        return WAY_OUT_OF_CACHE
    return "Another place: --output_dir of a run, --out of an export or a report."


def _paths(error: OSError) -> list[Path]:
    return [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]


def _said(error: OSError) -> str:
    paths = _paths(error)
    return f"{error.strerror} at {paths[0]}" if paths else str(error.strerror)


def _no_room(said: str) -> WriteError:
    cache = cache_folder()
    return WriteError(
        "a disk with room that may be written to",
        said,
        f"Free some space, choose another --output_dir, or set {listed(LOWER_FOR_A_DISK)}. The cache at {cache} has "
        f"{gigabytes(free_disk_bytes(cache))} free; MATHPAL_CACHE names another. {_WHAT_IS_SAFE}",
    )


def may_be_read(path: Path) -> bool:
    """Whether a file may be read; of one that is not there, whether its folder may be entered."""
    if os.path.lexists(path):
        return os.access(path, os.R_OK)
    return os.access(next(folder for folder in path.absolute().parents if os.path.lexists(folder)), os.X_OK)

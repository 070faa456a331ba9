"""Errors of the operating system: which mean a disk, which a missing right, which a wrong path, and at which path."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from mathpal_lightning.errors import ConfigError, MathPalError, WriteError

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_LONGEST_SHOWN = 120
_DENIED = {errno.EACCES, errno.EPERM}
_NO_SUCH_PATH = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP}
_WHAT_IS_WHOLE = (
    "What was finished before is whole: --ckpt_path last goes on from the newest checkpoint, `mathpal export --run` with the "
    "steps that are missing."
)


def refused_by_system(error: OSError) -> MathPalError | None:
    """What to tell a user; None where the error is not about a disk, a right to a file or a path."""
    paths = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if isinstance(name, str | bytes)]
    reason = str(error.strerror)
    said = f"{reason} at {paths[0]}" if paths else reason
    if error.errno in _DISK:
        return WriteError(
            "a disk with room that may be written to",
            said,
            f"Free some space, choose another --output_dir, or set MATHPAL_CACHE if the cache is meant. {_WHAT_IS_WHOLE}",
        )
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
        said,
        f"Give this user the right to it (chmod, chown), or choose another place (--output_dir, --out, MATHPAL_CACHE). "
        f"{_WHAT_IS_WHOLE}",
    )


def may_be_read(path: Path) -> bool:
    """Whether a file may be read; of one that is not there, whether its folder may be entered."""
    if os.path.lexists(path):
        return os.access(path, os.R_OK)
    return os.access(next(folder for folder in path.absolute().parents if os.path.lexists(folder)), os.X_OK)

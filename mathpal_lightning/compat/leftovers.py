"""Which temporary files are left by processes that are gone, on any system and on a disk that machines share."""

from __future__ import annotations

import glob
import shutil
import time
from contextlib import suppress
from pathlib import Path

import psutil

_LEFT_S = 600.0
"""How long nothing was written to it: its process may run on another machine that shares the disk."""


def remove_left(path: Path) -> None:
    """Remove what killed processes left of `path`, as `.NAME.PID.tmp` beside it: 8 GB of the merged weights of a 4B."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        number = left.name.split(".")[-2]
        if not number.isdecimal() or psutil.pid_exists(int(number)):
            continue
        with suppress(FileNotFoundError):  # another process removes it too
            if time.time() - max(part.stat().st_mtime for part in (left, *left.rglob("*"))) > _LEFT_S:
                shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink()

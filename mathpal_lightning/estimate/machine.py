"""How much memory and disk is free on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

from mathpal_lightning.compat import system
from mathpal_lightning.compat.system import resident_bytes

__all__ = ["available_bytes", "free_disk_bytes", "gigabytes", "resident_bytes"]

_CGROUP = Path("/sys/fs/cgroup")
GB = 1e9


def available_bytes() -> int:
    """The memory that processes can still get without swapping, within the limit of the container."""
    return min(system.available_bytes(), _available_in_cgroup())


def _available_in_cgroup() -> int:
    """What cgroup v2 leaves; file caches count as free, the kernel drops them first."""
    limit, current, stat = _CGROUP / "memory.max", _CGROUP / "memory.current", _CGROUP / "memory.stat"
    if not limit.exists() or (most := limit.read_text(encoding="utf-8").strip()) == "max":
        return 1 << 62
    fields = dict(line.split() for line in stat.read_text(encoding="utf-8").splitlines())
    return int(most) - int(current.read_text(encoding="utf-8")) + int(fields["inactive_file"])


def free_disk_bytes(folder: Path) -> int:
    """The free space of the disk on which a folder is, or will be."""
    existing = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
    return shutil.disk_usage(existing).free


def gigabytes(count: float) -> str:
    """2.94 GB."""
    return f"{count / GB:.2f} GB"

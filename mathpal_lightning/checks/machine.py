"""What the machine has: memory and disk that are free, read from the kernel. Standard library only."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
GB = 1e9


def resident_bytes() -> int:
    """The memory that this process holds now: its imports, and what it loaded."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS, and the peak: the best there is


def available_bytes() -> int:
    """The memory that processes can still get without swapping, within the limit of the container."""
    return min(_available_on_host(), _available_in_cgroup())


def _available_on_host() -> int:
    meminfo = Path("/proc/meminfo")
    if meminfo.exists():
        line = next(line for line in meminfo.read_text(encoding="utf-8").splitlines() if line.startswith("MemAvailable"))
        return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


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

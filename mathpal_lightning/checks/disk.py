"""Whether the files of a run fit on the disk."""

from __future__ import annotations

from pathlib import Path

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.errors import WriteError
from mathpal_lightning.estimate.lower import LOWER_FOR_A_DISK, listed
from mathpal_lightning.estimate.machine import free_disk_bytes, gigabytes


def check_disk(folder: Path, checkpoints: int, exports: dict[str, int]) -> Finding:
    """Whether the files of a run fit on the disk of its folder.

    Args:
        folder: the run folder; it need not exist yet.
        checkpoints: bytes of all checkpoints.
        exports: bytes by format.

    Raises:
        WriteError: they do not fit.
    """
    # A run that goes on replaces the files that are there.
    earlier = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    needed, free = checkpoints + sum(exports.values()), free_disk_bytes(folder) + earlier
    parts = ", ".join(f"{name} {gigabytes(size)}" for name, size in {"checkpoints": checkpoints, **exports}.items())
    if needed > free:
        raise WriteError(
            f"{gigabytes(needed)} free for {folder} ({parts})",
            f"{gigabytes(free)}",
            f"Free some space, choose another --output_dir, or set {listed(LOWER_FOR_A_DISK)}.",
        )
    return Finding("disk", f"{gigabytes(needed)} of {gigabytes(free)} free: {parts}")

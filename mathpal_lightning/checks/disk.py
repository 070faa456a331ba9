"""The disk space that checkpoints and exports will take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.checks.machine import free_disk_bytes, gigabytes
from mathpal_lightning.errors import WriteError

BITS_A_WEIGHT = {"q8_0": 8.5, "q6_k": 8.5, "q5_k_m": 8.2, "q4_k_m": 7.6, "f16": 16.0, "bf16": 16.0, "f32": 32.0}
"""Of a GGUF. Q8_0 keeps 32 weights in 34 bytes. The K-quants are those of the 270M, of which two thirds are the embedding,
which they keep in 8 bits: the highest share of any Gemma; larger ones take less."""
TOKENIZER_BYTES = 40_000_000
"""tokenizer.json and tokenizer.model of a Gemma (21 to 38 MB), or the same in a GGUF."""


def export_bytes(formats: Sequence[str], parameters: int, trained: int) -> dict[str, int]:
    """What each format will take, and the merged folder on the way to a GGUF.

    Args:
        formats: as ExportModel's.
        parameters: weights of the base.
        trained: weights of the adapter.
    """
    sizes = {name: 0 for name in formats}
    if any(name.startswith(("gguf:", "merged_16bit")) for name in formats):
        sizes["merged_16bit"] = 2 * parameters + TOKENIZER_BYTES
    for name in formats:
        kind = name.removeprefix("gguf:")
        if name == "adapter":
            sizes[name] = 4 * trained + TOKENIZER_BYTES
        elif name == "merged_4bit":
            sizes[name] = 2 * parameters + TOKENIZER_BYTES  # embeddings stay in 16 bits: at most this
        elif name.startswith("gguf:"):
            sizes[name] = round(BITS_A_WEIGHT.get(kind, 16.0) / 8 * parameters) + TOKENIZER_BYTES
    return sizes


def checkpoint_bytes(trained: int, optimizer: int, kept: int) -> int:
    """Checkpoints with their adapter folders: those kept, `last`, and one that is being written before another goes."""
    return (kept + 2) * (2 * 4 * trained + optimizer)


def check_disk(folder: Path, checkpoints: int, exports: dict[str, int]) -> Finding:
    """Whether a run's files will fit beside what is there.

    Args:
        folder: the run folder, there or not yet.
        checkpoints: bytes.
        exports: bytes by format.

    Raises:
        WriteError: they will not.
    """
    earlier = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())  # a run that goes on replaces them
    needed, free = checkpoints + sum(exports.values()), free_disk_bytes(folder) + earlier
    parts = ", ".join(f"{name} {gigabytes(size)}" for name, size in {"checkpoints": checkpoints, **exports}.items())
    if needed > free:
        raise WriteError(
            f"{gigabytes(needed)} free for {folder} ({parts})",
            f"{gigabytes(free)}",
            "Free some space, choose another --output_dir, or keep less: checkpoint.keep, export.formats.",
        )
    return Finding("disk", f"{gigabytes(needed)} of {gigabytes(free)} free: {parts}")

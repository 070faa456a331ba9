"""The disk space that checkpoints and exports take."""

from __future__ import annotations

from collections.abc import Sequence

from mathpal_lightning.formats import format_named, rows

TOKENIZER_BYTES = 40_000_000
"""tokenizer.json and tokenizer.model of a Gemma (21 to 38 MB), or the same in a GGUF."""


def export_bytes(formats: Sequence[str], parameters: int, trained: int) -> dict[str, int]:
    """The bytes of each format, with the merged folder that a GGUF is made from.

    Args:
        formats: names as in `export.formats`.
        parameters: the number of weights of the base.
        trained: the number of weights of the adapter.
    """
    wanted = rows(formats)
    on_the_way = [format_named("merged_16bit")] * any("merged" in form.artefacts for form in wanted)
    return {
        form.name: round(form.bytes_a_weight * (trained if form.name == "adapter" else parameters)) + TOKENIZER_BYTES
        for form in [*wanted, *on_the_way]
    }


def checkpoint_bytes(trained: int, optimizer: int, kept: int) -> int:
    """Bytes of checkpoints with their adapter folders: those kept, `last`, and a new one, written before one is removed."""
    return (kept + 2) * (2 * 4 * trained + optimizer)

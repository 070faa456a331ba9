"""The disk space that checkpoints and exports take."""

from __future__ import annotations

from collections.abc import Sequence

BITS_A_WEIGHT = {"q8_0": 8.5, "q6_k": 8.5, "q5_k_m": 8.2, "q4_k_m": 7.6, "f16": 16.0, "bf16": 16.0, "f32": 32.0}
"""Bits a weight of a GGUF. Q8_0 keeps 32 weights in 34 bytes. The K-quants keep the embedding in 8 bits; the figures are
measured on the 270M, where the embedding is two thirds of the weights. Larger Gemmas take fewer bits a weight."""
TOKENIZER_BYTES = 40_000_000
"""tokenizer.json and tokenizer.model of a Gemma (21 to 38 MB), or the same in a GGUF."""


def export_bytes(formats: Sequence[str], parameters: int, trained: int) -> dict[str, int]:
    """The bytes of each format, with the merged folder that a GGUF is made from.

    Args:
        formats: names as in `export.formats`.
        parameters: the number of weights of the base.
        trained: the number of weights of the adapter.
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
    """Bytes of checkpoints with their adapter folders: those kept, `last`, and the one that is written before another goes."""
    return (kept + 2) * (2 * 4 * trained + optimizer)

"""How attention is computed, by backend, family and card: what the loader asks for, and what the memory estimate counts.

    backend        family      card                   attention
    transformers   all         all                    sdpa
    unsloth        Gemma 3     from Ampere on         flex_attention (block-sparse)
    unsloth        Gemma 3     before Ampere (T4)     eager: a matrix of all pairs for every head
    unsloth        Gemma 3n    all GPUs               eager
    unsloth        2 and 4     all GPUs               sdpa

The rows of Unsloth are what its loaders choose (2026.10); `tests/gpu` watches that they still do. On a CPU all of it is SDPA.
"""

from __future__ import annotations

import torch

from mathpal_lightning.model.precision import has_bf16


def attention_of(backend: str, family: str, device: torch.device) -> str:
    """`sdpa`, `flex_attention` or `eager`.

    Args:
        backend: the one that loads the base.
        family: the base's; "" for an unknown one.
        device: where training is.
    """
    if backend != "unsloth" or device.type != "cuda" or family not in ("gemma3", "gemma3n"):
        return "sdpa"
    if family == "gemma3n":
        return "eager"
    return "flex_attention" if has_bf16(device) else "eager"

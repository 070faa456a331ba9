"""How attention is computed, by backend, family and card: asked by the loader and by the memory estimate.

    backend        family      card                      attention
    transformers   all         with compiled kernels     flex_attention (block-sparse) for packed rows, sdpa for solving
    transformers   all         without                   sdpa
    unsloth        Gemma 3     where its kernels fit     flex_attention
    unsloth        3 and 4     before Ampere (T4)        sdpa_in_float32
    unsloth        2, 3, 4     other GPUs                sdpa
    unsloth        Gemma 3n    all GPUs                  eager: a matrix of all pairs for every head

`compiled.py` says which runs have compiled kernels. The rows of Unsloth are what its models compute (2026.10), whatever
its loaders call it; `tests/gpu` checks that they still do. On a CPU attention is always SDPA.
"""

from __future__ import annotations

import torch

from mathpal_lightning.model.precision import has_bf16

_ROOM = 160 * 1024
"""Bytes of shared memory that torch's own tiles of FlexAttention need for heads of 256."""
_LARGE_TILES, _SMALL_CARD = 151_552, 101_376
"""Bytes of shared memory of a block that Unsloth asks for: for torch's own tiles, and for smaller ones on capability 8.x."""
TAKES_TILES = "2.10"
"""The first torch whose FlexAttention takes tiles for the forward and the backward pass."""
_SMALL_TILES = {
    **{"fwd_BLOCK_M": 32, "fwd_BLOCK_N": 32, "fwd_num_stages": 2},
    **{"bwd_BLOCK_M1": 32, "bwd_BLOCK_N1": 32, "bwd_BLOCK_M2": 32, "bwd_BLOCK_N2": 32, "bwd_num_stages": 1},
}


def attention_of(backend: str, family: str, device: torch.device, kernels: bool = False) -> str:
    """`sdpa`, `sdpa_in_float32`, `flex_attention` or `eager`.

    Args:
        backend: the one that loads the base.
        family: the base's; "" for an unknown one.
        device: where training is.
        kernels: what `uses_kernels` says of the run.
    """
    if device.type != "cuda" or not family:
        return "sdpa"
    if backend == "transformers":
        return "flex_attention" if kernels else "sdpa"
    if family == "gemma3n":
        return "eager"
    if family in ("gemma3", "gemma4") and not has_bf16(device):
        return "sdpa_in_float32"
    return "flex_attention" if family == "gemma3" and _unsloth_takes_flex(device) else "sdpa"


def _unsloth_takes_flex(device: torch.device) -> bool:
    """Whether FlexAttention's kernels for heads of 256 fit into a card that has bfloat16, as Unsloth decides it."""
    card = torch.cuda.get_device_properties(device)
    shared: int = card.shared_memory_per_block_optin  # type: ignore[attr-defined]  # torch's stub leaves it out
    small_tiles = torch.cuda.get_device_capability(device)[0] == 8 and takes_tiles()
    return shared >= (_SMALL_CARD if small_tiles else _LARGE_TILES)


def takes_tiles() -> bool:
    """Whether this torch can be told the tiles of FlexAttention."""
    return torch.__version__ >= TAKES_TILES


def tiles_of(shared_memory: int) -> dict[str, int] | None:
    """The tiles of FlexAttention's kernels for heads of 256 on a card, as torch's `kernel_options`.

    Args:
        shared_memory: bytes of a multiprocessor: 228 KB on an H100, 164 on an A100, 100 on a GeForce.

    Returns:
        None for torch's own choice; tiles that are half as long for cards that have no room for it.
    """
    return None if shared_memory >= _ROOM else dict(_SMALL_TILES)

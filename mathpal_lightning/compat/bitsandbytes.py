"""Private parts of bitsandbytes: a flag of 4-bit layers that makes gradients wrong, and what a weight was quantised with."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from mathpal_lightning.compat.guard import require

LIBRARY = "bitsandbytes"
_REPACKING = "support_avx512bf16_for_cpu"


def keep_packing(modules: Iterable[torch.nn.Module]) -> None:
    """Keep 4-bit layers on a CPU from repacking their weights at the first evaluation, in place.

    `Linear4bit.forward` repacks the weight where the processor has AVX512-BF16, the layer is in evaluation mode and the input
    needs no gradient. The backward pass reads the new bytes in the old order: its gradients are wrong, without an error.

    Raises:
        ConfigError: this version of bitsandbytes has no such flag, so nothing would stop the repacking.
    """
    for module in modules:
        if is_4bit(module):
            require(module, _REPACKING, LIBRARY, "right gradients of 4-bit weights on a CPU")
            setattr(module, _REPACKING, False)


def compute_dequantized(layer: Any) -> None:
    """Let a `Linear4bit` compute with a stored copy of its weight in 16 bits, `dequantized_weight`, in place."""
    layer.dequantized_weight = dequantize(layer.weight)
    layer.forward = functools.partial(torch.nn.functional.linear, weight=layer.dequantized_weight, bias=layer.bias)


def quant_state(module: torch.nn.Module) -> Any:
    """What a `Linear4bit` was quantised with; None for a sharded weight (FSDP), which has lost it."""
    return getattr(module.weight, "quant_state", None)


def is_4bit(module: torch.nn.Module) -> bool:
    """Whether a layer is a `Linear4bit` of bitsandbytes; False without importing it where nothing else has."""
    library = sys.modules.get("bitsandbytes.nn")
    return library is not None and isinstance(module, require(library, "Linear4bit", LIBRARY, "training in 4 bits"))


def dequantize(weight: Any) -> Tensor:
    """The weight [out, in] of a `Linear4bit` in the dtype that it was quantised from."""
    from bitsandbytes.functional import dequantize_4bit

    return dequantize_4bit(weight.data, require(weight, "quant_state", LIBRARY, "training in 4 bits"))

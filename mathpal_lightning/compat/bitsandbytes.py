"""Private parts of bitsandbytes: a flag of 4-bit layers that makes gradients wrong, and what a weight was quantised with."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeGuard

import torch
from torch import Tensor

from mathpal_lightning.compat.guard import require

if TYPE_CHECKING:
    from bitsandbytes.functional import QuantState

LIBRARY = "bitsandbytes"
_REPACKING = "support_avx512bf16_for_cpu"


class FourBitLinear(torch.nn.Module):
    """A `Linear4bit` of bitsandbytes, as type checkers see it. It only stands in annotations."""

    weight: torch.nn.Parameter
    bias: Tensor | None
    compute_dtype: torch.dtype
    dequantized_weight: torch.nn.Parameter
    """Set by `compute_dequantized`."""


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


def compute_dequantized(layer: FourBitLinear) -> None:
    """Let a `Linear4bit` compute with a stored copy of its weight in 16 bits, `dequantized_weight`, in place.

    The copy is a frozen parameter, so it moves with the layer: to the CPU when a run has ended, and back.
    """
    layer.dequantized_weight = torch.nn.Parameter(dequantize(layer.weight), requires_grad=False)
    layer.forward = functools.partial(_product_with_copy, layer)


def _product_with_copy(layer: FourBitLinear, hidden: Tensor) -> Tensor:
    weight = layer.dequantized_weight
    if hidden.dtype == weight.dtype or torch.is_autocast_enabled(hidden.device.type):
        return torch.nn.functional.linear(hidden, weight, layer.bias)
    return torch.nn.functional.linear(hidden.to(weight.dtype), weight, layer.bias).to(hidden.dtype)


def quant_state(module: torch.nn.Module) -> QuantState | None:
    """What a `Linear4bit` was quantised with; None for a sharded weight (FSDP), which has lost it."""
    state: QuantState | None = getattr(module.weight, "quant_state", None)
    return state


def is_4bit(module: torch.nn.Module) -> TypeGuard[FourBitLinear]:
    """Whether a layer is a `Linear4bit` of bitsandbytes; False without importing it where nothing else has."""
    library = sys.modules.get("bitsandbytes.nn")
    return library is not None and isinstance(module, require(library, "Linear4bit", LIBRARY, "training in 4 bits"))


def bits_of(module: torch.nn.Module) -> int:
    """4 or 8 for a quantised linear layer of bitsandbytes, else 16; without importing it where nothing else has."""
    library = sys.modules.get("bitsandbytes.nn")
    if is_4bit(module):
        return 4
    is_8bit = library is not None and isinstance(module, require(library, "Linear8bitLt", LIBRARY, "training in 8 bits"))
    return 8 if is_8bit else 16


def dequantize(weight: Tensor) -> Tensor:
    """The weight [out, in] of a `Linear4bit` in the dtype that it was quantised from."""
    from bitsandbytes.functional import dequantize_4bit

    return dequantize_4bit(weight.data, require(weight, "quant_state", LIBRARY, "training in 4 bits"))

"""A linear layer with LoRA as one operation. The matrix product itself adds the update, in both passes.

    y = x W^T + (x A^T) (s B)^T

PEFT casts x, casts A and B, forms the update, scales it and adds it. Each of these steps moves a tensor as large as y through
memory, and once more in the backward pass. Here `addmm` adds the update while it multiplies, and rounds once.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mathpal_lightning.compat.bitsandbytes import dequantize, is_4bit, quant_state
from mathpal_lightning.compat.peft import AdaptedLinear
from mathpal_lightning.compat.torch import Context, applied


def lora_linear(module: AdaptedLinear, x: Tensor, *arguments: object, **options: object) -> Tensor:
    """The forward pass of a PEFT LoRA layer. PEFT's own runs for anything but one plain adapter on a frozen weight."""
    weight_of = _frozen_weight(module.get_base_layer())
    if weight_of is None or arguments or options or not _is_plain(module):
        adapted: Tensor = type(module).forward(module, x, *arguments, **options)
        return adapted
    (adapter,) = module.active_adapters
    return adapted_product(x, module.lora_A[adapter].weight, module.lora_B[adapter].weight, module.scaling[adapter], weight_of)


def adapted_product(x: Tensor, down: Tensor, up: Tensor, scaling: float, weight_of: Callable[[], Tensor]) -> Tensor:
    """`x W^T + scaling (x down^T) up^T`: [.., in] -> [.., out], in the dtype of autocast if it is on, else of x."""
    autocast = torch.is_autocast_enabled(x.device.type)
    dtype = torch.get_autocast_dtype(x.device.type) if autocast else x.dtype
    return applied(_LoraLinear, x.to(dtype), down, up, scaling, weight_of)


def cast_unless_autocast_does(x: Tensor, dtype: torch.dtype) -> Tensor:
    """Cast the input of PEFT's own forward pass, except under autocast, which casts it to its own dtype."""
    return x if torch.is_autocast_enabled(x.device.type) else x.to(dtype)


def _is_plain(module: AdaptedLinear) -> bool:
    """Whether exactly one adapter is active, not merged, without dropout, bias or a variant such as DoRA."""
    if module.disable_adapters or module.merged or len(module.active_adapters) != 1:
        return False
    (adapter,) = module.active_adapters
    dropout = module.lora_dropout[adapter]
    drops = isinstance(dropout, torch.nn.Dropout) and dropout.training and dropout.p > 0
    return adapter in module.lora_A and not (drops or module.lora_bias[adapter] or adapter in module.lora_variant)


def _frozen_weight(base: torch.nn.Linear) -> Callable[[], Tensor] | None:
    """A function that returns the weight [out, in], de-quantised if needed; None if the layer cannot be treated here.

    Such layers have a bias, a trained weight, or a kind of quantisation that is not known here.
    """
    if base.bias is not None or base.weight.requires_grad:
        return None
    if type(base) is torch.nn.Linear:
        return lambda: base.weight
    if hasattr(base, "dequantized_weight"):
        return lambda: cast(Tensor, base.dequantized_weight)
    if is_4bit(base) and quant_state(base) is not None:  # a weight that FSDP has sharded has no state
        return functools.partial(dequantize, base.weight)
    return None


class _LoraLinear(torch.autograd.Function):
    """x [.., in], A [r, in], B [out, r], s -> [.., out] in the dtype of x. Both passes call `weight_of`; no weight is saved."""

    @staticmethod
    def forward(ctx: Context, x: Tensor, down: Tensor, up: Tensor, scaling: float, weight_of: Callable[[], Tensor]) -> Tensor:
        flat, down_cast, up_cast = x.flatten(0, -2), down.to(x.dtype), (up * scaling).to(x.dtype)
        inner = flat @ down_cast.T
        ctx.save_for_backward(flat, inner, down_cast, up_cast)
        ctx.scaling, ctx.weight_of, ctx.shape = scaling, weight_of, x.shape
        return (flat @ weight_of().to(x.dtype).T).addmm_(inner, up_cast.T).view(*x.shape[:-1], -1)

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, upstream: Tensor) -> tuple[Tensor | None, ...]:
        flat, inner, down, up = ctx.saved_tensors
        upstream = upstream.flatten(0, -2).to(flat.dtype)
        inner_gradient = upstream @ up
        gradient = None
        if ctx.needs_input_grad[0]:
            gradient = (upstream @ ctx.weight_of().to(flat.dtype)).addmm_(inner_gradient, down).view(ctx.shape)
        up_gradient = (upstream.T @ inner).float().mul_(ctx.scaling)
        return gradient, (inner_gradient.T @ flat).float(), up_gradient, None, None

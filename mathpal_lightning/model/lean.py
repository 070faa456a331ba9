"""The same numbers with less memory traffic: norms that keep one tensor, MLPs that keep two, LoRA that is cast once.

On a CPU a training step of a small Gemma is bound by what it moves, not by what it multiplies. transformers' RMSNorm keeps
four float32 copies of its input for the backward pass, the gated MLP a product that is quickly formed again, and PEFT a float32
copy of every LoRA layer's input that autocast turns back at once: together more than half of the activations' memory. On a GPU
the backends bring kernels of their own.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

_ONE_PLUS_WEIGHT = ("Gemma2RMSNorm", "Gemma3RMSNorm")
"""Norms that scale by 1 + weight."""
_GATED = ("Gemma2MLP", "Gemma3MLP", "Gemma4TextMLP")
"""MLPs that compute down(gelu(gate(x)) * up(x)), and nothing else."""


def make_lean(model: Any) -> None:
    """Let the norms, MLPs and LoRA layers of a model compute leanly, in place; forward passes give the same bits."""
    from peft.tuners.lora import LoraLayer

    for module in model.modules():
        if type(module).__name__ in _ONE_PLUS_WEIGHT:
            module.forward = functools.partial(_rms_norm, module)
        elif type(module).__name__ in _GATED and module.config.hidden_activation == "gelu_pytorch_tanh":
            module.forward = functools.partial(_gated_mlp, module)
        elif isinstance(module, LoraLayer):
            module._cast_input_dtype = cast_unless_autocast_does  # type: ignore[method-assign, assignment]


def cast_unless_autocast_does(x: Tensor, dtype: torch.dtype) -> Tensor:
    """The input of a LoRA layer: autocast casts it to its own dtype anyway."""
    return x if torch.is_autocast_enabled(x.device.type) else x.to(dtype)


def _rms_norm(module: Any, x: Tensor) -> Tensor:
    return _RMSNorm.apply(x, module.weight, module.eps)


class _RMSNorm(torch.autograd.Function):
    """x / sqrt(mean(x^2) + eps) * (1 + weight), in float32 and back: RMSNorm, Zhang and Sennrich 2019, arXiv:1910.07467.

    Keeps x as it came and one number a row; the normalised x is formed again in the backward pass.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float) -> Tensor:
        floats = x.float()
        scale = torch.rsqrt(floats.pow(2).mean(-1, keepdim=True) + eps)
        ctx.save_for_backward(x, weight, scale)
        return (floats * scale).mul_(1.0 + weight.float()).type_as(x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        x, weight, scale = ctx.saved_tensors
        normalised = x.float() * scale
        weight_gradient = None
        if ctx.needs_input_grad[1]:
            weight_gradient = (upstream.float() * normalised).flatten(0, -2).sum(0).to(weight.dtype)
        slope = upstream.float() * (1.0 + weight.float())
        shared = (slope * normalised).mean(-1, keepdim=True)
        return slope.addcmul_(normalised, shared, value=-1.0).mul_(scale).to(x.dtype), weight_gradient, None


def _gated_mlp(module: Any, x: Tensor) -> Tensor:
    return module.down_proj(_GatedGelu.apply(module.gate_proj(x), module.up_proj(x)))


class _GatedGelu(torch.autograd.Function):
    """gelu(gate) * up, the tanh form: GEGLU, Shazeer 2020, arXiv:2002.05202. Keeps its two inputs only."""

    @staticmethod
    def forward(ctx: Any, gate: Tensor, up: Tensor) -> Tensor:
        ctx.save_for_backward(gate, up)
        return torch.nn.functional.gelu(gate, approximate="tanh").mul_(up)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor, Tensor]:
        gate, up = ctx.saved_tensors
        up_gradient = torch.nn.functional.gelu(gate, approximate="tanh").mul_(upstream)
        return torch.ops.aten.gelu_backward(up * upstream, gate, approximate="tanh"), up_gradient

"""RMSNorm that keeps its input and one number a row (Zhang and Sennrich 2019, arXiv:1910.07467)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mathpal_lightning.model.lean.kernels import Kernels


def rms_norm(module: Any, kernels: Kernels, x: Tensor) -> Tensor:
    """The forward pass of a Gemma RMSNorm, whose scale is 1 + weight."""
    return _RMSNorm.apply(x, module.weight, module.eps, kernels)


class _RMSNorm(torch.autograd.Function):
    """In float32 and back; the normalised x is formed again in the backward pass."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float, kernels: Kernels) -> Tensor:
        out, scale = kernels.normalise(x, weight, eps)
        ctx.save_for_backward(x, weight, scale)
        ctx.kernels = kernels
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, scale = ctx.saved_tensors
        weight_gradient = None
        if ctx.needs_input_grad[1]:
            weight_gradient = (upstream * (x * scale)).flatten(0, -2).sum(0).to(weight.dtype)
        return ctx.kernels.normalise_gradient(upstream, x, weight, scale), weight_gradient, None, None

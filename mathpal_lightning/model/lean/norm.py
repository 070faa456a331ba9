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
    """In float32 and back; the normalised x is formed again in the backward pass.

    The kernels see rows [N, D] whatever the shape of x: they are compiled once.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, eps: float, kernels: Kernels) -> Tensor:
        # Queries and keys come as [B, H, T, d], a view of what the projection wrote as [B, T, H, d].
        ctx.is_turned = x.ndim == 4 and not x.is_contiguous()
        ctx.kernels, rows = kernels, _rows(x, ctx.is_turned)
        out, scale = kernels.normalise(rows, weight, eps)
        ctx.save_for_backward(rows, weight, scale)
        return _shaped(out, x, ctx.is_turned)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        rows, weight, scale = ctx.saved_tensors
        slopes = _rows(upstream, ctx.is_turned)
        weight_gradient = None
        if ctx.needs_input_grad[1]:
            weight_gradient = (slopes * (rows * scale)).sum(0).to(weight.dtype)
        gradient = ctx.kernels.normalise_gradient(slopes, rows, weight, scale)
        return _shaped(gradient, upstream, ctx.is_turned), weight_gradient, None, None


def _rows(x: Tensor, is_turned: bool) -> Tensor:
    return (x.transpose(1, 2) if is_turned else x).reshape(-1, x.shape[-1])


def _shaped(rows: Tensor, like: Tensor, is_turned: bool) -> Tensor:
    return rows.view(like.transpose(1, 2).shape).transpose(1, 2) if is_turned else rows.view(like.shape)

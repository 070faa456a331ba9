"""RMSNorm that saves its input and one number for each row (Zhang and Sennrich 2019, arXiv:1910.07467).

The norm is computed in float32. The backward pass computes the normalised x again. The residual addition or the rotary
embedding is fused into the norm's kernel. The kernels always get rows [N, ..], so that each is compiled once.
"""

from __future__ import annotations

from typing import Protocol, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mathpal_lightning.compat.torch import Context, applied
from mathpal_lightning.model.lean.kernels import Kernels, rotate_back


class Norm(Protocol):
    """What a Gemma RMSNorm has."""

    weight: Tensor
    eps: float


def rms_norm(module: Norm, kernels: Kernels, x: Tensor) -> Tensor:
    """The forward pass of a Gemma RMSNorm, whose scale is 1 + weight."""
    return applied(_RMSNorm, x, module.weight, module.eps, kernels, None)


def rms_norm_onto(module: Norm, kernels: Kernels, x: Tensor, residual: Tensor) -> Tensor:
    """`residual + rms_norm(x)`."""
    return applied(_RMSNorm, x, module.weight, module.eps, kernels, residual)


def rms_norm_beside(module: Norm, kernels: Kernels, x: Tensor) -> tuple[Tensor, Tensor]:
    """`rms_norm(x)` and x itself, so that the backward pass adds both gradients of x in one kernel."""
    return cast("tuple[Tensor, Tensor]", applied(_RMSNormBeside, x, module.weight, module.eps, kernels))


def rms_norm_rotated(module: Norm, kernels: Kernels, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """`rms_norm` of queries or keys x [B, T, H, d], rotated by the cos and sin [B or 1, T, d] of their positions."""
    for_each_row = (cos.expand(len(x), -1, -1), sin.expand(len(x), -1, -1))
    return applied(_RMSNormRotated, x, module.weight, module.eps, kernels, *for_each_row)


class _RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Context, x: Tensor, weight: Tensor, eps: float, kernels: Kernels, residual: Tensor | None) -> Tensor:
        rows = x.reshape(-1, x.shape[-1])
        onto = None if residual is None else residual.reshape(rows.shape)
        out, scale = kernels.normalise(rows, weight, eps, onto)
        ctx.save_for_backward(rows, weight, scale)
        ctx.kernels = kernels
        normed: Tensor = out.view(x.shape)
        return normed

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, upstream: Tensor) -> tuple[Tensor | None, ...]:
        residual_gradient = upstream if ctx.needs_input_grad[4] else None
        return *_gradients(ctx, upstream, None), None, None, residual_gradient


class _RMSNormBeside(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Context, x: Tensor, weight: Tensor, eps: float, kernels: Kernels) -> tuple[Tensor, Tensor]:
        return _RMSNorm.forward(ctx, x, weight, eps, kernels, None), x.view_as(x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, upstream: Tensor, beside: Tensor) -> tuple[Tensor | None, ...]:
        return *_gradients(ctx, upstream, beside), None, None


def _gradients(ctx: Context, upstream: Tensor, beside: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """The gradient of x, to which `beside` is added, and that of the weight if it is trained."""
    rows, weight, scale = ctx.saved_tensors
    slopes = upstream.reshape(rows.shape)
    weight_gradient = (slopes * (rows * scale)).sum(0).to(weight.dtype) if ctx.needs_input_grad[1] else None
    more = None if beside is None else beside.reshape(rows.shape)
    return ctx.kernels.normalise_gradient(slopes, rows, weight, scale, more).view(upstream.shape), weight_gradient


class _RMSNormRotated(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Context, x: Tensor, weight: Tensor, eps: float, kernels: Kernels, cos: Tensor, sin: Tensor) -> Tensor:
        rows, cos, sin = x.flatten(0, 1), cos.flatten(0, 1)[:, None], sin.flatten(0, 1)[:, None]
        out, scale = kernels.normalise_and_rotate(rows, weight, eps, cos, sin)
        ctx.save_for_backward(rows, weight, scale, cos, sin)
        ctx.kernels = kernels
        normed: Tensor = out.view(x.shape)
        return normed

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, upstream: Tensor) -> tuple[Tensor | None, ...]:
        rows, weight, scale, cos, sin = ctx.saved_tensors
        slopes = upstream.flatten(0, 1)
        gradient = ctx.kernels.normalise_and_rotate_gradient(slopes, rows, weight, scale, cos, sin)
        weight_gradient = None
        if ctx.needs_input_grad[1]:
            weight_gradient = (rotate_back(slopes, cos, sin) * (rows * scale)).sum((0, 1)).to(weight.dtype)
        return gradient.view(upstream.shape), weight_gradient, None, None, None, None

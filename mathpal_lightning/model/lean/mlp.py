"""A gated MLP that saves only its two inputs for the backward pass (GEGLU, Shazeer 2020, arXiv:2002.05202)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mathpal_lightning.compat.torch import Context, applied
from mathpal_lightning.model.lean.kernels import Kernels


class GatedMLP(Protocol):
    """What a Gemma MLP has."""

    gate_proj: Callable[[Tensor], Tensor]
    up_proj: Callable[[Tensor], Tensor]
    down_proj: Callable[[Tensor], Tensor]


def gated_mlp(module: GatedMLP, kernels: Kernels, x: Tensor) -> Tensor:
    """The forward pass of a Gemma MLP: down(gelu(gate(x)) * up(x))."""
    return module.down_proj(applied(_Gate, module.gate_proj(x), module.up_proj(x), kernels))


class _Gate(torch.autograd.Function):
    """gelu(inner) * up."""

    @staticmethod
    def forward(ctx: Context, inner: Tensor, up: Tensor, kernels: Kernels) -> Tensor:
        # The kernels always get rows [N, I], so that they are compiled once.
        inner, up, shape = inner.flatten(0, -2), up.flatten(0, -2), up.shape
        ctx.save_for_backward(inner, up)
        ctx.kernels = kernels
        gated: Tensor = kernels.gate(inner, up).view(shape)
        return gated

    @staticmethod
    @once_differentiable
    def backward(ctx: Context, upstream: Tensor) -> tuple[Tensor | None, ...]:
        gradients = ctx.kernels.gate_gradient(upstream.flatten(0, -2), *ctx.saved_tensors)
        return *(gradient.view(upstream.shape) for gradient in gradients), None

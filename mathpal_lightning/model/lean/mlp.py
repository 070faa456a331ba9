"""A gated MLP that keeps its two inputs only (GEGLU, Shazeer 2020, arXiv:2002.05202)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from mathpal_lightning.model.lean.kernels import Kernels


def gated_mlp(module: Any, kernels: Kernels, x: Tensor) -> Tensor:
    """The forward pass of a Gemma MLP: down(gelu(gate(x)) * up(x))."""
    return module.down_proj(_Gate.apply(module.gate_proj(x), module.up_proj(x), kernels))


class _Gate(torch.autograd.Function):
    """gelu(inner) * up."""

    @staticmethod
    def forward(ctx: Any, inner: Tensor, up: Tensor, kernels: Kernels) -> Tensor:
        ctx.save_for_backward(inner, up)
        ctx.kernels = kernels
        return kernels.gate(inner, up)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        return *ctx.kernels.gate_gradient(upstream, *ctx.saved_tensors), None

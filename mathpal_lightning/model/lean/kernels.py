"""The elementwise work of the lean layers: pure functions that run as they are, or each compiled to one pass over memory.

torch.compile needs a C++ compiler on a CPU. The first use on a machine takes about 15 seconds. The machine keeps
the result, so later starts take 3. Both forms use the same formulas in float32 and differ at most by one rounding to bfloat16.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from mathpal_lightning.compat.torch import allow_recompiles, gelu_backward
from mathpal_lightning.errors import ConfigError

_TWICE_SQRT_2_OVER_PI = 1.5957691216057308
_CUBIC = 0.044715
"""The two constants of the tanh form of GELU, Hendrycks and Gimpel 2016, arXiv:1606.08415."""

_GRAPHS = 64
"""Graphs of one kernel, with room to spare. Each width has its own, and for each there are more: with and without a residual,
under autocast or not, in inference mode or not, for one row, and for as many rows as the width. Torch's own limit is 8. Past it
a kernel runs without compiling, and torch warns in four lines."""


class Kernels(NamedTuple):
    """The functions that the layers call. Each is described at its definition below."""

    normalise: Callable[[Tensor, Tensor, float, Tensor | None], tuple[Tensor, Tensor]]
    normalise_gradient: Callable[[Tensor, Tensor, Tensor, Tensor, Tensor | None], Tensor]
    normalise_and_rotate: Callable[[Tensor, Tensor, float, Tensor, Tensor], tuple[Tensor, Tensor]]
    normalise_and_rotate_gradient: Callable[[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor], Tensor]
    gate: Callable[[Tensor, Tensor], Tensor]
    gate_gradient: Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


def normalise(x: Tensor, weight: Tensor, eps: float, residual: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """X / sqrt(mean(x^2) + eps) * (1 + weight) + residual over the last dimension, and the float32 factor [.., 1]."""
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
    scale = torch.rsqrt(norm.square() / x.shape[-1] + eps)
    out = (x * scale).mul_(1.0 + weight.float())
    return (out.to(x.dtype) if residual is None else out.add_(residual).to(residual.dtype)), scale


def normalise_gradient(upstream: Tensor, x: Tensor, weight: Tensor, scale: Tensor, beside: Tensor | None = None) -> Tensor:
    """The gradient of `normalise` for x, plus `beside`, the gradient of x from its other uses."""
    slope = upstream * (1.0 + weight.float())
    shared = (slope * x).sum(-1, keepdim=True) * scale.square() / -x.shape[-1]
    gradient = slope.addcmul_(x, shared).mul_(scale)
    return (gradient if beside is None else gradient.add_(beside)).to(x.dtype)


def normalise_and_rotate(x: Tensor, weight: Tensor, eps: float, cos: Tensor, sin: Tensor) -> tuple[Tensor, Tensor]:
    """`normalise`, then a rotary position embedding (Su et al. 2021, arXiv:2104.09864): x [N, H, d], cos and sin [N, 1, d]."""
    normed, scale = normalise(x, weight, eps)
    first, second = normed.chunk(2, dim=-1)
    return normed * cos + torch.cat([-second, first], dim=-1) * sin, scale


def normalise_and_rotate_gradient(
    upstream: Tensor, x: Tensor, weight: Tensor, scale: Tensor, cos: Tensor, sin: Tensor
) -> Tensor:
    """The gradient of `normalise_and_rotate` for x."""
    return normalise_gradient(rotate_back(upstream, cos, sin), x, weight, scale)


def rotate_back(upstream: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """The gradient of the rotary position embedding."""
    first, second = (upstream * sin).chunk(2, dim=-1)
    return upstream * cos + torch.cat([second, -first], dim=-1)


def gate(inner: Tensor, up: Tensor) -> Tensor:
    """gelu(inner) * up, the tanh form."""
    return torch.nn.functional.gelu(inner, approximate="tanh").mul_(up)


def gate_gradient(upstream: Tensor, inner: Tensor, up: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients of `gate` for inner and up."""
    up_gradient = torch.nn.functional.gelu(inner, approximate="tanh").mul_(upstream)
    return gelu_backward(up * upstream, inner), up_gradient


def _fused_gate(inner: Tensor, up: Tensor) -> Tensor:
    # Uses (1 + tanh(z)) / 2 = sigmoid(2 z): the sigmoid takes a third of the time of a tanh.
    x = inner.float()
    return (x * torch.sigmoid(_TWICE_SQRT_2_OVER_PI * (x + _CUBIC * x**3)) * up.float()).to(up.dtype)


def _fused_gate_gradient(upstream: Tensor, inner: Tensor, up: Tensor) -> tuple[Tensor, Tensor]:
    x, slope = inner.float(), upstream.float()
    half = torch.sigmoid(_TWICE_SQRT_2_OVER_PI * (x + _CUBIC * x**3))
    derivative = half + x * half * (1 - half) * _TWICE_SQRT_2_OVER_PI * (1 + 3 * _CUBIC * x**2)
    return (slope * up.float() * derivative).to(up.dtype), (slope * x * half).to(up.dtype)


EAGER = Kernels(normalise, normalise_gradient, normalise_and_rotate, normalise_and_rotate_gradient, gate, gate_gradient)


@functools.cache
def compiled_kernels() -> Kernels:
    """The kernels, compiled when they are first called.

    Raises:
        ConfigError: there is no C++ compiler.
    """
    if not (os.environ.get("CXX") or shutil.which("g++") or shutil.which("clang++") or shutil.which("cl")):
        raise ConfigError(
            "a C++ compiler for `model.compile: true`", "none", "Install one (apt install g++), or set `model.compile: false`."
        )
    allow_recompiles(_GRAPHS)
    return Kernels(
        torch.compile(normalise, dynamic=True),
        torch.compile(normalise_gradient, dynamic=True),
        torch.compile(normalise_and_rotate, dynamic=True),
        torch.compile(normalise_and_rotate_gradient, dynamic=True),
        torch.compile(_fused_gate, dynamic=True),
        torch.compile(_fused_gate_gradient, dynamic=True),
    )

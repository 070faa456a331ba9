"""The elementwise work of the lean layers: pure functions that run as they are, or each compiled to one pass over memory.

Compiled by torch.compile, for which a CPU needs a C++ compiler: about 15 seconds when they are first used on a machine, which
keeps them, and 3 later. The same formulas in float32, so results differ by the rounding of bfloat16 at most.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from mathpal_lightning.errors import ConfigError

_TWICE_SQRT_2_OVER_PI = 1.5957691216057308
_CUBIC = 0.044715
"""Of the tanh form of GELU, Hendrycks and Gimpel 2016, arXiv:1606.08415."""


class Kernels(NamedTuple):
    """What the layers call; see the functions below."""

    normalise: Callable[..., Any]
    normalise_gradient: Callable[..., Any]
    gate: Callable[..., Any]
    gate_gradient: Callable[..., Any]


def normalise(x: Tensor, weight: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """X / sqrt(mean(x^2) + eps) * (1 + weight) over the last dimension, and the float32 factor [.., 1]."""
    norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
    scale = torch.rsqrt(norm.square() / x.shape[-1] + eps)
    return (x * scale).mul_(1.0 + weight.float()).to(x.dtype), scale


def normalise_gradient(upstream: Tensor, x: Tensor, weight: Tensor, scale: Tensor) -> Tensor:
    """The gradient of `normalise` for x."""
    slope = upstream * (1.0 + weight.float())
    shared = (slope * x).sum(-1, keepdim=True) * scale.square() / -x.shape[-1]
    return slope.addcmul_(x, shared).mul_(scale).to(x.dtype)


def gate(inner: Tensor, up: Tensor) -> Tensor:
    """gelu(inner) * up, the tanh form."""
    return torch.nn.functional.gelu(inner, approximate="tanh").mul_(up)


def gate_gradient(upstream: Tensor, inner: Tensor, up: Tensor) -> tuple[Tensor, Tensor]:
    """The gradients of `gate` for inner and up."""
    up_gradient = torch.nn.functional.gelu(inner, approximate="tanh").mul_(upstream)
    return torch.ops.aten.gelu_backward(up * upstream, inner, approximate="tanh"), up_gradient


def _fused_gate(inner: Tensor, up: Tensor) -> Tensor:
    # (1 + tanh(z)) / 2 = sigmoid(2 z), a third of the time of a tanh.
    x = inner.float()
    return (x * torch.sigmoid(_TWICE_SQRT_2_OVER_PI * (x + _CUBIC * x**3)) * up.float()).to(up.dtype)


def _fused_gate_gradient(upstream: Tensor, inner: Tensor, up: Tensor) -> tuple[Tensor, Tensor]:
    x, slope = inner.float(), upstream.float()
    half = torch.sigmoid(_TWICE_SQRT_2_OVER_PI * (x + _CUBIC * x**3))
    derivative = half + x * half * (1 - half) * _TWICE_SQRT_2_OVER_PI * (1 + 3 * _CUBIC * x**2)
    return (slope * up.float() * derivative).to(up.dtype), (slope * x * half).to(up.dtype)


EAGER = Kernels(normalise, normalise_gradient, gate, gate_gradient)


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
    fused = (normalise, normalise_gradient, _fused_gate, _fused_gate_gradient)
    return Kernels(*(torch.compile(kernel, dynamic=True) for kernel in fused))

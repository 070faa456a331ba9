"""Private parts of PyTorch: tensors without data, operations that are watched, and three kernels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from mathpal_lightning.compat.guard import gone, require

LIBRARY = "torch"
try:
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves
except ImportError as error:
    raise gone(f"{error.name}", LIBRARY, "the memory estimate") from error

__all__ = [
    "Context",
    "FakeTensorMode",
    "TorchDispatchMode",
    "allow_recompiles",
    "applied",
    "gelu_backward",
    "multiply_each",
    "softmax_backward",
    "storage_address",
    "tree_leaves",
]


class Context(torch.autograd.function.FunctionCtx):
    """What an autograd function keeps from its forward pass for its backward pass; torch names no type for it."""

    saved_tensors: tuple[Tensor, ...]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: object) -> None: ...


def applied(function: type[torch.autograd.Function], *arguments: object) -> Tensor:
    """`function.apply(*arguments)`, to which torch gives no type."""
    out: Tensor = function.apply(*arguments)
    return out


def allow_recompiles(most: int) -> None:
    """Let torch.compile keep at least this many graphs of one function; past its limit the function runs without compiling."""
    import torch._dynamo.config as settings

    kept = require(settings, "recompile_limit", LIBRARY, "compiled layers")
    settings.recompile_limit = max(kept, most)


def multiply_each(tensors: Sequence[Tensor], factor: float) -> None:
    """Multiply each tensor by a number, in place, in one launch on a GPU."""
    require(torch, "_foreach_mul_", LIBRARY, "the mean over an accumulation window")(tensors, factor)


def softmax_backward(upstream: Tensor, probabilities: Tensor) -> Tensor:
    """The gradient of a softmax over the last dimension for its input, from the softmax's output."""
    kernel = require(torch.ops.aten, "_softmax_backward_data", LIBRARY, "lean attention on a CPU")
    gradient: Tensor = kernel(upstream, probabilities, -1, probabilities.dtype)
    return gradient


def gelu_backward(upstream: Tensor, x: Tensor) -> Tensor:
    """The gradient of the tanh form of GELU for its input x."""
    kernel = require(torch.ops.aten, "gelu_backward", LIBRARY, "lean MLPs on a CPU")
    gradient: Tensor = kernel(upstream, x, approximate="tanh")
    return gradient


def storage_address(storage: torch.UntypedStorage) -> int:
    """A number that two tensors share when they share memory; fake tensors have no data pointer."""
    return int(require(storage, "_cdata", LIBRARY, "the memory estimate"))

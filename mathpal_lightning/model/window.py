"""The gradients of an accumulation window under way: a validation, and so a checkpoint, may come in its middle.

Until a window ends each process holds gradients of its own, which are neither averaged nor alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor, nn

Window = Sequence[Mapping[str, Any]]
"""For each process, in the order of ranks: `count`, its supervised tokens or pairs so far, and `gradients` by name."""


def window_under_way(
    weights: Mapping[str, nn.Parameter], count: int, broadcast: Callable[..., Any], processes: int
) -> Window | None:
    """What every process holds of the window; None between two windows. All processes must call it.

    Args:
        weights: that are trained, with the gradients so far.
        count: of this process.
        broadcast: the strategy's: an object of process `src`, to all.
        processes: their number.
    """
    gradients = {name: weight.grad.cpu() for name, weight in weights.items() if weight.grad is not None and count}
    own = {"count": count, "gradients": gradients}
    window = [broadcast(own, src=rank) for rank in range(processes)]
    return window if any(held["count"] for held in window) else None


def take_up(window: Window, weights: Mapping[str, nn.Parameter], rank: int, processes: int) -> int:
    """Give the weights the gradients that this process had; the count that belongs to them.

    Where the run goes on with another number of processes, the first one takes the sums: those of the whole window,
    which alone matter, are then what they would have been.
    """
    if len(window) == processes:
        held: Mapping[str, Any] = window[rank]
    else:
        held = summed(window) if rank == 0 else {"count": 0, "gradients": {}}
    for name, gradient in held["gradients"].items():
        weights[name].grad = gradient.to(weights[name].device)
    return held["count"]


def summed(window: Window) -> Mapping[str, Any]:
    """The window as if one process had held it."""
    gradients: dict[str, Tensor] = {}
    for held in window:
        for name, gradient in held["gradients"].items():
            gradients[name] = gradients[name] + gradient if name in gradients else gradient
    return {"count": sum(held["count"] for held in window), "gradients": gradients}

"""A loss whose value is a mean for everybody who looks at it, and whose gradients are those of a sum."""

from __future__ import annotations

import torch
from torch import Tensor


class _ShownAsMean(torch.autograd.Function):
    """Forward: the mean. Backward: the gradient goes on to the sum unchanged, bit for bit."""

    @staticmethod
    def forward(ctx: object, total: Tensor, mean: Tensor) -> Tensor:
        """The mean, in the type of the sum."""
        return mean.detach().to(total.dtype).clone()

    @staticmethod
    def backward(ctx: object, *gradients: Tensor) -> tuple[Tensor, None]:
        """The gradient of the sum."""
        return gradients[0], None


def shown_as_mean(total: Tensor, mean: Tensor) -> Tensor:
    """The sum of a loss as Lightning, callbacks and progress bars should see it.

    Args:
        total: the sum over the terms of a batch, a scalar with a graph.
        mean: its mean, a scalar.

    >>> weight = torch.tensor(3.0, requires_grad=True)
    >>> loss = shown_as_mean(10 * weight, torch.tensor(6.0))
    >>> loss.backward()
    >>> loss.item(), weight.grad.item()
    (6.0, 10.0)
    """
    shown: Tensor = _ShownAsMean.apply(total, mean)  # type: ignore[no-untyped-call]  # torch gives `apply` no types
    return shown

"""The terms of one batch's loss, which every objective gives."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Terms(NamedTuple):
    """The loss of one batch."""

    loss: Tensor
    """The sum over the terms, with its graph."""
    number: int
    """The terms: supervised tokens, pairs, or solutions (for dapo their tokens)."""
    means: dict[str, Tensor]
    """What is logged, each a mean over the terms."""

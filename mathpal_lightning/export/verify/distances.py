"""How far two models are from each other in their next tokens: KL in nats, and the share of equal first choices.

Legend: P positions, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor


def mean_kl(p: Tensor, q: Tensor) -> float:
    """Mean over positions of KL(p || q) = sum_v p(v) (log p(v) - log q(v)); p and q are log-probabilities [P, V]."""
    return (p.exp() * (p - q)).sum(-1).mean().item()


def coarse_kl(p: Tensor, q_top: Mapping[int, float]) -> float:
    """KL(p || q) where of q only its likeliest tokens S are known; p is [V] log-probabilities.

    All other tokens count as one: sum_{v in S} p(v) log(p(v) / q(v)) + p(rest) log(p(rest) / q(rest)). By the log-sum
    inequality this is never more than the full KL, and never negative.
    """
    ids = torch.tensor(list(q_top))
    q = torch.tensor(list(q_top.values()), dtype=torch.float64)
    known = p.double()[ids]
    p_rest, q_rest = 1.0 - known.exp().sum().item(), 1.0 - q.exp().sum().item()
    kl = (known.exp() * (known - q)).sum().item()
    # A rest that is rounding error on both sides holds no information; one that is so on q's side only is floored.
    return kl + (p_rest * math.log(p_rest / max(q_rest, 1e-9)) if p_rest > 1e-9 else 0.0)


def agreement(p_top: Sequence[int], q_top: Sequence[int]) -> float:
    """The share of positions at which both put the same token first."""
    return sum(a == b for a, b in zip(p_top, q_top, strict=True)) / len(p_top)

"""The policy losses: log-probabilities of sampled tokens and the samples' rewards -> a scalar and its metrics.

Shapes: S samples in G groups, N sampled tokens of all of them end to end. A group is the k solutions drawn for one problem.

A loss is a name, and a name is one vetted combination:

    name     advantage               ratio of     clip                  divided by
    grpo     (r - mean) / deviation  each token   0.8 to 1.2            each sample's tokens, then the samples arXiv:2402.03300
    dr_grpo  r - mean                each token   0.8 to 1.2            samples x the longest allowed solution arXiv:2503.20783
    dapo     (r - mean) / deviation  each token   0.8 to 1.28           the tokens of the accumulation window  arXiv:2503.14476
    gspo     (r - mean) / deviation  each sample  1 - 3e-4 to 1 + 4e-4  each sample's tokens, then the samples arXiv:2507.18071

Mean and deviation are those of the rewards within a group.

A group whose rewards are all equal has advantages of 0. Whether its samples count in the divisor is each paper's own choice:

    grpo, dr_grpo, gspo   they count: the objective is the mean over all problems and samples (DeepSeekMath section 4.1.1,
                          Dr. GRPO section 3.2, GSPO section 4.1). So a draw in which few groups teach makes a small step.
    dapo                  they do not: dynamic sampling filters such groups out (DAPO section 3.2). The paper then draws until
                          the batch is full; here the batch stays smaller, so that each step costs one draw.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

import torch
from torch import Tensor

PolicyLoss = Literal["grpo", "dr_grpo", "dapo", "gspo"]
CLIPS: dict[PolicyLoss, tuple[float, float]] = {
    "grpo": (0.2, 0.2),
    "dr_grpo": (0.2, 0.2),
    "dapo": (0.2, 0.28),
    "gspo": (3e-4, 4e-4),
}
"""How far below and above 1 a ratio may go before its gradient is cut off, from each paper."""
FILTERED: frozenset[PolicyLoss] = frozenset({"dapo"})
"""Losses that do not count the samples of groups whose rewards are all equal."""
_SCALED = frozenset({"grpo", "dapo", "gspo"})
_SMALL = 1e-4  # added to the deviation, as TRL and the GRPO paper's code do


class SampledLogProbs(NamedTuple):
    """The log-probabilities of the tokens of S samples, end to end."""

    policy: Tensor
    """[N] log pi(token | problem, the tokens before it), with gradients."""
    sample_ids: Tensor
    """int64 [N], the sample that each token belongs to, 0 to S - 1."""
    old: Tensor | None = None
    """[N] the same under the policy that drew the samples; None for the first update after a draw, whose ratio is 1."""
    reference: Tensor | None = None
    """[N] the same under the reference; None where `kl` is 0."""


def group_advantages(rewards: Tensor, group_ids: Tensor, loss: PolicyLoss = "dr_grpo") -> Tensor:
    """How much better each sample is than its group: r - mean, for most losses divided by the group's deviation.

    A group whose rewards are all equal gives zeros, so it has no gradient.

    Args:
        rewards: float [S].
        group_ids: int64 [S], 0 to G - 1.
        loss: see the table above.

    Returns:
        float32 [S].

    Raises:
        ValueError: `rewards` and `group_ids` have different shapes, or a reward is not finite.
    """
    if rewards.shape != group_ids.shape:
        raise ValueError(f"Expected a group for each of {len(rewards)} rewards, but got {len(group_ids)}")
    if not rewards.isfinite().all():
        raise ValueError(f"Expected finite rewards, but got {rewards.tolist()}")
    rewards = rewards.float()
    groups = int(group_ids.max()) + 1 if len(group_ids) else 0
    counts = torch.bincount(group_ids, minlength=groups).to(rewards.dtype)
    # Counted from the lowest: the mean of equal rewards may be rounded, and Adam takes full steps along the smallest rest.
    above = rewards - rewards.new_zeros(groups).scatter_reduce(0, group_ids, rewards, "amin", include_self=False)[group_ids]
    centred = above - (above.new_zeros(groups).index_add(0, group_ids, above) / counts)[group_ids]
    if loss not in _SCALED:
        return centred
    squares = rewards.new_zeros(groups).index_add(0, group_ids, centred.square())
    deviations = (squares / (counts - 1).clamp(min=1)).sqrt()  # the unbiased one
    return centred / (deviations[group_ids] + _SMALL)


def policy_loss(
    samples: SampledLogProbs,
    advantages: Tensor,
    loss: PolicyLoss = "dr_grpo",
    *,
    clip: tuple[float, float] | None = None,
    kl: float = 0.0,
    max_tokens: int = 1,
    left_out: int = 0,
) -> tuple[Tensor, int, dict[str, Tensor]]:
    """The sum of a policy loss over the samples, and the count by which the caller divides it.

    The sums of several micro-batches, divided by the counts of all of them, give the gradient of one big batch.

    Args:
        samples: the log-probabilities.
        advantages: float [S], see `group_advantages`.
        loss: see the table above.
        clip: how far below and above 1 a ratio may go; None for the loss's own `CLIPS`.
        kl: the weight of KL(policy || reference), estimated for each token by e^d - d - 1 with d = log ref - log policy
            (Schulman 2020, http://joschu.net/blog/kl-approx.html).
        max_tokens: dr_grpo's constant, the longest solution that may be drawn.
        left_out: samples of groups with equal rewards that are not among the S: they add nothing to the sum.

    Returns:
        The sum, a float32 scalar; the count: S + left_out, or for dapo N; and metrics, detached scalars: `ratio`, its mean;
        `clipped`, the share of tokens (gspo: samples) at which the clip takes the gradient away; `surprise`, the mean of
        -log policy, an estimate of the entropy while the samples are the policy's own; with a reference `kl`.

    Raises:
        ValueError: an unknown loss, no samples, unequal shapes, or `kl` without a reference.
    """
    _check(samples, advantages, loss, kl, max_tokens)
    number = len(advantages)
    lengths = torch.bincount(samples.sample_ids, minlength=number).to(samples.policy.dtype)
    log_ratio = samples.policy - (samples.policy.detach() if samples.old is None else samples.old)
    if loss == "gspo":
        log_ratio = log_ratio.new_zeros(number).index_add(0, samples.sample_ids, log_ratio) / lengths.clamp(min=1)
        gained, held = _clipped(log_ratio.exp(), advantages, clip or CLIPS[loss])
        per_token = -gained[samples.sample_ids]
    else:
        gained, held = _clipped(log_ratio.exp(), advantages[samples.sample_ids], clip or CLIPS[loss])
        per_token = -gained
    metrics = {"ratio": log_ratio.exp().mean(), "clipped": held.float().mean(), "surprise": -samples.policy.mean()}
    if samples.reference is not None:
        difference = samples.reference - samples.policy
        per_token_kl = difference.exp() - difference - 1
        metrics["kl"] = per_token_kl.mean()
        per_token = per_token + kl * per_token_kl
    metrics = {name: value.detach() for name, value in metrics.items()}
    if loss == "dapo":
        return per_token.sum(), len(per_token), metrics
    if loss == "dr_grpo":
        return per_token.sum() / max_tokens, number + left_out, metrics
    return (per_token / lengths[samples.sample_ids]).sum(), number + left_out, metrics


def _clipped(ratio: Tensor, advantages: Tensor, clip: tuple[float, float]) -> tuple[Tensor, Tensor]:
    """PPO's pessimistic bound (arXiv:1707.06347): the smaller of the two gains, and where the clip takes the gradient away."""
    below, above = clip
    bounded = ratio.clamp(1 - below, 1 + above)
    held = ((ratio > 1 + above) & (advantages > 0)) | ((ratio < 1 - below) & (advantages < 0))
    return torch.min(ratio * advantages, bounded * advantages), held


def _check(samples: SampledLogProbs, advantages: Tensor, loss: str, kl: float, max_tokens: int) -> None:
    if loss not in get_args(PolicyLoss):
        raise ValueError(f"Expected argument `loss` to be one of {', '.join(get_args(PolicyLoss))}, but got {loss!r}")
    if not len(advantages) or not len(samples.policy):
        raise ValueError(f"Expected sampled tokens, but got {len(samples.policy)} tokens of {len(advantages)} samples")
    others = (samples.sample_ids, *(one for one in (samples.old, samples.reference) if one is not None))
    if any(one.shape != samples.policy.shape for one in others):
        raise ValueError(f"Expected [{len(samples.policy)}] for each token, but got {[list(one.shape) for one in others]}")
    if kl < 0 or (kl > 0 and samples.reference is None):
        raise ValueError(f"Expected argument `kl` to be 0, or above it with a reference, but got {kl}")
    if max_tokens < 1:
        raise ValueError(f"Expected argument `max_tokens` to be at least 1, but got {max_tokens}")

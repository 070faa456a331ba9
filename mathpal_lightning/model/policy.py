"""The settings of `objective: grpo`, and the terms of its loss: a batch of groups -> the policy loss and what is logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf, isfinite

import torch
from torch import Tensor

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.losses.policy import CLIPS, FILTERED, PolicyLoss, SampledLogProbs, group_advantages, policy_loss
from mathpal_lightning.model.terms import Terms
from mathpal_lightning.schema import GroupBatch

STRICT_REWARD = "mathpal_lightning.evaluation.reward.strict_reward"


@dataclass(frozen=True)
class Policy:
    """How `objective: grpo` draws solutions, rewards them and learns from the difference within each group.

    Args:
        loss: grpo, dr_grpo, dapo or gspo; a name is one vetted combination (`losses/policy.py` has the table).
        group_size: Solutions drawn for each problem, at least 2.
        temperature: Logits are divided by it, when solutions are drawn and in the loss; at 1 the model's own distribution.
        updates: Optimizer steps on each draw; above 1 the ratio to the policy that drew is clipped.
        clip: How far below and above 1 that ratio may go, [0.2, 0.2]; None for the loss's own.
        kl: Weight of the divergence from the policy as it began; 0 needs no reference and is the usual choice.
        rewards: Functions (question, gold, solution) -> number by their paths, each with its weight.
        pass_rate: Topics and levels whose share of right solutions lies outside of these bounds are drawn less often, in
            proportion to the share of their groups that hold both right and wrong solutions.
    """

    loss: PolicyLoss = "dr_grpo"
    group_size: int = 8
    temperature: float = 1.0
    updates: int = 1
    clip: tuple[float, float] | None = None
    kl: float = 0.0
    rewards: Mapping[str, float] = field(default_factory=lambda: {STRICT_REWARD: 1.0})
    pass_rate: tuple[float, float] = (0.2, 0.8)

    def __post_init__(self) -> None:
        if self.loss not in CLIPS:
            raise ConfigError(f"`model.policy.loss` among {', '.join(CLIPS)}", repr(self.loss), "Use one of them.")
        for name, least in (("group_size", 2), ("updates", 1)):
            if getattr(self, name) < least:
                raise ConfigError(f"`model.policy.{name}` of at least {least}", str(getattr(self, name)), "Raise it.")
        if not 0 < self.temperature < inf:
            raise ConfigError(
                "a finite `model.policy.temperature` above 0",
                str(self.temperature),
                "At 0 all solutions of a group are the same and nothing can be learned: use 1.0.",
            )
        if self.clip is not None and self.updates == 1:
            raise ConfigError(
                "`model.policy.updates` above 1 where `clip` is set",
                f"updates: 1 and clip: {self.clip}",
                "The first update after a draw has the ratio 1, which is never clipped: leave `clip` out, or raise `updates`.",
            )
        if self.clip is not None and not (0 < self.clip[0] < 1 and self.clip[1] > 0):
            raise ConfigError("`model.policy.clip` of two numbers above 0", str(self.clip), "Try [0.2, 0.2].")
        if not 0 <= self.kl < inf:
            raise ConfigError("a finite `model.policy.kl` of at least 0", str(self.kl), "Use 0 for none.")
        if not any(self.rewards.values()) or not all(map(isfinite, self.rewards.values())):
            found = str(dict(self.rewards))
            raise ConfigError("finite weights of rewards, one of them not 0", found, f"Try {STRICT_REWARD}: 1.0.")
        low, high = self.pass_rate
        if not 0 <= low < high <= 1:
            raise ConfigError("`model.policy.pass_rate` of two rising shares", str(self.pass_rate), "Try [0.2, 0.8].")

    @property
    def keeps_equal_rewards(self) -> bool:
        """Whether groups of equal rewards are trained on too: their solutions are held near the reference like all others."""
        return self.kl > 0 and self.loss not in FILTERED


def policy_terms(
    log_probs: Tensor,
    sample_ids: Tensor,
    group_ids: Tensor,
    batch: GroupBatch,
    policy: Policy,
    max_tokens: int,
    old: Tensor | None = None,
    reference: Tensor | None = None,
) -> Terms:
    """The policy loss of drawn groups, the same as if each drawn solution stood in the batch.

    Shapes: D solutions stand in the batch, M tokens all of them; S >= D solutions were drawn, and equal ones stand there once.

    Args:
        log_probs: of each token by the policy, [M], with gradients.
        sample_ids: the solution of each token, int64 [M].
        group_ids: the group of each solution, int64 [D].
        batch: the groups with their rewards.
        policy: which loss.
        max_tokens: tokens at which a solution is cut.
        old: what the policy gave to each token at the first update after the draw, [M]; None at that update.
        reference: what the policy as it began gives to each token, [M]; None where `kl` is 0.
    """
    tokens, drawn_ids = tokens_of_drawn(sample_ids, batch.written_as)
    samples = SampledLogProbs(log_probs[tokens], drawn_ids, *(one if one is None else one[tokens] for one in (old, reference)))
    advantages = group_advantages(batch.rewards, group_ids[batch.written_as], policy.loss)
    loss, count, means = policy_loss(
        samples, advantages, policy.loss, clip=policy.clip, kl=policy.kl, max_tokens=max_tokens, left_out=batch.left_out
    )
    sampler = batch.drawn_log_probs[batch.segment_ids > 0][tokens]
    means["sampler_kl"] = (sampler - samples.policy.detach()).mean() if old is None else torch.zeros_like(loss.detach())
    terms = Terms(loss, count, {"loss": loss.detach() / count, **means})
    # Where no group of a draw teaches, one stands for it. A loss that counts no such groups must not count this one either.
    return terms._replace(loss=loss * 0, number=0) if policy.loss in FILTERED and not advantages.any() else terms


def tokens_of_drawn(sample_ids: Tensor, written_as: Tensor) -> tuple[Tensor, Tensor]:
    """The tokens of all drawn solutions, where equal ones stand in the batch once.

    Args:
        sample_ids: the solution of each token in the batch, ascending, int64 [M].
        written_as: which of them each drawn solution is, int64 [S].

    Returns:
        The place of each drawn token among the M, int64 [N], and the drawn solution that it belongs to, int64 [N].

    >>> tokens_of_drawn(torch.tensor([0, 0, 1, 2, 2, 2]), torch.tensor([0, 2, 0]))
    (tensor([0, 1, 3, 4, 5, 0, 1]), tensor([0, 0, 1, 1, 1, 2, 2]))
    """
    lengths = torch.bincount(sample_ids)
    drawn = lengths[written_as]
    drawn_ids = torch.arange(len(written_as), device=sample_ids.device).repeat_interleave(drawn)
    starts = (lengths.cumsum(0) - lengths)[written_as] - (drawn.cumsum(0) - drawn)
    return torch.arange(len(drawn_ids), device=sample_ids.device) + starts[drawn_ids], drawn_ids

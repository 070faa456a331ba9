"""The settings of `objective: grpo`, and the terms of its loss: a batch of groups -> the policy loss and what is logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import torch
from torch import Tensor

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.losses.policy import CLIPS, PolicyLoss, SampledLogProbs, group_advantages, policy_loss
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
        pass_rate: Problems of topics and levels whose share of right solutions lies outside of these bounds are rarely drawn.
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
        if not self.temperature > 0:
            raise ConfigError(
                "`model.policy.temperature` above 0",
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
        if self.kl < 0:
            raise ConfigError("`model.policy.kl` of at least 0", str(self.kl), "Use 0 for none.")
        if not self.rewards or not any(self.rewards.values()):
            raise ConfigError("a reward with a weight that is not 0", str(dict(self.rewards)), f"Try {STRICT_REWARD}: 1.0.")
        low, high = self.pass_rate
        if not 0 <= low < high <= 1:
            raise ConfigError("`model.policy.pass_rate` of two rising shares", str(self.pass_rate), "Try [0.2, 0.8].")

    def plain(self) -> dict[str, object]:
        """The settings as values that a checkpoint can hold."""
        return asdict(self) | {"clip": list(self.clip) if self.clip else None, "pass_rate": list(self.pass_rate)}


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
    """The policy loss of drawn groups.

    Args:
        log_probs: of each sampled token by the policy, [N], with gradients.
        sample_ids: the sample of each token, int64 [N].
        group_ids: the group of each sample, int64 [S].
        batch: the groups with their rewards.
        policy: which loss.
        max_tokens: tokens at which a solution is cut.
        old: what the policy gave to each token at the first update after the draw, [N]; None at that update.
        reference: what the policy as it began gives to each token, [N]; None where `kl` is 0.
    """
    samples = SampledLogProbs(log_probs, sample_ids, old, reference)
    advantages = group_advantages(batch.rewards, group_ids, policy.loss)
    loss, count, means = policy_loss(samples, advantages, policy.loss, clip=policy.clip, kl=policy.kl, max_tokens=max_tokens)
    drawn = batch.drawn_log_probs[batch.segment_ids > 0]
    means["sampler_kl"] = (drawn - log_probs.detach()).mean() if old is None else torch.zeros_like(loss.detach())
    return Terms(loss, count, {"loss": loss.detach() / count, **means})

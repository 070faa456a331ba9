"""Tensors -> scalar: log-probabilities of tokens from hidden states, and the supervised, preference and policy losses."""

from mathpal_lightning.losses.dpo import PairLogProbs, preference_loss
from mathpal_lightning.losses.linear_cross_entropy import token_log_probs
from mathpal_lightning.losses.pairs import pair_log_probs, sampled_log_probs
from mathpal_lightning.losses.policy import SampledLogProbs, group_advantages, policy_loss
from mathpal_lightning.losses.sft import sft_loss

__all__ = [
    "PairLogProbs",
    "SampledLogProbs",
    "group_advantages",
    "pair_log_probs",
    "policy_loss",
    "preference_loss",
    "sampled_log_probs",
    "sft_loss",
    "token_log_probs",
]

"""Tensors -> scalar: token log-probabilities from hidden states, the supervised loss and the preference losses."""

from mathpal_lightning.losses.dpo import PairLogProbs, preference_loss
from mathpal_lightning.losses.linear_cross_entropy import token_log_probs
from mathpal_lightning.losses.pairs import pair_log_probs
from mathpal_lightning.losses.sft import sft_loss

__all__ = ["PairLogProbs", "pair_log_probs", "preference_loss", "sft_loss", "token_log_probs"]

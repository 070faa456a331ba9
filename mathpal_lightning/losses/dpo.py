"""The preference losses: summed log-probabilities of chosen and rejected completions -> a scalar and its metrics.

Shapes: P pairs; every tensor is [P].

Symbols of the formulas: x is the prompt, y_w the chosen completion, y_l the rejected one. s is the logistic function. The
log-ratios are r_w = log pi(y_w|x) - log pi_ref(y_w|x) and r_l, the same for y_l. Their difference is d = r_w - r_l.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple, assert_never, get_args

import torch
import torch.nn.functional as F
from torch import Tensor

PreferenceLoss = Literal["sigmoid", "robust", "hinge", "ipo", "apo_zero", "apo_down", "sigmoid_norm", "simpo", "orpo", "sft"]
REFERENCE_FREE = frozenset({"simpo", "orpo", "sft"})
"""Losses that need no reference model."""
SMOOTHED = frozenset({"sigmoid", "robust", "sigmoid_norm", "simpo"})
"""Losses that `label_smoothing` changes."""
SIMPO_MARGIN = 0.5
"""The default of `simpo_margin`."""


class PairLogProbs(NamedTuple):
    """Sums of token log-probabilities over the completions of P pairs, and the completions' lengths in tokens."""

    chosen: Tensor
    """[P] log pi(y_w|x), with gradients."""
    rejected: Tensor
    """[P] log pi(y_l|x), with gradients."""
    chosen_length: Tensor
    """[P] |y_w|."""
    rejected_length: Tensor
    """[P] |y_l|."""
    reference_chosen: Tensor | None = None
    """[P] log pi_ref(y_w|x), without gradients; None for the reference-free losses."""
    reference_rejected: Tensor | None = None
    """[P] log pi_ref(y_l|x)."""


def preference_loss(
    pairs: PairLogProbs,
    loss: PreferenceLoss | Mapping[PreferenceLoss, float] = "sigmoid",
    *,
    beta: float = 0.1,
    label_smoothing: float = 0.0,
    simpo_margin: float = SIMPO_MARGIN,
) -> tuple[Tensor, dict[str, Tensor]]:
    """The mean over the pairs of one preference loss, or of several summed by weight: {"sigmoid": 1.0, "sft": 0.2}.

    `beta` means what it means in the paper of each loss: how strongly the policy is tied to the reference (sigmoid, robust,
    hinge, apo_*), tau of IPO, the scale of SimPO's rewards, the weight lambda of ORPO's odds ratio.

    Args:
        pairs: the policy's log-probabilities and, except for reference-free losses, the reference's.
        loss: a name, or a weight for each of several.
        beta: above 0.
        label_smoothing: the assumed share of pairs whose labels are flipped, in [0, 0.5).
        simpo_margin: SimPO's target reward margin gamma.

    Returns:
        The loss, a scalar, and its metrics, detached scalars: `loss`; means of the implicit rewards `rewards/chosen`,
        `rewards/rejected` and their difference `rewards/margin`; `rewards/accuracy`, the share of pairs whose chosen
        completion has the greater reward; `ranking_accuracy`, the share whose chosen completion is the likelier one
        (Chen et al. 2024, arXiv:2405.19534); mean summed `log_probs/chosen` and `log_probs/rejected`; with a reference
        `kl`, the mean log-ratio per completion token. It estimates KL(pi || pi_ref) without bias only if the completions
        were sampled from the policy, and it can be negative.

    Raises:
        ValueError: there are no pairs, a loss is unknown, the reference is missing, a value is out of its range, or
            `label_smoothing` is set and none of the losses uses it.
    """
    weights = loss_weights(loss)
    check_preference(weights, beta, label_smoothing, simpo_margin if "simpo" in weights else SIMPO_MARGIN)
    _check_pairs(pairs, weights)
    per_pair = sum(
        weight * _per_pair_loss(name, pairs, beta, label_smoothing, simpo_margin) for name, weight in weights.items()
    )
    assert isinstance(per_pair, Tensor)
    total = per_pair.mean()
    return total, {"loss": total.detach(), **_metrics(pairs, beta)}


def loss_weights(loss: PreferenceLoss | Mapping[PreferenceLoss, float]) -> dict[PreferenceLoss, float]:
    """The weight of each loss; a single one has weight 1."""
    return {loss: 1.0} if isinstance(loss, str) else dict(loss)


def check_preference(
    weights: Mapping[PreferenceLoss, float], beta: float, label_smoothing: float, simpo_margin: float = SIMPO_MARGIN
) -> None:
    """Check the settings of the losses. Needs no pairs, so it can run before training.

    Raises:
        ValueError: a loss is unknown, a value is out of its range or not finite, or `label_smoothing` or another `simpo_margin`
            than the default is set and none of the losses uses it.
    """
    if not weights or not set(weights) <= set(get_args(PreferenceLoss)):
        raise ValueError(f"Expected losses out of {get_args(PreferenceLoss)}, but got {sorted(weights)}")
    if not all(0 < weight < math.inf for weight in weights.values()):
        raise ValueError(f"Expected finite weights above 0, but got {dict(weights)}")
    if not 0 < beta < math.inf or not 0 <= label_smoothing < 0.5:
        raise ValueError(f"Expected beta > 0 and label_smoothing in [0, 0.5), but got {beta} and {label_smoothing}")
    if label_smoothing and SMOOTHED.isdisjoint(weights):
        raise ValueError(f"Expected label_smoothing 0 for {sorted(weights)}, which do not use it, but got {label_smoothing}")
    if not math.isfinite(simpo_margin) or ("simpo" not in weights and simpo_margin != SIMPO_MARGIN):
        raise ValueError(f"Expected a finite simpo_margin, {SIMPO_MARGIN} where simpo is no loss, but got {simpo_margin}")


def _check_pairs(pairs: PairLogProbs, weights: Mapping[PreferenceLoss, float]) -> None:
    if not len(pairs.chosen):
        raise ValueError("Expected at least one pair, but got 0: the mean over no pairs is not a number")
    if pairs.reference_chosen is None and not REFERENCE_FREE.issuperset(weights):
        raise ValueError(f"Expected reference log-probabilities for {sorted(set(weights) - REFERENCE_FREE)}, but got None")


def _per_pair_loss(
    name: PreferenceLoss, pairs: PairLogProbs, beta: float, label_smoothing: float, simpo_margin: float
) -> Tensor:
    match name:
        case "simpo":
            return _simpo(pairs, beta, label_smoothing, simpo_margin)
        case "orpo":
            return _orpo(pairs, beta)
        case "sft":
            return _negative_log_likelihood(pairs)
    ratio_chosen, ratio_rejected = _log_ratios(pairs)
    difference = ratio_chosen - ratio_rejected
    per_token = ratio_chosen / pairs.chosen_length - ratio_rejected / pairs.rejected_length
    match name:
        case "sigmoid":
            return _smoothed_logistic(beta * difference, label_smoothing)
        case "robust":
            return _robust(beta * difference, label_smoothing)
        case "hinge":
            return _hinge(beta * difference)
        case "apo_zero":
            return _apo_zero(beta * ratio_chosen, beta * ratio_rejected)
        case "apo_down":
            return _apo_down(beta * ratio_chosen, beta * ratio_rejected)
        case "sigmoid_norm":
            return _smoothed_logistic(beta * per_token, label_smoothing)
        case "ipo":
            return _ipo(per_token, beta)
    assert_never(name)


def _log_ratios(pairs: PairLogProbs) -> tuple[Tensor, Tensor]:
    assert pairs.reference_chosen is not None
    assert pairs.reference_rejected is not None
    return pairs.chosen - pairs.reference_chosen, pairs.rejected - pairs.reference_rejected


def _smoothed_logistic(margin: Tensor, label_smoothing: float) -> Tensor:
    """-(1 - e) log s(margin) - e log s(-margin).

    DPO, Rafailov et al. 2023, arXiv:2305.18290, eq. 7, on margin = beta d; with e > 0 conservative DPO, Mitchell 2023,
    "A note on DPO with noisy preferences", eq. 3. On the margin of per-token log-ratios, the length-normalised DPO of
    Tulu 3, Lambert et al. 2024, arXiv:2411.15124.
    """
    return -(1 - label_smoothing) * F.logsigmoid(margin) - label_smoothing * F.logsigmoid(-margin)


def _robust(margin: Tensor, label_smoothing: float) -> Tensor:
    """(-(1 - e) log s(margin) + e log s(-margin)) / (1 - 2e). Unbiased if a share e of the labels is flipped.

    Robust DPO, Chowdhury et al. 2024, arXiv:2403.00409.
    """
    kept, flipped = -F.logsigmoid(margin), -F.logsigmoid(-margin)
    return ((1 - label_smoothing) * kept - label_smoothing * flipped) / (1 - 2 * label_smoothing)


def _hinge(margin: Tensor) -> Tensor:
    """max(0, 1 - margin).

    SLiC-HF, Zhao et al. 2023, arXiv:2305.10425, on DPO's rewards as in RSO, Liu et al. 2023, arXiv:2309.06657.
    """
    return torch.relu(1 - margin)


def _ipo(difference_per_token: Tensor, tau: float) -> Tensor:
    """(d - 1 / (2 tau))^2, d of per-token log-ratios.

    IPO, Azar et al. 2023, arXiv:2310.12036, eq. 17. The log-ratios are means over tokens, as in TRL, whose authors asked
    the authors of the paper.
    """
    return (difference_per_token - 1 / (2 * tau)) ** 2


def _apo_zero(reward_chosen: Tensor, reward_rejected: Tensor) -> Tensor:
    """-s(beta r_w) + s(beta r_l) (+1 so that the loss is >= 0). Use it when chosen answers are better than the model's.

    Anchored preference optimisation, D'Oosterlinck et al. 2024, arXiv:2408.06266, eq. 7.
    """
    return torch.sigmoid(-reward_chosen) + torch.sigmoid(reward_rejected)


def _apo_down(reward_chosen: Tensor, reward_rejected: Tensor) -> Tensor:
    """s(beta r_w) - s(beta d) (+1 so that the loss is >= 0). Use it when chosen answers are worse than the model's.

    Anchored preference optimisation, as above, eq. 8.
    """
    return torch.sigmoid(reward_chosen) + torch.sigmoid(reward_rejected - reward_chosen)


def _simpo(pairs: PairLogProbs, beta: float, label_smoothing: float, gamma: float) -> Tensor:
    """-log s(beta log pi(y_w) / |y_w| - beta log pi(y_l) / |y_l| - gamma).

    SimPO, Meng et al. 2024, arXiv:2405.14734. The paper's beta is 2 to 10.
    """
    per_token = pairs.chosen / pairs.chosen_length - pairs.rejected / pairs.rejected_length
    return _smoothed_logistic(beta * per_token - gamma, label_smoothing)


def _orpo(pairs: PairLogProbs, weight: float) -> Tensor:
    """The SFT term plus `weight` times -log s(log odds(y_w) - log odds(y_l)), odds(p) = p / (1 - p) of p per token.

    ORPO, Hong et al. 2024, arXiv:2403.07691, eq. 7. The SFT term is over the chosen completion only; TRL's and
    the paper's code score the prompt too.
    """
    per_token = pairs.chosen / pairs.chosen_length, pairs.rejected / pairs.rejected_length
    chosen_odds, rejected_odds = (log_p - _log_one_minus_exp(log_p) for log_p in per_token)
    return _negative_log_likelihood(pairs) - weight * F.logsigmoid(chosen_odds - rejected_odds)


def _log_one_minus_exp(x: Tensor) -> Tensor:
    """log(1 - exp(x)) for x < 0, without cancellation (Maechler 2012, "Accurately computing log(1 - exp(-|a|))")."""
    x = x.clamp(max=-torch.finfo(x.dtype).eps)
    near_zero = x > -math.log(2)
    # Where a branch is not taken it gets -1 as input: an infinite slope there would make the gradient NaN (0 * inf).
    close = torch.log(-torch.expm1(torch.where(near_zero, x, -1.0)))
    far = torch.log1p(-torch.exp(torch.where(near_zero, -1.0, x)))
    return torch.where(near_zero, close, far)


def _negative_log_likelihood(pairs: PairLogProbs) -> Tensor:
    """-log pi(y_w|x) scaled so that the mean over the pairs is the mean over the batch's chosen tokens.

    The SFT term of RPO, Pang et al. 2024, arXiv:2404.19733. Each token of a batch has the same weight, as in TRL. Unlike the
    other losses it therefore depends on how pairs are divided into the batches of an accumulation window.
    """
    return -pairs.chosen * len(pairs.chosen) / pairs.chosen_length.sum()


@torch.no_grad()
def _metrics(pairs: PairLogProbs, beta: float) -> dict[str, Tensor]:
    """See `preference_loss`. Without a reference the rewards are SimPO's, beta times the log-probability per token."""
    if pairs.reference_chosen is None:
        chosen, rejected = beta * pairs.chosen / pairs.chosen_length, beta * pairs.rejected / pairs.rejected_length
    else:
        chosen, rejected = (beta * ratio for ratio in _log_ratios(pairs))
    metrics = {
        "rewards/chosen": chosen.mean(),
        "rewards/rejected": rejected.mean(),
        "rewards/margin": (chosen - rejected).mean(),
        "rewards/accuracy": (chosen > rejected).to(chosen.dtype).mean(),
        "ranking_accuracy": (pairs.chosen > pairs.rejected).to(chosen.dtype).mean(),
        "log_probs/chosen": pairs.chosen.mean(),
        "log_probs/rejected": pairs.rejected.mean(),
    }
    if pairs.reference_chosen is not None:
        tokens = (pairs.chosen_length + pairs.rejected_length).sum()
        metrics["kl"] = (chosen.sum() + rejected.sum()) / beta / tokens
    return metrics

"""Every preference loss equals its formula written in numpy; values a person can check come first. TRL: test_dpo_trl.py."""

import math

import numpy as np
import pytest
import torch

from mathpal_lightning.losses import PairLogProbs, preference_loss
from mathpal_lightning.losses.dpo import REFERENCE_FREE, SMOOTHED, PreferenceLoss

BETA, SMOOTHING, MARGIN = 0.3, 0.1, 0.7
ALL = PreferenceLoss.__args__
CHOSEN_LENGTHS, REJECTED_LENGTHS = (3, 5, 2, 6), (4, 2, 7, 5)


def within(lengths):
    return torch.arange(8) < torch.tensor(lengths)[:, None]


def random_log_probs(lengths, seed):
    """One row of random log-probabilities for each completion, zero beyond its length: float64 [P, 8]."""
    generator = torch.Generator().manual_seed(seed)
    values = -2 * torch.rand(len(lengths), 8, generator=generator, dtype=torch.float64) - 0.05
    return values * within(lengths)


def pairs(policy=None):
    chosen, rejected = policy or (random_log_probs(CHOSEN_LENGTHS, 0), random_log_probs(REJECTED_LENGTHS, 1))
    chosen, rejected = chosen * within(CHOSEN_LENGTHS), rejected * within(REJECTED_LENGTHS)
    references = random_log_probs(CHOSEN_LENGTHS, 2).sum(1), random_log_probs(REJECTED_LENGTHS, 3).sum(1)
    lengths = torch.tensor(CHOSEN_LENGTHS), torch.tensor(REJECTED_LENGTHS)
    return PairLogProbs(chosen.sum(1), rejected.sum(1), *lengths, *references)


def smoothing_of(name):
    return SMOOTHING if name in SMOOTHED else 0.0


def in_numpy(name, pairs, beta, smoothing, margin):
    chosen, rejected, w, r, ref_chosen, ref_rejected = (np.asarray(value.detach(), dtype=np.float64) for value in pairs)
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    smoothed = lambda x: -(1 - smoothing) * np.log(sigmoid(x)) - smoothing * np.log(sigmoid(-x))  # noqa: E731
    rw, rl = chosen - ref_chosen, rejected - ref_rejected
    odds = lambda x: np.exp(x) / (1 - np.exp(x))  # noqa: E731
    nll = -chosen.sum() / w.sum()
    return {
        "sigmoid": lambda: smoothed(beta * (rw - rl)).mean(),
        "robust": lambda: (
            (-(1 - smoothing) * np.log(sigmoid(beta * (rw - rl))) + smoothing * np.log(sigmoid(beta * (rl - rw)))).mean()
            / (1 - 2 * smoothing)
        ),
        "hinge": lambda: np.maximum(0, 1 - beta * (rw - rl)).mean(),
        "ipo": lambda: ((rw / w - rl / r - 1 / (2 * beta)) ** 2).mean(),
        "apo_zero": lambda: (1 - sigmoid(beta * rw) + sigmoid(beta * rl)).mean(),
        "apo_down": lambda: (sigmoid(beta * rw) + 1 - sigmoid(beta * (rw - rl))).mean(),
        "sigmoid_norm": lambda: smoothed(beta * (rw / w - rl / r)).mean(),
        "simpo": lambda: smoothed(beta * chosen / w - beta * rejected / r - margin).mean(),
        "orpo": lambda: nll - beta * np.log(sigmoid(np.log(odds(chosen / w) / odds(rejected / r)))).mean(),
        "sft": lambda: nll,
    }[name]()


def test_by_hand():
    """A policy that is its reference: log 2 for the logistic losses, 1 for hinge and both APOs, (1 / (2 beta))^2 for IPO."""
    own = pairs()
    same = own._replace(reference_chosen=own.chosen, reference_rejected=own.rejected)
    for name, value in {"sigmoid": math.log(2), "robust": math.log(2), "sigmoid_norm": math.log(2), "hinge": 1, "apo_zero": 1,
                        "apo_down": 1, "ipo": 25.0}.items():  # fmt: skip
        assert preference_loss(same, name, beta=0.1)[0].item() == pytest.approx(value)
    one = PairLogProbs(*(torch.tensor([value]) for value in (-1.0, -6.0, 2.0, 3.0)))
    assert preference_loss(one, "sft")[0].item() == pytest.approx(0.5)
    assert preference_loss(one, "simpo", beta=2.0, simpo_margin=1.0)[0].item() == pytest.approx(math.log(1 + math.exp(-2)))
    odds = math.log(math.exp(-0.5) / (1 - math.exp(-0.5))) - math.log(math.exp(-2) / (1 - math.exp(-2)))
    assert preference_loss(one, "orpo", beta=0.1)[0].item() == pytest.approx(0.5 + 0.1 * math.log(1 + math.exp(-odds)))


@pytest.mark.parametrize("name", ALL)
def test_equals_numpy(name):
    loss, metrics = preference_loss(pairs(), name, beta=BETA, label_smoothing=smoothing_of(name), simpo_margin=MARGIN)
    expected = in_numpy(name, pairs(), BETA, smoothing_of(name), MARGIN)
    assert loss.item() == pytest.approx(expected, rel=1e-12)
    assert metrics["loss"].item() == loss.item()


@pytest.mark.parametrize("name", ALL)
def test_gradients(name):
    def loss(chosen, rejected):
        return preference_loss(pairs()._replace(chosen=chosen, rejected=rejected), name, beta=BETA)[0]

    chosen, rejected = (value.requires_grad_() for value in pairs()[:2])
    assert torch.autograd.gradcheck(loss, (chosen, rejected))
    towards_chosen, towards_rejected = torch.autograd.grad(loss(chosen, rejected), (chosen, rejected), allow_unused=True)
    if name != "apo_down":  # which lowers both
        assert (towards_chosen <= 0).all()
        assert (towards_chosen < 0).any()
    if name != "sft":
        assert (towards_rejected >= 0).all()
        assert (towards_rejected > 0).any()


def test_weights_combine():
    weights = {"sigmoid": 0.7, "apo_zero": 0.2, "sft": 1.5}
    loss = preference_loss(pairs(), weights, beta=BETA, label_smoothing=SMOOTHING)[0]
    parts = sum(weight * in_numpy(name, pairs(), BETA, SMOOTHING, MARGIN) for name, weight in weights.items())
    assert loss.item() == pytest.approx(parts, rel=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_extreme_log_probs_stay_finite(name):
    """A completion of probability 1 and one of e^-10000, either way round."""
    for chosen, rejected in ((0.0, -1e4), (-1e4, 0.0)):
        values = [torch.tensor([value], requires_grad=True) for value in (chosen, rejected)]
        own = PairLogProbs(*values, torch.tensor([4]), torch.tensor([4]), torch.tensor([-5.0]), torch.tensor([-5.0]))
        loss, metrics = preference_loss(own, name)
        loss.backward()
        assert all(torch.isfinite(value).all() for value in (loss, *metrics.values()))
        assert all(value.grad is None or torch.isfinite(value.grad).all() for value in values)


def test_metrics_by_hand():
    """Two pairs: log-ratios +2 and -1 for the chosen, 0 and +1 for the rejected; 4 + 6 completion tokens."""
    own = PairLogProbs(
        *map(torch.tensor, ([-3.0, -6.0], [-4.0, -4.0], [2, 2], [3, 3], [-5.0, -5.0], [-4.0, -5.0])),
    )
    _, metrics = preference_loss(own, "sigmoid", beta=0.5)
    assert {name: value.item() for name, value in metrics.items()} == pytest.approx(
        {
            "loss": (math.log(1 + math.exp(-1)) + math.log(1 + math.exp(1))) / 2,
            "rewards/chosen": 0.25,
            "rewards/rejected": 0.25,
            "rewards/margin": 0.0,
            "rewards/accuracy": 0.5,
            "ranking_accuracy": 0.5,
            "log_probs/chosen": -4.5,
            "log_probs/rejected": -4.0,
            "kl": 0.2,
        }
    )
    assert not any(value.requires_grad for value in metrics.values())
    free = preference_loss(own._replace(reference_chosen=None, reference_rejected=None), "simpo", beta=0.5)[1]
    assert "kl" not in free
    assert free["rewards/chosen"].item() == pytest.approx(0.5 * (-1.5 - 3.0) / 2)


def test_metrics_without_a_reference_by_hand():
    """Rewards are beta times the log-probability per token; equal summed log-probabilities are no correct ranking."""
    own = PairLogProbs(*map(torch.tensor, ([-3.0, -4.0], [-4.5, -4.0], [2.0, 4.0], [3.0, 8.0])))
    _, metrics = preference_loss(own, "simpo", beta=0.5)
    assert metrics["rewards/chosen"].item() == pytest.approx((-0.75 - 0.5) / 2)
    assert metrics["rewards/rejected"].item() == pytest.approx((-0.75 - 0.25) / 2)
    assert metrics["rewards/accuracy"].item() == 0.0, "the rewards of the first pair are equal"
    assert metrics["ranking_accuracy"].item() == 0.5, "the log-probabilities of the second pair are equal"
    assert "kl" not in metrics


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "dpo"}, "losses out of .* but got .'dpo'"),
        ({"loss": {}}, "losses out of"),
        ({"loss": "sigmoid", "beta": 0.0}, "beta > 0"),
        ({"loss": "robust", "label_smoothing": 0.5}, r"label_smoothing in \[0, 0.5\)"),
        ({"loss": "hinge", "label_smoothing": 0.1}, "do not use it"),
        ({"loss": {"sigmoid": 0.0}}, "finite weights above 0"),
        ({"loss": {"sigmoid": 1.0, "sft": -1.0}}, "finite weights above 0"),
        ({"loss": {"sigmoid": math.inf}}, "finite weights above 0"),
        ({"beta": math.nan}, "beta > 0"),
        ({"label_smoothing": math.nan}, "label_smoothing in"),
        ({"loss": "simpo", "simpo_margin": math.nan}, "finite simpo_margin"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        preference_loss(pairs(), **arguments)


def test_a_missing_reference_or_no_pairs_are_refused():
    free = pairs()._replace(reference_chosen=None, reference_rejected=None)
    for name in ALL:
        if name in REFERENCE_FREE:
            assert torch.isfinite(preference_loss(free, name)[0])
        else:
            with pytest.raises(ValueError, match=f"reference log-probabilities for .'{name}'.*but got None"):
                preference_loss(free, name)
    with pytest.raises(ValueError, match="at least one pair"):
        preference_loss(PairLogProbs(*(value[:0] for value in pairs())))

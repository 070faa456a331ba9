"""The policy losses against numbers worked by hand, ten lines of numpy, and TRL 1.15's own code: values and gradients."""

from collections import defaultdict
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest
import torch

from mathpal_lightning.losses.policy import CLIPS, PolicyLoss, SampledLogProbs, group_advantages, policy_loss
from tests.losses.test_dpo_trl import from_trl

LENGTHS = [5, 3, 7, 1, 4, 6]
GROUPS = torch.tensor([0, 0, 0, 1, 1, 1])
REWARDS = torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0, 0.0])
SECOND_EQUAL = torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0, 1.0])
SAMPLE_IDS = torch.repeat_interleave(torch.arange(6), torch.tensor(LENGTHS))
MAX_TOKENS = 8


def log_probs(seed: int, around: torch.Tensor | None = None) -> torch.Tensor:
    noise = torch.randn(len(SAMPLE_IDS), generator=torch.Generator().manual_seed(seed))
    return -noise.abs() - 0.1 if around is None else around + 0.3 * noise


POLICY = log_probs(0)
OLD = log_probs(1, POLICY)
REFERENCE = log_probs(2, POLICY)


def numpy_loss(loss: str, kl: float, all_rewards: torch.Tensor = REWARDS) -> float:
    """The table of the module's docstring, written out."""
    policy, old, reference, ids = (one.numpy().astype(float) for one in (POLICY, OLD, REFERENCE, SAMPLE_IDS))
    total, count = 0.0, 0
    for group in (0, 1):
        rewards = all_rewards[group == GROUPS].numpy()
        if loss == "dapo" and rewards.std() == 0:
            continue
        for sample in np.flatnonzero(GROUPS.numpy() == group):
            gain = all_rewards[sample].item() - rewards.mean()
            gain = gain if loss == "dr_grpo" else gain / (rewards.std(ddof=1) + 1e-4)
            mine = ids == sample
            ratio = np.exp(policy[mine] - old[mine])
            ratio = np.exp(np.mean(policy[mine] - old[mine])) * np.ones(mine.sum()) if loss == "gspo" else ratio
            low, high = CLIPS[loss]
            tokens = -np.minimum(ratio * gain, np.clip(ratio, 1 - low, 1 + high) * gain)
            away = reference[mine] - policy[mine]
            tokens = tokens + kl * (np.exp(away) - away - 1)
            total += tokens.sum() / {"dapo": 1, "dr_grpo": MAX_TOKENS}.get(loss, mine.sum())
            count += mine.sum() if loss == "dapo" else 1
    return total / count


def ours(loss: PolicyLoss, kl: float = 0.0, policy: torch.Tensor = POLICY) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    samples = SampledLogProbs(policy, SAMPLE_IDS, OLD, REFERENCE if kl else None)
    total, count, metrics = policy_loss(samples, group_advantages(REWARDS, GROUPS, loss), loss, kl=kl, max_tokens=MAX_TOKENS)
    return total / count, metrics


@pytest.mark.parametrize("kl", [0.0, 0.04])
@pytest.mark.parametrize("loss", get_args(PolicyLoss))
def test_ten_lines_of_numpy_agree(loss: PolicyLoss, kl: float):
    assert ours(loss, kl)[0].item() == pytest.approx(numpy_loss(loss, kl), rel=1e-5)


@pytest.mark.parametrize("kl", [0.0, 0.04])
@pytest.mark.parametrize("loss", get_args(PolicyLoss))
def test_values_and_gradients_are_those_of_trl(loss: PolicyLoss, kl: float):
    mine, theirs = POLICY.clone().requires_grad_(), POLICY.clone().requires_grad_()
    value, metrics = ours(loss, kl, mine)
    other, logged = trl_loss(theirs, loss, kl)
    torch.testing.assert_close(value, other)
    value.backward()
    other.backward()
    assert mine.grad is not None
    assert mine.grad.abs().max() > 1e-4
    torch.testing.assert_close(mine.grad, theirs.grad)
    if kl:
        assert metrics["kl"].item() == pytest.approx(logged["kl"][0], rel=1e-5)


def trl_loss(
    policy: torch.Tensor, loss: PolicyLoss, kl: float, rewards: torch.Tensor = REWARDS
) -> tuple[torch.Tensor, dict[str, list[float]]]:
    """GRPOTrainer's own arithmetic on the same log-probabilities, in its padded layout."""
    mask = torch.zeros(6, max(LENGTHS), dtype=torch.long)
    for sample, length in enumerate(LENGTHS):
        mask[sample, :length] = 1
    where = (SAMPLE_IDS, torch.cat([torch.arange(length) for length in LENGTHS]))

    def padded(values: torch.Tensor) -> torch.Tensor:
        return torch.zeros(mask.shape, dtype=values.dtype).index_put(where, values)

    low, high = CLIPS[loss]
    trainer = SimpleNamespace(
        model=SimpleNamespace(training=True),
        accelerator=SimpleNamespace(
            device=torch.device("cpu"), num_processes=1, gather=lambda one: one, reduce=lambda one, reduction: one
        ),
        args=SimpleNamespace(delta=None, use_bias_correction_kl=False, steps_per_generation=1),
        aux_loss_enabled=False,
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        importance_sampling_level="sequence" if loss == "gspo" else "token",
        beta=kl,
        loss_type="grpo" if loss == "gspo" else loss,
        epsilon_low=low,
        epsilon_high=high,
        use_vllm=False,
        vllm_importance_sampling_correction=False,
        current_gradient_accumulation_steps=1,
        max_completion_length=MAX_TOKENS,
        _entropy_bonus_enabled=False,
        _metrics=defaultdict(lambda: defaultdict(list)),
        _get_per_token_logps_and_entropies=lambda *_, **__: (padded(policy), torch.zeros(mask.shape), None),
    )
    batch = {
        "prompt_ids": torch.ones(6, 2, dtype=torch.long),
        "prompt_mask": torch.ones(6, 2, dtype=torch.long),
        "completion_ids": mask,
        "completion_mask": mask,
        "advantages": trl_advantages(loss, rewards),
        "old_per_token_logps": padded(OLD),
        "ref_per_token_logps": padded(REFERENCE),
        "num_items_in_batch": mask.sum(),
    }
    value = from_trl("trl", "GRPOTrainer")._compute_loss(trainer, None, batch)
    return value, trainer._metrics["train"]


def trl_advantages(loss: PolicyLoss, rewards: torch.Tensor) -> torch.Tensor:
    """As its `_generate_and_score_completions` reckons them, with its own `nanstd`."""
    rewards = rewards.view(2, 3)
    centred = rewards - rewards.mean(1, keepdim=True)
    if loss != "dr_grpo":
        centred = centred / (from_trl("trl.trainer.utils", "nanstd")(rewards, dim=1)[:, None] + 1e-4)
    return centred.flatten()


def with_the_second_group_left_out(loss: PolicyLoss, policy: torch.Tensor) -> tuple[torch.Tensor, int]:
    first = SAMPLE_IDS < 3
    samples = SampledLogProbs(policy[first], SAMPLE_IDS[first], OLD[first])
    advantages = group_advantages(SECOND_EQUAL[:3], GROUPS[:3], loss)
    total, count, _ = policy_loss(samples, advantages, loss, max_tokens=MAX_TOKENS, left_out=3)
    return total / count, count


@pytest.mark.parametrize("loss", ["grpo", "dr_grpo", "gspo"])
def test_samples_of_groups_with_equal_rewards_count_as_in_trl(loss: PolicyLoss):
    """TRL holds both groups, we only the one that teaches."""
    mine, theirs = POLICY.clone().requires_grad_(), POLICY.clone().requires_grad_()
    value, count = with_the_second_group_left_out(loss, mine)
    other, _ = trl_loss(theirs, loss, 0.0, SECOND_EQUAL)
    assert count == 6
    assert value.item() == pytest.approx(numpy_loss(loss, 0.0, SECOND_EQUAL), rel=1e-5)
    torch.testing.assert_close(value, other)
    value.backward()
    other.backward()
    assert mine.grad is not None
    assert mine.grad.abs().max() > 1e-4
    torch.testing.assert_close(mine.grad, theirs.grad)


def test_dapo_does_not_count_groups_with_equal_rewards():
    """Its dynamic sampling takes them out, so the divisor is the 15 tokens of the first group. TRL has no dynamic sampling."""
    value, count = with_the_second_group_left_out("dapo", POLICY)
    assert count == 15
    assert value.item() == pytest.approx(numpy_loss("dapo", 0.0, SECOND_EQUAL), rel=1e-5)
    assert value.item() == pytest.approx(trl_loss(POLICY, "dapo", 0.0, SECOND_EQUAL)[0].item() * 26 / 15, rel=1e-5)


def test_the_first_update_after_a_draw_is_the_plain_policy_gradient():
    """Its ratio is 1, so the gradient of each token's log-probability is -advantage / (samples x max_tokens)."""
    policy = POLICY.clone().requires_grad_()
    advantages = group_advantages(REWARDS, GROUPS, "dr_grpo")
    total, count, metrics = policy_loss(SampledLogProbs(policy, SAMPLE_IDS), advantages, "dr_grpo", max_tokens=MAX_TOKENS)
    (total / count).backward()
    assert count == 6
    torch.testing.assert_close(policy.grad, -advantages[SAMPLE_IDS] / (6 * MAX_TOKENS))
    assert (metrics["ratio"], metrics["clipped"]) == (1, 0)
    assert metrics["surprise"] == -POLICY.mean() > 0


def test_advantages_by_hand():
    """Rewards 1, 0, 0: mean 1/3, unbiased deviation 0.57735."""
    torch.testing.assert_close(group_advantages(REWARDS, GROUPS)[:3], torch.tensor([2 / 3, -1 / 3, -1 / 3]))
    scaled = group_advantages(REWARDS, GROUPS, "grpo")[:3]
    torch.testing.assert_close(scaled, torch.tensor([2 / 3, -1 / 3, -1 / 3]) / (0.5773503 + 1e-4))


def test_small_groups_have_their_deviation_too():
    """Of two rewards 1 and 0 it is 0.70711; a solution without another one to compare with teaches nothing."""
    advantages = group_advantages(torch.tensor([1.0, 0.0, 7.0]), torch.tensor([0, 0, 1]), "grpo")
    torch.testing.assert_close(advantages, torch.tensor([0.5, -0.5, 0.0]) / (0.7071068 + 1e-4))


@pytest.mark.parametrize("loss", get_args(PolicyLoss))
@pytest.mark.parametrize("reward", [0.0, 1.0, -3.5, 0.9])  # three times 0.9 has a mean that is rounded
def test_equal_rewards_leave_the_weights_alone(loss: PolicyLoss, reward: float):
    policy = POLICY.clone().requires_grad_()
    advantages = group_advantages(torch.full((6,), reward), GROUPS, loss)
    total, _, _ = policy_loss(SampledLogProbs(policy, SAMPLE_IDS, OLD), advantages, loss, max_tokens=MAX_TOKENS)
    total.backward()
    assert policy.grad is not None
    assert not policy.grad.any()


@pytest.mark.parametrize("loss", get_args(PolicyLoss))
def test_micro_batches_over_their_counts_are_one_big_batch(loss: PolicyLoss):
    advantages = group_advantages(REWARDS, GROUPS, loss)
    whole, count, _ = policy_loss(SampledLogProbs(POLICY, SAMPLE_IDS, OLD), advantages, loss, max_tokens=MAX_TOKENS)
    first = SAMPLE_IDS < 3
    parts = [
        policy_loss(
            SampledLogProbs(POLICY[part], SAMPLE_IDS[part] - start, OLD[part]),
            advantages[start : start + 3],
            loss,
            max_tokens=MAX_TOKENS,
        )
        for part, start in ((first, 0), (~first, 3))
    ]
    torch.testing.assert_close(sum(part[0] for part in parts) / sum(part[1] for part in parts), whole / count)


def test_the_clip_takes_the_gradient_away_only_where_it_would_go_further():
    """Ratios 2 and 0.5: gains are held above 1.2 for good samples and below 0.8 for bad ones."""
    policy = torch.tensor([2.0, 0.5, 2.0, 0.5]).log().requires_grad_()
    samples = SampledLogProbs(policy, torch.arange(4), torch.zeros(4))
    total, _, metrics = policy_loss(samples, torch.tensor([1.0, 1.0, -1.0, -1.0]), "dr_grpo")
    total.backward()
    torch.testing.assert_close(policy.grad, torch.tensor([0.0, -0.5, 2.0, 0.0]))
    assert (metrics["clipped"], metrics["ratio"]) == (0.5, 1.25)


def test_a_wider_clip_that_is_asked_for_lets_the_same_ratios_learn():
    policy = torch.tensor([2.0, 0.5, 2.0, 0.5]).log().requires_grad_()
    samples = SampledLogProbs(policy, torch.arange(4), torch.zeros(4))
    total, _, metrics = policy_loss(samples, torch.tensor([1.0, 1.0, -1.0, -1.0]), "dr_grpo", clip=(0.6, 1.5))
    total.backward()
    torch.testing.assert_close(policy.grad, torch.tensor([-2.0, -0.5, 2.0, 0.5]))
    assert metrics["clipped"] == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "ppo"}, "one of grpo, dr_grpo, dapo, gspo, but got 'ppo'"),
        ({"kl": 0.1}, "`kl` to be 0, or above it with a reference, but got 0.1"),
        ({"kl": -1.0}, "but got -1.0"),
        ({"max_tokens": 0}, "`max_tokens` to be at least 1, but got 0"),
    ],
)
def test_what_means_nothing_is_refused(changes: dict, message: str):
    with pytest.raises(ValueError, match=message):
        policy_loss(SampledLogProbs(POLICY, SAMPLE_IDS), torch.ones(6), **changes)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"Expected \[26\] for each token"):
        policy_loss(SampledLogProbs(POLICY, SAMPLE_IDS, OLD[:3]), torch.ones(6))
    with pytest.raises(ValueError, match="0 tokens of 0 samples"):
        policy_loss(SampledLogProbs(POLICY[:0], SAMPLE_IDS[:0]), torch.ones(0))
    with pytest.raises(ValueError, match="a group for each of 6 rewards, but got 2"):
        group_advantages(REWARDS, GROUPS[:2])
    with pytest.raises(ValueError, match="finite rewards"):
        group_advantages(torch.tensor([1.0, float("nan")]), torch.tensor([0, 0]))

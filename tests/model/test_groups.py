"""One prompt for k sampled solutions (law 7): log-probabilities and gradients of k separate sequences, on every Gemma."""

import pytest
import torch

from mathpal_lightning.data.collate import collate_groups
from mathpal_lightning.data.rollouts import encode_group
from mathpal_lightning.losses import group_advantages, policy_loss, sampled_log_probs
from mathpal_lightning.losses.policy import PolicyLoss, SampledLogProbs
from mathpal_lightning.model.lean import make_lean
from mathpal_lightning.model.policy import Policy, policy_terms
from mathpal_lightning.model.scoring import score_groups
from mathpal_lightning.schema import IGNORE_INDEX, DrawnGroup, DrawnSolution, EncodedGroup
from tests.tiny import FAMILIES, SLIDING_WINDOW, VOCAB_SIZE, Family, tiny_gemma

SHAPES = [[(21, 3, 12, 1, 5)], [(4, 9), (6, 2, 2, 2)]]
"""Rows of groups: tokens of the prompt, and of each solution."""
REWARDS = [1.0, 0.0, 0.0, 1.0, 0.5, 0.0, 1.0, 0.0]


def random_group(shape: tuple[int, ...], generator: torch.Generator) -> EncodedGroup:
    ids = torch.randint(9, VOCAB_SIZE, (sum(shape),), generator=generator).tolist()
    segments = [segment for segment, length in enumerate(shape) for _ in range(length)]
    labels = [IGNORE_INDEX] * shape[0] + ids[shape[0] :]
    return EncodedGroup(ids, labels, segments, [0.0] * len(ids), list(range(1, len(shape))))


def groups_and_batch(shapes=SHAPES):
    generator = torch.Generator().manual_seed(0)
    packs = [[random_group(shape, generator) for shape in row] for row in shapes]
    return [group for pack in packs for group in pack], collate_groups(packs, REWARDS, pad_token_id=0, width=44)


def alone(model, group: EncodedGroup) -> list[torch.Tensor]:
    """The reference: each solution in a sequence of its own, scored with the model's own logits."""
    ids, segments = torch.tensor(group.input_ids), torch.tensor(group.segment_ids)
    values = []
    for segment in range(1, int(segments.max()) + 1):
        sequence = ids[(segments == 0) | (segments == segment)]
        log_probs = model(input_ids=sequence[None], use_cache=False).logits[0].log_softmax(-1)
        prompt = int((segments == 0).sum())
        values.append(log_probs[torch.arange(prompt - 1, len(sequence) - 1), sequence[prompt:]])
    return values


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("share", [True, False])
def test_each_token_has_the_log_probability_of_its_own_sequence(family: Family, share: bool):
    model = tiny_gemma(family)
    groups, batch = groups_and_batch()
    assert max(shape[0] for row in SHAPES for shape in row) > SLIDING_WINDOW
    log_probs, sample_ids, group_ids = score_groups(model, batch, 7, share_prompts=share)
    expected = [one for group in groups for one in alone(model, group)]
    assert group_ids.tolist() == [0, 0, 0, 0, 1, 2, 2, 2]
    assert len(expected) == len(batch.rewards) == 8
    for sample, one in enumerate(expected):
        torch.testing.assert_close(log_probs[sample_ids == sample], one, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_gradients_of_the_policy_loss_are_those_of_separate_sequences(family: Family):
    model = tiny_gemma(family)
    weight = model.get_input_embeddings().weight
    groups, batch = groups_and_batch()
    log_probs, sample_ids, group_ids = score_groups(model, batch, 7)
    advantages = group_advantages(batch.rewards, group_ids)
    assert advantages.abs().max() > 0.1
    loss, _, _ = policy_loss(SampledLogProbs(log_probs, sample_ids), advantages, "dr_grpo", max_tokens=12)
    (shared,) = torch.autograd.grad(loss, weight)
    separate = torch.cat([one for group in groups for one in alone(model, group)])
    of_alone = torch.repeat_interleave(torch.arange(8), torch.bincount(sample_ids))
    loss, _, _ = policy_loss(SampledLogProbs(separate, of_alone), advantages, "dr_grpo", max_tokens=12)
    (expected,) = torch.autograd.grad(loss, weight)
    assert (shared - expected).norm() < 1e-4 * expected.norm()


@pytest.mark.parametrize("loss", ["grpo", "dr_grpo", "dapo", "gspo"])
@pytest.mark.parametrize("fresh", [True, False])
def test_equal_solutions_that_stand_once_weigh_as_if_each_stood_there(loss: PolicyLoss, fresh: bool):
    """Loss, count, metrics and gradients are those of the batch in which every drawn solution stands, clips and KL included."""
    model = tiny_gemma("gemma3")
    weight = model.get_input_embeddings().weight
    generator = torch.Generator().manual_seed(1)
    prompt, *solutions = (torch.randint(9, VOCAB_SIZE, (length,), generator=generator).tolist() for length in (9, 5, 3, 7))
    drawn = [DrawnSolution(solutions[number], [-0.5] * len(solutions[number]), "", True) for number in (0, 1, 0, 2, 0)]
    once = encode_group(DrawnGroup(prompt, drawn))
    ids = [*prompt, *(token for one in drawn for token in one.ids)]
    segments = [0] * 9 + [segment for segment, one in enumerate(drawn, 1) for _ in one.ids]
    log_probs = [0.0] * 9 + [-0.5] * (len(ids) - 9)
    each = EncodedGroup(ids, [IGNORE_INDEX] * 9 + ids[9:], segments, log_probs, [1, 2, 3, 4, 5])
    assert len(once.input_ids) == 9 + 15
    policy = Policy(loss=loss, updates=2, kl=0.1)
    results = []
    for group in (once, each):
        batch = collate_groups([[group]], [1.0, 0.0, 1.0, 0.0, 1.0], pad_token_id=0)
        scored, sample_ids, group_ids = score_groups(model, batch, 7)
        old = None if fresh else scored.detach() - 0.3 * torch.sin(scored.detach())
        terms = policy_terms(scored, sample_ids, group_ids, batch, policy, 12, old, reference=scored.detach() - 0.1)
        results.append((terms, torch.autograd.grad(terms.loss, weight)[0]))
    (ours, ours_grad), (theirs, theirs_grad) = results
    assert ours.number == theirs.number
    torch.testing.assert_close(ours.loss, theirs.loss)
    torch.testing.assert_close(ours.means, theirs.means, rtol=1e-4, atol=1e-5)
    assert theirs_grad.norm() > 0
    assert (ours_grad - theirs_grad).norm() < 1e-4 * theirs_grad.norm()


@pytest.mark.parametrize("loss", ["grpo", "dr_grpo", "gspo", "dapo"])
def test_groups_of_equal_rewards_weigh_the_same_in_the_batch_and_left_out(loss: PolicyLoss):
    """Dapo counts them in neither; the other losses in both."""
    model = tiny_gemma("gemma3")
    weight = model.get_input_embeddings().weight
    generator = torch.Generator().manual_seed(2)
    shapes = ((5, 3, 4), (6, 2, 7), (4, 3, 3))
    groups = [random_group(shape, generator) for shape in shapes]
    policy = Policy(loss=loss)
    results = []
    for kept in (slice(0, 3), slice(1, 2)):
        batch = collate_groups([groups[kept]], [1.0, 1.0, 1.0, 0.0, 0.0, 0.0][2 * kept.start : 2 * kept.stop], pad_token_id=0)
        batch = batch._replace(left_out=6 - len(batch.rewards))
        terms = policy_terms(*score_groups(model, batch, 7), batch, policy, 12)
        results.append((terms, torch.autograd.grad(terms.loss, weight)[0]))
    (whole, whole_grad), (ours, ours_grad) = results
    assert ours.number == (9 if loss == "dapo" else 6)
    torch.testing.assert_close(ours.loss, whole.loss)
    assert ours_grad.norm() > 0
    assert (ours_grad - whole_grad).norm() < 1e-4 * whole_grad.norm()
    if loss != "dapo":
        assert ours.number == whole.number


@pytest.mark.parametrize(
    ("loss", "kl", "number", "moves"),
    [("dr_grpo", 0.0, 6, False), ("dr_grpo", 0.1, 6, True), ("dapo", 0.0, 0, False), ("dapo", 0.1, 0, False)],
)
def test_where_no_group_teaches_only_the_divergence_moves_the_policy(loss: PolicyLoss, kl: float, number: int, moves: bool):
    model = tiny_gemma("gemma3")
    batch = collate_groups([[random_group((5, 3, 4), torch.Generator().manual_seed(3))]], [1.0, 1.0], pad_token_id=0)
    scored, *ids = score_groups(model, batch, 7)
    policy = Policy(loss=loss, kl=kl)
    terms = policy_terms(scored, *ids, batch._replace(left_out=4), policy, 12, reference=scored.detach() - 0.3 if kl else None)
    (gradient,) = torch.autograd.grad(terms.loss, model.get_input_embeddings().weight)
    assert (terms.number, bool(gradient.any())) == (number, moves)
    assert policy.keeps_equal_rewards == moves


def test_lean_attention_gives_the_same():
    model = tiny_gemma("gemma3")
    _, batch = groups_and_batch()
    before, ids, _ = score_groups(model, batch, 64)
    make_lean(model)
    after, same, _ = score_groups(model, batch, 64)
    assert torch.equal(ids, same)
    torch.testing.assert_close(after, before, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("family", ["gemma3", "gemma2"])  # without and with a final softcap
def test_another_temperature_divides_the_logits(family: Family):
    model = tiny_gemma(family)
    groups, batch = groups_and_batch([[(5, 3, 4)], [(4, 2), (3, 1, 1, 1, 1, 1)]])
    log_probs, ids, _ = score_groups(model, batch, 64, temperature=0.7)
    sequence = torch.tensor(groups[0].input_ids[:8])
    logits = model(input_ids=sequence[None], use_cache=False).logits[0]
    expected = (logits / 0.7).log_softmax(-1)[torch.arange(4, 7), sequence[5:]]
    torch.testing.assert_close(log_probs[ids == 0], expected, rtol=1e-5, atol=1e-4)


def test_a_number_of_rewards_that_does_not_fit_is_refused():
    generator = torch.Generator().manual_seed(0)
    with pytest.raises(ValueError, match="hold 2 numbers, one a solution, but got 1"):
        collate_groups([[random_group((3, 2, 2), generator)]], [1.0], pad_token_id=0)


def test_hidden_states_of_another_shape_are_refused():
    _, batch = groups_and_batch()
    with pytest.raises(ValueError, match=r"Expected hidden \[2, 44, D\], but got \[2, 43, 8\]"):
        sampled_log_probs(torch.zeros(2, 43, 8), torch.zeros(VOCAB_SIZE, 8), batch)

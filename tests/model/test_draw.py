"""Drawing from the policy: the whole distribution, each solution by its own numbers, with its log-probabilities."""

import pytest
import torch

from mathpal_lightning.chat import load_tokenizer, stop_token_ids
from mathpal_lightning.data.rollouts import GradedGroup, group_batch
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.draw import draw_groups
from mathpal_lightning.model.policy import Policy
from mathpal_lightning.model.scoring import score_groups
from mathpal_lightning.schema import Row, Turn
from tests.tiny import FAMILIES, Family, tiny_gemma

QUESTIONS = ["2 + 3 = ?", "Tìm x biết 2x - 7 = 15.", "Lan có 24 quả cam. Hỏi còn bao nhiêu?"]


def draw(model, tokenizer, *, seed: int = 0, temperature: float = 1.0, together: int = 8, questions=QUESTIONS, most: int = 12):
    policy = Policy(group_size=4, temperature=temperature)
    return draw_groups(model, tokenizer, questions, policy, max_new_tokens=most, seed=seed, batch_size=together)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_the_training_forward_gives_the_samplers_log_probabilities(family: Family, temperature: float, gemma_folder):
    """In float32 the first update's ratio is exactly 1 up to rounding, with softcap, window and shared keys and values."""
    model, tokenizer = tiny_gemma(family), load_tokenizer(gemma_folder(family))
    groups = draw(model, tokenizer, temperature=temperature)
    rows = [Row((Turn("user", question),)) for question in QUESTIONS]
    graded = [
        GradedGroup(one, group, (1.0, 0.0, 0.0, 1.0), ({},) * 4, (True, False, False, True))
        for one, group in zip(rows, groups, strict=True)
    ]
    batch = group_batch(graded, max_length=256, pad_token_id=0)
    log_probs, _, _ = score_groups(model, batch, 64, temperature=temperature)
    drawn = batch.drawn_log_probs[batch.segment_ids > 0]
    assert len(drawn) > 50
    torch.testing.assert_close(log_probs, drawn, rtol=1e-4, atol=1e-4)


def ids_of(groups):
    return [[solution.ids for solution in group.solutions] for group in groups]


def test_solutions_do_not_depend_on_what_else_is_drawn(gemma_folder):
    model, tokenizer = tiny_gemma("gemma3"), load_tokenizer(gemma_folder("gemma3"))
    together = draw(model, tokenizer, together=12)
    one_by_one = draw(model, tokenizer, together=4)
    alone = draw(model, tokenizer, questions=QUESTIONS[1:2])
    assert [[one.ids for one in group.solutions] for group in together] == [
        [one.ids for one in group.solutions] for group in one_by_one
    ]
    assert ids_of(alone) == ids_of(together[1:2])
    assert len({tuple(one.ids) for group in together for one in group.solutions}) > 6, "and they differ from one another"


def test_a_question_that_comes_again_has_other_solutions(gemma_folder):
    """A policy that asks for few problems draws some of them twice; equal groups would only weigh the same solutions double."""
    model, tokenizer = tiny_gemma("gemma3"), load_tokenizer(gemma_folder("gemma3"))
    groups = ids_of(draw(model, tokenizer, questions=[QUESTIONS[0], QUESTIONS[1], QUESTIONS[0]]))
    assert groups[:2] == ids_of(draw(model, tokenizer, questions=QUESTIONS[:2]))
    assert groups[2] != groups[0]


def test_a_question_that_another_process_draws_has_other_solutions_here(gemma_folder):
    """Two processes draw what one would draw of all their questions."""
    model, tokenizer = tiny_gemma("gemma3"), load_tokenizer(gemma_folder("gemma3"))
    one = [QUESTIONS[0], QUESTIONS[1]]
    policy, how = Policy(group_size=4), {"max_new_tokens": 12, "seed": 0, "batch_size": 8}
    first = draw_groups(model, tokenizer, one, policy, **how)
    second = draw_groups(model, tokenizer, one[:1], policy, **how, before=one)
    together = draw_groups(model, tokenizer, [*one, *one[:1]], policy, **how)
    assert ids_of([*first, *second]) == ids_of(together)
    assert ids_of(second) != ids_of(first[:1])


def test_another_seed_draws_others(gemma_folder):
    model, tokenizer = tiny_gemma("gemma3"), load_tokenizer(gemma_folder("gemma3"))
    assert draw(model, tokenizer, seed=1) != draw(model, tokenizer, seed=2)


def test_tokens_come_as_often_as_the_model_says(gemma_folder):
    """The first token of 2,000 solutions against the model's own probabilities."""
    model, tokenizer = tiny_gemma("gemma3"), load_tokenizer(gemma_folder("gemma3"))
    policy = Policy(group_size=2000, temperature=0.5)
    group = draw_groups(model, tokenizer, QUESTIONS[:1], policy, max_new_tokens=1, seed=0, batch_size=2000)[0]
    counts = torch.bincount(torch.tensor([one.ids[0] for one in group.solutions]), minlength=len(tokenizer))
    with torch.no_grad():
        expected = model(torch.tensor([group.prompt]), use_cache=False).logits[0, -1].div(0.5).softmax(-1)
    likely = expected > 0.005
    assert likely.sum() >= 3
    errors = (counts[likely] / 2000 - expected[likely]).abs() / (expected[likely] * (1 - expected[likely]) / 2000).sqrt()
    assert errors.max() < 4.5


def test_a_solution_that_ended_holds_its_stop_token_and_one_that_was_cut_does_not(gemma_folder):
    model, tokenizer = tiny_gemma("gemma3"), load_tokenizer(gemma_folder("gemma3"))
    stops = set(stop_token_ids(tokenizer))
    # At a high temperature all 512 tokens are nearly alike: two in 512 are stops.
    groups = draw_groups(model, tokenizer, QUESTIONS, Policy(group_size=32, temperature=50.0), 30, seed=0, batch_size=96)
    solutions = [one for group in groups for one in group.solutions]
    ended = [one for one in solutions if one.ended]
    assert 3 < len(ended) < len(solutions)
    assert all(one.ids[-1] in stops and not set(one.ids[:-1]) & stops for one in ended)
    assert all(len(one.ids) == 30 and not set(one.ids) & stops for one in solutions if not one.ended)
    assert all(len(one.ids) == len(one.log_probs) for one in solutions)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"loss": "ppo"}, "policy.loss"),
        ({"group_size": 1}, "group_size` of at least 2, but found 1"),
        ({"updates": 0}, "updates"),
        ({"temperature": 0.0}, "temperature` above 0"),
        ({"clip": (0.2, 0.2)}, "updates` above 1 where `clip` is set"),
        ({"clip": (0.0, 0.2), "updates": 2}, "clip"),
        ({"kl": -0.1}, "kl"),
        ({"rewards": {}}, "of rewards"),
        ({"rewards": {"a.b": 0.0}}, "of rewards"),
        ({"rewards": {"a.b": float("nan")}}, "of rewards"),
        ({"kl": float("nan")}, "finite `model.policy.kl"),
        ({"temperature": float("inf")}, "finite `model.policy.temperature"),
        ({"pass_rate": (0.8, 0.2)}, "pass_rate"),
    ],
)
def test_settings_that_mean_nothing_are_refused_when_they_are_read(settings: dict, message: str):
    with pytest.raises(ConfigError, match=message):
        Policy(**settings)

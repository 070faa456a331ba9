"""Sampling: the distribution by hand and by transformers' own warpers, reproducible whatever the batch, rows that end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.generate import generate, prompt_ids
from mathpal_lightning.model.sample import Sampling, draw_tokens, sample_seed, sample_solutions
from mathpal_lightning.schema import Sample
from tests.tiny import FAMILIES, VOCAB_SIZE, Family, tiny_gemma

QUESTIONS = ["2 + 3 = ?", "Lan có 24 quả cam, mẹ cho thêm 18 quả cam. Hỏi Lan có bao nhiêu quả?", "Tìm x biết 2x = 8."]
STOPS = list(range(100, 160))
"""So many that about half of the rows end within a few tokens."""


@pytest.mark.parametrize(
    ("settings", "draws", "tokens"),
    [
        # Tokens 3, 0, 1, 2 have 0.5, 0.3, 0.15, 0.05: their stretches end at 0.5, 0.8, 0.95, 1.
        ({}, [0.0, 0.49, 0.51, 0.79, 0.81, 0.94, 0.96, 0.999], [3, 3, 0, 0, 1, 1, 2, 2]),
        ({"top_k": 2}, [0.62, 0.63, 0.999], [3, 0, 0]),  # 0.625 and 0.375
        ({"top_p": 0.75}, [0.62, 0.63, 0.999], [3, 0, 0]),  # 0.5 does not reach it, 0.8 does
        ({"top_p": 0.81}, [0.52, 0.53, 0.84, 0.85], [3, 0, 0, 1]),  # of 0.95
        ({"top_p": 0.01}, [0.999], [3]),
        ({"temperature": 0.5}, [0.68, 0.69, 0.93, 0.94], [3, 0, 0, 1]),  # squares: 0.25, 0.09, 0.0225, 0.0025 of 0.365
    ],
)
def test_the_token_in_whose_stretch_the_number_falls(settings: dict[str, Any], draws: list[float], tokens: list[int]):
    logits = torch.tensor([0.3, 0.15, 0.05, 0.5]).log().expand(len(draws), -1)
    sampling = Sampling(**{"temperature": 1.0, "top_p": 1.0, "top_k": 0} | settings)
    assert draw_tokens(logits, torch.tensor(draws, dtype=torch.float64), sampling).tolist() == tokens


@pytest.mark.parametrize("settings", [{"top_k": 0, "top_p": 1.0}, {"top_k": 7}, {"top_k": 0, "top_p": 0.6}, {"top_p": 0.9}])
def test_the_shares_are_those_of_transformers(settings: dict[str, Any]):
    sampling = Sampling(temperature=0.7, **settings)
    logits = torch.randn(1, 40, generator=torch.Generator().manual_seed(0)) * 2
    warpers = LogitsProcessorList([TemperatureLogitsWarper(0.7), TopPLogitsWarper(sampling.top_p)])
    if sampling.top_k:
        warpers.insert(1, TopKLogitsWarper(sampling.top_k))
    expected = warpers(torch.zeros(1, 0, dtype=torch.long), logits)[0].softmax(-1)
    assert (expected > 0).sum() > 1
    number = 10_000
    draws = (torch.arange(number, dtype=torch.float64) + 0.5) / number
    counts = draw_tokens(logits.expand(number, -1), draws, sampling).bincount(minlength=40)
    torch.testing.assert_close(counts / number, expected, atol=1.1 / number, rtol=0)


def drawn(model: Any, tokenizer: Any, questions: list[str], batch_size: int = 100, **settings: Any) -> list[list[Sample]]:
    sampling = Sampling(**{"samples": 4, "temperature": 1.0, "max_new_tokens": 8} | settings)
    return list(sample_solutions(model, tokenizer, questions, sampling, batch_size))


@pytest.fixture
def many_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mathpal_lightning.model.generate.stop_token_ids", lambda tokenizer: STOPS)


@pytest.mark.usefixtures("many_stops")
@pytest.mark.parametrize("family", FAMILIES)
def test_equals_a_plain_loop_of_each_sample_alone(family: Family, gemma_folder: Callable[[Family], Path]):
    model, tokenizer = tiny_gemma(family), load_tokenizer(gemma_folder(family))
    settings = Sampling(samples=4, temperature=1.0, max_new_tokens=8, seed=5)
    softcap = getattr(model.config, "final_logit_softcapping", None)
    expected = []
    for question, prompt in zip(QUESTIONS, prompt_ids(tokenizer, QUESTIONS), strict=True):
        for number in range(4):
            generator = torch.Generator().manual_seed(sample_seed(5, question, number))
            ids = list(prompt)
            for draw in torch.rand(8, generator=generator, dtype=torch.float64):
                with torch.no_grad():
                    logits = model(torch.tensor([ids]), use_cache=False).logits[:, -1]  # softcapped by transformers
                token = int(draw_tokens(logits, draw[None], settings))
                if token in STOPS:
                    break
                ids.append(token)
            written = ids[len(prompt) :]
            expected.append(Sample(tokenizer.decode(written, skip_special_tokens=True).strip(), len(written) < 8))
    assert softcap == (5.0 if family in ("gemma2", "gemma3n") else None)
    assert len(set(expected)) > 6
    assert 0 < sum(sample.ended for sample in expected) < 12
    found = drawn(model, tokenizer, QUESTIONS, seed=5)
    assert [sample for samples in found for sample in samples] == expected


@pytest.mark.usefixtures("many_stops")
def test_what_else_is_drawn_makes_no_difference(gemma3_folder: Path):
    model, tokenizer = tiny_gemma("gemma3"), load_tokenizer(gemma3_folder)
    together = drawn(model, tokenizer, QUESTIONS)
    assert together == [drawn(model, tokenizer, [question])[0] for question in QUESTIONS]
    assert together == drawn(model, tokenizer, QUESTIONS[::-1], batch_size=1)[::-1]
    assert [samples[:2] for samples in together] == drawn(model, tokenizer, QUESTIONS, samples=2)
    assert together != drawn(model, tokenizer, QUESTIONS, seed=1)


def test_the_likeliest_token_alone_is_greedy(gemma3_folder: Path):
    model, tokenizer = tiny_gemma("gemma3"), load_tokenizer(gemma3_folder)
    greedy = generate(model, tokenizer, QUESTIONS, max_new_tokens=8, batch_size=3)
    assert [[sample.text for sample in samples] for samples in drawn(model, tokenizer, QUESTIONS, top_k=1)] == [
        [text] * 4 for text in greedy
    ]


def test_between_two_questions_nothing_is_switched_off(gemma3_folder: Path):
    model, tokenizer = tiny_gemma("gemma3").train(), load_tokenizer(gemma3_folder)
    state = torch.get_rng_state()
    samples = sample_solutions(model, tokenizer, QUESTIONS, Sampling(samples=2, max_new_tokens=2), batch_size=2)
    next(samples)
    assert torch.is_grad_enabled()
    assert model.training
    assert torch.equal(torch.get_rng_state(), state)


def test_a_seed_belongs_to_one_sample():
    seeds = {sample_seed(seed, question, number) for seed in range(3) for question in QUESTIONS for number in range(4)}
    assert len(seeds) == 36
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert sample_seed(0, "2 + 3 = ?", 0) == sample_seed(0, "2 + 3 = ?", 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": 0.0}, "Expected `temperature` above 0, but found 0.0. At 0 all samples"),
        ({"temperature": float("nan")}, "Expected `temperature` above 0, but found nan"),
        ({"top_p": 1.5}, "Expected `top_p` above 0 and at most 1, but found 1.5"),
        ({"samples": 0}, "Expected `samples` of at least 1, but found 0"),
        ({"top_k": -1}, "Expected `top_k` of at least 0, but found -1"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: dict[str, Any], message: str):
    with pytest.raises(ConfigError, match=message):
        Sampling(**settings)


def test_the_vocabulary_of_these_tests_holds_the_stops():
    assert max(STOPS) < VOCAB_SIZE

"""Samples through real llama.cpp: the distribution is the module's, the seed decides, slots share the work."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.commands.sampler import sample_with_llama_cpp
from mathpal_lightning.export import write_gguf
from mathpal_lightning.llama_cpp import LlamaCpp, LlamaSettings, start_llama
from mathpal_lightning.model.generate import generate, prompt_ids
from mathpal_lightning.model.sample import Sampling, draw_tokens
from tests.export.conftest import exported  # noqa: F401 (a fixture)

QUESTIONS = ["2 + 3 = ?", "Tìm x biết 2x = 8."]
SLOTS = 4


@pytest.fixture(scope="module")
def merged_and_llama(
    exported: Callable[[], dict[str, Path]],  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, LlamaCpp]]:
    merged = exported()["merged"]
    gguf = write_gguf(merged, tmp_path_factory.mktemp("f32") / "model-f32.gguf", "f32")
    with start_llama(LlamaSettings(gguf, context=128, slots=SLOTS)) as llama:
        yield merged, llama


def test_tokens_come_as_often_as_from_the_module(merged_and_llama: tuple[Path, LlamaCpp]):
    merged, llama = merged_and_llama
    sampling = Sampling(samples=600, temperature=0.5, top_k=6, top_p=0.9, max_new_tokens=1)
    model, tokenizer = AutoModelForCausalLM.from_pretrained(merged, dtype=torch.float32), load_tokenizer(merged)
    ids = prompt_ids(tokenizer, QUESTIONS[:1])[0]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[:, -1]
    draws = (torch.arange(10_000, dtype=torch.float64) + 0.5) / 10_000
    shares = draw_tokens(logits.expand(10_000, -1), draws, sampling).bincount() / 10_000
    expected: Counter[str] = Counter()
    for token in shares.nonzero()[:, 0].tolist():
        expected[tokenizer.decode([token], skip_special_tokens=True).strip()] += shares[token].item()
    assert len(expected) == 3  # of the undivided logits, 0.9 would hold five tokens
    (samples,) = sample_with_llama_cpp(llama, QUESTIONS[:1], sampling, SLOTS)
    found = Counter(sample.text for sample in samples)
    assert found.keys() <= expected.keys()
    # The standard error of a share of a half among 600 is 0.02; without the temperature the first share is 0.35, not 0.56.
    assert all(abs(found[text] / 600 - share) < 0.08 for text, share in expected.items())


def test_the_likeliest_alone_is_the_module_s_greedy_solution(merged_and_llama: tuple[Path, LlamaCpp]):
    merged, llama = merged_and_llama
    model, tokenizer = AutoModelForCausalLM.from_pretrained(merged, dtype=torch.float32), load_tokenizer(merged)
    greedy = generate(model, tokenizer, QUESTIONS, max_new_tokens=6, batch_size=2)
    drawn = sample_with_llama_cpp(llama, QUESTIONS, Sampling(samples=2, top_k=1, max_new_tokens=6), SLOTS)
    assert [[sample.text for sample in samples] for samples in drawn] == [[text] * 2 for text in greedy]


def test_a_seed_gives_the_same_samples_again(merged_and_llama: tuple[Path, LlamaCpp]):
    _, llama = merged_and_llama

    def drawn(seed: int) -> list[list[str]]:
        sampling = Sampling(samples=5, temperature=1.0, max_new_tokens=6, seed=seed)
        return [[sample.text for sample in samples] for samples in sample_with_llama_cpp(llama, QUESTIONS, sampling, SLOTS)]

    first = drawn(0)
    assert len({text for texts in first for text in texts}) > 5

    def alike(others: list[list[str]]) -> int:
        return sum(one == other for one, other in zip(chain(*first), chain(*others), strict=True))

    # Sequences that share a step change the last bits of the logits: a number drawn at the border of two tokens may cross it.
    assert alike(drawn(0)) >= 9, "of ten"
    assert alike(drawn(1)) <= 5

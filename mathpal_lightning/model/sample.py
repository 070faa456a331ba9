"""Questions -> several solutions each, drawn at random: every one a function of the seed, its question and its number.

Legend: A rows that go on, V vocabulary.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.generate import evaluation_mode, generate_batch, merged_linears, prompt_ids
from mathpal_lightning.schema import Prompt, Sample, prompt_text

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from mathpal_lightning.compat.transformers import LanguageModel


_BATCHES = 8
"""How many batches of questions a GPU gets at a time: a row whose sample has ended goes on with the next one."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How solutions are drawn: first the temperature, then of the likeliest `top_k` the fewest that hold `top_p`.

    Attributes:
        samples: Solutions of each question.
        temperature: Logits are divided by it: above 0; at 1 the model's own distribution.
        top_p: Share of probability that is kept, in (0, 1] (nucleus sampling, https://arxiv.org/abs/1904.09751).
        top_k: Tokens that are kept; 0 for all, which sorts the vocabulary at every token.
        max_new_tokens: Where a solution is cut.
        seed: Another seed, other solutions.
    """

    samples: int = 8
    temperature: float = 0.8
    top_p: float = 0.95
    top_k: int = 64
    max_new_tokens: int = 512
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("samples", 1), ("top_k", 0), ("max_new_tokens", 1)):
            if getattr(self, name) < least:
                raise ConfigError(f"`{name}` of at least {least}", str(getattr(self, name)), "Raise it.")
        if not self.temperature > 0:
            raise ConfigError(
                "`temperature` above 0", str(self.temperature), "At 0 all samples of a problem are the same; try 0.8."
            )
        if not 0 < self.top_p <= 1:
            raise ConfigError("`top_p` above 0 and at most 1", str(self.top_p), "Write a share: 0.95 is 95 %.")


def sample_seed(seed: int, question: Prompt, number: int) -> int:
    """The seed of one sample, 63 bits: it does not depend on what else is drawn, or in which order."""
    digest = hashlib.sha256(f"{seed} {number} {prompt_text(question)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def sample_solutions(
    model: LanguageModel, tokenizer: PreTrainedTokenizerBase, questions: Sequence[Prompt], sampling: Sampling, batch_size: int
) -> Iterator[list[Sample]]:
    """Draw solutions, question by question in the order given.

    Each solution follows its own random numbers, so that the batch matters only through the rounding of its logits: the
    same questions in the same batches give the same solutions to the bit, in other batches most of them in bfloat16 (three
    of four on the 270M) and all in float32.

    Args:
        model: A transformers or PEFT model. Its adapter is merged until the iterator ends or is closed; then it is as it
            was.
        tokenizer: Its tokenizer, with our chat format.
        questions: Problem texts or whole conversations.
        sampling: How to draw.
        batch_size: Solutions written at a time; at least one question's together.

    Yields:
        The samples of one question.
    """
    together = questions_together(batch_size, sampling.samples)
    part = together * (_BATCHES if model.device.type == "cuda" else 1)
    with merged_linears(model):
        for start in range(0, len(questions), part):
            with evaluation_mode(model):
                drawn = sample_part(model, tokenizer, questions[start : start + part], sampling, together * sampling.samples)
            yield from drawn


def questions_together(batch_size: int, samples: int) -> int:
    """How many questions make up a batch."""
    return max(1, batch_size // samples)


def sample_part(
    model: LanguageModel, tokenizer: PreTrainedTokenizerBase, questions: Sequence[Prompt], sampling: Sampling, rows: int
) -> list[list[Sample]]:
    """The samples of some questions, by a model in evaluation mode; `rows` of them are written at a time."""
    softcap = getattr(model.config.get_text_config(), "final_logit_softcapping", None)
    draws = [_uniform(sampling, question, number) for question in questions for number in range(sampling.samples)]
    prompts, most = prompt_ids(tokenizer, questions), sampling.max_new_tokens
    choose = partial(_choose, draws=after_the_end(torch.stack(draws)).to(model.device), sampling=sampling, softcap=softcap)
    written = generate_batch(model, tokenizer, prompts, most, rows, copies=sampling.samples, choose=choose)
    texts = tokenizer.batch_decode(written, skip_special_tokens=True)
    samples = [Sample(text.strip(), len(ids) < most) for text, ids in zip(texts, written, strict=True)]
    return [samples[start : start + sampling.samples] for start in range(0, len(samples), sampling.samples)]


def _uniform(sampling: Sampling, question: Prompt, number: int) -> Tensor:
    """One random number in [0, 1) for each token of one sample."""
    generator = torch.Generator().manual_seed(sample_seed(sampling.seed, question, number))
    return torch.rand(sampling.max_new_tokens, generator=generator, dtype=torch.float64)


def after_the_end(numbers: Tensor) -> Tensor:
    """Random numbers [samples, most] with one more column: a sample that has ended is asked for another token too."""
    return torch.nn.functional.pad(numbers, (0, 1))


def _choose(
    logits: Tensor, samples: Tensor, step: int | Tensor, *, draws: Tensor, sampling: Sampling, softcap: float | None
) -> Tensor:
    if softcap:
        logits = torch.tanh(logits / softcap) * softcap
    return draw_tokens(logits, draws[samples, step], sampling)


def draw_tokens(logits: Tensor, draws: Tensor, sampling: Sampling) -> Tensor:
    """Take one token for each row: the one whose interval of the cumulative distribution holds the row's number.

    Args:
        logits: [A, V], after any softcap.
        draws: In [0, 1), float64 [A].
        sampling: Temperature, top_k and top_p.

    Returns:
        Token ids, int64 [A].
    """
    vocabulary = logits.shape[-1]
    kept, ids = logits.float().topk(min(sampling.top_k or vocabulary, vocabulary))
    probabilities = (kept / sampling.temperature).double().softmax(-1)
    cumulated = probabilities.cumsum(-1)
    nucleus = (cumulated - probabilities < sampling.top_p).sum(-1, keepdim=True)  # tokens before which top_p is not reached
    mass = cumulated.gather(1, nucleus - 1)
    places = torch.searchsorted(cumulated, draws[:, None] * mass, right=True).clamp(max=nucleus - 1)
    return ids.gather(1, places)[:, 0]

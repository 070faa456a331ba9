"""Questions -> groups of solutions drawn from the policy as it is, with their token ids and log-probabilities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mathpal_lightning.chat import stop_token_ids
from mathpal_lightning.model.generate import continued, evaluation_mode, merged_linears, prompt_ids
from mathpal_lightning.model.policy import Policy
from mathpal_lightning.model.sample import after_the_end, questions_together, sample_seed
from mathpal_lightning.schema import DrawnGroup, DrawnSolution, Prompt, prompt_text

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from mathpal_lightning.compat.transformers import LanguageModel


def draw_groups(
    model: LanguageModel,
    tokenizer: PreTrainedTokenizerBase,
    questions: Sequence[Prompt],
    policy: Policy,
    max_new_tokens: int,
    seed: int,
    batch_size: int,
    before: Sequence[Prompt] = (),
) -> list[DrawnGroup]:
    """Draw a group of solutions for each question from the whole distribution: no top-p, no top-k.

    Each solution follows its own random numbers, a function of seed, question and number. A question that comes again has
    other numbers, so its groups differ.

    Args:
        model: a transformers or PEFT model; its adapter is merged while it draws, and then it is as it was.
        tokenizer: its tokenizer, with our chat format.
        questions: problem texts or whole conversations.
        policy: how many solutions, and at which temperature.
        max_new_tokens: where a solution is cut.
        seed: another seed, other solutions.
        batch_size: solutions written at a time; at least one group's together.
        before: questions that others draw under this seed: one that is among them too has other numbers here.
    """
    size, softcap = policy.group_size, getattr(model.config.get_text_config(), "final_logit_softcapping", None)
    prompts, stops = prompt_ids(tokenizer, questions), set(stop_token_ids(tokenizer))
    seeds = islice(_seeds(seed, [*before, *questions], size), len(before) * size, None)
    drawn = [_uniform(one, max_new_tokens) for one in seeds]
    numbers = after_the_end(torch.stack(drawn)).to(model.device)
    log_probs = torch.zeros_like(numbers, dtype=torch.float32)
    choose = partial(_choose, numbers=numbers, temperature=policy.temperature, softcap=softcap, log_probs=log_probs)
    rows = size * questions_together(batch_size, size)
    with merged_linears(model), evaluation_mode(model):
        written = dict(continued(model, tokenizer, prompts, max_new_tokens, rows, size, choose))
    solutions = [
        DrawnSolution(ids, values[: len(ids)], str(tokenizer.decode(ids, skip_special_tokens=True)).strip(), ids[-1] in stops)
        for (_, ids), values in zip(sorted(written.items()), log_probs.tolist(), strict=True)
    ]
    return [
        DrawnGroup(prompt, solutions[start : start + size])
        for prompt, start in zip(prompts, range(0, len(solutions), size), strict=True)
    ]


def _seeds(seed: int, questions: Sequence[Prompt], size: int) -> Iterator[int]:
    """The seeds of `size` solutions of each question, in order."""
    numbers: defaultdict[str, count[int]] = defaultdict(count)
    for question in questions:
        yield from (sample_seed(seed, question, number) for number in islice(numbers[prompt_text(question)], size))


def _uniform(seed: int, number: int) -> Tensor:
    return torch.rand(number, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def _choose(
    logits: Tensor,
    samples: Tensor,
    step: int | Tensor,
    *,
    numbers: Tensor,
    temperature: float,
    softcap: float | None,
    log_probs: Tensor,
) -> Tensor:
    """Take for each sample the token whose interval of the cumulative distribution holds its random number.

    Its log-probability is written into `log_probs`, [samples, most + 1].
    """
    if softcap:
        logits = torch.tanh(logits / softcap) * softcap
    scaled = (logits.float() / temperature).log_softmax(-1)
    cumulated = scaled.double().exp().cumsum(-1)
    places = torch.searchsorted(cumulated, numbers[samples, step, None] * cumulated[:, -1:], right=True)
    tokens = places.clamp(max=logits.shape[-1] - 1)
    log_probs[samples, step] = scaled.gather(1, tokens)[:, 0]
    return tokens[:, 0]

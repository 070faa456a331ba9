"""Prompts -> tokens: read once, then one token for every row at a time.

    read           prompts of token ids -> the states of their last tokens, keys and values
    write_growing  keys and values grow by a column a token, and a row that has ended leaves them: best on a CPU

The samples of one prompt that have the same tokens so far share a row, which is computed once; where they differ, the row is
doubled. A trained model writes few different beginnings: with 8 samples of each problem, a fifth to two fifths of the tokens
are computed (tests/benchmarks/RESULTS.md).

`decode_fixed.py` has the loop for GPUs. Both give each sample's tokens as soon as it is done.

Legend: P prompts, T tokens of the longest, D width of the model, V vocabulary; sample `prompt * copies + copy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mathpal_lightning.compat.transformers import Decoder, attention_by, attention_implementation
from mathpal_lightning.model.growing_cache import GrowingCache, one_query_attention

if TYPE_CHECKING:
    from transformers import DynamicCache

Choose = Callable[[Tensor, Tensor, int | Tensor], Tensor]
"""Logits [A, V], the numbers of their samples [A], and how many tokens these have (int, or int64 [A]) -> their next tokens [A].

Also asked for samples that have ended, with at most `most` tokens; what it gives then is not used."""

_WIDTHS = 64
"""On a GPU prompts are padded to a multiple."""


@dataclass(slots=True)
class Read:
    """Prompts that the decoder has read.

    Attributes:
        states: of each prompt's last token, [P, D].
        cache: transformers' DynamicCache of the keys and values.
        mask: 1 for tokens and 0 for the padding on the left, int64 [P, T].
    """

    states: Tensor
    cache: DynamicCache
    mask: Tensor


@dataclass(frozen=True, slots=True)
class Writing:
    """What both loops need.

    Attributes:
        decoder: the text decoder, without its head.
        head: the weight of the head, [V, D].
        prompts: token ids.
        pad: the token that fills the left of shorter prompts; nothing attends to it.
        choose: takes the next tokens.
        stops: the tokens that end a sample, int64 [S].
        most: tokens after which a sample is cut.
        copies: samples of each prompt.
    """

    decoder: Decoder
    head: Tensor
    prompts: Sequence[Sequence[int]]
    pad: int
    choose: Choose
    stops: Tensor
    most: int
    copies: int = 1

    def logits(self, states: Tensor) -> Tensor:
        """The head's logits [A, V] of states [A, D]."""
        return torch.nn.functional.linear(states.to(self.head.dtype), self.head)


def read(writing: Writing, prompts: Sequence[Sequence[int]]) -> Read:
    """Read some of the prompts."""
    from transformers import DynamicCache

    cache = DynamicCache(config=writing.decoder.config)
    device = writing.head.device
    longest = max(map(len, prompts))
    if device.type == "cuda":  # few widths: kernels are chosen, or compiled, for each
        longest += -longest % _WIDTHS
    ids, mask = left_padded(prompts, writing.pad, longest, device)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    config = writing.decoder.config
    attention = attention_implementation(config)
    # FlexAttention, which Unsloth trains with, would be compiled for each new number and length of prompts.
    with attention_by(config, "sdpa" if attention == "flex_attention" else attention):
        states = writing.decoder(
            input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True
        ).last_hidden_state[:, -1]
    return Read(states, cache, mask)


def write_growing(writing: Writing, rows: int) -> Iterator[tuple[int, list[int]]]:
    """Continue prompts in batches; a sample that has ended leaves its batch.

    Args:
        writing: the model, the prompts and how tokens are chosen.
        rows: samples written at a time; at least those of one prompt.

    Yields:
        The number of each sample and its tokens, with its stop token.
    """
    together = max(1, rows // writing.copies)
    for start in range(0, len(writing.prompts), together):
        batch = read(writing, writing.prompts[start : start + together])
        yield from enumerate(_write_batch(writing, batch, start * writing.copies), start * writing.copies)


def _write_batch(writing: Writing, batch: Read, first: int) -> list[list[int]]:
    states, decoder = batch.states, writing.decoder
    positions = batch.mask.sum(1, keepdim=True)
    cache = GrowingCache(batch.cache, batch.mask)
    rows = torch.arange(len(positions), device=states.device).repeat_interleave(writing.copies)  # of each sample that goes on
    samples = torch.arange(len(rows), device=states.device)
    written: list[list[int]] = [[] for _ in samples]
    with one_query_attention(decoder.config):
        for step in range(writing.most):
            tokens = writing.choose(writing.logits(states)[rows], first + samples, step)
            for sample, token in zip(samples.tolist(), tokens.tolist(), strict=True):
                written[sample].append(token)
            alive = torch.isin(tokens, writing.stops, invert=True)
            if step + 1 == writing.most or not alive.any():
                break
            samples = samples[alive]
            (source, tokens), rows = torch.stack([rows[alive], tokens[alive]]).unique(dim=1, return_inverse=True)
            if not torch.equal(source, torch.arange(len(positions), device=source.device)):
                cache.select(source)
                positions = positions[source]
            states = next_states(decoder, cache, tokens, positions)
            positions = positions + 1
    return written


def next_states(decoder: Decoder, cache: GrowingCache, tokens: Tensor, positions: Tensor) -> Tensor:
    """The states [A, D] of one more token [A] a row, at positions [A, 1], within `one_query_attention`."""
    states: Tensor = decoder(
        input_ids=tokens[:, None], attention_mask=cache.masks(), position_ids=positions, past_key_values=cache, use_cache=True
    ).last_hidden_state
    return states[:, -1]


def left_padded(prompts: Sequence[Sequence[int]], pad: int, longest: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Token ids and attention mask, int64 [P, longest]."""
    ids = [[pad] * (longest - len(prompt)) + list(prompt) for prompt in prompts]
    mask = [[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    return torch.tensor(ids, device=device), torch.tensor(mask, device=device)

"""The loop for GPUs: keys and values of fixed size, the work of a token recorded once and replayed, the host asked rarely.

A token of a small model is some thousand kernels of a few microseconds. Launched one by one from Python they take several
times as long as they compute, and each question whether a row has ended stops the queue. So:

    the decoder's pass over one token     recorded in a CUDA graph (`record.py`) and replayed
    the choice of tokens                  on the device, launched as ever
    rows that have ended                  go on writing; what comes after their stop token is cut at the end
    has every row ended                   asked once in ASK_EVERY tokens

Same tokens as `write_growing`, up to rounding. Runs on a CPU too, where nothing is recorded: that is how the tests reach it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from mathpal_lightning.compat.transformers import HALF_SDPA, attention_implementation
from mathpal_lightning.model.decode import Read, Writing
from mathpal_lightning.model.fixed_cache import FixedCache
from mathpal_lightning.model.one_token import one_token_layers
from mathpal_lightning.model.record import recorded

ASK_EVERY = 16
"""Tokens between two questions whether all rows have ended: at most so many are written in vain."""
_WIDTHS = 64
"""Widths are rounded up to a multiple, which aligned attention kernels want."""
_KINDS = {"full_attention", "sliding_attention"}


def can_write_fixed(decoder: Any) -> bool:
    """Whether all layers of a decoder attend to all tokens before, or to those of a window."""
    return set(getattr(decoder.config, "layer_types", None) or ("unknown",)) <= _KINDS


def write_fixed(writing: Writing, read: Read, record: bool = True) -> list[list[int]]:
    """Continue prompts; rows that have ended stay until all have.

    Args:
        writing: the model and how tokens are chosen.
        read: the prompts; their cache is empty afterwards.
        record: whether to record the work of a token, on a GPU.

    Returns:
        The new ids of each row, with its stop token.
    """
    rows = torch.arange(len(read.mask), device=read.mask.device)
    tokens = writing.choose(writing.logits(read.states), rows, 0)
    written = tokens.new_zeros(len(rows), writing.most)
    ended = torch.zeros_like(tokens, dtype=torch.bool)
    next_logits = TokenPass(writing, read, tokens)
    record = record and writing.most > ASK_EVERY  # to record takes as long as some tokens
    with one_token_layers(writing.decoder), recorded(next_logits.compute, rows.device, record) as replay:
        for step in range(writing.most):
            written[:, step] = tokens
            ended |= torch.isin(tokens, writing.stops)
            if step + 1 == writing.most or (step % ASK_EVERY == ASK_EVERY - 1 and ended.all()):
                break
            next_logits.feed(tokens)
            tokens = writing.choose(replay(), rows, step + 1)
            next_logits.advance()
    stops = set(writing.stops.tolist())
    return [_until_stop(row, stops) for row in written[:, : step + 1].tolist()]


class TokenPass:
    """The decoder's pass over the next token of each row, with all that it reads at fixed addresses."""

    def __init__(self, writing: Writing, read: Read, tokens: Tensor):
        width = -(-(read.mask.shape[1] + writing.most) // _WIDTHS) * _WIDTHS
        half = attention_implementation(writing.decoder.config) == HALF_SDPA
        self._writing, self._ids = writing, torch.zeros_like(tokens[:, None])  # not the first tokens: see `recorded`
        self._positions = read.mask.sum(1, keepdim=True)
        self._cache = FixedCache(read.cache, read.mask, width, torch.float16 if half else None)

    def compute(self) -> Tensor:
        """The logits [R, V] after the token that was fed. Writes its column: twice is as good as once."""
        states = self._writing.decoder(
            input_ids=self._ids,
            attention_mask=self._cache.masks(),
            position_ids=self._positions,
            past_key_values=self._cache,
            use_cache=True,
        ).last_hidden_state[:, -1]
        return self._writing.logits(states)

    def feed(self, tokens: Tensor) -> None:
        """Set the tokens [R] of the current column."""
        self._ids.copy_(tokens[:, None])

    def advance(self) -> None:
        """Go on to the next column."""
        self._cache.column += 1
        self._positions += 1


def _until_stop(ids: list[int], stops: set[int]) -> list[int]:
    end = next((place for place, token in enumerate(ids) if token in stops), len(ids))
    return ids[: end + 1]

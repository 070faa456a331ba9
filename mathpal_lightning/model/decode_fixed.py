"""The loop for GPUs: keys and values of fixed size, the work of a token recorded once and replayed, the host asked rarely.

A token of a small model is some thousand kernels of a few microseconds. Launched one by one from Python they take several
times as long as they compute, and each question whether a sample has ended stops the queue. So:

    the decoder's pass over one token     recorded in a CUDA graph (`record.py`) and replayed
    the choice of tokens                  on the device, launched as ever
    samples that have ended               go on writing what is not used, until their rows are taken over
    has a sample ended                    asked once in ASK_EVERY tokens; where enough rows are free, prompts that wait are read

Same tokens as `write_growing`, up to rounding. Runs on a CPU too, where nothing is recorded: that is how the tests reach it.

Legend: B rows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import torch
from torch import Tensor

from mathpal_lightning.compat.transformers import HALF_SDPA, Decoder, attention_implementation
from mathpal_lightning.model.decode import Writing, read
from mathpal_lightning.model.fixed_cache import FixedCache
from mathpal_lightning.model.one_token import OneTokenLayers
from mathpal_lightning.model.record import recorded

ASK_EVERY = 16
"""Tokens between two questions which samples have ended."""
_FREE_SHARE = 0.25
"""Share of the rows that must be free before waiting prompts are read, because reading takes as long as several tokens."""
_WIDTHS = 64
"""Widths are rounded up to a multiple, which aligned kernels want."""
_KINDS = {"full_attention", "sliding_attention"}


def can_write_fixed(decoder: Decoder) -> bool:
    """Whether all layers of a decoder attend to all tokens before, or to those of a window."""
    return set(getattr(decoder.config, "layer_types", None) or ("unknown",)) <= _KINDS


def write_fixed(writing: Writing, rows: int, record: bool = True) -> Iterator[tuple[int, list[int]]]:
    """Continue prompts; the row of a sample that has ended is taken over by one that waits.

    Args:
        writing: the model, the prompts and how tokens are chosen.
        rows: samples written at a time.
        record: whether to record the work of a token, on a GPU.

    Yields:
        The number of each sample and its tokens, with its stop token.
    """
    waiting = deque(range(len(writing.prompts) * writing.copies))
    desk = Desk(writing, min(rows, len(waiting)))
    busy = desk.fill(list(range(desk.rows)), waiting)
    with recorded(desk.compute, writing.head.device, record and writing.most > ASK_EVERY) as replay:
        while busy:
            done = [row for row, ended in enumerate(desk.ended.tolist()) if ended and row in busy]
            if len(done) == len(busy) or (waiting and len(done) >= _FREE_SHARE * desk.rows):
                yield from [(busy.pop(row), ids) for row, ids in zip(done, desk.written(done), strict=True)]
                busy |= desk.fill(done, waiting)
                continue
            for _ in range(min(ASK_EVERY, writing.most)):
                desk.write(replay())


class Desk:
    """Rows that are written side by side, with all that the decoder reads and writes at fixed addresses.

    Attributes:
        rows: B.
        cache: their keys and values.
        ended: rows whose sample has ended, [B].
    """

    def __init__(self, writing: Writing, rows: int):
        device, self.rows, self._writing = writing.head.device, rows, writing
        width = -(-(max(map(len, writing.prompts)) + writing.most) // _WIDTHS) * _WIDTHS
        half = attention_implementation(writing.decoder.config) == HALF_SDPA
        self.cache = FixedCache(rows, width, device, torch.float16 if half else None)
        self.ended = torch.zeros(rows, dtype=torch.bool, device=device)
        self._layers, self._all = OneTokenLayers(writing.decoder), torch.arange(rows, device=device)
        self._ids, self._samples, self._steps = (torch.zeros_like(self._all) for _ in range(3))
        self._written = self._all.new_zeros(rows, writing.most + 1)  # the last column is for what is not used

    def fill(self, free: list[int], waiting: deque[int]) -> dict[int, int]:
        """Read the prompts of samples that wait into free rows, and write their first tokens.

        Args:
            free: rows; the first of them are filled where fewer samples wait.
            waiting: samples; those that are read leave it.

        Returns:
            The sample of each row that was filled.
        """
        filled = {row: waiting.popleft() for row in free[: len(waiting)]}
        if filled:
            prompts = sorted({sample // self._writing.copies for sample in filled.values()})
            batch = read(self._writing, [self._writing.prompts[prompt] for prompt in prompts])
            rows, samples = (torch.tensor(list(each), device=self._all.device) for each in (filled, filled.values()))
            source = torch.searchsorted(torch.tensor(prompts, device=samples.device), samples // self._writing.copies)
            self.cache.take(batch.cache, batch.mask.sum(1), source, rows)
            self._samples[rows], self._steps[rows] = samples, 0
            self._note(self._writing.choose(self._writing.logits(batch.states[source]), samples, 0), rows)
        return filled

    def compute(self) -> Tensor:
        """The logits [B, V] after the last tokens. Also writes their keys and values, so a second call changes nothing."""
        with self._layers.installed():
            states = self._writing.decoder(
                input_ids=self._ids[:, None],
                attention_mask=self.cache.masks(),
                position_ids=self.cache.column[:, None],
                past_key_values=self.cache,
                use_cache=True,
            ).last_hidden_state[:, -1]
        return self._writing.logits(states)

    def write(self, logits: Tensor) -> None:
        """Write the next token of each row."""
        self.cache.column += 1
        self._note(self._writing.choose(logits, self._samples, self._steps), self._all)

    def _note(self, tokens: Tensor, rows: Tensor) -> None:
        steps, most = self._steps[rows], self._writing.most
        self._written[rows, steps] = tokens
        ended = torch.isin(tokens, self._writing.stops) | (steps + 1 >= most)
        self.ended[rows] = ended | (self.ended[rows] & (steps > 0))
        self._steps[rows] = (steps + 1).clamp(max=most)
        self._ids[rows] = tokens

    def written(self, rows: list[int]) -> list[list[int]]:
        """What was written in rows that have ended, up to the stop token."""
        stops = set(self._writing.stops.tolist())
        return [_until_stop(ids, stops) for ids in self._written[rows, : self._writing.most].tolist()]


def _until_stop(ids: list[int], stops: set[int]) -> list[int]:
    end = next((place for place, token in enumerate(ids) if token in stops), len(ids))
    return ids[: end + 1]

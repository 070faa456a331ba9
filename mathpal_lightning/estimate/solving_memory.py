"""The memory that solving problems needs: counted as in `step_memory.py`, with `model/generate.py` in place of a step.

While a batch of problems is solved, memory holds: a merged 16-bit copy of the adapted layers (on a GPU where there is room);
keys and values, on a CPU of every token so far and of some to come, on a GPU of every token that may come; and the temporaries
of reading the prompts, or of writing one more token with its logits. On a GPU the recorded pass over a token has temporaries of
its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from mathpal_lightning.compat.torch import FakeTensorMode
from mathpal_lightning.estimate.fake_model import Adapted, Step, fake_model
from mathpal_lightning.estimate.live_bytes import LiveBytes
from mathpal_lightning.estimate.step_memory import KEPT
from mathpal_lightning.model.decode import Writing, next_states
from mathpal_lightning.model.decode_fixed import Desk, can_write_fixed
from mathpal_lightning.model.generate import likeliest
from mathpal_lightning.model.growing_cache import ROOM, GrowingCache, one_query_attention

if TYPE_CHECKING:
    from transformers import DynamicCache

    from mathpal_lightning.compat.transformers import Decoder, LanguageModel


@dataclass(frozen=True, slots=True)
class Solving:
    """A batch of problems."""

    rows: int
    prompt: int
    """Tokens of the longest question, with the turns around it."""
    new: int
    """Tokens after which a solution is cut; an untrained model often writes that many."""
    merged: bool = True
    """Whether the adapter is merged meanwhile, where its arithmetic allows it."""


@dataclass(frozen=True, slots=True)
class SolvingMemory:
    """Bytes on top of the weights, the adapter and the optimizer's state, which stay in memory all the time."""

    merged: int
    """The merged copy of the adapted layers."""
    cache: int
    """Keys and values of all tokens."""
    peak: int
    """The highest sum at any moment, `merged` and `cache` included."""
    kept: int
    """On a CPU: freed blocks that the allocator keeps on top of the peak."""


def solving_memory(folder: Path, step: Step, solving: Solving) -> SolvingMemory:
    """Count the memory of solving a batch of problems while a run trains.

    Args:
        folder: the base model's; only its config.json is read.
        step: the run's, for its settings.
        solving: the batch.
    """
    from transformers import DynamicCache

    with FakeTensorMode(), torch.device("cpu"), torch.no_grad():
        model, _ = fake_model(folder, step)
        model.eval()
        with LiveBytes() as live:
            for weight in [*model.parameters(), *model.buffers()]:
                live.see(weight)
            weights = live.now
            live.kept_now = live.kept_peak = 0
            adapted = _merge(model, step.dtype) if solving.merged and step.dtype != torch.float16 else []
            merged = live.now - weights
            decoder, head = model.get_decoder(), model.get_output_embeddings().weight
            read = partial(_read, decoder, head, solving.rows)
            cache = DynamicCache(config=decoder.config)
            read(solving.prompt, cache)
            highest, highest_kept = live.peak, live.kept_peak
            if step.device_type == "cuda" and can_write_fixed(decoder):
                after = _write_fixed(decoder, head, cache, solving, live)
            else:
                del cache
                after = _write_growing(decoder, head, read, DynamicCache(config=decoder.config), solving, live)
            held = after - weights - merged
            del adapted
            kept = round(KEPT * max(highest_kept, live.kept_peak))
            return SolvingMemory(merged, held, max(highest, live.peak) - weights, kept)


def _read(decoder: Decoder, head: Tensor, rows: int, tokens: int, cache: DynamicCache) -> None:
    """Read so many tokens of each row, and choose the next one."""
    ids = torch.zeros(rows, tokens, dtype=torch.int64)
    kinds = ("full_attention", "sliding_attention")
    masks = {kind: torch.ones(rows, 1, tokens, tokens, dtype=torch.bool) for kind in kinds}
    states = decoder(
        input_ids=ids, position_ids=ids, attention_mask=masks, past_key_values=cache, use_cache=True
    ).last_hidden_state[:, -1]
    nn.functional.linear(states.to(head.dtype), head).argmax(-1)


def _write_growing(
    decoder: Decoder,
    head: Tensor,
    read: Callable[[int, DynamicCache], None],
    cache: DynamicCache,
    solving: Solving,
    live: LiveBytes,
) -> int:
    """Write the token for which room is made for the last time, as on a CPU; returns the bytes alive after it."""
    columns = solving.prompt + max(0, solving.new - 2) // ROOM * ROOM
    read(columns, cache)  # in one pass; the temporaries of this pass are not counted
    layers: list[Any] = cache.layers
    for layer in layers:  # a sliding window keeps a view of a longer tensor
        layer.keys, layer.values = layer.keys.clone(), layer.values.clone()
    grown = GrowingCache(cache, torch.ones(solving.rows, columns, dtype=torch.int64))
    ids = torch.zeros(solving.rows, dtype=torch.int64)
    live.peak, live.kept_peak = live.now, live.kept_now
    with one_query_attention(decoder.config):
        states = next_states(decoder, grown, ids, ids[:, None])
    likeliest(nn.functional.linear(states.to(head.dtype), head), ids, 0)
    return live.now


def _write_fixed(decoder: Decoder, head: Tensor, cache: DynamicCache, solving: Solving, live: LiveBytes) -> int:
    """Write one token as on a GPU; returns the bytes alive before it.

    The peak counts the temporaries twice: those of the launched pass, and those of the recorded one.
    """
    ids = torch.zeros(solving.rows, dtype=torch.int64)
    rows, lengths = torch.arange(solving.rows), torch.full_like(ids, solving.prompt)
    desk = Desk(Writing(decoder, head, [[0] * solving.prompt], 0, likeliest, ids[:1], solving.new), solving.rows)
    desk.cache.take(cache, lengths, rows, rows)
    before = live.peak = live.now
    likeliest(desk.compute(), ids, 0)
    live.peak += live.peak - before
    return before


def _merge(model: LanguageModel, dtype: torch.dtype) -> list[nn.Module]:
    """Put merged layers in place, as `merged_linears` does. Returns the old layers, which stay in memory beside them."""
    adapted = {name: module for name, module in model.named_modules() if isinstance(module, Adapted)}
    for name, layer in adapted.items():
        weight = torch.empty(layer.up.out_features, layer.down.in_features) + layer.up.weight @ layer.down.weight
        merged = nn.Linear(layer.down.in_features, layer.up.out_features, bias=False, device="meta")
        merged.weight = nn.Parameter(weight.to(dtype), requires_grad=False)
        parent, _, leaf = name.rpartition(".")
        setattr(model.get_submodule(parent), leaf, merged)
    return list(adapted.values())

"""What solving problems will need in memory: the same count as `model/memory.py`, of `model/generate.py` instead of a step.

Held while a batch of problems is solved: on a CPU a merged 16-bit copy of the adapted layers, the cache of keys and values
of every token so far, and the temporaries of reading the prompts or of one more token, with its logits.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from mathpal_lightning.model.memory import KEPT, Adapted, LiveBytes, Step, fake_model


@dataclass(frozen=True, slots=True)
class Solving:
    """A batch of problems."""

    rows: int
    prompt: int
    """Tokens of the longest question, with the turns around it."""
    new: int
    """Tokens after which a solution is cut: an untrained model goes on until then."""


@dataclass(frozen=True, slots=True)
class SolvingMemory:
    """Bytes beyond the weights, the adapter and the optimizer, which are there all the time."""

    merged: int
    """The merged copy of the adapted layers."""
    cache: int
    """Keys and values of all tokens at the end."""
    peak: int
    """The highest sum of any moment, these two among it."""
    kept: int
    """As StepMemory's."""


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
            adapted = _merge(model, step.dtype) if step.lean else []
            merged = live.now - weights
            decoder, head = model.get_decoder(), model.get_output_embeddings().weight
            window = getattr(model.config.get_text_config(), "sliding_window", None)

            def read(tokens: int, cache: Any) -> None:
                seen = cache.get_seq_length() + tokens
                ids = torch.zeros(solving.rows, tokens, dtype=torch.int64)
                spans = {"full_attention": seen, "sliding_attention": seen if tokens > 1 else min(seen, window or seen)}
                masks = {kind: torch.ones(solving.rows, 1, tokens, span, dtype=torch.bool) for kind, span in spans.items()}
                states = decoder(
                    input_ids=ids, position_ids=ids, attention_mask=masks, past_key_values=cache, use_cache=True
                ).last_hidden_state[:, -1]
                nn.functional.linear(states.to(head.dtype), head).argmax(-1)

            read(solving.prompt, DynamicCache(config=decoder.config))
            highest, highest_kept = live.peak, live.kept_peak
            cache = DynamicCache(config=decoder.config)
            read(solving.prompt + solving.new - 1, cache)  # at once; what that takes itself does not count
            layers: list[Any] = cache.layers
            for layer in layers:  # a sliding window is a view of more
                layer.keys, layer.values = layer.keys.clone(), layer.values.clone()
            held, live.peak, live.kept_peak = live.now - weights - merged, live.now, live.kept_now
            read(1, cache)
            del adapted
            kept = round(KEPT * max(highest_kept, live.kept_peak))
            return SolvingMemory(merged, held, max(highest, live.peak) - weights, kept)


def _merge(model: Any, dtype: torch.dtype) -> list[nn.Module]:
    """What `merged_linears` does to the model; the layers that were there, which stay in memory beside the merged ones."""
    adapted = {name: module for name, module in model.named_modules() if isinstance(module, Adapted)}
    for name, layer in adapted.items():
        weight = torch.empty(layer.up.out_features, layer.down.in_features) + layer.up.weight @ layer.down.weight
        merged = nn.Linear(layer.down.in_features, layer.up.out_features, bias=False, device="meta")
        merged.weight = nn.Parameter(weight.to(dtype), requires_grad=False)
        parent, _, leaf = name.rpartition(".")
        setattr(model.get_submodule(parent), leaf, merged)
    return list(adapted.values())

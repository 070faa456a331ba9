"""Pairs and groups whose prompt stands once: who sees whom, and the same with a prompt for each completion.

A row of two pairs, p the prompts, c the chosen and r the rejected completions; each token sees the ones marked:

            p p c c r r P C R
        p   x
        p   x x
        c   x x x
        c   x x x x
        r   x x     x
        r   x x     x x
        P               x
        C               x x
        R               x   x

A sliding window counts in positions, which go on from the prompt in both completions, so that each completion sees just
what it would see alone. (One prompt for several completions: FlashMask, Wang et al. 2024, arXiv:2410.01359.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import torch
from torch import Tensor

from mathpal_lightning.compat.transformers import takes_bool_masks
from mathpal_lightning.model.block_sparse import masks_in_blocks, takes_blocks
from mathpal_lightning.model.lean import Spans, takes_spans
from mathpal_lightning.schema import IGNORE_INDEX, GroupBatch, PreferenceBatch

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

Grouped = TypeVar("Grouped", PreferenceBatch, GroupBatch)


def can_share_prompts(backend: str, device_type: str) -> bool:
    """Whether a model takes the mask above: every Gemma of transformers does, Unsloth's GPU kernels make their own mask.

    KV-shared layers (Gemma 3n and 4) are no hindrance: their keys lie at the same positions, under the same mask.
    """
    return not (backend == "unsloth" and device_type == "cuda")


def attention_masks(batch: PreferenceBatch | GroupBatch, model: LanguageModel) -> dict[str, object]:
    """The masks of full and of sliding attention by the names of the layer types.

    Args:
        batch: pairs or groups whose prompts stand once.
        model: a transformers or PEFT model.

    Returns:
        `Spans` for lean attention, masks of blocks for a model that takes them; else [B, 1, T, T], bool (True: sees) for SDPA,
        to be added for eager attention.
    """
    if takes_blocks(model):
        return masks_in_blocks(model, batch.position_ids, batch.segment_ids)
    config = model.config.get_text_config()
    group, segment, position = batch.group_ids, batch.segment_ids, batch.position_ids
    distance = position[:, :, None] - position[:, None, :]
    same_side = (segment[:, None, :] == 0) | (segment[:, None, :] == segment[:, :, None])
    full = (group[:, :, None] == group[:, None, :]) & same_side & (distance >= 0)
    masks = {"full_attention": full, "sliding_attention": full & (distance < config.sliding_window)}
    if takes_spans(model):
        places = _group_places(group)
        return {
            name: Spans(places, [mask[row, start:stop, start:stop] for row, start, stop in places])
            for name, mask in masks.items()
        }
    if not takes_bool_masks(config):
        dtype = model.get_input_embeddings().weight.dtype
        lowest = torch.finfo(dtype).min
        masks = {name: torch.zeros_like(mask, dtype=dtype).masked_fill(~mask, lowest) for name, mask in masks.items()}
    return {name: mask[:, None] for name, mask in masks.items()}


def _group_places(group_ids: Tensor) -> list[tuple[int, int, int]]:
    """Row, first position, and the position behind the last one of each pair or group."""
    places = []
    for row, groups in enumerate(group_ids):
        numbers, lengths = groups.unique_consecutive(return_counts=True)
        stops = lengths.cumsum(0)
        places += [
            (row, stop - length, stop)
            for number, length, stop in zip(numbers.tolist(), lengths.tolist(), stops.tolist(), strict=True)
            if number >= 0
        ]
    return places


def unfolded(batch: Grouped) -> Grouped:
    """The same pairs or groups with the prompt once for each completion: documents of a `PackedBatch`, positions restarting.

    A row p c r P C R becomes p c p r P C P R; the rows are as wide as the longest needs.
    """
    rows = [
        _unfolded_order(groups, segments)
        for groups, segments in zip(batch.group_ids.tolist(), batch.segment_ids.tolist(), strict=True)
    ]
    order = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=-1)
    order = order.to(batch.input_ids.device)
    padding = order < 0
    places = order.clamp(min=0)

    def moved(tensor: Tensor, fill: float) -> Tensor:
        return tensor.gather(1, places).masked_fill(padding, fill)

    own = (
        moved(batch.input_ids, 0),
        moved(batch.labels, IGNORE_INDEX),
        moved(batch.position_ids, 0),
        moved(batch.segment_ids, 0),
    )
    if isinstance(batch, GroupBatch):
        groups, drawn = moved(batch.group_ids, -1), moved(batch.drawn_log_probs, 0.0)
        input_ids, labels, position_ids, segment_ids = own
        return batch._replace(
            input_ids=input_ids,
            labels=labels,
            position_ids=position_ids,
            segment_ids=segment_ids,
            group_ids=groups,
            drawn_log_probs=drawn,
        )
    return PreferenceBatch(*own, moved(batch.pair_ids, -1))


def _unfolded_order(groups: list[int], segments: list[int]) -> list[int]:
    """Which positions of a row follow one another when it is unfolded."""
    places: dict[int, dict[int, list[int]]] = {}
    for place, (group, segment) in enumerate(zip(groups, segments, strict=True)):
        if group >= 0:
            places.setdefault(group, {}).setdefault(segment, []).append(place)
    return [
        place
        for parts in places.values()
        for segment, completion in sorted(parts.items())
        if segment > 0
        for place in (*parts[0], *completion)
    ]

"""Attention by FlexAttention where a mask of blocks is given, and by SDPA elsewhere: for packed rows on a GPU.

SDPA takes a mask of T x T pairs and computes all of them. In a row of 2,048 positions with documents of 165 tokens nine pairs
of ten are hidden; FlexAttention leaves out the blocks that hold only such pairs and makes no matrix. Solving goes on with SDPA.

A layer whose heads are wider than 256 (the global layers of Gemma 4) gets the mask of pairs: FlexAttention's tiles of such
heads do not fit into a card's shared memory.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import BlockMask, flex_attention

from mathpal_lightning.compat.transformers import BLOCK_SPARSE, attend_in_blocks, attention_implementation
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.key_spans import BLOCK, block_mask, dense_mask, key_spans

if TYPE_CHECKING:
    from collections.abc import Callable

    from mathpal_lightning.compat.transformers import LanguageModel

WIDEST_HEAD = 256


def use_blocks(model: LanguageModel, tiles: dict[str, int] | None = None) -> None:
    """Let a transformers model compute attention by blocks wherever it is given a mask of blocks, in place.

    Args:
        model: without an adapter, or PEFT's around one.
        tiles: what `tiles_of` returns for the card; None for torch's own choice.
    """
    attend_in_blocks(text_decoder(model), functools.partial(_attend, tiles))


def takes_blocks(model: LanguageModel) -> bool:
    """Whether `use_blocks` has prepared a model."""
    return attention_implementation(model.config.get_text_config()) == BLOCK_SPARSE


def masks_in_blocks(model: LanguageModel, position_ids: Tensor, segment_ids: Tensor | None = None) -> dict[str, object]:
    """The masks of full and of sliding attention by the names of the layer types, as wide as `in_whole_blocks` makes the row.

    Args:
        model: prepared by `use_blocks`.
        position_ids: as `key_spans` takes them.
        segment_ids: as `key_spans` takes them.
    """
    position_ids = in_whole_blocks(position_ids)
    segment_ids = None if segment_ids is None else in_whole_blocks(segment_ids)
    config = model.config.get_text_config()
    masks: dict[str, object] = {}
    for kind, window in (("full_attention", None), ("sliding_attention", config.sliding_window)):
        spans = key_spans(position_ids, segment_ids, window)
        masks[kind] = block_mask(spans) if in_blocks(model, kind) else dense_mask(spans)
    return masks


def in_blocks(model: LanguageModel, kind: str) -> bool:
    """Whether the layers of a type have heads that are narrow enough, and no dropout, which FlexAttention does not know.

    Args:
        model: a transformers or PEFT model.
        kind: "full_attention" or "sliding_attention".
    """
    attention = [layer.self_attn for layer in text_decoder(model).layers if layer.self_attn.layer_type == kind]
    return all(each.head_dim <= WIDEST_HEAD and not each.attention_dropout for each in attention)


def in_whole_blocks(values: Tensor) -> Tensor:
    """Pad int64 [B, T] with zeros to a multiple of a block, so that rows of many lengths have few widths."""
    return torch.nn.functional.pad(values, (0, -values.shape[1] % BLOCK))


def _attend(
    tiles: dict[str, int] | None,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: BlockMask,
    scaling: float,
    softcap: float | None,
) -> Tensor:
    """[B, H, T, d] and [B, K, T, d] twice -> [B, T, H, d]. Compiled alone, or as a part of a layer that is compiled."""
    flex: Callable[..., Any] = flex_attention
    if not torch.compiler.is_compiling() and query.device.type != "cpu":
        flex = _compiled()
    attended: Tensor = flex(
        query,
        key,
        value,
        score_mod=None if softcap is None else _capped(softcap),
        block_mask=mask,
        scale=scaling,
        enable_gqa=query.shape[1] != key.shape[1],
        kernel_options=tiles,
    )
    return attended.transpose(1, 2).contiguous()


@functools.cache
def _compiled() -> Callable[..., Any]:
    """FlexAttention is compiled for the first width, and once more, for all widths, when it meets a second one."""
    return torch.compile(flex_attention)


def _capped(softcap: float) -> Callable[..., Tensor]:
    """Gemma 2's cap of the attention scores, which SDPA does not know."""

    def cap(score: Tensor, row: Tensor, head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        return softcap * torch.tanh(score / softcap)

    return cap

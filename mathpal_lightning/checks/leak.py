"""Law 5 (docs/architecture.md) on the loaded model: the hidden states of a document are the same packed and alone.

The measure is the relative error of the last hidden states, |packed - alone| / |alone|. Where documents do not attend to each
other it is rounding error: 0.008 to 0.015 in bfloat16 and 1e-6 in float32 on Gemma 3 270M. Where they do, it is 0.39 to 0.53.
The bounds lie several times above the one and below the other. The same row is also laid out so that it must leak, which shows
that the measure would see a leak.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from lightning.fabric.utilities import move_data_to_device
from torch import Tensor

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.data.collate import collate, collate_groups, collate_pairs
from mathpal_lightning.errors import ModelError
from mathpal_lightning.model.scoring import hidden_states
from mathpal_lightning.model.shared_prompt import attention_masks, can_share_prompts, unfolded
from mathpal_lightning.schema import Batch, Encoded, EncodedGroup, EncodedPair, PackedBatch

if TYPE_CHECKING:
    from mathpal_lightning.model import MathPalModule

AnyBatch = TypeVar("AnyBatch", bound=Batch)
BOUNDS = {torch.bfloat16: 0.08, torch.float16: 0.02, torch.float32: 0.005}
"""Limits by dtype of the hidden states: in bfloat16 five times the rounding and a fifth of a leak; in float32 room for TF32."""
_WIDEST_ON_CPU = 4_096
"""Positions of the row that is checked: a CPU's kernels are not chosen by the width beyond a few hundred."""
LAW_5 = "packed equals separate"


def check_documents(
    module: MathPalModule, documents: Sequence[Encoded], pad_token_id: int, rows: int = 1, width: int | None = None
) -> Finding:
    """Compare documents in one row with each document alone, in rows like those of training.

    Kernels are chosen by the number of rows, their width and the mode, so these are training's. A second row holds the same
    documents in another order.

    Args:
        module: has `hidden_states(batch)` and its weights on a device; in the mode that is checked.
        documents: at least two.
        pad_token_id: of the tokenizer.
        rows: of a batch of training; more than two are checked as two.
        width: positions of a row of training; None, or less than the documents need, for as many as they need.

    Raises:
        ModelError: packed documents attend to each other.
    """
    assert len(documents) > 1, "a document alone cannot leak"
    lengths = [len(document.input_ids) for document in documents]
    numbers = list(range(len(documents)))
    orders = [numbers, numbers[1:] + numbers[:1]][: min(rows, 2)]
    widest = width or 0 if module.device.type == "cuda" else min(width or 0, _WIDEST_ON_CPU)
    wide = max(widest, sum(lengths))
    packed = _to(module, collate([[documents[number] for number in order] for order in orders], pad_token_id, wide))
    alone = [_document_alone(module, document, pad_token_id, packed.input_ids.shape) for document in documents]

    def error(batch: PackedBatch) -> float:
        errors = []
        for states, order in zip(module.hidden_states(batch).detach(), orders, strict=True):
            pieces = states[: sum(lengths)].split([lengths[number] for number in order])
            errors += [relative_error(piece, alone[number]) for piece, number in list(zip(pieces, order, strict=True))[1:]]
        return _largest(errors)

    leaking = packed._replace(position_ids=_one_after_another(packed.position_ids, sum(lengths)))
    laid = f"{len(documents)} documents in {'one row' if len(orders) == 1 else 'each of two rows'}"
    return _judge(error(packed), error(leaking), alone[0].dtype, laid)


def check_pairs(
    module: MathPalModule, pairs: Sequence[EncodedPair] | Sequence[EncodedGroup], pad_token_id: int, backend: str
) -> Finding:
    """Compare completions of preference pairs or of groups, as training scores them, with each prompt and completion alone.

    Args:
        module: has `model`; in the mode that is checked.
        pairs: at least one pair or group.
        pad_token_id: of the tokenizer.
        backend: the one that loaded the base; with some, both completions share one copy of the prompt.

    Raises:
        ModelError: completions attend to each other.
    """
    assert pairs, "a check without pairs proves nothing"
    model, device = module.model, module.device
    sides = range(1, 1 + max(max(pair.segment_ids) for pair in pairs))
    of_groups = isinstance(pairs[0], EncodedGroup)
    rewards = [0.0] * len(pairs) * len(sides)
    laid_out: Callable[..., Any] = partial(collate_groups, rewards=rewards) if of_groups else collate_pairs
    batch = _to(module, laid_out([pairs], pad_token_id=pad_token_id))
    shared = can_share_prompts(backend, device.type)
    masks = attention_masks(batch, model) if shared else None
    batch = batch if shared else unfolded(batch)
    alone = [[_completion_alone(module, pair, side) for side in sides] for pair in pairs]

    def error(states: Tensor) -> float:
        return _largest(
            [
                relative_error(states[(batch.group_ids == number) & (batch.segment_ids == side)], alone[number][side - 1])
                for number in range(len(pairs))
                for side in sides
            ]
        )

    leaking = batch._replace(position_ids=_one_after_another(batch.position_ids))
    how = "one prompt for all completions" if shared else "a prompt for each completion"
    return _judge(
        error(hidden_states(model, batch, masks)),
        error(hidden_states(model, leaking)),
        alone[0][0].dtype,
        f"{len(pairs)} {'groups' if of_groups else 'pairs'}, {how}",
    )


def _largest(errors: Sequence[float]) -> float:
    """The largest; NaN where one of them is, which Python's max may pass over."""
    return next(filter(isnan, errors), max(errors))


def relative_error(found: Tensor, expected: Tensor) -> float:
    """|found - expected| / |expected|, over all values."""
    found, expected = found.float(), expected.float()
    return float(((found - expected).norm() / expected.norm()).item())


def _document_alone(module: MathPalModule, document: Encoded, pad_token_id: int, shape: torch.Size) -> Tensor:
    """The hidden states [length, D] of one document in a row of its own; on a card in rows of the training's shape.

    A card's kernels may be compiled for a shape, which takes half a minute; padding costs it nothing.
    """
    rows, width = shape if module.device.type == "cuda" else (1, None)
    states = module.hidden_states(_to(module, collate([[document]] * rows, pad_token_id, width)))
    return states[0, : len(document.input_ids)].detach()


def _completion_alone(module: MathPalModule, pair: EncodedPair | EncodedGroup, side: int) -> Tensor:
    """The hidden states [length, D] of one completion, computed after its prompt in a row of its own."""
    ids, segments = torch.as_tensor(pair.input_ids), torch.as_tensor(pair.segment_ids)
    kept = ids[(segments == 0) | (segments == side)][None]
    row = _to(module, PackedBatch(kept, kept, torch.arange(kept.shape[1])[None]))
    return hidden_states(module.model, row)[0, int((segments == 0).sum()) :]


def _judge(error: float, leaking: float, dtype: torch.dtype, what: str) -> Finding:
    bound = BOUNDS[dtype]
    kind = str(dtype).removeprefix("torch.")
    if isnan(error):
        raise ModelError(
            "finite hidden states of the model before its first step",
            "NaN",
            "Its weights are damaged, or overflow in this arithmetic: download the base again, or set `model.precision`.",
        )
    if not error <= bound:
        raise ModelError(
            f"{what} to give the hidden states of each alone",
            f"that they attend to each other: relative error {error:.3f} (limit {bound} in {kind})",
            "Set data.packing: false for SFT, or use another model.backend or versions (mathpal doctor lists known bad ones).",
        )
    found = f"{what}: relative error {error:.1e} in {kind} (limit {bound}; {leaking:.2f} when made to leak)"
    figures = {"relative_error": error, "limit": bound, "when_made_to_leak": leaking}
    if leaking <= bound:
        expected, way_out = f"more than {bound} from a row made to leak", "On this model the check cannot see a leak."
        return Finding(LAW_5, found, "warning", expected, way_out, figures=figures)
    return Finding(LAW_5, found, figures=figures)


def _one_after_another(position_ids: Tensor, count: int | None = None) -> Tensor:
    """The first `count` tokens as one document, by default all; padding stays at position 0, as it is in training.

    Padding must not join them: attention over a row of 100,000 positions takes minutes.
    """
    positions = torch.arange(position_ids.shape[1], device=position_ids.device)
    return torch.where(positions < (count or len(positions)), positions, 0).expand_as(position_ids)


def _to(module: MathPalModule, batch: AnyBatch) -> AnyBatch:
    moved: AnyBatch = move_data_to_device(batch, module.device)
    return moved

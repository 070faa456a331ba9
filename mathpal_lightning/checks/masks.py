"""Encoded rows have one BOS, and the solution with its end-of-turn token is supervised, nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from transformers import PreTrainedTokenizerBase

from mathpal_lightning.chat import chat_format
from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import IGNORE_INDEX, Encoded, EncodedPair, Row

_SHOWN = 60


def check_masks(
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[Row],
    documents: Sequence[Encoded | EncodedPair],
    supervise: str = "solution",
) -> Finding:
    """Laws 1, 2 and 6 (docs/architecture.md) on encoded rows; the finding shows one row.

    Args:
        tokenizer: the one that encoded them.
        rows: that were encoded.
        documents: the ids and labels of each.
        supervise: "all" where the questions are supervised too.

    Raises:
        DataError: a BOS is missing, doubled or supervised, or other tokens than the solution's are supervised.
    """
    assert rows, "a check without rows proves nothing"
    for row, document in zip(rows, documents, strict=True):
        _require_one_bos(tokenizer, row, document)
        _require_mask(tokenizer, row, document, supervise)
    form, ids, labels = chat_format(tokenizer), list(documents[0].input_ids), list(documents[0].labels)
    first = next(place for place, label in enumerate(labels) if label != IGNORE_INDEX)
    before, learned = _text(tokenizer, ids[:first])[-_SHOWN:], _text(tokenizer, ids[first:])
    learned = learned if len(learned) <= 2 * _SHOWN else f"{learned[:_SHOWN]}…{learned[-_SHOWN:]}"
    return Finding(
        "masks",
        f"in {len(rows)} rows one BOS, and of {form.name}'s turns the solution and {form.end_of_turn} supervised; "
        f"given: …{before!r}, learned: {learned!r}",
    )


def _require_one_bos(tokenizer: PreTrainedTokenizerBase, row: Row, document: Encoded | EncodedPair) -> None:
    bos, ids, labels = tokenizer.bos_token_id, list(document.input_ids), list(document.labels)
    if ids[0] != bos or ids.count(bos) != 1 or labels[0] != IGNORE_INDEX:
        raise DataError(
            f"exactly one BOS (id {bos}), first and not supervised",
            f"{ids.count(bos)} in {row.place or 'a row'}, which begins with ids {ids[:4]} and labels {labels[:4]}",
            "Use the tokenizer that came with the base model, and rows without control tokens in their texts.",
        )


def _require_mask(tokenizer: PreTrainedTokenizerBase, row: Row, document: Encoded | EncodedPair, supervise: str) -> None:
    end = chat_format(tokenizer).end_of_turn
    solutions = [turn.text.strip() for turn in row.turns if turn.role == "assistant"]
    solutions = [solutions[-1], row.rejected.strip()] if isinstance(document, EncodedPair) else solutions
    expected = "".join(solution + end for solution in solutions)
    supervised = _text(tokenizer, [label for label in document.labels if label != IGNORE_INDEX])
    if supervised != expected and not (supervise == "all" and supervised.endswith(solutions[-1] + end)):
        raise DataError(
            f"supervised tokens that say {expected!r}",
            f"{supervised!r} in {row.place or 'a row'}",
            "The chat template and the tokenizer do not belong together: look at the row with `mathpal data preview`.",
        )


def _text(tokenizer: PreTrainedTokenizerBase, ids: list[int]) -> str:
    return str(tokenizer.decode(ids, clean_up_tokenization_spaces=False))

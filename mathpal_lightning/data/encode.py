"""Row -> Encoded: token ids and labels are built in one pass over the pieces of the conversation.

Each piece is tokenised alone. So a prompt has the same ids in training as in generation, and no token spans the border between
prompt and solution.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Literal

from mathpal_lightning.chat import chat_format, conversation_pieces
from mathpal_lightning.data.pieces import PieceTokenizer
from mathpal_lightning.schema import IGNORE_INDEX, Encoded, EncodedPair, Row

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Supervise = Literal["solution", "all"]
PIECES_AFTER = 4096
"""With at least this many texts the piece tokenizer saves more time than its start takes."""


class Tokenize:
    """Texts -> ids without BOS. Few texts go through the tokenizer itself, many through the piece tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase):
        """Take a Gemma tokenizer from `chat.load_tokenizer`."""
        self.tokenizer, self.form, self.seen = tokenizer, chat_format(tokenizer), 0
        self._pieces: PieceTokenizer | None = None

    def __call__(self, texts: list[str]) -> list[list[int]]:
        """The ids of each text."""
        if not texts:
            return []
        if not self.tokenizer.is_fast:
            ids: list[list[int]] = self.tokenizer(texts, add_special_tokens=False, return_attention_mask=False)["input_ids"]
            return ids
        backend = self.tokenizer.backend_tokenizer  # twice as fast as tokenizer(...), which also builds masks and offsets
        if self.seen < PIECES_AFTER <= self.seen + len(texts):
            self._pieces = PieceTokenizer.of(backend, [self.form.start_of_turn, self.form.end_of_turn])
        self.seen += len(texts)
        backend.no_padding()
        backend.no_truncation()
        if self._pieces is not None:
            return self._pieces(texts)
        return [encoding.ids for encoding in backend.encode_batch_fast(texts, add_special_tokens=False)]


def encode_rows(
    tokenizer: PreTrainedTokenizerBase,
    rows: Sequence[Row],
    supervise: Supervise = "solution",
    tokenize: Tokenize | None = None,
) -> list[Encoded]:
    """Tokenise conversations, all at once.

    Args:
        tokenizer: a Gemma tokenizer from `chat.load_tokenizer`.
        rows: conversations without control tokens in their texts.
        supervise: "solution" labels what the model writes and its end-of-turn, "all" labels everything after BOS.
        tokenize: pass the same object for every batch; that is faster for many rows.

    Returns:
        One document a row: BOS, then the pieces. A label equals its id where supervised, else IGNORE_INDEX; BOS never is.
    """
    form = chat_format(tokenizer)
    pieces = [conversation_pieces(form, row.turns) for row in rows]
    ids = iter((tokenize or Tokenize(tokenizer))([text for text, _ in chain.from_iterable(pieces)]))
    bos = tokenizer.bos_token_id
    return [_join(bos, [(next(ids), supervised or supervise == "all") for _, supervised in row]) for row in pieces]


def encode_pairs(
    tokenizer: PreTrainedTokenizerBase, rows: Sequence[Row], tokenize: Tokenize | None = None
) -> list[EncodedPair]:
    """Tokenise preference pairs: BOS and prompt, the chosen completion, the rejected one, each with its end-of-turn.

    Prompt and completion have the same ids as in `encode_rows`, so each half of a pair is a document of SFT.

    Args:
        tokenizer: a Gemma tokenizer from `chat.load_tokenizer`.
        rows: conversations that end with the chosen solution, with the other in `rejected`.
        tokenize: pass the same object for every batch; that is faster for many rows.
    """
    form = chat_format(tokenizer)
    texts = [
        [*(text for text, _ in conversation_pieces(form, row.turns)), row.rejected.strip() + form.end_of_turn] for row in rows
    ]
    ids = iter((tokenize or Tokenize(tokenizer))(list(chain.from_iterable(texts))))
    return [_join_pair(tokenizer.bos_token_id, [next(ids) for _ in row]) for row in texts]


def _join(bos: int, pieces: list[tuple[list[int], bool]]) -> Encoded:
    input_ids, labels = [bos], [IGNORE_INDEX]
    for ids, supervised in pieces:
        input_ids += ids
        labels += ids if supervised else [IGNORE_INDEX] * len(ids)
    return Encoded(input_ids, labels)


def _join_pair(bos: int, pieces: list[list[int]]) -> EncodedPair:
    *prompt, chosen, rejected = pieces
    before = [bos, *chain.from_iterable(prompt)]
    return EncodedPair(
        [*before, *chosen, *rejected],
        [*[IGNORE_INDEX] * len(before), *chosen, *rejected],
        [*[0] * len(before), *[1] * len(chosen), *[2] * len(rejected)],
    )

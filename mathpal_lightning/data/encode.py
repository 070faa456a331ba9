"""Row -> Encoded: token ids and labels born together, piece by piece of the conversation.

Each piece is tokenised alone, so a prompt gives the same ids in training as in generation, and no token reaches from
the prompt into the solution.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Literal

from mathpal_lightning.chat import ChatFormat, chat_format, conversation_pieces
from mathpal_lightning.schema import IGNORE_INDEX, Encoded, EncodedPair, Row

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Supervise = Literal["solution", "all"]


def encode_rows(tokenizer: PreTrainedTokenizerBase, rows: Sequence[Row], supervise: Supervise = "solution") -> list[Encoded]:
    """Tokenise conversations in one call of the tokenizer, which uses its own threads.

    Args:
        tokenizer: a Gemma tokenizer from `chat.load_tokenizer`.
        rows: conversations without control tokens in their texts.
        supervise: "solution" labels what the model writes and its end-of-turn, "all" labels everything after BOS.

    Returns:
        One document a row: BOS, then the pieces. A label equals its id where supervised, else IGNORE_INDEX; BOS never is.
    """
    form = chat_format(tokenizer)
    pieces = [conversation_pieces(form, row.turns) for row in rows]
    ids = iter(_tokenize(tokenizer, [text for text, _ in chain.from_iterable(pieces)]))
    bos = tokenizer.bos_token_id
    return [_join(bos, [(next(ids), supervised or supervise == "all") for _, supervised in row]) for row in pieces]


def encode_pairs(tokenizer: PreTrainedTokenizerBase, rows: Sequence[Row]) -> list[EncodedPair]:
    """Tokenise preference pairs: BOS and prompt, the chosen completion, the rejected one, each with its end-of-turn.

    Prompt and completion have the ids that `encode_rows` gives them: a pair's two halves are two documents of SFT.

    Args:
        tokenizer: a Gemma tokenizer from `chat.load_tokenizer`.
        rows: conversations that end with the chosen solution, with the other in `rejected`.
    """
    form = chat_format(tokenizer)
    texts = [
        [*(text for text, _ in conversation_pieces(form, row.turns)), row.rejected.strip() + form.end_of_turn] for row in rows
    ]
    ids = iter(_tokenize(tokenizer, list(chain.from_iterable(texts))))
    return [_join_pair(tokenizer.bos_token_id, [next(ids) for _ in row]) for row in texts]


def control_tokens(tokenizer: PreTrainedTokenizerBase) -> list[str]:
    """The tokens that steer a model and that no text of a row may contain: the special ones and the turn tokens."""
    form: ChatFormat = chat_format(tokenizer)
    special = {token.content for token in tokenizer.added_tokens_decoder.values() if token.special}
    tokens = special | set(tokenizer.all_special_tokens) | {form.start_of_turn, form.end_of_turn}
    return sorted(token for token in tokens if token.strip())  # runs of newlines may be tokens, but steer nothing


def _tokenize(tokenizer: PreTrainedTokenizerBase, texts: list[str]) -> list[list[int]]:
    if not texts:
        return []
    if not tokenizer.is_fast:
        return tokenizer(texts, add_special_tokens=False, return_attention_mask=False)["input_ids"]
    backend = tokenizer.backend_tokenizer  # half the time of the tokenizer's own call, which builds offsets and masks
    backend.no_padding()
    backend.no_truncation()
    return [encoding.ids for encoding in backend.encode_batch_fast(texts, add_special_tokens=False)]


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

"""A faster tokenizer call: cut texts into pieces, tokenise each distinct piece once, and join the ids.

    "Có 12 kg<end_of_turn>"  ->  "Có"  " "  "1"  "2"  " kg"  "<end_of_turn>"

BPE spends most of its time on merging the same syllables again and again. A piece has the same ids alone as in its text if
no token of the vocabulary contains the border between two pieces. The borders used here are: before a run of spaces,
around a run of newlines, and around a digit. `PieceTokenizer.of` checks every token of the vocabulary for that, and that no
other part of the tokenizer depends on what stands around a piece. If a check fails, whole texts are tokenised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from mathpal_lightning.compat.tokenizers import is_plain_bpe, settings_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MOST_PIECES = 100_000
"""Largest number of pieces whose ids are kept, about 30 MB. If there are more, all are dropped."""
_SPACE = "\u2581"
_RUN = re.compile(rf"\n+|[ {_SPACE}]+")
_NORMALIZER = {"type": "Replace", "pattern": {"String": " "}, "content": _SPACE}
_PRE_TOKENIZER = {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}
"""Splits nothing, because the normalizer has already replaced every space."""


class PieceTokenizer:
    """The ids of texts, from the ids of their pieces."""

    def __init__(self, backend: Tokenizer, markers: Sequence[str], elsewhere: re.Pattern[str]):
        """Use `of`, which checks whether a tokenizer can be used this way.

        Args:
            backend: a fast tokenizer's own.
            markers: tokens of the chat template; each begins with "<".
            elsewhere: pattern of the beginnings of added tokens that could merge across a border. A text with such a
                beginning is tokenised in one go.
        """
        marker = "|".join(re.escape(marker) for marker in markers)
        other = rf"(?:<(?!{'|'.join(re.escape(marker[1:]) for marker in markers)})[^ \n0-9<]*)"
        self._piece = re.compile(rf"{marker}|\n+|[0-9]| *[^ \n0-9<]+{other}*| *{other}+| +")
        self._backend, self._elsewhere = backend, elsewhere
        self._ids: dict[str, list[int]] = {}

    @classmethod
    def of(cls, backend: Tokenizer, markers: Sequence[str]) -> PieceTokenizer | None:
        """The piece tokenizer of a Gemma; None if whole texts have to be tokenised. Takes a quarter of a second."""
        added = backend.get_added_tokens_decoder().values()
        contents = [token.content for token in added]
        if not _is_gemma(backend) or any(token.lstrip or token.rstrip or token.single_word for token in added):
            return None
        if not markers or not all(marker in contents and marker.startswith("<") for marker in markers):
            return None
        beginnings = {content[:2] for content in contents if content not in markers and not _RUN.fullmatch(content)}
        beginnings |= {_SPACE, "<0"}  # <0x41> is a byte of a character that has no token
        elsewhere = _beginning(beginnings, markers)
        reaching = _tokens_that_reach_over(backend.get_vocab(with_added_tokens=False))
        plain = all(elsewhere.search(token.replace(_SPACE, " ")) or token in markers for token in reaching)
        return cls(backend, markers, elsewhere) if plain else None

    def __call__(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text, without BOS: what the tokenizer itself gives."""
        cut = [None if self._elsewhere.search(text) else self._piece.findall(text) for text in texts]
        whole = iter(self._encode([text for text, pieces in zip(texts, cut, strict=True) if pieces is None]))
        if len(self._ids) > MOST_PIECES:
            self._ids.clear()
        new = list(set(chain.from_iterable(filter(None, cut))).difference(self._ids))
        self._ids.update(zip(new, self._encode(new), strict=True))
        look_up = self._ids.__getitem__
        return [next(whole) if pieces is None else list(chain.from_iterable(map(look_up, pieces))) for pieces in cut]

    def _encode(self, texts: list[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._backend.encode_batch_fast(texts, add_special_tokens=False)] if texts else []


def _is_gemma(backend: Tokenizer) -> bool:
    """Whether the tokenizer replaces spaces and then runs a plain BPE, and does nothing else."""
    normalizer, pre_tokenizer, model = backend.normalizer, backend.pre_tokenizer, backend.model
    return is_plain_bpe(model) and settings_of(normalizer) == _NORMALIZER and settings_of(pre_tokenizer) in ({}, _PRE_TOKENIZER)


def _beginning(beginnings: Iterable[str], markers: Sequence[str]) -> re.Pattern[str]:
    """A pattern of the beginnings (one or two characters), markers left out. One branch for each first character is fast."""
    seconds: dict[str, set[str]] = {}
    for beginning in sorted(beginnings):
        seconds.setdefault(beginning[0], set()).add(beginning[1:])
    no_marker = rf"(?!{'|'.join(re.escape(marker[1:]) for marker in markers)})"
    branches = [
        re.escape(first) + (no_marker if first == "<" else "") + ("" if "" in rest else f"[{re.escape(''.join(sorted(rest)))}]")
        for first, rest in seconds.items()
    ]
    return re.compile("|".join(branches))


def _tokens_that_reach_over(vocabulary: Iterable[str]) -> list[str]:
    """The tokens that contain a border: a space after something else, or a newline or digit beside something else."""
    digit = re.compile("[0-9]").search
    return [
        token
        for token in vocabulary
        if _SPACE in token.lstrip(_SPACE) or ("\n" in token and token.strip("\n")) or (len(token) > 1 and digit(token))
    ]

"""How much of some texts a small vocabulary keeps, and how many more tokens they take with it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mathpal_lightning.vocabulary.base import Vocabulary, ids_of
from mathpal_lightning.vocabulary.tokenizer_files import cut_tokenizer_json, pieces_of

_BATCH = 512


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a small vocabulary makes of some texts."""

    tokens: int
    """Tokens of the texts with the full vocabulary."""
    kept: int
    """How many of them the small one keeps."""
    small_tokens: int
    """Tokens of the texts with the small vocabulary."""
    missing: Counter[str]
    """The tokens that it does not keep, with how often they occur."""
    size: int
    full_size: int


def coverage(base: Path, vocabulary: Vocabulary, texts: Iterable[str]) -> Coverage:
    """Cut texts with both vocabularies of a base.

    Args:
        base: the folder of the full base.
        vocabulary: the small one.
        texts: any number of texts; a batch is in memory at a time.
    """
    from tokenizers import Tokenizer

    content = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    pieces = pieces_of(content)
    ids = ids_of(base, vocabulary, pieces)
    small = Tokenizer.from_str(json.dumps(cut_tokenizer_json(content, ids), ensure_ascii=False))
    whole = Tokenizer.from_file(str(base / "tokenizer.json"))
    full: Counter[int] = Counter()
    small_tokens, stream = 0, iter(texts)
    while batch := list(islice(stream, _BATCH)):
        for cut in whole.encode_batch(batch, add_special_tokens=False):
            full.update(cut.ids)
        small_tokens += sum(len(cut.ids) for cut in small.encode_batch(batch, add_special_tokens=False))
    missing = Counter({pieces[index]: count for index, count in full.items() if index not in ids})
    tokens = full.total()
    return Coverage(tokens, tokens - missing.total(), small_tokens, missing, len(ids), len(pieces))

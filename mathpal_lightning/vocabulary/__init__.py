"""A small vocabulary: the few thousand tokens that Vietnamese mathematics uses, of the 262,144 that Gemma has.

    lists.yaml, syllables.py   what must stay: syllables, units, LaTeX, signs, common English
    -> choose.py               the ids of the tokens that say it
    -> closure.py              and of the tokens that BPE passes through on the way to them
    -> tokenizer_files.py      the tokenizer with only these tokens
    -> base.py                 the base model with only their embeddings: an ordinary Gemma folder, made once and cached
       cut_files.py            its configs and weights

The law: a text whose tokens are all kept is cut into the same tokens as by the full tokenizer, and decoding an encoded text
gives the text, whatever it holds (a missing token falls into smaller pieces, at last into bytes).
"""

from mathpal_lightning.vocabulary.base import (
    FULL,
    RECORD,
    SMALL,
    Vocabulary,
    choose_vocabulary,
    cut_base,
    vocabulary_digest,
    vocabulary_of,
)
from mathpal_lightning.vocabulary.covered import Coverage, coverage

__all__ = [
    "FULL",
    "RECORD",
    "SMALL",
    "Coverage",
    "Vocabulary",
    "choose_vocabulary",
    "coverage",
    "cut_base",
    "vocabulary_digest",
    "vocabulary_of",
]

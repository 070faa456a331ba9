"""A chosen letter and what is written behind it: `Chọn C. 345`, where the option C says 450, is no answer."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.question.options import option_texts
from mathpal_lightning.evaluation.values.comparison import same_answer
from mathpal_lightning.evaluation.values.reading import read_answer
from mathpal_lightning.text import comparison_key

OTHER_OPTION = "other option"
"""The note of a choice behind whose letter something else is written than its option says."""
_PLAIN_KINDS = ("number", "fraction", "mixed_number", "percent", "quantity", "compound_quantity", "point", "interval")


def contradicts_letter(question: str, letter: str, solution: str) -> bool:
    """Whether the last words behind a letter are another option, or a plain value that is not the letter's own.

    Args:
        question: the problem with its options, plain text.
        letter: the chosen letter.
        solution: plain text.
    """
    options = option_texts(question)
    own = options.get(letter, "").strip(" .;,")
    behind = [
        match["said"]
        for match in re.finditer(rf"(?<![\w(]){letter}(?:\)? ?[.:)]|,| vì| là| \(| hoặc| hay) ?(?P<said>[^\n]+)", solution)
    ]
    said = behind[-1].strip(" .;)") if behind and own else ""
    if not said or comparison_key(said) == comparison_key(own):
        return False
    if any(comparison_key(said) == comparison_key(text) for text in options.values()):
        return True
    read, wanted = read_answer(said), read_answer(own)
    if read is None or wanted is None or read.kind not in _PLAIN_KINDS or wanted.kind not in _PLAIN_KINDS:
        return False
    return "=" not in said and not same_answer(read, wanted, question)

"""The sum that gives an answer, as it stands in the sentence: does it hold?"""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.values.reading import chain_holds


def sum_holds(sentence: str) -> bool:
    """Whether the formula that a sentence ends in holds, `3.8` read as a decimal or as a product; True without one."""
    formula = _formula(sentence)
    announced = re.sub(r"^-?[\d.,]+ ?: (?=-?[\d(])", "", formula)
    return any(chain_holds(read) for read in (formula, re.sub(r"(?<=\d)\.(?=\d)", " × ", formula), announced))


def _formula(sentence: str) -> str:
    """The formula that a sentence ends in, without the words in front."""
    sentence = re.sub(r"^.*(?<![^\W\d_])[a-z] ?= ?-?[\d,./]+[:;,] ", "", sentence)  # `Thay x = 4: 4² - 3.4 + 2 = 6`
    start = re.search(r"(?<![\w√^])(?<!\d[.,])(?<!\b[a-zA-Z] )(?<![-+×*/] )(?<![A-Z] : )(?:- ?)?[\d(√][^=]*=", sentence)
    if start is None or _NAMES.search(sentence[: start.start()]) and _LONE.fullmatch(start[0]):
        return ""
    formula = sentence[start.start() :]
    while _IN_LETTERS.search(formula.partition("=")[0]):
        formula = formula.partition("=")[2]
    return formula


_IN_LETTERS = re.compile(r"\d?[A-Z]|/[a-z](?![^\W\d_])")
"""`2S/a`, in front of the numbers."""
_LONE = re.compile(r"-? ?\d[\d,./]*(?:(?:; ?| | và )\d[\d,./]*)* ?(?:°|%|[^\W\d_]{1,4}(?:\^[23])?)? ?=")
_NAMES = re.compile(
    r"(?i)(?<!\w)(?!(?:là|bằng|được|có|còn|ra|vậy|nên|số|quả|kết|hay|tức) )[^\W\d_]{2,} (?:\d[\d./]*(?:; ?|, ?| và )){0,5}$"
)
"""`ƯCLN của 24 và 36 = 12`, `sin 30° = 1/2`: the number before the sign is part of a name."""

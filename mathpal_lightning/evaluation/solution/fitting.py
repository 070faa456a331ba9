"""Values that fit their condition and values that do not: `(TMĐK)`, `(n)`, `(loại)`, in one way each."""

from __future__ import annotations

from mathpal_lightning.evaluation.language.rules import Rule, replacing, where
from mathpal_lightning.evaluation.solution.rejected import without_rejected

_CONDITION = r"(?:đk(?:xđ)?|điều kiện(?: xác định| của ẩn| đề bài)?|đề bài)"
_FITTING = rf"(?:tm|t/m|thỏa mãn|thoả mãn|thỏa|thoả)(?: (?:các |với )?{_CONDITION})?"

FITTING = (
    Rule(
        "textbooks' short words for a value that fits, in brackets",
        replacing(
            rf"(?i)(?<=[\w)%°²³]) ?\((?:{_FITTING}|(?:tm|t/m)đk(?:xđ)?(?::? [^()\n]{{1,20}})?|nhận|chọn)\)", " (thỏa mãn)"
        ),
        "x = 3 (TMĐK)",
        "x = 3 (thỏa mãn)",
    ),
    Rule(
        "`(n)` for a value that is accepted",
        replacing(r"(?i)(?<=\d) ?\(n\)(?=\W*$|[;,])", " (thỏa mãn)"),
        "x = 3 (n)",
        "x = 3 (thỏa mãn)",
    ),
    Rule(
        "a value that fits its condition, without brackets",
        replacing(
            rf"(?i)(?<=\d),? (?:thỏa mãn|thoả mãn|thỏa|thoả|tm) {_CONDITION}(?=[.;,]|\W*$)",
            " (thỏa mãn)",
        ),
        "x = 3 thỏa mãn đề bài",
        "x = 3 (thỏa mãn)",
    ),
    Rule(
        "words for a value that does not fit, in brackets",
        replacing(
            r"(?i)(?<=\d) ?\((?:ktm|k tm|ktmđk|không tm|không t/m|không (?:thỏa|thoả)|không nhận|loại(?=\)| vì| do))"
            r"[^()\n]{0,30}\)",
            " (loại)",
        ),
        "x = 3 (KTM)",
        "x = 3 (loại)",
    ),
    Rule(
        "a value that does not fit, without brackets",
        replacing(
            rf"(?i)(?<=\d),? (?:không (?:thỏa|thoả)(?: mãn)?(?: {_CONDITION})?|bị loại)(?=[.;,]|\W*$)",
            " (loại)",
        ),
        "x = 3 không thỏa mãn đề bài",
        "x = 3 (loại)",
    ),
    Rule(
        "a value that is rejected beside one that is kept",
        where(r"loại\)", without_rejected),
        "x = 2 (TM), x = -1 (loại)",
        "x = 2 (thỏa mãn)",
    ),
)
"""In this order; part of the rules of `plain.py`."""

"""Powers, roots, minus and percent in words beside numbers and letters: `5 mũ 3`, `âm 12`, `căn bậc hai của 3`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.rules import Rule, replacing, where

_BASE = r"(?:(?<![^\W\d_])[a-zA-Z]|(?<=\d)[a-z]|\d|(?<=[\w)])\))"


def _power(said: re.Match[str]) -> str:
    return f"{said['base']}^" + (f"(-{said['power']})" if said["minus"] else said["power"])


_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_SIGNS = {"cộng": "+", "trừ": "-", "nhân": "×"}


def _with_signs(said: re.Match[str]) -> str:
    return re.sub(r"(?i)(?<= )(cộng|trừ|nhân)(?= )", lambda word: _SIGNS[word[1].lower()], said[0])


POWERS = (
    Rule(
        "a power of which both numbers are words",
        replacing(
            rf"(?i)(?<!\w)({'|'.join(_DIGITS[1:])}) mũ ({'|'.join(_DIGITS)})(?!\w)",
            lambda said: f"{_DIGITS.index(said[1].lower())}^{_DIGITS.index(said[2].lower())}",
        ),
        "hai mũ bốn",
        "2^4",
    ),
    Rule("percent in words", replacing(r"(?i)(?<=\d) phần trăm(?![^\W_])", "%"), "20 phần trăm", "20%"),
    Rule(
        "a decimal comma in words",
        replacing(r"(?i)(?<![\d.,])(\d{1,6}) phẩy (\d{1,6})(?![\d.,])", r"\1,\2"),
        "2 phẩy 5",
        "2,5",
    ),
    Rule(
        "a power in words",
        replacing(
            rf"(?i)(?P<base>{_BASE}) mũ (?P<minus>âm |trừ |-)?(?P<power>\d{{1,4}}|[a-z](?![^\W_]))(?! (?:áo|khăn|cái|đôi))",
            _power,
        ),
        "10 mũ âm 3",
        "10^(-3)",
    ),
    Rule(
        "a square or a cube in words",
        replacing(
            rf"(?P<base>{_BASE}) (?P<word>bình phương|lập phương)(?![^\W\d_])",
            lambda said: f"{said['base']}^{2 if said['word'] == 'bình phương' else 3}",
        ),
        "x bình phương",
        "x^2",
    ),
    Rule(
        "a square root with its name",
        where(
            r"(?i)căn bậc",
            replacing(r"(?i)(?<![^\W_])căn (?:bậc (?:hai|2) )?(?:của )?(?=(?:\d|[a-z](?![^\W_])|\())", "√"),
        ),
        "x = căn bậc hai của 3",
        "x = √3",
    ),
    Rule(
        "a minus in words",
        replacing(r"(?i)(?<![^\W_])(?<!số )(?<!nguyên )(?<!dương )âm (?=\d|[a-z](?![^\W_]))", "-"),
        "âm 12",
        "-12",
    ),
    Rule(
        "a line that is a sum of terms, its signs in words",
        replacing(
            r"(?im)^(?=[^\n]*(?<![^\W\d_])[a-z](?![^\W\d_]))(?:[A-Z] = |bằng )?"
            r"(?:\d*[a-z]?(?:\^\d)?)(?: (?:cộng|trừ|nhân) \d*[a-z]?(?:\^\d)?)+\.?$",
            _with_signs,
        ),
        "2x cộng 1",
        "2x + 1",
    ),
)
"""In this order."""

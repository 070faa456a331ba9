"""Powers, roots, minus and percent in words beside numbers and letters: `5 mũ 3`, `âm 12`, `căn bậc hai của 3`."""

from __future__ import annotations

import re

_BASE = r"(?:(?<![^\W\d_])[a-zA-Z]|(?<=\d)[a-z]|\d|(?<=[\w)])\))"
_POWER = re.compile(rf"(?i)(?P<base>{_BASE}) mũ (?P<minus>âm |trừ |-)?(?P<power>\d{{1,4}}|[a-z](?![^\W_]))")
_SQUARE = re.compile(rf"(?P<base>{_BASE}) (?P<word>bình phương|lập phương)(?![^\W\d_])")
_ROOT = re.compile(r"(?i)(?<![^\W_])căn (?:bậc (?:hai|2) )?(?:của )?(?=(?:\d|[a-z](?![^\W_])|\())")
_MINUS = re.compile(r"(?i)(?<![^\W_])(?<!số )(?<!nguyên )(?<!dương )âm (?=\d|[a-z](?![^\W_]))")
_PERCENT = re.compile(r"(?i)(?<=\d) phần trăm(?![^\W_])")
_COMMA = re.compile(r"(?i)(?<![\d.,])(\d{1,6}) phẩy (\d{1,6})(?![\d.,])")


def with_spoken_powers(text: str) -> str:
    """The text with signs for these words, where numbers or letters stand beside them.

    >>> with_spoken_powers("âm 2 mũ 3, x bình phương, 20 phần trăm")
    '-2^3, x^2, 20%'
    """
    if not re.search(r"(?i)mũ|phương|căn bậc|âm|trăm|phẩy", text):
        return text
    text = _COMMA.sub(r"\1,\2", _PERCENT.sub("%", text))
    text = _POWER.sub(lambda said: f"{said['base']}^" + (f"(-{said['power']})" if said["minus"] else said["power"]), text)
    text = _SQUARE.sub(lambda said: f"{said['base']}^{2 if said['word'] == 'bình phương' else 3}", text)
    text = _ROOT.sub("√", text) if "căn bậc" in text.lower() else text
    return _MINUS.sub("-", text)

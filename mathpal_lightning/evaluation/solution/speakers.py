"""A dialogue -> what is said in it, without who says it: `Học sinh: Dạ, 48 viên kẹo ạ`."""

from __future__ import annotations

import re

_SPEAKER = re.compile(
    r"(?im)^[-–—*• ]*(?:(?:cô|thầy)(?: giáo)?|gv|hs|giáo viên|học sinh|gia sư|người dùng|trợ lý|user|assistant|em|con|mẹ|bố"
    r"|bạn [^\W\d_]+): (?=\S)"
)
MIN_LINES = 2
"""Lines with a speaker that make a dialogue: `Học sinh: 48 em` alone is an answer."""


def without_speakers(text: str) -> str:
    r"""The text without the names before what is said; unchanged where fewer than two speak, or nobody asks.

    >>> without_speakers("Cô: Còn mấy viên?\nEm: Dạ 48 viên ạ.")
    'Còn mấy viên?\n48 viên ạ.'
    """
    said = list(_SPEAKER.finditer(text))
    asked = any("?" in line for line in text.split("\n") if _SPEAKER.match(line))
    return _SPEAKER.sub("", text).replace("\nDạ ", "\n").replace("\nDạ, ", "\n") if len(said) >= MIN_LINES and asked else text

"""Signs that fonts drew in Unicode's private area, as Word saves them: of Symbol, and arrows and bullets of Wingdings."""

from __future__ import annotations

import re

_CODES = {
    0x20: " ", 0x28: "(", 0x29: ")", 0x2B: "+", 0x2D: "-", 0x2F: "/", 0x3C: "<", 0x3D: "=", 0x3E: ">",
    0x5B: "[", 0x5D: "]", 0x5E: "⊥", 0x7B: "{", 0x7C: "|", 0x7D: "}",
    0x44: "Δ", 0x57: "Ω", 0x61: "α", 0x62: "β", 0x67: "γ", 0x6C: "λ", 0x6D: "μ", 0x70: "π", 0x71: "θ", 0x77: "ω",
    0xA3: "≤", 0xA5: "∞", 0xAE: "→", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: ":", 0xB9: "≠", 0xBA: "≡",
    0xBB: "≈", 0xC6: "∅", 0xC7: "∩", 0xC8: "∪", 0xCC: "⊂", 0xCE: "∈", 0xCF: "∉", 0xD0: "∠", 0xD6: "√", 0xD7: "·",
    0xDB: "⇔", 0xDE: "⇒", 0xE0: "→", 0xE8: "⇒",
}  # fmt: skip
SYMBOLS = {chr(0xF000 + code): sign for code, sign in _CODES.items()}
"""Private character -> the sign that it showed."""
_BULLET = re.compile("[\uf076\uf06e\uf0a7\uf0a8\uf0d8\uf0fc\uf0fe]")
_BULLETS = re.compile(rf"(?m)^[ \t]*{_BULLET.pattern}+[ \t\xa0]+(?=[\w($\\])")
"""Squares, diamonds, arrowheads and ticks at the beginning of a line with a space behind them; elsewhere they are letters."""


def without_bullets(text: str) -> str:
    r"""A text without the bullets of Word's lists.

    >>> without_bullets("\uf0a7 1 + 1 = 2")
    '1 + 1 = 2'
    """
    return _BULLETS.sub("", text) if _BULLET.search(text) else text

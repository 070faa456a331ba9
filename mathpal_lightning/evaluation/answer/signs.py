"""The signs that a solution writes into the blanks between two sides: `305 < 350; 12 + 8 = 20`, or `<; =` alone."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.question.signs import signs_asked
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer

_TURNED = {"<": ">", ">": "<", "=": "="}
_ALONE = re.compile(
    r"(?:^|(?<=[\n;,:.])|(?<=dấu)|(?<=điền)|(?<=là)|(?<=và)|(?:(?<=[\n;,.:<>=])|^)(?P<part>[a-h1-9])\))(?P<sign>[<>=])"
    r"(?=$|[\n;,.]|và|[a-h1-9]\))"
)
"""`a) <`, `điền dấu >`, `=`: a sign without sides; read where spaces are taken out."""

_WORDS = {"lớn": ">", "bé": "<", "nhỏ": "<", "bằng": "="}
_SIGN_IN_WORDS = re.compile(r"(?i)(?<=dấu )(lớn|bé|nhỏ|bằng)(?: hơn)?(?: nhé| nha| ạ)?(?!\w)")
"""`điền dấu lớn hơn`."""


def signs_filled(solution: Solution) -> Answer | None:
    """The sign of each blank, in the question's order; None for a single blank, and where one has no sign, or two."""
    asked = signs_asked(solution.asked)
    if len(asked) < 2:
        return None
    text = _SIGN_IN_WORDS.sub(lambda said: _WORDS[said[1].lower()], solution.text)
    text = re.sub(r"[^\S\n]", "", re.sub(r", (?=[\d(])", ";", text))
    written = [_between(left, right, text) for left, right in asked]
    signs = _alone(text) if not any(written) else [found.pop() if len(found) == 1 else "" for found in written]
    if len(signs) != len(asked) or not all(signs):
        return None
    read = [solution.read(sign) for sign in signs]
    return multi([answer for answer in read if answer is not None], ordered=True)


def _between(left: str, right: str, text: str) -> set[str]:
    """The signs that stand between two sides, whichever comes first; `7 + 8 = 15 < 20` compares 7 + 8 with 20."""
    one, other = (re.escape(side) for side in (left, right))
    ahead, behind = r"(?<![\d,.+×*/^(-])(?<!\d:)", r"(?![\d+×*:/^-]|[,.]\d)"
    step = r"(?:=[^<>=\n;]{1,40})?"
    found = {match[1] for match in re.finditer(rf"{ahead}{one}{step}([<>=]){other}{behind}", text)}
    return found | {_TURNED[match[1]] for match in re.finditer(rf"{ahead}{other}{step}([<>=]){one}{behind}", text)}


def _alone(text: str) -> list[str]:
    """The signs that stand alone, by their parts' letters where they have some."""
    found = list(_ALONE.finditer(text))
    if all(sign["part"] for sign in found):
        found.sort(key=lambda sign: sign["part"])
    return [sign["sign"] for sign in found]

"""The signs that a solution writes into the blanks between two sides: `305 < 350; 12 + 8 = 20`, or `<; =` alone."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.language.doubt import denies, is_sure
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


_REASON = re.compile(r"(?i)\(?(?:vì|do|bởi vì)(?!\w).*|\([^()]*\)\W*")


def sign_filled(solution: Solution) -> Answer | None:
    """A single blank filled by `<` or `>` in the last line; lines below it that only give a reason are passed over.

    Args:
        solution: question and solution.

    Returns:
        `45+3 > 48-2`, or the sign alone where the sides cannot be read. None where there is not one blank, the line compares
        something else or twice, or is not sure; equalities are read by the other rules.
    """
    asked = signs_asked(solution.asked)
    lines = list(solution.lines)
    while len(lines) > 1 and _REASON.fullmatch(lines[-1]):
        lines.pop()
    if len(asked) != 1 or not lines or not is_sure(lines[-1]) or denies(lines[-1]):
        return None
    (left, right), line = asked[0], without_spaces(re.sub(r", (?=[\d(])", ";", lines[-1]))
    found = _between(left, right, line)
    if len(found) != 1 or found == {"="}:
        return None
    sign = found.pop()
    whole = solution.read(f"{left} {sign} {right}")
    return whole if whole is not None and whole.kind == "relation" else solution.read(sign)


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

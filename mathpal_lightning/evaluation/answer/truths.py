"""What is said of each of several sentences: `a) Đ; b) S`, `Câu a, d đúng; b, c sai`, `Đ - S - S - Đ`, `a) Không b) Có`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.evaluation.words.answers_in_words import ASKS_FOR_TRUTH
from mathpal_lightning.schema import Answer

_ASKS_YES_OR_NO = re.compile(r"(?i)(?<!\w)có (?:hay|hoặc|/) ?không")
_SAID = {"đúng": "Đúng", "đ": "Đúng", "chính xác": "Đúng", "sai": "Sai", "s": "Sai", "có": "Có", "không": "Không"}
_TRUE_OR_FALSE, _YES_OR_NO = r"(?:không |chưa )?đúng|chính xác|sai|đ|s", r"có|không"


def _of_part(verdicts: str) -> re.Pattern[str]:
    return re.compile(
        r"(?im)(?:^(?:[-•*+] |\| ?)?|(?<=[;,.] )|(?<=[^\W_] )(?=[b-h]\)))"
        r"(?:\(?(?P<part>[a-h1-9])(?:[).:]+| là| ?[–|-])"
        r"|(?:và )?(?:câu|ý|phần|khẳng định|mệnh đề) (?P<named>[a-h1-9])(?:[).:]+| là)?)"
        rf" ?(?:[^\n;]{{0,80}}?)(?<!\w)(?P<said>{verdicts})(?![^\W_]| (?:hoặc|hay) (?:{verdicts})(?![^\W_]))"
    )


_OF_PART = {verdicts: _of_part(verdicts) for verdicts in (_TRUE_OR_FALSE, _YES_OR_NO)}
"""`a) Đ`, `câu b là sai`, `| c | Đ |`."""
_LETTERS = (
    r"\(?(?P<letters>[a-h1-9](?:\)?(?:, | và |; ?| ?& ?)\(?(?:(?:câu|ý|khẳng định|phát biểu|mệnh đề) )?\(?[a-h1-9])*)(?![^\W_])"
)
_GROUPED = (
    re.compile(rf"(?i)(?<!\w)(?P<said>đúng|sai)(?: (?:là|gồm|có))?:? (?:(?:các|hai|ba) )?(?:(?:câu|ý|khẳng định) )?{_LETTERS}"),
    re.compile(rf"(?i)(?<![^\W_]){_LETTERS}\)? (?:(?:là|đều|thì|cùng) ){{0,2}}(?P<said>đúng|sai)(?!\w)"),
)
_MARK = re.compile(r"(?<![^\W_])\(?([a-h1-9])[).]? ?[:–-]? ?([ĐS])(?![^\W_])")
_MARKS_IN_ROW = re.compile(rf"(?:{_MARK.pattern}[ ,;.]*){{2,9}}")
"""`1S 2S 3Đ 4Đ`."""
_REST = re.compile(r"(?i)(?:câu|ý|khẳng định|phần)? ?còn lại(?: \([^()]*\))? (?:(?:là|đều|thì) ){0,2}(?P<said>đúng|sai)(?!\w)")
"""`ba câu còn lại đều đúng`."""


def truths(solution: Solution, count: int, numbered: bool = False) -> Answer | None:
    """The verdict on each sentence, where `đúng hay sai` or `có hoặc không` is asked.

    Args:
        solution: the solution.
        count: how many parts a), b), c) the question has.
        numbered: whether these are 1), 2), 3).
    """
    asks_truth = ASKS_FOR_TRUTH.search(solution.question) is not None
    if not asks_truth and not (_ASKS_YES_OR_NO.search(solution.question) and count > 1):
        return None
    verdicts = _TRUE_OR_FALSE if asks_truth else _YES_OR_NO
    marks = _OF_PART[verdicts].finditer(solution.text)
    found = [((said["part"] or said["named"]).lower(), _word(said["said"])) for said in marks]
    if len(dict(found)) < max(2, count) and (grouped := _grouped(solution.text, count, numbered)):
        found = grouped
    if not found and _MARKS_IN_ROW.fullmatch(solution.text.strip(" .\n")):
        found = [(part.lower(), _word(said)) for part, said in _MARK.findall(solution.text)]
    row = list(said) if (said := solution.text.strip(" .\n")) and set(said) == {"Đ", "S"} else re.split(r"[;, –-]+", said)
    if not found and all(re.fullmatch(rf"(?i){verdicts}", said) for said in row):
        found = list(zip("123456789" if numbered else "abcdefgh", map(_word, row), strict=False))  # `Đ; S; Đ`
    parts = [Answer("text", said, label=part) for part, said in found]
    return multi(parts, ordered=True) if len(parts) > 1 else None


def _word(said: str) -> str:
    return _SAID.get(said.lower(), "Sai")


def _grouped(text: str, count: int, numbered: bool) -> list[tuple[str, str]]:
    """`Hai câu đúng là b và c; hai câu sai là a và d`: each letter once, and all of the question's."""
    text = re.sub(r" ?\([^()]{4,}\)", "", text)  # the reasons
    letters = "123456789" if numbered else "abcdefgh"
    pairs = [
        (letter, _word(group["said"]))
        for pattern in _GROUPED
        for group in pattern.finditer(text)
        for letter in re.findall(r"(?<![^\W_])[a-h1-9](?![^\W_])", group["letters"].lower())
    ]
    known = dict(pairs)
    if (rest := _REST.search(text)) and known and set(known.values()) == {"Sai" if _word(rest["said"]) == "Đúng" else "Đúng"}:
        pairs += [(letter, _word(rest["said"])) for letter in letters[:count] if letter not in known]
        known = dict(pairs)
    whole = list(known) and sorted(known) == list(letters[:count])
    return sorted(known.items()) if whole and len(set(pairs)) == len(known) else []

"""Questions about the digits of a number: at which place one stands, and how the number is read aloud."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mathpal_lightning.evaluation.language.characters import has_digit
from mathpal_lightning.evaluation.language.doubt import is_unsure
from mathpal_lightning.evaluation.question.task import ASKS_TO_READ
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.solution.solution import MAX_CLOSING, Solution
from mathpal_lightning.evaluation.values.place import PLACE
from mathpal_lightning.evaluation.values.reading import multi, read_answer
from mathpal_lightning.evaluation.values.words import is_spelled
from mathpal_lightning.evaluation.words.spelled_numbers import in_digits
from mathpal_lightning.schema import Answer

ASKS_FOR_PLACE = re.compile(r"(?i)(?<!\w)(?P<kind>hàng|lớp) nào(?!\w)")
_DENIED = re.compile(r"(?i)(?<!\w)(?:không (?:phải|ở|thuộc|là|đọc)|chưa|chẳng|sai)(?!\w)")
"""`không` alone may be a nought: `ba trăm không năm`."""
_ROMAN = re.compile(r"(?<!\w)[IVXLCDM]+(?!\w)")
_ASKS_FOR_ROMAN = re.compile(r"(?i)(?:viết|ghi)[^.?]{0,60} la mã")
_NUMBER_AND_ROMAN = re.compile(r"(?<![\w,.])(\d+)(?![\d,.]*\d)[^\dIVXLCDM]{1,40}([IVXLCDM]+)(?!\w)")
"""`Số 9 viết là IX`, `9: IX`."""
_READ = re.compile(
    r"(?i)(?:đọc là|viết (?:bằng chữ |thành chữ )?là|(?<!\w)là|[:=])\s*[\"“”']?(?P<words>[^\d:=\"“”']{3,200}?)[\"“”']?[ .!]*$"
)


def digits(solution: Solution) -> Answer | None:
    """The place, or the reading, that the last line says; None where it says several, doubts or denies."""
    line = last_sentence(solution.lines[-1][-MAX_CLOSING:]) if solution.lines else ""
    if not line or is_unsure(line) or _DENIED.search(line):
        return None
    if kinds := dict.fromkeys(match["kind"].lower() for match in ASKS_FOR_PLACE.finditer(solution.question)):
        places, value = _places(line, list(kinds)), _value_of_digit(line) if _ASKS_FOR_VALUE.search(solution.question) else None
        if places is None or value is None:
            return None if _ASKS_FOR_VALUE.search(solution.question) else places
        return multi([*(places.parts or (places,)), value], ordered=True)
    numbers = [number.strip() for number in re.findall(r"\d[\d ]*", solution.question)]
    asks_for_roman = bool(numbers) and _ASKS_FOR_ROMAN.search(solution.question) is not None
    if asks_for_roman and len(numbers) > 1 and not _ROMAN.search(solution.question):
        return _romans(solution, numbers)
    if asks_for_roman and len(numbers) == 1:
        found = {roman[0] for roman in _ROMAN.finditer(line) if roman[0] not in solution.question}
        return read_answer(found.pop()) if len(found) == 1 else None
    return _aloud(line) if re.search(ASKS_TO_READ, solution.question, re.IGNORECASE) else None


_ASKS_FOR_VALUE = re.compile(r"(?i)giá trị[^.?]{0,40} (?:bao nhiêu|mấy)")
_VALUE = re.compile(r"(?i)giá trị[^\d;]{0,40}?(?P<value>\d[\d ]*)(?: ?\(?đơn vị\)?)?[ .;]*(?:$|(?=[;,]))")


def _value_of_digit(line: str) -> Answer | None:
    """70 000 of `giá trị của chữ số 7 là 70 000`."""
    told = _VALUE.search(re.sub(r"(?i)chữ số \d(?!\d)", "nó", line))
    return read_answer(told["value"].strip()) if told else None


def _romans(solution: Solution, numbers: Sequence[str]) -> Answer | None:
    """The numeral of each number asked for, behind that number; in the question's order where the solution names no number."""
    if any(is_unsure(line) or _DENIED.search(line) for line in solution.lines):
        return None
    text = in_digits(solution.text, single=True)
    written = _ROMAN.findall(text)
    told = _NUMBER_AND_ROMAN.findall(text) if has_digit(text) else zip(numbers, written, strict=False)
    pairs = dict(told)
    if not len(written) == len(numbers) == len(pairs) or pairs.keys() != set(numbers):
        return None
    read = [(number, read_answer(pairs[number])) for number in numbers]
    answers = [replace(answer, label=number) for number, answer in read if answer is not None]
    return multi(answers, ordered=True) if len(answers) == len(numbers) else None


def _places(line: str, kinds: list[str]) -> Answer | None:
    """`hàng triệu, lớp triệu` where both are asked for; of `hàng trăm, lớp đơn vị` the one that is."""
    found: list[Answer] = []
    for kind in kinds:
        named = [place[0] for place in PLACE.finditer(line) if place["kind"].lower() == kind]
        answer = read_answer(named[0]) if len(named) == 1 else None
        if answer is None:
            return None
        found.append(answer)
    return multi(found, ordered=True) if len(found) > 1 else found[0]


def _aloud(line: str) -> Answer | None:
    """`ba trăm linh năm` of the line `305 đọc là: ba trăm linh năm`."""
    told = _READ.search(line)
    words = (told["words"] if told else line).strip(" ,.!\"“”'")
    return read_answer(words) if is_spelled(words) else None

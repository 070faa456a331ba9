"""The options of a multiple-choice question: `A. 5 cm  B. 6 cm` -> letters and what they stand for."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.mathematics.units import MEASURE, parse_unit
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.values.reading import read_answer
from mathpal_lightning.schema import Answer

_OPTION = re.compile(r"(?:^|(?<=[\s;,.]))(?P<letter>[A-H]) ?[.):] ?(?=\S)")
_MAX_OPTION = 200
_REJECTS = re.compile(r"(?<!\w)(?:không|sai|loại)(?!\w)")


def option_texts(question: str) -> dict[str, str]:
    """The options of a question in plain text, by letter; empty where it has none.

    Only a run A, B, C... counts: `Từ A. Nam đi ...` is no option.
    """
    marks = _marks(question)
    if len(marks) < 2:
        return {}
    ends = [mark.start() for mark in marks[1:]] + [len(question)]
    return {
        mark["letter"]: question[mark.end() : end].strip().split("\n")[0][:_MAX_OPTION]
        for mark, end in zip(marks, ends, strict=True)
    }


def _marks(question: str) -> list[re.Match[str]]:
    marks: list[re.Match[str]] = []
    for mark in _OPTION.finditer(question):
        if mark["letter"] == "A":
            marks = [mark]
        elif marks and ord(mark["letter"]) == ord(marks[-1]["letter"]) + 1:
            marks.append(mark)
    return marks


def read_options(question: str) -> dict[str, Answer]:
    """What each option of a question says, by letter."""
    answers = {letter: read_answer(text) for letter, text in option_texts(question).items()}
    return {letter: answer for letter, answer in answers.items() if answer is not None}


def without_options(question: str) -> str:
    """The question as far as its first option."""
    marks = _marks(question)
    return question[: marks[0].start()] if len(marks) > 1 else question


def _mentions(sentence: str, text: str) -> bool:
    """Whether a text stands in a sentence as it is, not inside a longer number or word."""
    before = r"(?<![\w.,-])" if text[0].isalnum() else ""
    return re.search(rf"{before}{re.escape(text)}(?![\w^]|[.,]\d)", sentence) is not None


def mentioned_option(question: str, sentence: str) -> Answer | None:
    """What the one option says that a sentence mentions; None where it mentions none, or several."""
    behind = re.split(r"(?<!\w)(?:là|bằng)(?!\w):?|[=:]", re.sub(r" ?\([^()]*[^\W\d_]{2}[^()]*\)(?=\W*$)", "", sentence))[-1]
    bare = re.sub(r" \([^()]*[^\W\d_]{2}[^()]*\)", "", sentence)
    last = re.split(r",? còn (?=[^\d=]*$)", sentence)[-1]
    return next(filter(None, (_option_in(question, text) for text in (behind, sentence, last, bare))), None)


def _option_in(question: str, sentence: str) -> Answer | None:
    said = _squeezed(sentence)
    if _is_in_another_unit(question, said):
        return None
    written = {letter: _squeezed(text) for letter, text in option_texts(question).items()}
    found = [letter for letter, text in written.items() if text and _mentions(said, text)]
    longest = [
        letter for letter in found if not any(written[letter] != written[o] and written[letter] in written[o] for o in found)
    ]
    if len(longest) != 1 or _REJECTS.search(sentence):
        return None
    return read_answer(option_texts(question)[longest[0]])


_WITH_UNIT = re.compile(rf"(?<=\d) ?(?P<unit>{MEASURE})\W*$", re.IGNORECASE)


def _is_in_another_unit(question: str, said: str) -> bool:
    """`5000 m²`, where a number of square centimetres is to be chosen."""
    ends, asked = _WITH_UNIT.search(said), read_task(question).unit
    return ends is not None and bool(asked) and parse_unit(ends["unit"]) != parse_unit(asked)


_OFFERED = re.compile(r"\[\[([^\[\]|]{1,80}(?:\|[^\[\]|]{1,80})+)\]\]")


def offered_word(question: str, sentence: str) -> Answer | None:
    """`đường trung trực` at the end of a sentence, where `đường [[cao|trung trực]]` is to be completed."""
    blank = _OFFERED.search(question)
    said = sentence.strip(" .!")
    words = sorted(blank[1].split("|"), key=len, reverse=True) if blank else []
    chosen = next((word.strip() for word in words if said.lower().endswith(f" {word.strip().lower()}")), "")
    if not chosen:
        return None
    before = said[: -len(chosen)].rpartition(" là ")[2]
    return read_answer(f"{before}{chosen}" if len(before.split()) <= 3 else chosen)


_LISTED = re.compile(r"(?i)(?<!\w)(?:nào|ai)(?!\w)[^?:\n]{0,60}: ?(?P<offers>[^?:\n\d]{3,200}?)\?")


def mentioned_offer(question: str, sentence: str) -> Answer | None:
    """`Hình bình hành` in a sentence, where `hình nào sau đây ...: hình bình hành, hình thang?` is asked; one alone counts."""
    listed = _LISTED.search(question)
    offers = [offer.strip() for offer in re.split(r"[,;]| hay | hoặc ", listed["offers"])] if listed else []
    found = [offer for offer in offers if offer and _mentions(sentence.lower(), offer.lower())]
    longest = [offer for offer in found if not any(offer != other and offer.lower() in other.lower() for other in found)]
    if len(offers) < 2 or len(longest) != 1 or _REJECTS.search(sentence):
        return None
    return read_answer(longest[0])


_EQUATION = re.compile(r"(?<![\w(])[a-z] ?= ?[^=,;.?\n]*?[\w)](?= và |,(?!\d)| hoặc |[;?.\n]|$)")


def mentioned_equation(question: str, sentence: str) -> Answer | None:
    """`y = -x + 3` in a sentence, where it is asked which of several lines or functions does something; one alone counts."""
    if not re.search(r"(?i)(?<!\w)(?:đường(?: thẳng)?|hàm số|đồ thị|phương trình) nào(?!\w)", question):
        return None
    offers = {_squeezed(match[0]): match[0] for match in _EQUATION.finditer(question)}
    found = [offer for offer in offers if _mentions(_squeezed(sentence), offer)]
    denied = _REJECTS.search(sentence)
    return read_answer(offers[found[0]]) if len(offers) > 1 and len(found) == 1 and not denied else None


def _squeezed(text: str) -> str:
    """Lower case, the items of a list with `;`, without spaces around signs, braces and a closing full stop."""
    text = re.sub(r"(?<=\d)[,;] (?=-?\d)", ";", re.sub(r"[{}]", "", text))
    text = re.sub(r"\s*([-+×·*:/=<>≤≥≠;()\[\]^])\s*", r"\1", text.lower().strip(" .;"))
    return re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", text)

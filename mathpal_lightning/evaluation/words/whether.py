"""Yes or no: what the last sentence of a solution says, where a question asks whether something is so."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.words.answers_in_words import truth
from mathpal_lightning.schema import Answer

_BEGINS = re.compile(r"(?i)(?:dạ,? )?(?P<said>có|không)(?: ạ)?(?:[,.!]| [-–—])(?= )")
"""`Có, Lan còn thừa 5 000 đồng`."""


def whether(solution: Solution) -> Answer | None:
    """The yes or no that the last sentence says: `... nên M thuộc đồ thị`, `Không xếp được vì 50 không chia hết cho 7`."""
    if not solution.lines or not solution.asks_whether:
        return None
    if re.match(r"(?i)nếu (?!.*(?<!\w)(?:nên|vậy)(?!\w))", solution.lines[-1]):
        return None
    said = _without_rest(solution.question, last_clause(solution.lines[-1]).strip(" .!"))
    if begun := _BEGINS.match(solution.lines[0]):
        denied = truth(solution.question, said) not in ("", begun["said"].lower())
        return None if denied else Answer("text", begun["said"])
    if not truth(solution.question, said):
        said = solution.lines[-1]
    said = re.sub(r",? (?:vì|do|bởi)(?!\w).*", "", said).strip(" .!")
    said = re.sub(r"(?<=\w) [a-z] = .*", "", said)  # `đường thẳng y = 2x`
    if (two := _TWO_ASKED.search(solution.asked)) and not re.search(r"(?i)(?<!\w)(?:cả|hai|đều|chúng|cùng)(?!\w)", said):
        return _of_both(solution, two["one"], two["two"])
    return Answer("text", said) if truth(solution.question, said) else None


_REST = re.compile(r",? (?:(?:và|mà|vẫn|còn|lại|bị) )*(?P<what>thừa|dư|thiếu)(?!\w)[^.;]*\d[^.;]*$")


def _without_rest(question: str, said: str) -> str:
    """`Nam đủ tiền` of `Nam đủ tiền, còn thừa 6 nghìn đồng`; who lacks something says no."""
    rest = _REST.search(said) if "đủ" in question.lower() else None
    lacks = "không" if rest and rest["what"] == "thiếu" else "có"
    return said[: rest.start()] if rest and truth(question, said[: rest.start()]) == lacks else said


_TWO_ASKED = re.compile(r"(?<!\w)(?P<one>\d+|[A-Z]) và (?:số |điểm )?(?P<two>\d+|[A-Z]) (?:có|đều|cùng)(?!\w)")


def _of_both(solution: Solution, one: str, two: str) -> Answer | None:
    """`6 và 28 đều là số hoàn hảo`, where each of the two is said to be so in a line of its own; else what each is."""
    said: dict[str, str] = {}
    for name in (one, two):
        for line in map(last_clause, solution.lines):
            if re.search(rf"(?<![\w,.]){name}(?![\w,.]\w|\w)", line) and truth(solution.question, line):
                said[name] = line.strip(" .!")
    if len(said) < 2:
        return None
    if truth(solution.question, said[one]) == truth(solution.question, said[two]):
        return Answer("text", re.sub(rf"(?<!\w){two}(?!\w)", f"{one} và {two} đều", said[two], count=1))
    return Answer("multi", parts=tuple(Answer("text", line, label=name) for name, line in said.items()), ordered=True)

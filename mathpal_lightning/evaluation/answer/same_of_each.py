"""The same thing of each: `Tính tuổi mỗi người`, `Hỏi mỗi vòi chảy một mình bao lâu?`, told in alike lines or clauses."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.listed_results import MAX_RESULTS
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_EACH = re.compile(
    r"(?:[Tt]ính|[Tt]ìm|[Hh]ỏi|[Bb]ao nhiêu)(?:(?!biết|Biết|nếu|Nếu)[^.?\n]){0,200}?"
    r"(?<!\w)mỗi (?!giờ|phút|ngày|giây)[^.?\n]*[.?]?\s*$"
    r"|(?:^|[.?!]\s+|thì )[Mm]ỗi (?!giờ|phút|ngày|giây)[^.?,\n]*(?:bao nhiêu|mấy)[^.?\n]*\?\s*$"
)


def head_of(line: str) -> str:
    """What a line speaks of: the words before its first `=`, `:` or `là`."""
    return re.split(r" ?(?:[=:]|(?<!\w)là(?!\w))", line, maxsplit=1)[0]


def of_each(solution: Solution) -> dict[str, Answer]:
    """The last lines that say the same of different things, where `mỗi` is asked: `Tuổi con là ...`, `Tuổi bố là ...`."""
    if not _EACH.search(solution.question):
        return {}
    found: dict[str, Answer] = {}
    last: list[str] = []
    known = frozenset(comparison_key(solution.question).split())
    for line in reversed(solution.lines[-12:]):
        words = comparison_key(head_of(line).lower().replace("ban đầu", "lúc đầu")).split()
        answer = closing_value(solution, line)
        alike = _differ_in_one_word(words, last) or answer is not None and _counts_another(words, last, answer, found, known)
        if answer is None or last and not alike:
            if last:
                continue
            return {}
        last = last or words
        found.setdefault(head_of(line).strip(), answer)
    return dict(reversed(found.items()))


def _counts_another(
    first: list[str], second: list[str], answer: Answer, found: dict[str, Answer], known: frozenset[str]
) -> bool:
    """`Số ô tô` and `Số xe máy`, both named in the question and counted in the same unit."""
    named = all(words[:1] == [_NUMBER] and len(words) < 5 and known.issuperset(words[1:]) for words in (first, second))
    return named and all(one.text.rpartition(" ")[2] == answer.text.rpartition(" ")[2] for one in found.values())


_NUMBER = comparison_key("số")
_CLAUSES = re.compile(r"(?<!\d)[,;] (?:còn )?|,(?= [^\W\d_])(?: còn)? ?| và | còn ")


def by_clause(solution: Solution) -> Answer | None:
    """`Vậy vòi 1 chảy một mình 6 giờ đầy bể, vòi 2 chảy một mình 12 giờ đầy bể`, where `mỗi vòi` is asked for.

    The clauses of the last line, or else the last lines: each holds one measured value, behind words that differ in one.
    """
    if not _EACH.search(solution.question) or not solution.lines:
        return None
    last = re.sub(r"(?i)^.*(?<!\w)vậy[ ,:]*", "", solution.lines[-1])
    for clauses in (
        _CLAUSES.split(last),
        [re.split("⇒", line)[-1].strip() for line in solution.lines[-3:]],
        solution.lines[-2:],
    ):
        read = [_only_value(solution, clause) for clause in clauses if clause]
        values = [value for value in read if value is not None]
        heads = [comparison_key(value.label).split() for value in values]
        alike = all(_differ_in_one_word(one, heads[0]) for one in heads[1:])
        if 1 < len(values) == len(read) and alike and len({value.text.rpartition(" ")[2] for value in values}) == 1:
            return multi(values, ordered=False)
    return None


def _only_value(solution: Solution, clause: str) -> Answer | None:
    """The one measured or counted value of a clause, labelled with the words in front of it."""
    places = [place.start() for place in re.finditer(r"(?<![\w.,/-])(?=\d)", clause)]
    read = [(place, solution.value(clause[place:])) for place in places[:6]]
    found = [
        (place, value[0]) for place, value in read if value is not None and value[0].kind in ("quantity", "compound_quantity")
    ]
    measured = [pair for pair in found if isinstance(pair[1].meaning, Quantity) and pair[1].meaning.measure]
    found = measured or found
    if len(found) != 1 or re.search("[=≈]", clause):
        return None
    return replace(found[0][1], label=re.sub(r" ?(?::|là|bằng)$", "", clause[: found[0][0]].strip().lower()))


def _differ_in_one_word(first: list[str], second: list[str]) -> bool:
    if len(first) != len(second) or len(first) < 2:
        return False
    return sum(a != b for a, b in zip(first, second, strict=True)) == 1


def result_named(name: str, solution: Solution) -> Answer | None:
    """What the last line headed by a name computes: `số gà` in `Số gà là: 40 : 5 × 2 = 16 (con)`."""
    key = comparison_key(name).removeprefix(f"{comparison_key('số')} ")
    figure = re.search(r"(?i:diện tích|thể tích) .*\b([A-Z]{3,4})$", name.strip())
    for line in reversed(solution.lines[-2 * MAX_RESULTS :]):
        head = head_of(line)
        said = comparison_key(head).removeprefix("vay ")
        headed = f"_{figure[1]}" in head if figure else said.endswith(key) or said.startswith(f"{key} ")
        if headed and (answer := closing_value(solution, line)):
            return answer
    return None

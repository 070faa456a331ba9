"""The named results of a solution, where its question asks for several things and no line sums them up."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.bound_and_place import bound_and_place
from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.answer.conclusion import conclusion
from mathpal_lightning.evaluation.answer.item_lines import item_lines
from mathpal_lightning.evaluation.answer.listed_results import MAX_RESULTS, each_expression, one_a_line
from mathpal_lightning.evaluation.answer.results_by_name import (
    computed_by_clause,
    each_named,
    tried_one_by_one,
    which_and_by_how_much,
)
from mathpal_lightning.evaluation.answer.results_by_sign import axes_met, both_kept, points_told
from mathpal_lightning.evaluation.answer.results_of_formulas import results_of_formulas
from mathpal_lightning.evaluation.answer.results_of_things import results_of_things
from mathpal_lightning.evaluation.answer.same_of_each import by_clause, of_each
from mathpal_lightning.evaluation.language.clauses import outside_brackets
from mathpal_lightning.evaluation.language.doubt import OFFERED, is_sure
from mathpal_lightning.evaluation.question.formulas import formulas_asked
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_NUMBERS = re.compile(
    r"(?i)(?:tìm|tính|viết) (?:\w+ )?(?:hai|ba|bốn|2|3|4|mỗi|các) (?:phân )?số|(?:hai|ba|mỗi|các|2|3) số"
    r" (?:đó|đã cho|(?:(?:biết|có) ){1,2}(?:tổng|hiệu|t[ỉỷ] số|trung bình))"
)
_NAMED_RESULT = re.compile(
    r"(?i)(?P<label>(?<!\w)(?:phân )?số (?:lớn(?! nhất)|bé(?! nhất)|nhỏ(?! nhất)|thứ nhất|thứ hai|thứ ba|thứ tư|thứ nhì))"
    r"(?: đó)?(?:(?: là| bằng| =):?| ?:)\s+(?P<value>(?:(?!(?: và|[,;]) (?:phân )?số )[^\n])*)"
)
_OF_THE_NUMBERS = re.compile(r"(?i)(?:tìm|tính) (?:tích|tổng|hiệu|thương|t[ỉỷ] số|trung bình)[^.?\n]*[.?]?\s*$")
"""`Tìm tích hai số đó`: one result."""
_UNKNOWNS = re.compile(r"(?i:tìm)(?: (?:các|hai|ba))?(?: \w+){0,3} (?P<letters>[a-z](?:(?:, ?| và | ; ?)[a-z](?![^\W\d_]))+)")
_PAIRS_OF_VALUES = re.compile(r"(?<!\w)(?P<letter>[a-z]) ?= ?-?\d[\d/,]* hoặc (?P=letter) ?= ?-?\d(?![^\n]*loại)")
"""`y = 5 hoặc y = -8`: each value of y has its own of x."""
_PAIRS = re.compile(
    r"(?<!\w)(?P<one>[a-z]) ?= ?[^;=]{1,12}[,;]? (?:và )?(?P<two>[a-z]) ?= ?[^;=]{1,24} hoặc (?P=one) ?= ?[^=]+ (?P=two) ?="
)
"""`a = 0, b = 0 hoặc a = 9, b = 0`."""


def several(solution: Solution) -> Answer | None:
    """The results that a question for several things asks for.

    What it names comes first: formulas (`Tính AB, AC`), then things (`Tính chu vi và diện tích`, `mỗi bạn`). The other rules
    read layouts in which nothing has a name: points, cases and roots, expressions one a line, the larger of two numbers.
    """
    question = solution.question
    if solution.asks_for_two and (apart := _NEXT_RESULT.sub("\n", solution.text)) != solution.text:
        solution = Solution(apart, question)
    if _sums_up(solution) or solution.lines and _PAIRS.search(solution.lines[-1]):
        return None
    if computed := computed_by_clause(solution):
        return multi(computed, ordered=False)
    if each_closed := _closed_one_by_one(solution):
        return each_closed
    if both := bound_and_place(solution) or points_told(solution) or axes_met(solution) or both_kept(solution):
        return both
    if named := results_of_formulas(solution) if formulas_asked(solution.asked) else results_of_things(solution):
        return named
    if listed := each_expression(solution) or one_a_line(solution) or item_lines(solution):
        return listed
    if not formulas_asked(solution.asked) and (cases := _cases(solution) or _roots(solution)):
        return cases
    if each := _each_of_the_question(solution):
        return each
    if answers := which_and_by_how_much(solution):
        return multi(answers, ordered=True)
    if kept := tried_one_by_one(solution):
        return multi(kept, ordered=False) if len(kept) > 1 else kept[0]
    if counts := _counts(solution):
        return counts
    if clauses := by_clause(solution):
        return clauses
    found: dict[str, Answer] = {}
    if _NUMBERS.search(question) and not _OF_THE_NUMBERS.search(question):
        found = _named_numbers(solution)
    if found:
        pass
    elif solved := _system(solution):
        found = solved
    elif "chữ số" not in question and _PAIRS_OF_VALUES.search(solution.text):
        return None
    elif unknowns := _UNKNOWNS.search(question):
        found = _assigned("".join(re.findall(r"[a-z](?![^\W\d_])", unknowns["letters"])), solution)
    else:
        found = of_each(solution)
    answers = [replace(answer, label=label) for label, answer in found.items()]
    return multi(answers, ordered=False) if len(answers) > 1 else None


def _each_of_the_question(solution: Solution) -> Answer | None:
    """`Giỏi: ... = 8 (học sinh). Khá: ...`, each name one of the question's."""
    named = each_named(solution)
    known = set(comparison_key(solution.question).split())
    is_known = named is not None and all(known.issuperset(comparison_key(part.label).split()) for part in named.parts)
    return named if is_known else None


_VALUE_OF = (
    r"(?<![\w×+:/.,-])(?<![×+/-] )(?<![\d)] : )(?P<letter>{letters}) ?= ?"
    r"(?P<value>-?\d+(?:[,/]\d+)?)(?=[ .;,)]*(?:$|\n|[^\W\d_]|[.;,] ))"
)


def _system(solution: Solution) -> dict[str, Answer]:
    """The last value of each unknown of a system, where the last line ends in one of them: `x = 5. Thay vào được y = 2`."""
    letters = "".join(sorted(set(re.findall(r"(?<![^\W\d_])[xyz](?![^\W\d_])", solution.question))))
    if not re.search(r"(?i)(?<!\w)hệ(?: phương trình)?(?!\w| số)", solution.question) or len(letters) < 2:
        return {}
    said = list(re.finditer(_VALUE_OF.format(letters=f"[{letters}]"), solution.text))
    if OFFERED.search(solution.lines[-1] if solution.lines else ""):
        return {}
    if not said or solution.text[said[-1].end() :].strip(" .;,)\n"):
        return {}
    last = {match["letter"]: solution.read(match["value"]) for match in said}
    return {letter: answer for letter in letters if (answer := last.get(letter)) is not None}


_NEXT_RESULT = re.compile(r"(?<=[\w)])\. (?=[A-ZĐ][^.=\n]{2,60}(?:[:=]| là -?\d))")
"""Between two results in one line: `... = 24 (học sinh). Số nam: ...`."""


def _sums_up(solution: Solution) -> bool:
    """`Vậy vận tốc xe máy là 40 km/h, vận tốc ô tô là 60 km/h.`: the last line holds each result with its name."""
    closed = re.fullmatch(r"(?i)(?:⇒ ?)?vậy[ ,:]*(?P<said>.*)", solution.lines[-1]) if solution.lines else None
    if closed is None or not solution.asks_for_two or "=" in closed["said"]:
        return False
    read = solution.read(closed["said"])
    return read is not None and read.kind == "multi" and all(part.label and part.kind != "text" for part in read.parts)


_CASE = re.compile(
    r"(?:[-+•*] ?)?(?:(?:TH|Trường hợp) ?\d+ ?:? ?)?"
    r"(?P<reason>(?:[^=⇒⇔]{1,60}=[^=⇒⇔]{1,20}?(?:⇒|⇔|→|,? (?:nên|suy ra|hay|thì)) ?)+)?"
    r"(?P<letter>[a-z]) ?= ?(?P<value>[^=⇒⇔]{1,40}?)(?P<mark> ?\([^()\d]*\))?[.,; ]*"
)
"""`x - 2 = 0 ⇒ x = 2`, `- x + 1 = -1 ⇒ x = -2 (loại)`."""


def _cases(solution: Solution) -> Answer | None:
    """The unknown of each case, where the solution ends in several cases: `x = 0`, then `x - 1 = 0 ⇒ x = 1`."""
    cases: list[re.Match[str]] = []
    for line in reversed(solution.lines[-MAX_RESULTS:]):
        case = _CASE.fullmatch(line)
        if case is None or cases and case["letter"] != cases[-1]["letter"]:
            break
        cases.append(case)
    if len(cases) < 2 or not any(case["reason"] for case in cases[:1]):
        return None
    kept = [case for case in reversed(cases) if not re.search(r"(?i)loại|không|vô l|ktm", case["mark"] or "")]
    read = [solution.read(case["value"]) for case in kept]
    answers = [replace(answer, label=kept[0]["letter"]) for answer in read if answer is not None and answer.kind != "text"]
    if len(answers) < len(cases) and len(answers) < len(kept) or len({answer.text for answer in answers}) < len(answers):
        return None
    return multi(answers, ordered=False) if len(answers) > 1 else next(iter(answers), None)


_ROOT = re.compile(
    r"(?:⇒ ?|và |vậy )?(?P<letter>[a-z])_?(?P<number>[1-4]) ?=(?!.*[;,] [^\W\d_][\w ]{0,20}=).{1,120}", re.IGNORECASE
)


def _roots(solution: Solution) -> Answer | None:
    """The roots of an equation, one a line or side by side: `x1 = (7 + 1)/2 = 4`, `x2 = (7 - 1)/2 = 3`."""
    if re.search(r"(?i)bất phương trình", solution.question):
        return None
    roots: list[re.Match[str]] = []
    begins = _FIRST_ROOT.search(solution.lines[-1]) if solution.lines else None
    lines = outside_brackets(solution.lines[-1][begins.start() :], _NEXT_ROOT) if begins else solution.lines
    for line in reversed([line.strip(" .") for line in lines[-4:]]):
        root = _ROOT.fullmatch(line)
        if (
            root is None
            or roots
            and (root["letter"], int(root["number"]) + 1) != (roots[-1]["letter"], int(roots[-1]["number"]))
        ):
            break
        roots.append(root)
    read = [solution.read(re.split("[=≈]", root[0])[-1]) for root in roots[::-1]]
    answers = [answer for answer in read if answer is not None and answer.kind not in ("text", "multi")]
    complete = 1 < len(roots) == len(answers) and roots[-1]["number"] == "1"
    return multi([replace(answer, label="x") for answer in answers], ordered=False) if complete else None


_FIRST_ROOT = re.compile(r"(?<![^\W\d_])(?P<letter>[a-z])_?1 ?=(?=.*(?:[;,] ?|và |hoặc )(?P=letter)_?2 ?=)", re.IGNORECASE)
_NEXT_ROOT = re.compile(r" ?(?:[;,]|(?<!\w)(?:và|hoặc)) ?(?=[a-zA-Z]_?[2-4] ?=)")
"""Before the next root: `x1 = 4; x2 = 3`."""


_COUNTS_ASKED = re.compile(r"(?i)(?:bao nhiêu|mấy) ([^\W\d_]+)(?=[^.?]{0,60}?(?:bao nhiêu|mấy)|[^.?]{0,60}\?)")


_LONGER_COUNTS_ASKED = re.compile(r"(?i)(?:bao nhiêu|mấy) ((?:[^\W\d_]+ ?){1,4}?)(?=,| và |\?|$)")
"""`học sinh nữ` and `học sinh nam`; all things that are counted, in whichever sentence."""


def _counts(solution: Solution) -> Answer | None:
    """`6 mặt, 8 đỉnh và 12 cạnh` where `mấy mặt, mấy đỉnh, mấy cạnh` is asked in one sentence."""
    sentence = re.split(r"(?<=[.?!])\s", solution.question.strip())[-1]
    every = list(dict.fromkeys(noun.strip() for noun in _LONGER_COUNTS_ASKED.findall(solution.question)))
    nouns = list(dict.fromkeys(_COUNTS_ASKED.findall(sentence)))
    if len(nouns) == 1 or len(every) > max(2, len(nouns)):
        nouns = every
    if not 2 <= len(nouns) <= MAX_RESULTS or not solution.lines:
        return None
    for text, before in ((solution.lines[-1], ""), ("\n".join(solution.lines[-MAX_RESULTS:]), _RESULT)):
        places = [
            list(re.finditer(rf"(?i){before}(?<![\w.,-])\d[\d ]*(?= ?\(?{re.escape(noun)}(?!\w))", text)) for noun in nouns
        ]
        read = [solution.value(text[found[-1].start() :].split("\n")[0]) for found in places if found]
        answers = [value[0] for value in read if value is not None]
        if len(answers) == len(nouns):
            return multi(answers, ordered=True)
    return None


_RESULT = r"(?:(?<==)|(?<== )|(?<=là )|(?<=được )|(?<=thành ))"
"""What stands before a number that was computed."""


_QUESTION_MARKS = re.compile(r"(?<!\?)\?(?=\s|$)")


def _closed_one_by_one(solution: Solution) -> Answer | None:
    """`Hỏi số thứ 100 là số nào? Số 2020 là số thứ mấy?`, and one `Vậy ...` for each of several questions."""
    asked = len(_QUESTION_MARKS.findall(solution.question))
    closings = [line for line in solution.lines[-60:] if re.match(r"(?i)vậy(?!\w)", line)]
    if not 2 <= len(closings) <= asked or closings[-1] is not solution.lines[-1]:
        return None
    found = [conclusion(solution, line) for line in closings]
    answers = [answer for answer in found if answer is not None]
    return multi(answers, ordered=True) if len(answers) == len(closings) else None


def _named_numbers(solution: Solution) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    last = solution.lines[-1] if solution.lines else ""
    if re.match(r"(?i)(?:⇒ )?vậy", last) and re.search(r"\d ?(?:và|;|,) ", last):
        return {}
    for match in list(_NAMED_RESULT.finditer("\n".join(solution.lines)))[-MAX_RESULTS:]:
        answer = closing_value(solution, match["value"])
        if answer is not None and not answer.text.endswith("phần"):
            found[match["label"].lower()] = answer
    return found


def _assigned(letters: str, solution: Solution) -> dict[str, Answer]:
    """The last `A = ...` or `a có thể bằng ...` of each letter; of tried cases those that are kept."""
    found: dict[str, Answer] = {}
    for letter in letters[:10]:
        says = rf"(?<![\w×+:/-])(?<![×+:/-] ){letter} ?(?:có thể )?((?:=|bằng |là )[^\n;]*)"
        said: list[Answer] = []
        kept: list[Answer] = []
        for match in list(re.finditer(says, solution.text))[-MAX_RESULTS:]:
            line = solution.text[solution.text.rfind("\n", 0, match.start()) + 1 : match.end()]
            tried = _TRIED.match(line) is not None
            if not _KEPT.search(line) if tried else not is_sure(line):
                continue
            answer = closing_value(solution, _CONSEQUENCE.split(match[1])[0])
            if answer is not None:
                (kept if tried else said).append(answer)
        values = kept or said[-1:]
        if values:
            found[letter] = multi(values, ordered=False) if len(values) > 1 else values[0]
    return found


_TRIED = re.compile(r"(?i)(?:- ?)?(?:xét|nếu|thử|giả sử|với|khi)(?!\w)")
_KEPT = re.compile(r"(?i)\((?:thỏa mãn|thoả mãn|nhận|chọn|đúng|t/m|tm)\)")
_CONSEQUENCE = re.compile(r" (?:nên|thì|suy ra|và|;|,) |, (?:và )?(?=[a-z] ?=)")

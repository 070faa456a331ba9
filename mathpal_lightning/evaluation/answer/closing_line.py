"""The line that closes a solution -> the value it ends in, or nothing where it breaks off."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.coefficient import coefficient_told
from mathpal_lightning.evaluation.answer.symbolic import symbolic_value
from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.question.asked_value import (
    compares_figures,
    fits,
    is_of_another_figure,
    is_on_the_way,
    is_share,
)
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.solution.solution import MAX_CLOSING, Solution
from mathpal_lightning.evaluation.values import Quantity
from mathpal_lightning.evaluation.values.expression import read_expression
from mathpal_lightning.evaluation.values.reading import NUMBER, answer_of, clean, multi
from mathpal_lightning.schema import Answer

MAX_PLACES = 12
"""Places in a sentence where a value is looked for, counted from its end."""


CONVERSION = re.compile(r"(?i)[\d,./ ]+ ?(?:giờ|phút|giây) ?=[\d,./ ]+(?:giờ|phút|giây)(?: \d+ (?:phút|giây))?\.?")
"""`1,25 giờ = 1 giờ 15 phút`: a duration in other units, no time of the day."""


_CONSEQUENCE = re.compile(
    r"(?<!\w)(?:nên|suy ra|do đó|vậy) "
    r"(?=(?:góc|độ dài|số đo|diện tích|thể tích)(?!\w)[^=]*(?:bằng|là) [^=]*$)"
)
"""`tan SCA = SA/AC = 1 nên góc bằng 45°`."""


def closing_value(solution: Solution, line: str) -> Answer | None:
    """The value a line ends in: behind its last equals sign, or behind `là`; None where the line breaks off.

    An equation that still holds its unknown (`x × 9 = 90`) and a result of the wrong kind (metres where an area is asked for)
    close nothing.
    """
    line = without_place(solution, last_sentence(line[-MAX_CLOSING:]))
    line = _CONSEQUENCE.split(line)[-1] if line.count("=") > 1 else line
    line = re.sub(r" \(thỏa mãn\)[ .]*$", "", line)
    line = clean(re.sub(r"(?:(?<=[^\d\s]) ?\(| \((?=[^\W\d_]{2}))[^()]*=[^()]*\)?[.;]?$", "", line))
    line = re.split(r"[⇒⇔→] (?=.*\w)|(?<!\w)(?:nên|suy ra|do đó|vậy)(?!\w):? (?=(?:[a-z]_?\d?|[A-Z]{2}) ?=)", line)[-1]
    if (left := _LEFT_OVER.search(line)) and (over := whole_value(solution, left["value"])) and fits(over, solution.question):
        return over
    if re.search(r"(?i)\((?:loại|vô lí|vô lý|không thỏa mãn)\)?$", line):
        return None
    if symbolic := coefficient_told(solution, line) or symbolic_value(solution, line):
        return symbolic
    if is_on_the_way(line, solution.question) or is_of_another_figure(line, solution.question):
        return None
    if found := ratio_asked_for(solution, line) or least_or_greatest(solution, line):
        return found
    place = max(line.rfind("="), line.rfind("≈"))
    side = line[place + 1 :]
    answer = None
    if place >= 0 and not _is_unsolved(line, solution):
        answer = whole_value(solution, side)
        if answer is not None and line[place] == "≈":
            answer = replace(answer, rounded=True)
    answer = answer or _introduced_value(solution, side)
    if answer is None and place >= 0 and not _is_unsolved(line, solution):
        read = solution.value(side)
        goes_on = (
            read is not None
            and not is_share(read[0].text + read[1], solution.question)
            and re.match(r"\(?[^\W\d_]", read[1].strip())
            and not re.match(rf"[{solution.unknowns}](?![^\W\d_])", read[1])
        )
        root = read_expression(side) if re.search(r"[√π]|\di(?![^\W_])", side) else None
        is_complex = root is not None and re.search(r"\di(?![^\W_])", side)
        answer = read[0] if read is not None and goes_on and not is_complex else answer_of(root) if root else None
    if answer is None and place < 0:
        answer = whole_value(solution, line)
    if answer is not None and place > 0 and (asked := _in_asked_unit(solution, line[:place], answer)):
        return asked
    if answer is None or place >= 0 and answer.kind == "fraction" and compares_figures(line[:place], solution.question):
        return None
    return answer if fits(answer, solution.question) else None


def _in_asked_unit(solution: Solution, before: str, answer: Answer) -> Answer | None:
    """0.8 m of `6 - 5,2 = 0,8 m = 80 cm`, where metres are asked for."""
    unit = read_task(solution.question).unit
    value = answer.meaning
    if not unit or not isinstance(value, Quantity) or value.unit in ("", unit):
        return None
    side = whole_value(solution, before.rpartition("=")[2]) if "=" in before else None
    same = side is not None and isinstance(side.meaning, Quantity) and side.meaning.unit == unit and side.meaning.same(value)
    return side if same else None


_LEFT_OVER = re.compile(r"=[^=]*[,;] [^=]*?(?<!\w)(?:còn(?: lại)?|thành)(?: là)? (?P<value>-?\d[^=,;]*)$")
"""`250 : 5 = 50 (đồng), còn 200 đồng`."""
_PLACE = r"[a-z] ?= ?-?\d+(?:[,/]\d+)?"


def without_place(solution: Solution, text: str) -> str:
    """`2, đạt được khi x = 3` -> `2`, where a greatest or least value is asked for; `7 khi x = 4` -> `7` where 4 is given."""
    given = re.search(rf",? (?:khi|tại|với) (?P<place>{_PLACE}(?:(?:[,;]| và) {_PLACE}){{0,3}})[ .]*$", text)
    question = without_spaces(solution.question)
    if given and all(without_spaces(place) in question for place in re.findall(_PLACE, given["place"])):
        text = text[: given.start()]
    return (
        re.split(r",? (?:khi|tại|xảy ra|đạt(?: được)?(?= (?:khi|tại)))(?!\w)|(?<=\d) ?⇔ ?(?=[a-z] ?=)", text)[0]
        if solution.asks_for_extremum
        else text
    )


def whole_value(solution: Solution, text: str) -> Answer | None:
    """A value, and nothing behind it but a remark in parentheses."""
    text = text.strip()
    if re.fullmatch(r"\d[\d,]* ?: ?\d[\d,]*", text) and re.search(r"(?i)t[ỉỷ] (?:số|lệ)", solution.question):
        return solution.read(text)
    if tail := re.fullmatch(r"\.{2,} ?(\d+)", text):
        text = tail[1]  # \overline{...8}: the last digits
    if re.search(r"(?<=\d) ?[;,] |\d (?:và|hoặc) -?\d|\d{1,2}/\d{1,2}/\d{4}$", text):
        answer = solution.read(text)
        if answer is not None and (answer.kind == "multi" or re.fullmatch(r"[\d/]+", answer.text)):
            return answer
    read = solution.value(text)
    if read is None:
        return None
    answer, rest = read
    if is_share(answer.text + rest, solution.question):
        return None
    if remainder := re.fullmatch(r" ?\(?(?:số )?dư:? (\d+(?:,\d+)?)\)?[. ]*", rest):
        return _with_remainder(solution, answer, remainder[1])
    return answer if not rest.strip(" .,;") or re.fullmatch(r" ?\((?![^()]*\d)[^()]*\)?[.,; ]*", rest) else None


def _with_remainder(solution: Solution, quotient: Answer, written: str) -> Answer | None:
    """`457 : 8 = 57 (dư 1)`: both where the division is asked for, the remainder where only that is; else a step."""
    remainder = solution.read(written)
    if remainder is None or not re.search(r"(?i)chia|\d ?: ?\d|dư", solution.question):
        return None
    if re.search(r"(?i)(?:số dư|dư (?:bao nhiêu|mấy))", solution.question) and not re.search(
        r"(?i)thương|được (?:bao nhiêu|mấy)", solution.question
    ):
        return remainder
    return multi([replace(quotient, label="thương"), replace(remainder, label="số dư")], ordered=True)


_INTRODUCTION = re.compile(
    r"(?:(?<!\w)(?:là|gồm|được)(?: số| chữ số| ngày)?:?|(?<=[^\W\d_]):|(?<=[^\W\d_] \d):"
    r"|(?<=thương) bằng|(?<= và) bằng|(?<= đều) (?:bằng|là|có|được)|(?<= cùng) bằng|(?<= nhất) bằng"
    r"|(?<=GTLN) bằng|(?<=GTNN) bằng|(?<= [A-Z]) bằng|(?<=nghiệm) bằng|(?<=mốt) bằng|(?<=trung vị) bằng|(?<=phương sai) bằng)"
    r"\s+(?=[-≈\d.])"
)


def _introduced_value(solution: Solution, text: str) -> Answer | None:
    """`Tổng chu vi là: 1234cm`, `các số đó là 120 ; 250`."""
    for match in reversed(list(_INTRODUCTION.finditer(text))[-MAX_PLACES:]):
        answer = whole_value(solution, text[match.end() :])
        if answer is not None:
            return answer
    return None


def breaks_off(line: str) -> bool:
    """Whether a line ends where a sentence cannot: `Chiều dài là`, `Tháng 4, 6, 9,`."""
    ends = r"[-+×:=(,]$|(?<!\w)(?:là|bằng|có|và|của|nên|hay|thì|được|trong|với|cho|các|những)$"
    open_place = r"(?:\.{2,}|…) ?[^\W\d_]* ?\?$|[:=] ?(?:\?|\.{2,}|…) ?[^\W\d_]*$"
    return re.search(ends, line.strip()) is not None or re.search(open_place, line.strip()) is not None


def ratio_asked_for(solution: Solution, text: str) -> Answer | None:
    """`S_PNA = 1/15 S_BAC` where the ratio of the two is asked for."""
    if not re.search(r"(?i)tỉ số|tỷ số|gấp mấy lần|bằng mấy phần", solution.question):
        return None
    match = re.search(rf"[A-Z](?:_\w+|\w*) ?= ?(?P<ratio>{NUMBER}) ?×? ?[A-Z](?:_\w+|\w*)$", text)
    return solution.read(match["ratio"]) if match else None


_BOUNDED = re.compile(rf"(?P<sign>[≥≤]) ?(?P<value>{NUMBER})[ .]*$")


def least_or_greatest(solution: Solution, line: str) -> Answer | None:
    """`x² - 4x + 7 = (x - 2)² + 3 ≥ 3` where the least value is asked for, `≤` where the greatest is."""
    bound = _BOUNDED.search(line) if solution.asks_for_extremum else None
    if bound is None or not re.search(r"(?<![^\W\d_])[a-zA-Z](?![^\W\d_])", line[: bound.start()]):
        return None
    least, greatest = (
        re.search(words, solution.asked) for words in (r"(?i)(?:nhỏ|bé) nhất|GTNN|min", r"(?i)lớn nhất|GTLN|max")
    )
    fits_sign = least and not greatest if bound["sign"] == "≥" else greatest and not least
    return solution.read(bound["value"]) if fits_sign else None


def _is_unsolved(line: str, solution: Solution) -> bool:
    """Whether an equation still holds its unknown: `x × 9 = 90`, `2 × A = 7/8`, but not `x = 10`, `S = r × r × 3,14`."""
    first = re.split(r"[=≈]", line)[0]
    first = first.rpartition(": ")[2] if re.search(r"[^\W\d_]{2}: ", first) else first
    first = re.split(r"(?<![^\W\d_])(?:là|nên|có|vậy|suy ra|hay|⇒)(?!\w):?", first)[-1]
    first = re.sub(r"(?<![^\W\d_])[a-zA-Z]'{0,2}\(-?\d[\d,/]*\)", "", first)  # `y(-1)` is known
    bare, question = first.replace(" ", ""), solution.question.replace(" ", "")
    solves = re.search(r"(?i)(?<!không )giải (?:các )?phương trình|tìm [a-z](?![\w(])", solution.question)
    if len(bare) > 2 and bare in question and f"{bare}=" not in question and not solves:
        return False  # the value of this very expression is asked for
    if re.search(r"(?i)rútgọn|thugọn", question) and not re.search(r"(?i)phươngtrình|tìm[a-z](?!\w)", question):
        return False
    if re.fullmatch(rf"(?:[A-Z]{{1,2}}|[{solution.unknowns}])\^2", bare) and bare not in question:
        return True  # the square of a side
    if re.search(r"(?<![^\W\d_])lim|∫|\\int", first):
        return False
    letter = re.search(rf"(?<![^\W\d_])(?:[{solution.unknowns}])(?![^\W\d]|')", first)
    return letter is not None and re.search(r"[-+×:/]|\d[a-z]", first) is not None

"""A solution that is one line and nothing but its answer: `y = 3x`, `-2 < x < 2`, `Câu 1: A`, `thứ 2`, `bậc 5`."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.closing_line import breaks_off, closing_value
from mathpal_lightning.evaluation.answer.symbolic import asks_for_equation
from mathpal_lightning.evaluation.language.characters import has_digit, has_letter, without_spaces
from mathpal_lightning.evaluation.mathematics.arithmetic import evaluate
from mathpal_lightning.evaluation.mathematics.units import MEASURE
from mathpal_lightning.evaluation.question.formulas import formulas_asked
from mathpal_lightning.evaluation.question.options import read_options
from mathpal_lightning.evaluation.question.things import things_asked
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Expression, Quantity, Relation
from mathpal_lightning.evaluation.values.reading import chain_holds, clean, multi, value_of
from mathpal_lightning.evaluation.values.relation import holds
from mathpal_lightning.evaluation.values.words import NO_SOLUTION
from mathpal_lightning.evaluation.words.answers_in_words import offered, words_alone, words_said
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

MAX_LENGTH = 120
"""Characters of the line."""
_HEADING = re.compile(
    r"(?i)^(?:câu|bài|ý|phần) ?(?:\d+|[IVX]+)[.:)]* ?(?=\S)|^[-•] (?=[^\d\s])|^\d{1,3} ?[-.:)]? ?(?=[A-H]\W*$)"
)
_CLASS = re.compile(r"\d{1,2}[A-K]\d?")
"""`4C`: where the question names it, a class and not the fourth question's letter."""
_LETTER = re.compile(r"\(?(?P<letter>[A-H]|[a-h](?=[.) ]*$))[.)]?(?:,? (?:vì|do|thầy|cô|em)(?!\w).*)?")
_BESIDE = re.compile(
    r"(?i)^(?:dạ,? |thưa (?:thầy|cô),? )?(?:(?:em |con )?(?:tính )?ra(?: được)? |em được |kết quả (?:là |bằng )?(?=-?\d)"
    r"|(?:bằng|là|được|còn(?: lại)?|hết|cần|có(?: tất cả)?|tất cả(?: là)?) (?=-?\d))?"
    r"|(?:,? (?:thầy|cô|em))+[.! ]*$"
)
"""`Dạ, em ra 12 ạ`: the words around an answer that is told to a teacher."""
_OPTION = re.compile(r"(?i)(?:ý|câu|đáp án|phương án) (?P<letter>[a-h])[.)]?")
_WITH_WORDS = re.compile(r"(?P<letter>[A-H])[.):] ?(?!.*(?<!\w)[A-H][.):] )[^\n]+")
"""`B. 56`; a row of several options chooses none."""
_WHY = re.compile(r"(?<=\S)[,(]? ?(?<!tồn )(?<!\w)(?:vì|do|bởi|tại)(?!\w)(?! (?:thế|vậy|đó))(?:(?!\. [A-ZĐ]).)*$")

_ASKS_OF_EACH = re.compile(r"(?i)(?<!\w)mỗi (?:loại|con|màu|món|môn|nhóm|tổ|lớp|bạn) [^.?\n]{0,40}(?:bao nhiêu|mấy)")
_BLANK = re.compile(r"= ?(?:[.…]{2,}|…|_{2,})")
_SIGNS = ("<", ">", "=")
_SENTENCE = re.compile(
    r"(?i)^(?:vậy|do đó|suy ra|nên|ta có|vì|như vậy)(?!\w)|[.!] (?=\S)|(?<!\w)(?:thì|nên|vì|mà|tức là)(?!\w)"
)


def bare(solution: Solution) -> Answer | None:
    """The answer that a solution of one line is; plain numbers are left to the rules that look at the question's unit."""
    if key := _key(solution):
        return key
    if len(solution.lines) != 1 or len(solution.lines[0]) > MAX_LENGTH:
        return None
    line = solution.lines[0].strip()
    line = line if _CLASS.fullmatch(line) and line in solution.question else _HEADING.sub("", line).strip()
    line = line.rstrip(" .") if line[:1] in _SIGNS else line
    line, told = _BESIDE.sub("", _WHY.sub("", line)).strip(), line
    if re.match(r"(?i)công thức(?!\w)", line) and "công thức" not in solution.question.lower():
        return None
    letter = next(filter(None, (form.fullmatch(line) for form in (_LETTER, _OPTION, _WITH_WORDS))), None)
    if letter and read_options(solution.question):
        return Answer("choice", letter["letter"].upper())
    if _SENTENCE.search(line) or breaks_off(line) and line not in _SIGNS or re.search("[⇔⇒]", line):
        return None
    if (said := offered(solution.asked, line)) and not has_digit(said):
        return solution.read(said)
    named = _LARGEST.fullmatch(line)
    if named and set(comparison_key(named["words"]).split()) <= set(comparison_key(solution.question).split()):
        return solution.read(named["value"])
    if _copies(solution, line):
        offered_value = solution.read(line) if re.search(r"(?<!\w)nào(?!\w)", solution.asked) else None
        is_value = offered_value and (
            offered_value.kind == "expression" and "√" in line or line != told and has_digit(line[:2])
        )
        return offered_value if is_value else words_alone(solution, line)
    answer = solution.read(line)
    if answer is None or not chain_holds(line, solution.dot_is_decimal) or "doubted" in answer.notes:
        return None
    if answer.kind == "text" and answer.text in (NO_SOLUTION, "∅"):
        return answer if re.search(r"(?i)giải|nghiệm|tìm|giá trị", solution.question) else None
    if answer.kind == "text":
        return words_said(solution, line) or words_alone(solution, line)
    if answer.kind == "multi":
        labelled = all(has_letter(part.label) and not _LEFT_SIDE.fullmatch(part.label) for part in answer.parts)
        is_known = (
            labelled
            or bool(re.match(r"\{|[a-z] ?=|\([a-z]; ?[a-z]\) ?[∈=]|.*±", line))
            or (solution.asks_for_two or _ASKS_OF_EACH.search(solution.asked))
            and _belong_together(answer)
        )
        is_known = (
            is_known
            or len(answer.parts) == len(_BLANK.findall(solution.question))
            or len(answer.parts) in (len(things_asked(solution.asked)), len(formulas_asked(solution.asked)))
        )
        return answer if is_known and all(part.kind not in ("text", "relation") for part in answer.parts) else None
    if answer.kind in ("point", "interval"):
        return answer
    if answer.kind in ("relation", "expression"):
        return answer if _is_result(answer, solution) else None
    if line != told or re.match(r"[a-zA-Z] (?:bằng|là) ", line):
        return answer
    headed = re.fullmatch(
        r"(?P<head>[^\W\d_]+(?: [^\W\d_]+){0,3}) \d[\d.,/ ]*%?(?P<noun>(?: ?[^\W\d_]+[²³23]?){0,2})[ .]*", line
    )
    if headed is None:
        return None
    known = set(comparison_key(solution.question).split()) | _LINKS
    return answer if set(comparison_key(headed["head"]).split()) <= known else None


def named_results(solution: Solution) -> Answer | None:
    """`Số lớn: 12; số bé: 8`, `x = 1 và y = 2`: the one line of a part that gives several results by name."""
    answer = bare(solution)
    if answer is None or answer.kind != "multi":
        return None
    counts = _belong_together(answer) and not any(part.label for part in answer.parts)  # `7 con gà, 4 con vịt`
    return answer if counts or all(_RESULT_NAME.fullmatch(part.label) for part in answer.parts) else None


_RESULT_NAME = re.compile(r"[a-z](?:_\d)?|(?!.*(?<!\w)(?:được|có|nên|suy ra|vậy|vì)(?!\w))[^\d=]{2,40}")
"""`x`, `x_1`, `số lớn`; not `cộng hai phương trình được 2x`."""


_HEADED = re.compile(r"(?P<head>[^\W\d_]+(?: [^\W\d_]+){0,3}) \d[\d.,/ ]*%?(?P<noun>(?: ?[^\W\d_]+[²³23]?){0,2})[ .]*")
"""`lỗ 5000 đồng`, `giảm 4%`."""
_LINKS = set(comparison_key("mỗi là có còn được thì số hết cần tất cả").split())
"""Words that may stand between what the question names and its value."""


_NAME = re.compile(r"(?P<name>[^\W\d_][^\d:=]{1,40}?) ?: ?(?P<value>[^:]+)")


def _key(solution: Solution) -> Answer | None:
    """An answer key: `Thể tích: a^3/3`, `Khoảng cách: 2a/3`, each with a name that is asked for; or two equations."""
    lines = [piece for line in solution.lines for piece in re.split(r"(?<=[^\s.])\. (?=[A-ZĐ][^.:=]{1,40}:)", line)]
    if len(lines) == 1 and asks_for_equation(solution.question) and not re.search(r"[.!] (?=\S)", lines[0]):
        equations = [
            solution.read(piece) if not re.search("[⇒⇔]", piece) else None for piece in re.split(r" (?:hoặc|và) |; ", lines[0])
        ]
        found = [equation for equation in equations if equation is not None and equation.kind == "relation"]
        return multi(found, ordered=False) if 1 < len(found) == len(equations) else None
    asked = comparison_key(" ".join(re.findall(r"(?i)(?:tính|tìm|viết|hỏi|xác định)[^?\n]*", solution.question)))
    named = [_NAME.fullmatch(line) for line in lines]
    if not 1 < len(lines) <= 6 or not all(match and comparison_key(match["name"]) in asked for match in named):
        return None
    ends = solution.read if asks_for_equation(solution.question) else lambda value: closing_value(solution, value)
    read = [replace(answer, label=match["name"].lower()) for match in named if match and (answer := ends(match["value"]))]
    read.sort(key=lambda part: asked.find(comparison_key(part.label)))
    return multi(read, ordered=True) if len(read) == len(lines) and all(part.kind != "text" for part in read) else None


_LARGEST = re.compile(
    r"(?P<value>-?\d[\d ,/.]{0,20}|-?\d[\d,;/. -]{0,60} và -?\d[\d,/]*) (?:đều )?là (?P<words>[^\d=]{3,60}?)[. ]*"
)
"""`6/7 là số lớn nhất`."""


_LEFT_SIDE = re.compile(rf"[\d.,/ ]+(?i:{MEASURE})?|.*\d ?[-+×:/] ?\d.*")
"""`3 m` of `3 m = 300 cm`: what is computed, no name."""


def _belong_together(answer: Answer) -> bool:
    """`20 con gà và 30 con vịt`, `12 cm và 8 cm`: each number counts something else, or all are of the same."""
    values = [part.meaning for part in answer.parts if isinstance(part.meaning, Quantity)]
    counted = {value.unit for value in values if value.is_count}
    alike = len(values) == len(answer.parts) and len({value.unit for value in values}) == 1
    return alike or len(counted) == len(answer.parts)


def _copies(solution: Solution, line: str) -> bool:
    """Whether the question holds the line as it is; a sign of comparison repeats nothing."""
    return line not in _SIGNS and without_spaces(clean(line)) in without_spaces(solution.question)


def _compares_what_is_asked(value: Relation, solution: Solution) -> bool:
    """Not so `21/35 > 20/35` where 3/5 and 4/7 are to be compared: a step on the way."""
    squeezed = without_spaces(solution.question)
    numbers = [item for item in value.items if evaluate(item) is not None]
    return len(numbers) < 2 or any(without_spaces(item).replace(".", ",") in squeezed for item in numbers)


def _is_result(answer: Answer, solution: Solution) -> bool:
    """A bound, an equation that is asked for, a true comparison, an expression that is no sum of numbers: no step."""
    value = value_of(answer)
    if isinstance(value, Relation):
        if any(re.search(r"[^\W\d_]{2}", item) for item in value.items):
            squeezed = without_spaces(solution.question)
            measured = all(re.match(r"\d", item) and re.sub(r"[\s.]", "", item) in squeezed for item in value.items)
            return measured and len(value.items) == 2 and re.search(r"(?i)so sánh|dấu", solution.question) is not None
        compared = re.search(r"(?i)so sánh|dấu|[<>]", solution.question) is not None and _compares_what_is_asked(
            value, solution
        )
        return asks_for_equation(solution.question) or compared and holds(value) is True
    return not isinstance(value, Expression) or evaluate(value.written) is None

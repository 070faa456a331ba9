"""Answers that are no number, where a sentence or a chain ends: points, intervals, sets, `vô nghiệm`, expressions, bounds."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.general_solution import families
from mathpal_lightning.evaluation.answer.solutions_in_words import told_in_words
from mathpal_lightning.evaluation.answer.written_forms import century, scientific
from mathpal_lightning.evaluation.language.characters import is_unknown, without_spaces
from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.mathematics.algebra import parse_expression, unknowns
from mathpal_lightning.evaluation.mathematics.units import MEASURE
from mathpal_lightning.evaluation.question.signs import asks_for_sign
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values import Expression, Reals, Relation
from mathpal_lightning.evaluation.values.expression import read_expression
from mathpal_lightning.evaluation.values.reading import NUMBER, answer_of, clean, multi, read_answer
from mathpal_lightning.evaluation.values.relation import read_relation
from mathpal_lightning.schema import Answer

MAX_STARTS = 14
"""Places in a sentence where such an answer may begin."""
_START = re.compile(
    r"(?<!\w)\([a-z]; ?[a-z]\) ?[=∈] ?\{"
    r"|(?<![\w)])(?:[A-Z]'? ?=? ?)?[\[({](?=[^\[\](){}]*[;,∞])|(?<!\w)[A-Za-z] ?[=∈] ?[\[({∅ℝ]"
    r"|\{ ?[a-z](?: ?∈ ?[ℝR])? ?\||\][^\[\]]*;|∅|ℝ|(?<!≠ )(?<!≠)± ?\d|(?<!\w)[a-z] ?= ?± ?(?=[\d√(])"
)
_END = re.compile(
    r"(?:,? (?:(?:thì|nên|vì)[^;=]*|(?:với|khi|là tập|là nghiệm|là hàm số|\(|thỏa mãn|thoả mãn|bán kính|và bán kính)[^;]*))?"
    r"[ .,;!]*$"
)


def symbolic_value(solution: Solution, line: str) -> Answer | None:
    """The point, set, interval, expression or inequality that a line comes to; None where it comes to none of these."""
    if told := told_in_words(solution, line, _SOLVES.search(solution.question) is not None):
        return told
    line = _WHERE_DEFINED.sub("", line)
    return (
        century(solution, line)
        or scientific(line)
        or _compared_numbers(solution, line)
        or families(line)
        or _solutions(line)
        or _named_values(solution, line)
        or _in_order(solution, line)
        or _bracketed(solution, line)
        or _expression(solution, line)
        or _bound(solution, line)
    )


_WHERE_DEFINED = re.compile(r"(?<=[\w)}]),? (?:với|khi|ĐKXĐ|ĐK|điều kiện):? (?:mọi )?[a-z] ?≠.*$")
"""`P = x/(x + 2) với x ≠ ± 2`: the condition is no answer."""
_NUMBER = rf"(?:(?:\d+|\([-\d/]+\))\^(?:\d+|\(-?\d+\))|-?\d*√\(?\d+\)?|{NUMBER})"
_TWO_NUMBERS = re.compile(rf"(?<![\w.,^])({_NUMBER}) ?([<>=]) ?({_NUMBER})(?=[ .;]*$)")


def _compared_numbers(solution: Solution, line: str) -> Answer | None:
    """`7/9 < 8/9`, and `3/6 = 1/2`, where a sign between two numbers is asked for."""
    asked = asks_for_sign(solution.question)
    found = _TWO_NUMBERS.search(re.split(r"(?<!\w)(?:nên|hay|suy ra|vậy)(?!\w)|[⇒⇔]|,(?!\d)", line)[-1]) if asked else None
    squeezed = without_spaces(solution.question)
    if found is None or not all(without_spaces(found[side]) in squeezed for side in (1, 3)):
        return None
    relation = read_relation(found[0].strip(" .;"))
    return answer_of(relation) if relation is not None else None


_ASSIGNMENT = r"[a-z](?:_?\d)? ?= ?(?:[^;=⇔⇒,]|(?<=\d),(?=\d)){1,40}?"
_ROOTS = re.compile(
    r"(?i)(?<!\w)(?:hai|2|ba|3|các) nghiệm(?: phân biệt)?(?: là:?| :)? "
    r"(?P<items>-?[\d√][^=<>a-zA-ZÀ-ỹ]*(?: và |; )-?[\d√][^=<>a-zA-ZÀ-ỹ]*)[ .]*$"
)
"""`Phương trình có hai nghiệm 1 và √3`."""
_SOLUTIONS = re.compile(rf"(?<![\d+×*/-] )(?<![\w+×*/-]){_ASSIGNMENT}(?: ?(?:hoặc|;|và|,|hay) ?{_ASSIGNMENT}){{1,6}}[ .]*$")


_ALL_FIT = re.compile(r"(?i)(?<=\d),? (?:đều )?(?:thỏa mãn|thoả mãn)\W*$")


def _solutions(line: str) -> Answer | None:
    """`x = 0 hoặc x = 4`, `x = 2; y = 3` at the end of a line."""
    line = _ALL_FIT.sub("", line)
    found = _SOLUTIONS.search(re.split("[⇔⇒]", line)[-1])
    roots = _ROOTS.search(line)
    answer = read_answer(found[0]) if found else read_answer(roots["items"]) if roots else None
    return answer if answer is not None and answer.kind == "multi" and all(p.kind != "text" for p in answer.parts) else None


_NAMED_VALUE = r"(?:∠ ?)?[A-Z]{1,3}'?\^? ?= ?\d[^;=⇔⇒,]{0,20}?"
_NAMED_VALUES = re.compile(rf"(?<![\w+×*/-]){_NAMED_VALUE}(?: ?(?:;|và|,) ?{_NAMED_VALUE}){{1,6}}[ .]*$")


def _named_values(solution: Solution, line: str) -> Answer | None:
    """`AB = 16 cm; AC = 12 cm` at the end of a line, where several sides or angles are asked for."""
    found = _NAMED_VALUES.search(line) if solution.asks_for_two or "các góc" in solution.question else None
    pieces = re.split(r" ?(?:;|(?<=[°\w]),(?=[ ∠A-Z])| và )\s*", found[0].strip(" .")) if found else []
    read = [read_answer(piece.rpartition("=")[2]) for piece in pieces]
    answers = [answer for answer in read if answer is not None and answer.kind != "text"]
    return multi(answers, ordered=False) if 1 < len(answers) == len(pieces) else None


def _in_order(solution: Solution, line: str) -> Answer | None:
    """`6,3 < 6,7 < 7,1` where an order is asked for."""
    if not re.search(r"(?i)thứ tự|từ (?:bé|nhỏ|lớn)|sắp xếp", solution.question):
        return None
    line = last_clause(line)
    chain = re.search(
        r"(?<![\w<>])[-\d][^<>=a-zà-ỹ]*(?:<[^<>=]{1,30}){2,}$|(?<![\w<>])[-\d][^<>=a-zà-ỹ]*(?:>[^<>=]{1,30}){2,}$",
        line.strip(" ."),
    )
    relation = read_relation(chain[0]) if chain else None
    return answer_of(relation) if isinstance(relation, Relation) and len(relation.items) > 2 else None


_RADIUS = re.compile(r"[,;]? ?(?:và )?(?:có )?bán kính (?:là |bằng )?(?:R ?=? ?)?(?P<length>[^;=]{1,40}?)[ .]*")


def _bracketed(solution: Solution, line: str) -> Answer | None:
    """`Vậy đỉnh I(2; -1)`, `S = {2; 3}`, `x ∈ (2; 7)`, `(-∞; -2) ∪ (2; +∞)`, and several points with `và` between them."""
    found: list[tuple[int, Answer]] = []
    for start in list(_START.finditer(line))[-MAX_STARTS:]:
        if found and start.start() < found[-1][0]:
            continue
        for end in _ends(line, start.start()):
            answer = read_answer(line[start.start() : end])
            if answer is not None and (answer.kind in ("point", "interval") or _is_set(line[start.start() : end], answer)):
                found.append((end, answer))
                break
    if not found:
        return None
    if ";" in line and (mixed := _points_and_numbers(line)):
        return mixed
    rest = line[found[-1][0] :]
    if (radius := _RADIUS.fullmatch(rest)) and "bán kính" in solution.question.lower():
        length = read_answer(radius["length"])
        return multi([found[-1][1], replace(length, label="bán kính")], ordered=True) if length else None
    if not _END.fullmatch(rest):
        return None
    points = [answer for _, answer in found if answer.kind == "point"]
    joined = [line[end : found[place + 1][0]].strip()[:4] for place, (end, _) in enumerate(found[:-1])]
    intervals = [answer for _, answer in found if answer.kind == "interval"]
    if (
        len(found) in (len(points), len(intervals))
        and len(found) > 1
        and all(re.match(r"(?:và|;|hoặc|,)", piece) for piece in joined)
    ):
        return multi(points or intervals, ordered=False)
    return found[-1][1]


def _points_and_numbers(line: str) -> Answer | None:
    """`AB = 5; M(5/2; 4)`: the point alone is not the answer."""
    listed = read_answer(line)
    kinds = {part.kind for part in listed.parts} if listed else set()
    return replace(listed, ordered=True) if listed and "point" in kinds and kinds & {"number", "quantity", "fraction"} else None


def _ends(line: str, start: int) -> list[int]:
    """Where a bracketed value may end: at the last closing bracket first."""
    places = [match.end() for match in re.finditer(r"[\])}∅ℝ\[]|± ?[\d/,√()]+", line) if match.end() > start]
    return places[::-1][:6]


def _is_set(text: str, answer: Answer) -> bool:
    return ("{" in text or "±" in text) and (answer.kind == "multi" or "{" in text) or answer.text in ("∅", "ℝ") or "∅" in text


_ASKS_FOR_EXPRESSION = re.compile(
    r"(?i)rút gọn|thu gọn|phân tích|khai triển|biểu thức|đa thức|đạo hàm|l[uũ][ỹy] thừa|thừa số|nhân tử|tích|tính|viết"
    r"|thực hiện|nguyên hàm|giới hạn|phép"
    r"|căn|khoa học"
)
_SOLVES = re.compile(
    r"(?i)(?:(?<!không )giải|(?<!là )(?<!là hai )(?<!là 2 )(?<!là các )nghiệm)(?! thích)[^.?]*(?:phương trình|hệ)"
    r"|tìm (?:số )?[a-z](?![\w(])|tìm (?:các )?(?:số|giá trị)"
)
_CONDITION = re.compile(
    r"(?i),? (?:với|khi|thì|nếu|cho mọi|điều kiện)(?!\w).*$"
    rf"| ?\((?!(?:{MEASURE})\))(?=[^()]*[^\W\d_]{{2}})[^()]*\)(?=\W*$)"
)


def _expression(solution: Solution, line: str) -> Answer | None:
    """`= 3x^2 - xy + 5` at the end of a chain, where the question asks for an expression and not for an unknown."""
    question = solution.question
    if not _ASKS_FOR_EXPRESSION.search(question) or _SOLVES.search(question):
        return None
    line = _CONDITION.sub("", clean(line))
    sides = re.split(r"=|(?<!\w)(?:là|thành|bằng|hay|được|còn|[Kk]ết quả)(?!\w):?|(?<=[^\W\d_]{2}):", line)
    read = read_expression(clean(sides[-1]))
    if read is None or len(sides) == 1 and not question_free(line):
        return None
    tree = parse_expression(read.written)
    if tree is None or not _is_result(read, solution) or _names_a_function(sides, question):
        return None
    letters = {name for name in unknowns(tree) if len(name) == 1}
    asked = {letter for letter in re.findall(r"(?<![^\W\d_])[a-zA-Z](?![^\W\d_])|[a-z](?=[a-z]?(?:\^|\d|\W|$))", question)}
    known = asked | set("πC") | ({"i"} if "phức" in question else set())
    return answer_of(read) if letters <= known else None


def question_free(line: str) -> bool:
    """A line that is an expression and nothing else."""
    return read_expression(line) is not None


def _is_result(read: Expression, solution: Solution) -> bool:
    """An expression with an unknown, a root, π or a power may be a result; a sum of numbers is a step."""
    tree = parse_expression(read.written)
    if tree is None:
        return False
    if unknowns(tree):
        return True
    if re.search(r"√|sqrt|π|(?:sin|cos|tan|ln|log)", read.written):
        return True
    if re.search(r"(?i)(?:thành|dưới dạng)(?: \w+)? tổng", solution.question):
        return "+" in read.written
    if re.search(r"(?i)thừa số", solution.question) and _PRODUCT.fullmatch(read.written):
        return True
    return "^" in read.written and re.search(r"(?i)l[uũ][ỹy] thừa|thừa số|nhân tử|khoa học|dạng", solution.question) is not None


_PRODUCT = re.compile(r"\d+(?: ?[×*·] ?\d+)+")


def _names_a_function(sides: list[str], question: str) -> bool:
    """`y = -2x + 4` is asked for as an equation."""
    return (
        re.search(r"(?i)hàm số|phương trình|đường thẳng", question) is not None
        and asks_for_equation(question)
        and any(re.search(r"(?:^| )y ?$", side) for side in sides[:-1])
    )


_ASKS_FOR_BOUND = re.compile(
    r"(?i)bất phương trình|điều kiện|tìm (?:tất cả )?(?:các )?(?:giá trị )?(?:của )?(?:tham số )?(?:thực )?"
    r"[a-z] (?:để|sao cho)|xác định|tập nghiệm|hàm số|đường thẳng|phương trình|có nghĩa|với giá trị nào|công thức|biểu diễn"
)


_ASKED_LETTER = re.compile(
    r"(?i:tìm|xác định|giá trị(?: nào)?|điều kiện)(?: \w+){0,5} (?P<letter>[a-zA-Z]) (?:để|sao cho|thì)(?!\w)"
)
_CLAIMED = (
    r"(?<!\w){letter} ?[=<>≤≥≠] ?[^,.;⇒⇔=<>≤≥≠]{{1,30}}?"
    r"(?:[=<>≤≥≠] ?[^,.;⇒⇔=<>≤≥≠]{{1,20}}?)?(?=,? (?:đều )?(?:thì|là giá trị|thỏa mãn|thoả mãn)(?!\w))"
)
"""`với m < 1 thì phương trình có hai nghiệm` where m is asked for."""


_BEFORE_BOUND = re.compile(
    r"[⇔⇒]|(?<!\w)(?:là|nên|hay|tức(?: là)?|khi|suy ra|vậy|phương trình|nghiệm|còn|được|thành|ta có"
    r"|(?:rút|thu|viết) (?:gọn|lại))(?!\w):?"
    r"|(?:(?<=[^\W\d_]{2})|(?<=\([A-Z]\))):|(?<![^\W_])[a-zΔ∆]_?\d? ?: (?=.*=)"
)
"""What a condition, a function or an equation stands behind."""
_EVERY = re.compile(r"(?i)^(?:mọi|tất cả(?: các)?|các)(?: (?:số|giá trị))?(?: thực)?(?: của)? (?=[a-z] ?[<>≤≥≠])")
"""`mọi x < 2`."""


def asks_for_equation(question: str) -> bool:
    """Whether an equation or a function is asked for, and not its solutions."""
    return (
        re.search(
            r"(?i)(?:viết|lập|tìm|xác định|cho biết)[^.?]{0,120}?(?:phương trình|hàm số|đường thẳng|công thức)"
            r"|biểu diễn [a-z] theo|^\W*(?:phương trình|hàm số) [^.?=]*(?:đi )?qua",
            question,
        )
        is not None
    )


def _bound(solution: Solution, line: str) -> Answer | None:
    """`⇔ x ≤ 4`, `y = -2x + 4`, `2x + 3y - 8 = 0`, where the question asks for a condition, a function or an equation."""
    if not _ASKS_FOR_BOUND.search(solution.question):
        return None
    if (asked := _ASKED_LETTER.search(solution.question)) and (
        claimed := re.search(_CLAIMED.format(letter=asked["letter"]), line)
    ):
        return read_answer(claimed[0])
    last = _BEFORE_BOUND.split(clean(line))[-1]
    text = _EVERY.sub("", _CONDITION.sub("", clean(last)))
    if not re.search("[<>≤≥≠=]", text) or re.search(r"[^\W\d_]{3}", re.sub(r"(?<!\w)(?:hoặc|và)(?!\w)", " ", text)):
        return None
    relation = read_relation(re.sub(r" và ", "; ", text) if "≠" in text else text)
    if isinstance(relation, Relation) and set(relation.signs) == {"="} and is_unknown(relation.items[0]):
        relation = Relation((relation.items[0], relation.items[-1]), ("=",))  # y = 3(x - 1) + 2 = 3x - 1
    if isinstance(relation, Reals):
        return answer_of(relation)
    if isinstance(relation, Relation) and relation.signs == ("=",) and asks_for_equation(solution.question):
        sides = [parse_expression(item) for item in relation.items]
        letters = {name for side in sides if side for name in unknowns(side)}
        formed = re.search(r"(?i)(?<!cách )(?:lập|viết)[^.?]*phương trình", solution.question) and len(relation.items[0]) > 1
        if None not in sides and (len(letters) > 1 or formed):
            return answer_of(relation)
    return None

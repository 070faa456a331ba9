"""Is an answer that has the reference's value in the form that the question asks for?

`18/24` equals 3/4 and is no answer to `Rút gọn 18/24`; `3,5 m` is none to `Đổi 3,5 m ra cm`, `25 × 17 × 4` none to a sum. Where
the question names no form, the form of the reference decides: a number wants a number, and the question's own expression is
never an answer.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from mathpal_lightning.evaluation.language.characters import without_spaces
from mathpal_lightning.evaluation.mathematics.algebra import (
    Node,
    factors,
    operations,
    parse_expression,
    prime_product,
    proportion,
)
from mathpal_lightning.evaluation.mathematics.arithmetic import evaluate
from mathpal_lightning.evaluation.mathematics.units import MEASURE, Unit, parse_unit
from mathpal_lightning.evaluation.question.parts import IN_LINE, part_questions
from mathpal_lightning.evaluation.question.task import Task, plain_signs, read_task
from mathpal_lightning.evaluation.values import Expression, Quantity, Relation, Value, Words
from mathpal_lightning.evaluation.values.nouns import names_another
from mathpal_lightning.evaluation.values.reading import multi, read_answer, value_of
from mathpal_lightning.evaluation.values.relation import holds
from mathpal_lightning.evaluation.values.words import NO_SOLUTION, reading_key
from mathpal_lightning.evaluation.verdict.simplest import form_of_expression
from mathpal_lightning.schema import Answer


def in_order(answer: Answer) -> Answer:
    """The several values of an answer to a question for an order: `5,1 > 4,3 > 2` are three values."""
    value = None if answer.kind in ("multi", "choice") else value_of(answer)
    if isinstance(value, Relation) and len(value.items) > 2 and holds(value) is not False:
        parts = [read_answer(item, True) for item in value.items]
        return multi([part for part in parts if part is not None], ordered=True)
    return replace(answer, ordered=True) if answer.kind == "multi" else answer


def form_fault(task: Task, gold: Answer, answer: Answer) -> str:
    """What is wrong with the form of an answer that equals the reference's; empty where nothing is.

    Args:
        task: what the question asks for.
        gold: the reference's answer.
        answer: the pupil's; it has the same value.

    Returns:
        One Vietnamese sentence without its full stop.
    """
    if "multi" in (gold.kind, answer.kind):
        if re.search(r"(?i)quy đồng", task.question) and len(_bottoms(gold)) == 1 < len(_bottoms(answer)):
            return "Em chưa quy đồng mẫu số"
        known = {part.text for part in gold.parts}
        tasks = _tasks_of_parts(task.question)
        pairs = ((a, b) for a, b in zip(gold.parts, answer.parts, strict=False) if b.text not in known)
        return next(filter(None, (form_fault(tasks.get(a.label, task), a, b) for a, b in pairs)), "")
    if gold.kind == "choice" and gold.value is not None and answer.kind != "choice":
        gold = gold.value
    if "choice" in (gold.kind, answer.kind) or gold.kind == "multi" or gold.text == answer.text:
        return ""
    wanted, given = value_of(gold), value_of(answer)
    if isinstance(wanted, Expression) and isinstance(given, Expression) and wanted.written == given.written:
        return ""
    if task.form == "aloud" and isinstance(wanted, Words):
        said = isinstance(given, Words) and reading_key(given.written) == reading_key(wanted.written)
        return "" if said else "Em đọc số chưa đúng" if isinstance(given, Words) else "Đề bài yêu cầu đọc số bằng lời"
    if isinstance(given, Quantity):
        return _quantity_fault(task, wanted, given)
    if isinstance(given, Expression):
        return _expression_fault(task, wanted, given)
    if isinstance(given, Words) and isinstance(wanted, Quantity) and task.repeats(given.written):
        return COPIED
    if isinstance(given, Relation) and len(given.items) > 1 and isinstance(wanted, Relation) and task.repeats(given.canonical):
        return COPIED
    return ""


def _tasks_of_parts(question: str) -> dict[str, Task]:
    """What each part asks for, with what stands before the first; left out where it names neither form nor unit."""
    first = IN_LINE.search(question)
    stem = question[: first.start()] if first else ""
    own = {part: read_task(f"{stem}{said}") for part, said in part_questions(question, headed=False).items()}
    return {part: task for part, task in own.items() if task.form or task.unit}


def _bottoms(answer: Answer) -> set[str]:
    """The denominators of several fractions; of a number that is none, the number."""
    return {part.text.rpartition("/")[2] for part in answer.parts}


COPIED = "Em mới chép lại đề bài, chưa làm ra kết quả"
_NOT_COMPUTED = "Em chưa tính ra kết quả"


def _quantity_fault(task: Task, wanted: Value, given: Quantity) -> str:
    gold_unit = wanted.unit if isinstance(wanted, Quantity) else ""
    if fault := _unit_fault(task, wanted, given):
        return fault
    if given.pieces and isinstance(wanted, Quantity) and wanted.pieces and _overflows(given) and not _overflows(wanted):
        return "Em chưa đổi đơn vị bé ra đơn vị lớn"
    lowest = _in_lowest_terms(given)
    match task.form:
        case "primes" | "factors" | "power" if isinstance(wanted, Expression):
            return "Em chưa viết kết quả dưới dạng tích" if task.form != "power" else "Em chưa viết dưới dạng lũy thừa"
        case "scientific" if isinstance(wanted, Expression):
            return "Em chưa viết dưới dạng kí hiệu khoa học"
        case "lowest" if not lowest:
            return "Em chưa rút gọn phân số"
        case "lowest" | "fraction" if (
            isinstance(wanted, Quantity)
            and wanted.kind == "fraction" != given.kind
            and (task.form == "fraction" or given.kind in ("number", "percent") and _NAMES_FRACTION.search(task.question))
        ):
            return "Em chưa viết kết quả dưới dạng phân số"
        case "mixed" if given.kind != "mixed_number" and isinstance(wanted, Quantity) and wanted.kind == "mixed_number":
            return "Em chưa viết kết quả dưới dạng hỗn số"
        case "decimal" if (
            (given.kind in ("fraction", "mixed_number") or given.unit == "%" != gold_unit)
            and isinstance(wanted, Quantity)
            and "/" not in wanted.written
        ):
            return "Em chưa viết kết quả dưới dạng số thập phân"
        case "percent" if given.unit != "%" and gold_unit == "%":
            return "Em chưa viết kết quả dưới dạng tỉ số phần trăm"
    if given.kind == "mixed_number" and wanted.kind == "fraction" and task.repeats(given.written):
        return COPIED
    worded = isinstance(wanted, Words) and wanted.written != NO_SOLUTION
    if (worded or isinstance(wanted, Expression)) and task.repeats(given.written):
        return COPIED
    if task.form and given.kind != wanted.kind and given.kind != "quantity" and task.repeats(given.canonical):
        return COPIED
    if task.digits is not None and isinstance(wanted, Quantity) and not _rounded_to(given, task.digits):
        return "Em chưa làm tròn đúng yêu cầu"
    reduced = isinstance(wanted, Quantity) and _in_lowest_terms(wanted) and not lowest
    return _NOT_COMPUTED if reduced and (given.value.denominator == 1 or task.repeats(given.written)) else ""


_NAMES_FRACTION = re.compile(r"(?i)phân số tối giản")
_NO_UNIT = frozenset({"đơn vị", "đvđd", "đvdt", "đvtt"})
"""What stands behind a length, an area or a volume without a unit."""


def _unit_fault(task: Task, wanted: Value, given: Quantity) -> str:
    """`3,5 m` where centimetres are asked for; money may be given in thousands."""
    gold_unit = wanted.unit if isinstance(wanted, Quantity) else ""
    if (
        given.is_count
        and given.unit not in _NO_UNIT
        and names_another(given.unit, gold_unit, task.question)
        and parse_unit(gold_unit) is None
    ):
        return "Em viết sai tên của vật được đếm"
    if isinstance(wanted, Quantity) and wanted.pieces and not given.pieces and task.repeats(given.written):
        return COPIED
    invented = given.measure if not gold_unit and isinstance(wanted, Quantity) else None
    if invented and task.unit and parse_unit(task.unit) and invented.dimension and invented != parse_unit(task.unit):
        return f"Đề bài yêu cầu đơn vị {task.unit}"
    if invented and invented.dimension and (_is_pure(task.question) or _ASKS_FOR_RATIO.search(task.question)):
        return "Đề bài không có đơn vị này"
    if not gold_unit and given.measure and _is_other_money(given.measure, task.question):
        return "Đơn vị tiền chưa đúng"
    asked, measure = parse_unit(task.unit) if task.unit else None, given.measure
    gold_measure = wanted.measure if isinstance(wanted, Quantity) else None
    if measure is None or gold_measure is None or measure == gold_measure and not given.pieces:
        return ""
    if measure.dimension == (("money", 1),):
        return ""
    if isinstance(wanted, Quantity) and wanted.canonical != given.canonical and task.repeats(given.canonical):
        return COPIED
    if asked is None or asked != gold_measure:
        return ""
    if given.pieces and given.pieces[0].measure == asked and measure.dimension == (("time", 1),):
        return ""
    return f"Đề bài yêu cầu đơn vị {task.unit}"


_OF_THINGS = re.compile(
    r"(?i)(?<!\w)(?:hình|cạnh|đoạn|đường|tam giác|tứ giác|chu vi|diện tích|thể tích|góc|dài|rộng|cao|sâu|nặng|cân|tiền"
    r"|giá(?! trị)|mua|bán|tuổi|giờ|lúc|khi nào|bao (?:lâu|xa)|ngày|thời gian|quãng|vận tốc|nhiệt độ|khối lượng|độ|đổi|lãi"
    r"|lương|kim|bán kính|sin|cos|tan|xe|lít|nước|vải|dây|gạo|đi|chạy|số đo)(?!\w)|(?-i:[A-Z]{2})|π"
)


_ASKS_FOR_RATIO = re.compile(r"(?i:tính|tìm)(?: giá trị(?: của)?)? (?:sin|cos|tan|cot)(?![a-z])[^.?\n]*[.?]?\s*$")
"""The sine of an angle has no unit."""


def _is_pure(question: str) -> bool:
    """Whether a question is about numbers alone, so that `15 cm` invents its unit."""
    return bool(question) and _OF_THINGS.search(question) is None and _MEASURED.search(question) is None


_MONEY = {((kind, 1),) for kind in ("money", "dollar", "euro", "yen", "sterling", "yuan")}
_MEASURED = re.compile(rf"(?<=\d) ?(?P<unit>{MEASURE})", re.IGNORECASE)


def _is_other_money(given: Unit, question: str) -> bool:
    """`15 nghìn đồng`, where the question counts in dollars."""
    units = (parse_unit(match["unit"]) for match in _MEASURED.finditer(question))
    named = {unit.dimension for unit in units if unit is not None} & _MONEY
    return given.dimension in _MONEY and bool(named) and given.dimension not in named


def _overflows(quantity: Quantity) -> bool:
    """`9 giờ 65 phút`: the smaller unit holds a whole of the larger one."""
    pairs = [(large.measure, small.measure, small.value) for large, small in pairwise(quantity.pieces)]
    return any(large and small and value >= large.factor / small.factor for large, small, value in pairs)


def _in_lowest_terms(quantity: Quantity) -> bool:
    """Whether a fraction is in lowest terms; a mixed number's fraction must be proper too."""
    match = re.fullmatch(r"-?(?:\d+ )?(\d+)/(\d+)", quantity.written)
    if match is None:
        return "/" not in quantity.written
    fraction = Fraction(int(match[1]), int(match[2]))
    return fraction.denominator == int(match[2]) and int(match[2]) > 1


def _rounded_to(quantity: Quantity, digits: int) -> bool:
    scale = Fraction(10) ** digits
    value = quantity.value * (100 if quantity.unit == "%" else 1)
    return (value * scale).denominator == 1 and "/" not in quantity.written


def _expression_fault(task: Task, wanted: Value, given: Expression) -> str:
    tree = parse_expression(given.written)
    if isinstance(wanted, Quantity) or tree is None:
        return _NOT_COMPUTED
    if not isinstance(wanted, Expression):
        return ""
    gold_tree = parse_expression(wanted.written)
    if _key(given.written) == _key(wanted.written) or gold_tree is None:
        return ""
    if _AS_SUM.search(task.question) and _summands(given.written) != _summands(wanted.written):
        return "Em chưa viết thành tổng như đề bài yêu cầu"
    if task.form == "primes" and not prime_product(tree):
        return "Em chưa phân tích hết ra thừa số nguyên tố"
    if task.form == "factors" and factors(tree) < factors(gold_tree):
        return "Em chưa phân tích hết thành nhân tử"
    if task.repeats(given.written):
        return COPIED
    if fault := form_of_expression(task.question, task.form, gold_tree, tree):
        return fault
    if task.form in ("primes", "factors", "power"):
        return ""
    if operations(tree) > 2 * operations(gold_tree) + 2:
        return "Em chưa rút gọn biểu thức"
    same_as_asked = [node for node in task.expressions if proportion(node, tree) == 1]
    if any(operations(tree) >= operations(node) and operations(gold_tree) < operations(node) for node in same_as_asked):
        return COPIED
    if _is_sum(gold_tree) and _multiplies_sums(tree) and any(map(_multiplies_sums, same_as_asked)):
        return "Em chưa thực hiện phép nhân"
    return ""


_AS_SUM = re.compile(r"(?i)(?:thành|dưới dạng) (?:một )?tổng (?:(?:của|các|giá trị) )*(?:hàng|nghìn|trăm|chục)")
"""`Viết 648 thành tổng các trăm, chục và đơn vị`."""


def _summands(written: str) -> list[Fraction]:
    """`600 + 40 + 8`, in order of size; what is no number is left out."""
    values = (evaluate(part) for part in written.split("+"))
    return sorted(value.value for value in values if value is not None)


def _is_sum(node: Node) -> bool:
    return node.operation in ("+", "-")


def _multiplies_sums(node: Node) -> bool:
    """Whether an expression is a product with a sum in it, or a power of a sum."""
    return node.operation in ("*", "^") and any(_is_sum(part) or _multiplies_sums(part) for part in node.parts)


def _key(text: str) -> str:
    return without_spaces(plain_signs(text))

"""What a sentence says of the question's own names and quantities: who does what is asked, which one is the larger."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.characters import has_digit
from mathpal_lightning.evaluation.clauses import side_by_side
from mathpal_lightning.evaluation.doubt import denies
from mathpal_lightning.evaluation.reading import value_of
from mathpal_lightning.evaluation.solution import Solution
from mathpal_lightning.evaluation.spelled import in_digits
from mathpal_lightning.evaluation.told import HIGH, LOW, order_runs_as_asked
from mathpal_lightning.evaluation.values import Relation
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_PROPER = re.compile(r"(?<!\w)(?:[A-ZĐÂĂÊÔƠƯÁÀÉÓÚÝÍ][^\W\d_]*|\d{1,2}[A-Z]\d?)(?: [A-ZĐÂĂÊÔƠƯÁÀÉÓÚÝÍ][^\W\d_]*)*(?!\w)")
_TITLES = frozenset(comparison_key("bạn anh chị cô chú bác em ông bà lớp đội xe hộp").split())
_ASKING = frozenset(comparison_key("hỏi bạn ai nào hình số người là gì nhất hơn đâu trong có các những một").split())
_COMPARED = re.compile(rf"(?i)(?<!\w)(?P<how>{'|'.join((*LOW, *HIGH))})(?: tuổi)? (?P<than>hơn|nhất)(?!\w)")


def name_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """The one name of the question that a clause says to do what is asked: `Dũng` in `bạn Dũng nhanh hơn bạn Hùng`."""
    names = _names(solution.asked, gold.text)
    if len(names) < 2:
        return None
    claimed = set()
    names_inside = [name for name in names if re.search(rf"(?<=[\w,;:] ){re.escape(name)}(?!\w)", solution.asked)]
    for clause in side_by_side(sentence):
        claim = re.split(r"(?<!\w)hơn(?!\w)(?= )", clause)[0] if _COMPARED.search(clause) and " là " not in clause else clause
        held = [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", claim)]
        longest = [name for name in held if not any(name != other and name in other for other in held)]
        if (
            len(longest) > 1
            and longest[0] not in names_inside
            and re.match(rf"{re.escape(longest[0])} (?!và |cùng |với )[^\W\d_]+ ", claim)
        ):
            longest = longest[1:]  # `Mua cam tại Hoa Mai`: a verb that begins a sentence of the question too
        if longest and (len(longest) > 1 or clause == longest[0]):
            return None  # a list of names
        if longest and _does_what_is_asked(clause.replace(longest[0], ""), solution):
            claimed.add(longest[0])
    return solution.read(claimed.pop()) if len(claimed) == 1 else None


def _names(question: str, like: str) -> list[str]:
    """The names of the question that are like the reference: capitalised words, or all that begin with its first word."""
    if _PROPER.fullmatch(like):
        words = set(re.findall(r"\w+", question))
        found = (re.sub(r"^(?:Bạn|Em|Anh|Chị|Cô|Chú|Bác|Lớp|Đội) ", "", match[0]) for match in _PROPER.finditer(question))
        return [name for name in dict.fromkeys(found) if name.lower() not in words and comparison_key(name) not in _TITLES]
    head, _, rest = like.partition(" ")
    if not rest or has_digit(like):
        return []
    offers = re.findall(rf"(?i)(?<!\w){re.escape(head)} [^\W\d_]+(?: [^\W\d_]+){{0,2}}(?=,| hay | hoặc | và |[.;?:])", question)
    return [offer for offer in dict.fromkeys(map(str.lower, offers)) if " nào" not in offer]


def _does_what_is_asked(said: str, solution: Solution) -> bool:
    """Whether a clause says in the question's words, and without a denial that is not the question's, what is asked."""
    asking = asking_sentence(solution.asked)
    if denies(said) and not denies(asking):
        return False
    asked, told = _COMPARED.search(asking), _COMPARED.search(said)
    if asked:
        return told is not None and told[0].lower() == asked[0].lower()
    predicate = set(comparison_key(re.split(r"(?i)(?<!\w)(?:ai|nào)(?!\w)", asking)[-1]).split()) - _ASKING
    words = set(comparison_key(said.replace("chính xác", "đúng")).split())
    return bool(predicate) and 2 * len(predicate & words) >= len(predicate)


def order_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """The question's own items in the order in which a sentence names them, each once.

    Args:
        solution: the solution; its question lists the items and asks for an order.
        sentence: its last sentence.
        gold: the reference; of its parts only the items are used, not their order.
    """
    said, question = (_squeezed(in_digits(text)).lower() for text in (sentence, solution.question))
    items = [_squeezed(part.text).lower() for part in gold.parts]
    places = [[match.start() for match in re.finditer(_alone(item), said)] for item in items]
    known = all(re.search(_alone(item), question) for item in items)
    if not known or len(items) < 3 or any(len(found) != 1 for found in places) or denies(sentence):
        return None
    if not order_runs_as_asked(sentence, solution.question):
        return None
    ranked = sorted(zip(places, gold.parts, strict=True), key=lambda pair: pair[0])
    return replace(gold, parts=tuple(part for _, part in ranked), ordered=True)


def _alone(item: str) -> str:
    """Matches an item that stands by itself: not 3 in 3/4, not An in Anh."""
    return rf"(?<![\w.,/]){re.escape(item)}(?![\w/]|[.,]\d)"


_FIRST, _SECOND = "⟪0⟫", "⟪1⟫"
_FIRST_PLACE = r"(?i)(?<!\w)[^\W\d_]+ (?:thứ nhất|đầu(?: tiên)?|bên trái)(?!\w)"
_SECOND_PLACE = r"(?i)(?<!\w)[^\W\d_]+ (?:thứ hai|sau|bên phải)(?!\w)"
_IS_MORE = re.compile(
    rf"(?i)⟪(?P<one>[01])⟫(?: (?:thì|là|sẽ|có|phân số|số))* (?P<how>{'|'.join((*LOW, *HIGH))}) hơn(?!\w)"
    rf"|(?<!\w)(?P<adjective>{'|'.join((*LOW, *HIGH))}) hơn(?: (?:là|thì|phải là))+:? ⟪(?P<behind>[01])⟫"
)


def comparison_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """`3/4 > 5/7` of `phân số thứ nhất lớn hơn`, `ba phần tư lớn hơn năm phần bảy`, `số lớn hơn là 3/4`.

    Args:
        solution: the solution; its question names both quantities.
        sentence: its last sentence.
        gold: the reference; its two sides are the quantities, whatever stands between them.
    """
    relation = value_of(gold)
    if not isinstance(relation, Relation) or len(relation.items) != 2:
        return None
    sides = sorted(relation.items, key=lambda item: _place(item, solution.question))
    if not all(_place(item, solution.question) >= 0 for item in sides) or "bằng" in sentence or denies(sentence):
        return None
    said = _squeezed(in_digits(sentence))
    for mark, side, places in ((_FIRST, sides[0], _FIRST_PLACE), (_SECOND, sides[1], _SECOND_PLACE)):
        said = re.sub(_alone(_squeezed(side)), mark, said)
        said = re.sub(places, mark, said)
    claims = set()
    for claim in _IS_MORE.finditer(said):
        which = int(claim["one"] or claim["behind"])
        falls = (claim["how"] or claim["adjective"]).lower() in HIGH
        claims.add(">" if (which == 0) is falls else "<")
    return solution.read(f"{sides[0]} {claims.pop()} {sides[1]}") if len(claims) == 1 else None


def _place(item: str, question: str) -> int:
    """Where a quantity stands in the question; -1 where it does not."""
    return _squeezed(question).find(_squeezed(item))


def _squeezed(text: str) -> str:
    return re.sub(r"(?<=[\d)}])\s*([-+×·:/^])\s*(?=[\d({])", r"\1", re.sub(r"(?<=\d),(?=\d)", ".", text))

"""Which of the question's own names fills the place that it leaves open: `Nam` of `Tú về nhất, Nam về nhì`.

    role    = [adjective] place | words         `cao thứ hai`, `về nhì`, `nhanh hơn`; `nói đúng`
    claim   = name role | role "là" name        one clause; `nên` may part the name from its role

A clause claims the role for its name where both roles are the same; two clauses that claim it for two names give no answer.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from mathpal_lightning.evaluation.language.clauses import CONSEQUENCE, side_by_side
from mathpal_lightning.evaluation.language.doubt import denies, is_unsure
from mathpal_lightning.evaluation.question.task import read_task
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.evaluation.words.told_order import HIGH, LOW
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_UPPER = "A-ZĐÂĂÊÔƠƯÁÀÉÓÚÝÍ"
_PROPER = re.compile(rf"(?<!\w)(?:[{_UPPER}][^\W\d_]*|\d{{1,2}}[A-Z]\d?)(?: [{_UPPER}][^\W\d_]*)*(?!\w)")
_TITLES = frozenset(comparison_key("bạn anh chị cô chú bác em ông bà lớp đội xe hộp ai").split())
_ASKING = frozenset(
    comparison_key("hỏi bạn ai nào hình số người là gì nhất hơn đâu trong có các những một nói bảo tính làm cho").split()
)
_HOW = rf"(?P<how>{'|'.join((*LOW, *HIGH))})(?: (?!nhất|hơn|thứ)[^\W\d_]+){{0,2}}?"
_THAN = r"(?P<than>hơn|nhất|thứ (?:nhất|nhì|hai|ba|tư|\d))"
_NTHS = r"(?P<nth>nhất|nhì|hai|ba|tư|bốn|năm|đầu|bét|chót|cuối|\d)"
_NTH = {"nhất": 1, "nhì": 2, "hai": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "đầu": 1, "bét": -1, "chót": -1, "cuối": -1}
_PLACE = re.compile(
    rf"(?i)(?<!\w)(?:{_HOW} {_THAN}"
    rf"|(?:về|hạng|giải|thứ|xếp|đứng|vị trí)(?: (?:đích|hạng|thứ|vị trí|ở))* {_NTHS}"
    r"|(?P<alone>nhất|nhì|bét|chót)\W*$|^(?P<end>đầu|cuối)(?: (?:tiên|cùng))?(?= là ))(?!\w)"
)


class Role(NamedTuple):
    """`cao thứ hai` is ("cao", 2), `nhanh hơn` ("nhanh", 0), `về bét` ("", -1): last."""

    how: str
    place: int


def roles(text: str) -> list[Role]:
    """The places in an order that a text speaks of."""
    found = []
    for match in _PLACE.finditer(text):
        word = (match["than"] or match["nth"] or match["alone"] or match["end"]).lower().removeprefix("thứ ")
        found.append(Role((match["how"] or "").lower(), 0 if word == "hơn" else _NTH.get(word) or int(word)))
    return found


def name_told(solution: Solution, sentence: str, gold: Answer) -> Answer | None:
    """The one name of the question that a clause says to do what is asked: `Dũng` in `bạn Dũng nhanh hơn bạn Hùng`."""
    head, names = _names(solution.asked, gold.text)
    if len(names) < 2:
        return None
    alone = re.sub(rf"(?i)^(?:(?:mua|chọn|đó|là|ở|tại|bạn|vậy) )*(?:{re.escape(head)} )?|[ .!]+$", "", sentence)
    claimed, last = {name for name in names if name.lower() == alone.lower()}, ""
    for clause, follows in clauses(re.sub(r"(?<=[^\W\d_]) thì(?!\w)", "", sentence)) if not claimed else []:
        held = _held(clause, names)
        if len(held) > 1 or held and clause == held[0]:
            return None  # a list of names
        last = held[0] if held else last
        subject = held[0] if held else last if follows else ""
        if subject and _does_what_is_asked(clause.replace(subject, ""), solution):
            claimed.add(subject)
    return Answer("text", f"{head} {claimed.pop()}".strip()) if len(claimed) == 1 else None


_THEN = re.compile(r"(?<!\w)(?:rồi|tiếp theo|sau đó|kế đến|kế tiếp)(?!\w)(?: (?:đến|tới))?")


def clauses(sentence: str) -> list[tuple[str, bool]]:
    """The clauses of a sentence, and whether each follows from the one before: `có 9 cái nên | nhiều nhất`."""
    pieces = [
        [clause for whole in side_by_side(piece) for part in _THEN.split(whole) if (clause := part.strip())]
        for piece in CONSEQUENCE.split(sentence)
    ]
    return [(clause, place > 0 and not turn) for place, piece in enumerate(pieces) for turn, clause in enumerate(piece)]


def _held(clause: str, names: list[str]) -> list[str]:
    """The names that a clause speaks of, the longer ones only: not the one behind `hơn`, nor a verb that begins a sentence."""
    compared = any(role.place == 0 for role in roles(clause)) and " là " not in clause
    claim = re.split(r"(?<!\w)hơn(?!\w)(?= )", clause)[0] if compared else clause
    held = [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", claim, _case(name))]
    longest = [name for name in held if not any(name != other and name in other for other in held)]
    if len(longest) > 1 and re.match(rf"{re.escape(longest[0])} (?!và |cùng |với )[^\W\d_]+ .*{re.escape(longest[1])}", claim):
        return longest[1:] if longest[0] in _OPENING_VERBS else longest  # `Mua cam tại Hoa Mai`
    return longest


_OPENING_VERBS = ("Mua", "Bán", "Đi", "Chọn", "Tìm", "Tính", "Hỏi", "Viết", "Xếp")


def _case(name: str) -> re.RegexFlag:
    return re.IGNORECASE if name.islower() else re.NOFLAG


def _names(question: str, like: str) -> tuple[str, list[str]]:
    """The word in front of the names of the question that are like the reference (`đội`), and the names (`Xanh`, `Đỏ`).

    Capitalised words where it is one; all that begin with its first word else (`hình tròn`, `hình thoi`), and for one word all
    that stand behind the same word (`bi đỏ`, `bi xanh`).
    """
    headed = re.fullmatch(rf"(?P<head>[^\d{_UPPER}]{{2,30}}?) (?P<name>{_PROPER.pattern})", like)
    head, _, rest = (headed["head"], " ", headed["name"]) if headed else like.partition(" ")
    if headed:
        return head, list(dict.fromkeys(re.findall(rf"(?<!\w)(?i:{re.escape(head)}) ({_PROPER.pattern})", question)))
    if _PROPER.fullmatch(like):
        words = set(re.findall(r"\w+", question))
        found = (re.sub(r"^(?:Bạn|Em|Anh|Chị|Cô|Chú|Bác|Lớp|Đội) ", "", match[0]) for match in _PROPER.finditer(question))
        return "", [name for name in dict.fromkeys(found) if name.lower() not in words and comparison_key(name) not in _TITLES]
    if re.search(r"\d", like):
        return "", []
    if not rest:
        before = re.search(rf"(?i)(?<!\w)([^\W\d_]+) {re.escape(like)}(?!\w)", question)
        siblings = re.findall(rf"(?i)(?<!\w){re.escape(before[1])} ([^\W\d_]+)", question) if before else []
        return "", list(dict.fromkeys(map(str.lower, siblings)))
    ends = r"(?=,| hay | hoặc | và | (?:có |là )?\d|[.;?:])"
    offers = re.findall(rf"(?i)(?<!\w){re.escape(head)} [^\W\d_]+(?: [^\W\d_]+){{0,2}}?{ends}", question)
    return "", [offer for offer in dict.fromkeys(map(str.lower, offers)) if " nào" not in offer]


def _does_what_is_asked(said: str, solution: Solution) -> bool:
    """Whether a clause says in the question's words, and without a denial that is not the question's, what is asked."""
    asking = asking_sentence(solution.asked)
    if denies(said) and not denies(asking):
        return False
    if asked := roles(asking):
        wanted = asked[-1]
        return any(told.place == wanted.place and told.how in (wanted.how, "") for told in roles(said))
    predicate = set(comparison_key(re.split(r"(?i)(?<!\w)(?:ai|nào)(?!\w)", asking)[-1]).split()) - _ASKING
    words = set(comparison_key(said.replace("chính xác", "đúng")).split())
    return bool(predicate) and 2 * len(predicate & words) >= len(predicate)


_ASKS_NAMES = re.compile(
    r"(?i)(?:kể|nêu|viết) tên|(?<!\w)tên (?:các|những|hai|ba)(?!\w)"
    r"|(?<!\w)(?:những|các|hai|ba) [^\W\d_]+(?: [^\W\d_]+){0,4}? nào"
)
_LIST_LEAD = re.compile(r"(?i)^.*?(?::|(?<!\w)(?:là|gồm)(?!\w):?) ?(?=\S)")
_NEXT = re.compile(r" ?[;,] (?:và )?| và | cùng với ")
_OF_CLASS = re.compile(r"(?i)^lớp (?=\d)")
MAX_NAMES = 12


def names_listed(solution: Solution) -> Answer | None:
    """The several names that a question asks for, without an order: `hình vuông, hình chữ nhật`.

    Each must stand in the question; they are names alike: capitalised, or with one first word.
    """
    if not solution.lines or not _ASKS_NAMES.search(solution.asked) or read_task(solution.question).ordered:
        return None
    said = re.sub(r" ?\([^()]*\)", "", CONSEQUENCE.split(solution.lines[-1])[-1]).strip(" .")
    listed = {comparison_key(item) for item in re.split(r"[,;:.] ", re.sub(r" ?\([^()]*\)", "", solution.stem))}
    if denies(said) or is_unsure(said):
        return None
    for text in (said, _LIST_LEAD.sub("", said)):
        names = [_OF_CLASS.sub("", name.strip(" .")) for name in _NEXT.split(text)]
        told = f" {comparison_key(f'{solution.stem} {solution.question}')} "
        known = all(name and f" {comparison_key(name)} " in told for name in names)
        alike = all(map(_PROPER.fullmatch, names)) or len({name.split(" ")[0].lower() for name in names}) == 1
        alike = alike or {comparison_key(name) for name in names} <= listed
        has_number = re.search(r"(?<!\w)\d(?!\d?[A-K]\d?(?!\w))", text)
        if 1 < len(set(names)) == len(names) <= MAX_NAMES and known and alike and not has_number:
            return multi([Answer("text", name) for name in names], ordered=False)
    return None

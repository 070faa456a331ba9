"""Words that change what is said of a value: the opposite, other things, the turned ratio, a factor, a bound, a denial."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.clauses import last_clause, says, side_by_side
from mathpal_lightning.evaluation.mathematics.units import parse_unit
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.evaluation.verdict.compared_things import compares_the_other_way
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

OPPOSITES = (
    ("đồng biến", "nghịch biến"), ("cực đại", "cực tiểu"), ("tiệm cận đứng", "tiệm cận ngang"), ("cùng màu", "khác màu"),
    ("trúng", "trượt|hụt"), ("chẵn", "lẻ"), ("dòng nước", "ca nô|thuyền|tàu"), ("ngoài thực tế|thực tế", "trên bản đồ"),
    ("tuổi (?:của )?(?:mẹ|bố|cha|ông|bà)", "tuổi (?:của )?(?:con|cháu)"),
    ("vận tốc", "quãng đường"), ("một mình", "làm chung|cùng làm"), ("cách A", "cách B"), ("liền sau", "liền trước"),
)  # fmt: skip
"""A solution that names only one of a pair does not answer a question that names only the other."""
OTHERS = (
    ("số (?:bé|nhỏ|lớn|thứ)", "hiệu|tổng"), ("sau khi giảm", "trước khi giảm|được giảm|số tiền giảm|tiết kiệm"),
    ("đi hết|mất|bao lâu|bao nhiêu thời gian", "lúc"), ("trung bình", "cả (?:hai|ba|bốn)(?! [^.]*đều)"),
    ("lúc mấy giờ|mấy giờ", "đi hết|mất|kéo dài|nghỉ|xuất phát|khởi hành"),
)  # fmt: skip
"""As `OPPOSITES`, but only where the question names the first and the solution the second."""


def turns_what_is_asked(said: str, known: str, answer: Answer, question: str) -> bool:
    """Whether the last clause answers another question: about the opposite, other things or persons, or the turned ratio.

    Args:
        said: the last words of a solution.
        known: those of the reference.
        answer: what was read from the solution.
        question: the problem in plain text.
    """
    clause = last_clause(last_sentence(said))
    holding = [piece for piece in side_by_side(clause) if answer.text and answer.text in piece.replace(",", ".")]
    return (
        says_the_opposite(holding[0] if len(holding) == 1 else clause, known, question)
        or answer.kind != "choice"
        and tells_of_other_things(clause, answer, question)
        or turns_the_ratio(clause, question)
        or tells_of_interest_alone(clause, question)
        or bool(question)
        and any(says(word, clause) and not says(word, f"{question} {known}") for word in ("chu vi", "diện tích", "thể tích"))
        or tells_of_a_relative(clause, question)
        or compares_the_other_way(last_sentence(said), known, question)
        or measures_another_material(said, known, question)
        or is_of_another_period(said, known)
    )


def says_the_opposite(sentence: str, known: str, question: str) -> bool:
    """Whether a sentence says the one, where the asking sentence says only the other: `nghịch biến trên (0; 1)`.

    Args:
        sentence: the last clause of a solution.
        known: the last words of the reference, which may say the same.
        question: the problem in plain text.
    """
    asking = asking_sentence(question)
    pairs = [*OTHERS, *(pair for one, other in OPPOSITES for pair in ((one, other), (other, one)))]
    return any(
        says(one, asking)
        and not says(other, asking)
        and not says(other, known)
        and says(other, sentence)
        and not says(one, sentence)
        for one, other in pairs
    )


_THINGS = re.compile(
    r"(?<![\d.,/])(?P<number>\d+) (?P<thing>[^\W\d_]+)(?: (?P<of>[^\W\d_]+))?"
    r"|(?i:(?P<named>ngày|đội|tổ|lớp|vòi|xe) (?P<which>\d+|I{1,3}|[A-Z])(?!\w))"
)


def tells_of_other_things(clause: str, answer: Answer, question: str) -> bool:
    """`7 can có 20 lít`, where it is asked of 4 can and the question says 7 can too; `Đội I` for `đội II`."""
    asked, given = _counted(asking_sentence(question)), _counted(question)
    own = re.sub(r"[^\d]", "", answer.text.partition(" ")[0])
    return any(
        thing in asked and numbers and not numbers & asked[thing] and numbers & (given[thing] | {"1"})
        for thing, said in _counted(clause).items()
        if not thing.endswith(" ")
        for numbers in (said - {own},)
    )


def _counted(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for match in _THINGS.finditer(text):
        thing = (match["thing"] or match["named"]).lower()
        thing = f"{thing} {(match['of'] or '').lower()}" if match["thing"] and parse_unit(thing) else thing
        found.setdefault(thing, set()).add(match["number"] or match["which"])
    return found


_RATIO = re.compile(
    r"(?i)tỉ số (?:giữa |của )?(?P<one>[^.?,:\n]{2,40}?) (?:và|với) (?P<other>[^.?,:=\n\d]{2,40}?)(?= (?:là|bằng)|[.?,:=\n]|$)"
)


def tells_of_interest_alone(clause: str, question: str) -> bool:
    """`Tiền lãi là 106 triệu đồng`, where capital and interest are asked for together."""
    both = re.search(r"(?i)(?:gốc|vốn|gửi) (?:và|lẫn|với|cộng|\+) (?:tiền )?lãi", asking_sentence(question))
    return both is not None and says("lãi", clause) and not says("gốc|vốn|gửi|tổng|cả", clause)


_FAMILY = "mẹ|bố|cha|ba|anh|chị|em|ông|bà|cô|thầy|bạn"


def tells_of_a_relative(clause: str, question: str) -> bool:
    """`Mẹ có 23 quyển vở`, where it is asked what An has."""
    asking = asking_sentence(question)
    subject = re.match(rf"(?i)\W*(?P<who>{_FAMILY}) (?:có|còn|được|mua)(?!\w)", clause)
    named = re.search(r"(?<!^)(?<![.?!] )(?<!\w)[A-ZĐ][a-zà-ỹ]+", asking)
    return subject is not None and named is not None and not says(_FAMILY, asking) and says(subject["who"], question)


_MATERIAL = re.compile(r"(?<=\d) ?(?:kg|ki-lô-gam|g|tấn|tạ|yến|lít|l|m|cm|đồng) (?P<noun>[^\W\d_]+)(?: (?P<next>[^\W\d_]+))?")
_NO_MATERIAL = frozenset((
    "nữa", "ạ", "nhé", "nha", "nhá", "rồi", "thôi", "nên", "vậy", "có", "và", "là", "hoặc", "hay", "thì", "mà", "vì", "do",
    "để", "trên", "mỗi", "sau", "khi", "tại", "lúc", "trong", "trước", "với", "vào", "ở", "từ", "tức", "bằng",
    "một", "vuông", "khối", "ta", "em", "cô", "thầy", "chứ", "đó", "này",
))  # fmt: skip


def measures_another_material(sentence: str, known: str, question: str) -> bool:
    """`36 kg ngô`, where rice is asked for and no corn is spoken of; `36 kg gạo mỗi ngày`."""
    found = [list(_MATERIAL.finditer(text))[-1:] for text in (sentence, known)]
    if not all(found):
        return False
    said, wanted = (one[0] for one in found)
    if said["noun"].lower() in _NO_MATERIAL:
        return False
    other = said["noun"].lower() != wanted["noun"].lower() and not says(re.escape(said["noun"]), question)
    each = said["next"] == "mỗi" and not says("mỗi", f"{question} {known}")
    return other or each


_RATE = re.compile(r"(?i)% ?(?:/ ?|một |mỗi )(?P<period>năm|quý|tháng|tuần|ngày)(?!\w)")


def is_of_another_period(said: str, known: str) -> bool:
    """`6%/tháng`, where the reference says `6%/năm`."""
    one, other = ({rate["period"].lower() for rate in _RATE.finditer(text)} for text in (said, known))
    return bool(one and other) and one != other


def turns_the_ratio(sentence: str, question: str) -> bool:
    """`Tỉ số giữa số nữ và số nam`, where that of boys and girls is asked for; `con gấp 4 lần mẹ`, asked how often mother's."""
    pairs = (
        (_RATIO.search(sentence), _RATIO.search(asking_sentence(question))),
        (_TIMES_OF.search(sentence), _TIMES_ASKED.search(question)),
    )
    return any(said is not None and asked is not None and _are_exchanged(said, asked) for said, asked in pairs)


_TIMES_ASKED = re.compile(r"(?i)([^.,;?\n]{2,60}) gấp (?:mấy|bao nhiêu) lần ([^.,;?\n]{2,60})")
_TIMES_OF = re.compile(r"(?i)([^.,;?\n\d]{2,60}) gấp \d[\d.,/]* lần ([^.,;?\n\d]{2,60})")


def _are_exchanged(said: re.Match[str], asked: re.Match[str]) -> bool:
    first, second, one, other = (set(comparison_key(text).split()) for text in (*said.groups(), *asked.groups()))
    return bool((first - second) & (other - one)) and bool((second - first) & (one - other))


_TIMES = re.compile(
    r"(?i)(?<!\w)(?:gấp (?:đôi|\w+ lần)|(?:một )?nửa)(?: của)? (?=-?\d)"
    r"|(?<=[^\W\d_]{2}) ?[≠<>≤≥] ?-?[\d.,/ ]+(?: ?[^\W\d_]+){0,3}\W*$"
)
_BOUND = re.compile(r"(?i)(?<!\w)(?:ít nhất|nhiều nhất|tối thiểu|tối đa)(?: là| bằng) (?=-?\d)")
_THE_KEY = re.compile(
    r"(?i)(?:đáp (?:án|số)|kết quả) (?:của|từ) (?:thầy|cô|sách|đề)|(?:theo|trong) đáp án(?! [A-H](?!\w))|chấm đúng cho em"
)


def changes_the_value(sentence: str, answer: Answer, question: str) -> bool:
    """`gấp đôi 36 kg`, `> 36 kg`, `ít nhất là 36 kg`: what is said is not the value that was read."""
    if answer.kind == "expression":
        return re.fullmatch(r"[^=]*[<>≠≤≥][^=<>≠≤≥]*", sentence) is not None and not says("với|khi|điều kiện|đk", sentence)
    if answer.kind not in ("number", "quantity", "fraction", "compound_quantity", "percent") or _TIMES.search(question):
        return False
    bound = _BOUND.search(sentence) if not re.search(r"(?i)nhất|tối (?:đa|thiểu)", question) else None
    return _TIMES.search(sentence) is not None or bound is not None


def leans_on_the_key(text: str, question: str) -> bool:
    """`Đáp án của thầy: 36 kg`: the pupil's own answer is another one, or none."""
    return _THE_KEY.search(text) is not None and _THE_KEY.search(question) is None


def denies_the_words(sentence: str, known: str, answer: Answer) -> bool:
    """`không song song`, `không thể nói phương trình vô nghiệm`; both of two opposites (`vừa ... vừa`)."""
    if answer.kind != "text" or not answer.text.strip():
        return False
    denied = re.compile(
        rf"(?i)(?<!\w)(?:không|chẳng|chưa)(?: (?:thể|nói|phải|là|hề|được|phương trình|hệ|hai đường thẳng))*"
        rf" {re.escape(answer.text.strip())}"
        rf"|(?<!\w)vừa [^.;]+ vừa(?!\w)"
    )
    return denied.search(sentence) is not None and denied.search(known) is None and not says("không", answer.text.split()[0])

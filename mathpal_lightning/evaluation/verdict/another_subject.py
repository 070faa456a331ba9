"""What a clause speaks of, against what is asked: `Số bé là 90` answers no question for the larger number.

clause   = head ("là" | "=" | "bằng" | ...) value
another  = the head names a member of a set of opposites (lớn, bé), a person or a figure, and the question asks for another
"""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.answer.mentioned_values import results
from mathpal_lightning.evaluation.language.clauses import last_clause, side_by_side
from mathpal_lightning.evaluation.question.asked_value import is_of_another_segment
from mathpal_lightning.evaluation.solution.remarks import last_sentence
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.nouns import is_classifier
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

OPPOSITES: tuple[tuple[str, ...], ...] = (
    ("số lớn|lớn nhất|GTLN|max", "số (?:bé|nhỏ)|(?:nhỏ|bé) nhất|GTNN|min"),
    ("[ƯU]CLN|ước chung lớn nhất", "BCNN|bội chung nhỏ nhất"),
    ("nam|trai", "nữ|gái"),
    ("mẹ", "con", "bố|cha|ba", "anh", "em", "chị", "ông", "bà"),
    ("chiều dài|dài", "chiều rộng|rộng", "chiều cao"),
    ("chu vi", "diện tích", "thể tích"),
    ("xung quanh", "toàn phần"),
    ("thứ nhất", "thứ hai", "thứ ba", "thứ tư"),
    ("tử số", "mẫu số"),
    ("thương", "số dư|dư", "số bị chia", "số chia"),
    ("hoành độ", "tung độ"),
    ("tiệm cận đứng", "tiệm cận ngang", "tiệm cận xiên"),
    ("cực đại", "cực tiểu"),
    ("đồng biến", "nghịch biến"),
    ("bán kính", "đường kính", "chu vi", "diện tích", "thể tích"),
    ("(?:số )?trung bình(?: cộng)?", "(?:số )?trung vị", "mốt", "phương sai", "độ lệch chuẩn"),
    ("liền trước|trước đó|đứng trước", "liền sau|tiếp theo|đứng sau"),
    ("cùng màu", "khác màu"),
    ("chẵn", "lẻ"),
    ("trúng", "trượt|hụt"),
    ("trước khi", "sau khi"),
    ("(?:được|bị|số tiền) giảm|tiết kiệm", "sau khi giảm"),
    ("phải trả|trả thêm|mua hết", "trả lại|thối lại"),
    ("xuất phát|khởi hành|nghỉ", "đến|tới|gặp nhau|kết thúc"),
    ("hình vuông", "hình chữ nhật", "hình tròn", "tam giác", "hình thang", "hình thoi", "hình bình hành", "hình lập phương"),
)
"""Words of which a value can be only one's."""
_SETS = tuple(tuple(re.compile(rf"(?i)(?<!\w)(?:{word})(?!\w)") for word in words) for words in OPPOSITES)
_TARGET = re.compile(
    r"(?i)(?:(?<!\w)(?:tính|tìm|hỏi|viết|cho biết)(?!\w)) (?P<what>(?:(?!(?<!\w)(?:biết|nếu|khi|để)(?!\w))[^.?\n,])*)"
)
_HEAD = re.compile(r"(?P<head>[^=≈:+×/\d]*?) ?(?:[=≈:]|(?<!\w)(?:là|bằng|có|chiếm|còn|được)(?!\w)|(?=-?\d))")
_COMPARED = re.compile(r"(?i)(?<!\w)(?:tổng|hiệu|và|cùng|hơn|kém)(?!\w)")
_JOINS = re.compile(r"(?i)(?<!\w)(?:tổng|hiệu|cả|và|cùng|hơn|kém|tỉ số)(?!\w)")
_OBJECT = re.compile(r"(?<![^\W_])(?!S_|V_|P_)[A-ZĐÂĂÊÔƠƯ][^\W\d_]*")
_NUMERIC = ("number", "quantity", "compound_quantity", "fraction", "mixed_number", "percent")


def asked_for(question: str) -> str:
    """What the asking sentence names, without its conditions: `tuổi con` of `Tính tuổi con, biết mẹ hơn con 27 tuổi`."""
    asking = asking_sentence(question)
    targets = list(_TARGET.finditer(asking))
    return targets[-1]["what"] if targets else asking


def tells_of_another(sentence: str, known: str, answer: Answer, question: str) -> bool:
    """Whether the clause that gives an answer speaks of something else of the question than what is asked for.

    Args:
        sentence: the last words of a solution.
        known: those of the reference.
        answer: the number or quantity read from the solution.
        question: the problem in plain text.
    """
    told = re.sub(r"\([^()]*\)", "", last_clause(last_sentence(sentence)))
    clauses = side_by_side(told) if answer.kind in _NUMERIC else []
    holds = bool(clauses) and answer.text.partition(" ")[0] in clauses[-1].replace(",", ".").replace(" ", "")
    if holds and drops_the_denial(clauses[-1], asking_sentence(question)):
        return True
    last = results(Solution(clauses[-1], question), clauses[-1])[-1:] if clauses else []
    head = _HEAD.match(clauses[-1]) if last and last[0].answer.text == answer.text else None
    if head is None:
        return False
    behind = clauses[-1][last[0].end :]
    said, target = (
        head["head"] if head["head"].strip() else behind if re.match(r" ?(?:là|=)(?!\w)", behind) else "",
        asked_for(question),
    )
    before = re.split(r"[\d:=]", clauses[-1][: last[0].start])[-1]
    if any(word.search(before) for words in _SETS for word in words):
        said = before  # `chiều rộng 3 cm có diện tích là 15 cm^2` speaks of the area
    near = _NEAR_BEHIND.sub(r"\g<words>", behind)
    if qualifies(f"{before} {near}", f"{asking_sentence(question)} {known}"):
        return True
    if not said.strip():
        return False
    if is_of_another_segment(told, question):
        return True
    numbers = " ".join(_COUNTED.findall(said))
    if numbers and not _JOINS.search(said) and counts_another(numbers, question):
        return True
    if not _JOINS.search(said) and not _COMPARED.search(target) and _is_opposite(said, target):
        return True
    wanted, named = _objects(asking_sentence(question)), _names(said) & _objects(question)
    joins = _JOINS.search(said) and not _JOINS.search(asking_sentence(question))
    return bool(wanted and named) and (not wanted & named or bool(joins) and wanted < named)


def _is_opposite(said: str, target: str) -> bool:
    """Whether both name members of one set of opposites, and none in common."""
    for words in _SETS:
        told, asked = ({at for at, word in enumerate(words) if word.search(text)} for text in (said, target))
        if told and asked and not told & asked:
            return True
    return False


_NEAR_BEHIND = re.compile(r"^(?P<words>(?: ?[^\W\d_]+){0,4}).*$", re.DOTALL)
"""The words that follow a value at once."""
_QUALIFIERS = (
    ("(?<!một )nửa|một nửa", "nửa"),
    ("góc ngoài", "ngoài"),
    ("cần thêm|nhập thêm|mua thêm|trả thêm|phải thêm|còn thiếu|thiếu", "thêm|nữa|thiếu|bổ sung|còn phải|bù"),
    ("cần bớt", "bớt|giảm|rút|ít|kém|thừa"),
    ("lãi|lỗ", "lãi|lời|lỗ"),
    ("lúc đầu|ban đầu", "lúc đầu|ban đầu|trước|đầu"),
    ("buổi (?:sáng|chiều|tối|trưa)", "sáng|chiều|tối|trưa"),
    (r"(?:ngày|tuần|tháng|thùng|kho|đợt|lần) (?:thứ (?:nhất|hai|ba|tư)|đầu)", "thứ|đầu|mỗi|từng"),
    ("mỗi", "mỗi|một|1|từng|trung bình|đều|bình quân|/"),
    ("ngày mai|hôm qua", "mai|qua"),
    ("một mặt", "mặt"),
)
"""Words by which something else of the same kind is meant, and those of a question or a reference that excuse them."""


def qualifies(clause: str, known: str) -> bool:
    """`Cần thêm 20 người` where it is asked how many are needed in all; known is what question and reference say."""
    if _JOINS.search(clause):
        return False
    return any(
        re.search(rf"(?i)(?<!\w)(?:{words})(?!\w)", clause) and not re.search(rf"(?i)(?<!\w)(?:{excuses})(?!\w)", known)
        for words, excuses in _QUALIFIERS
    ) or any(verb[1].lower() not in known.lower() for verb in _DONE.finditer(clause))


_DENIED = re.compile(
    r"(?i)(?<!\w)(?:bao nhiêu|mấy|số) (?P<things>[^.,?\d]{0,40}?)(?:không|chưa)(?: phải| là)* (?P<what>[^.,?\d]{2,60})"
)
_TAKEN_OFF = re.compile(r"(?i)(?<!\w)(?:không|chưa|chẳng|trừ|ngoài|khác|còn|bớt)(?!\w)")


def drops_the_denial(clause: str, asking: str) -> bool:
    """`25 học sinh giỏi`, where it is asked how many `học sinh không phải là học sinh giỏi` there are."""
    denied = _DENIED.search(asking)
    if denied is None or _TAKEN_OFF.search(clause):
        return False
    own = comparison_key(denied["what"]).split()[:_NEAR]
    named = set(own) - set(comparison_key(denied["things"]).split())
    return bool(named) and named <= set(comparison_key(clause).split())


_NEAR = 4
"""Words behind a denial that tell what is denied."""
_DONE = re.compile(r"(?i)(?<!\w)đã ([^\W\d_]+)")
"""`đã cắt 27 m`, where it is asked what is left."""


def _names(text: str) -> set[str]:
    """As `_objects`, with a name that begins the text."""
    return _objects(f"x {text}")


_NO_THINGS = frozenset(
    ("là", "có", "chữ", "thứ", "hạng", "tự", "nguyên", "đó", "này", "học", "các", "còn", "lớn", "bé", "nhỏ", "hai", "ba", "dư")
)
"""Words behind `số` that count nothing of their own: `số học sinh`, `số thứ nhất`."""
_COUNTED = re.compile(r"(?i)(?<!\w)số ([^\W\d_]+(?: (?:nam|nữ))?)")


def counts_another(unit: str, question: str) -> bool:
    """`36 con vịt` where the number of hens is asked for, and `17 bạn nữ` where that of the boys is."""
    target = asked_for(question)
    counted = {word.lower() for word in _COUNTED.findall(question) if not is_classifier(word)} - _NO_THINGS
    asked = {word.lower() for word in _COUNTED.findall(target)} & counted
    told = {word for word in unit.lower().split() if word in counted}
    return _is_opposite(unit, target) or bool(asked and told) and not asked & told


def _objects(text: str) -> set[str]:
    """The points, angles, figures and persons that a text names; a figure's letters one by one, no word that only begins it."""
    found = ((name[0], text[: name.start()].rstrip()[-1:]) for name in _OBJECT.finditer(text))
    named = [name for name, before in found if name.isupper() or before not in ("", *".?!:")]
    return {part for name in named for part in (name if name.isupper() else [name])}


_UNKNOWN = re.compile(r"(?<!\w)[a-z]$")


def asked_part(answer: Answer, question: str) -> Answer:
    """Of several named values the one that is asked for: 9 of `Mẹ 36 tuổi, con 9 tuổi`, where the son's age is asked for.

    The others must have other names. To be called only where the reference has one value.
    """
    words = set(comparison_key(asked_for(question)).split())
    labels = [set(comparison_key(re.sub(r" (?:là|có|bằng)$", "", part.label)).split()) for part in answer.parts]
    asked = [at for at, label in enumerate(labels) if label and label <= words]
    if len({part.label[-1:] for part in answer.parts if part.label}) == 1 and _UNKNOWN.search(answer.parts[0].label):
        return answer  # `nghiệm là x = 5 và x = 1`
    apart = len(asked) == 1 and all(
        label and not labels[asked[0]] <= label for at, label in enumerate(labels) if at != asked[0]
    )
    return answer.parts[asked[0]] if apart else answer

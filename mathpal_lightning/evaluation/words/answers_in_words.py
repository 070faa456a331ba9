"""Questions that want words: which day, who, what kind of figure, true or false; and the words of a solution that say it."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.characters import has_letter
from mathpal_lightning.evaluation.language.clauses import last_clause, says
from mathpal_lightning.evaluation.language.doubt import GUESSED, IN_PART, NOT_BUT, OFFERED, is_unsure, supposes
from mathpal_lightning.evaluation.solution.solution import ASKS_WHETHER, Solution
from mathpal_lightning.evaluation.values.reading import read_answer
from mathpal_lightning.evaluation.values.words import asking_sentence
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

MAX_WORDS = 8
"""Words of an answer that stands alone; more are a sentence."""
_DAY = re.compile(r"(?i)(?<!\w)(?:thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật)(?!\w)")
_ORDINAL = re.compile(r"(?i)(?<!\w)thứ (?:\d{1,2}|nhất|nhì|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)(?!\w)")
_ASKS_FOR_DAY = re.compile(r"(?i)(?:vào|là|rơi vào|hôm|ngày)[^.?]{0,40} thứ mấy|thứ mấy trong tuần|^\W*thứ mấy")
ASKS_FOR_TRUTH = re.compile(
    r"(?i)đúng(?: ?\(đ\))? (?:hay|hoặc) (?:là )?sai|đúng,? sai|(?:tính|xét|điền) (?:đúng ?\(đ\)|đ ?\(đúng\))"
    r"|(?:đúng ghi|ghi) đ|đ (?:hay|hoặc) s(?!\w)"
    r"|(?:đúng|chính xác) (?:hay )?không ?(?:\?|$)"
    r"|nào (?:là )?đúng[^.?\n]{0,30} nào (?:là )?sai|nào (?:là )?sai[^.?\n]{0,30} nào (?:là )?đúng"
)
"""Matches a question that wants `đúng` or `sai`."""
_TRUTH = re.compile(r"(?i)(?:(?:câu|khẳng định|mệnh đề|phát biểu|nhận định|điều)[^.=]{0,40} )?(?P<said>đúng|sai|đ|s)")
_ASKS_WHO_OR_WHICH = re.compile(r"(?i)(?<!\w)(?:ai|(?<!năm )(?<!ngày )(?<!lúc )(?<!khi )(?<!số )nào|(?:ở )?đâu)(?!\w)")
_ASKS_WHAT = re.compile(r"(?i)(?<!\w)(?P<head>[^\W\d_]+(?: [^\W\d_]+)?) (?:gì|nào|như thế nào)(?!\w)")
EQUAL = re.compile(r"(?i)(?:(?:chúng|cả hai|hai)(?: \w+){0,4} )?(?:thì |là )?(?:bằng|như) nhau")
"""`hai phân số đó bằng nhau`."""
_NO_NAME = re.compile(
    r"(?i)(?<!\w)(?:không|chưa|chẳng|hay|hoặc|xem|vẽ|nối|kẻ|em|tôi|mình|học sinh|bài|tự|biết|thấy|làm|giải|nộp|bỏ|và|các)(?!\w)"
    r"|[,;/=+×?]"
)
"""Words that stand in an excuse, an instruction or a list, not in a name."""


def words_alone(solution: Solution, text: str) -> Answer | None:
    """A text that is nothing but the words asked for: `thứ 2`, `Sai`, `An`, `số vô tỉ`; None where the question asks for none.

    Args:
        solution: the solution; its question tells what is asked for.
        text: its one line.
    """
    text = text.strip(" .!\"'“”")
    if not text or len(text.split()) > MAX_WORDS or re.search(r"\?", text):
        return None
    question = solution.asked
    if "thứ mấy" in question.lower() and (_DAY.fullmatch(text) or _ORDINAL.fullmatch(text)):
        return read_answer(text)
    if (truth := _TRUTH.fullmatch(text)) and ASKS_FOR_TRUTH.search(question):
        return read_answer(truth["said"])
    if offered(question, text) == text or any(comparison_key(text) == comparison_key(one) for one in _offers(question)):
        return read_answer(text)
    if position(question, text) == text:
        return read_answer(text)
    if EQUAL.fullmatch(text) and re.search(r"(?i)so sánh|hơn| hay ", question):
        return read_answer("bằng nhau")
    if solution.asks_whether and re.fullmatch(r"(?i)(?:có|không)(?: thể)?(?: được)?", text):
        return read_answer(text)
    if _NO_NAME.search(text):
        return None
    asked = f" {comparison_key(question)} "
    heads = [match["head"].lower().split()[-1] for match in _ASKS_WHAT.finditer(question)]
    name = text.partition(" ")[2] if text.split()[0].lower() in heads else text  # `6B` of `lớp 6B`, where `Lớp nào` is asked
    named = f" {comparison_key(name or text)} " in asked or all(word[:1].isupper() for word in _without_title(text).split())
    if _ASKS_WHO_OR_WHICH.search(question) and named and not re.fullmatch(r"[\d.,/ ]+", text):
        return read_answer(text)
    return read_answer(text) if _ASKS_WHAT.search(question) and not re.search(r"\d| là ", text) else None


def day_said(question: str, text: str) -> str:
    """`thứ Ba` where `thứ mấy` is asked, `ngày 1 tháng 6` where `ngày nào` is; the last one said."""
    if "thứ mấy" in question.lower():
        found = [day[0] for day in (_DAY if _ASKS_FOR_DAY.search(question) else _ORDINAL).finditer(text)]
    else:
        alone = [f"ngày {text}"] if re.fullmatch(r"\d{1,2}/\d{1,2}[ .]*", text) else []
        found = (alone or [date[0] for date in _DATE.finditer(text)]) if _ASKS_FOR_DATE.search(question) else []
    return found[-1] if found and not (is_unsure(text) or _NOT_THEN.search(text)) else ""


_NOT_THEN = re.compile(r"(?i)(?<!\w)(?:không|chẳng|chưa) (?:phải|rơi|trúng|là|vào|đúng)(?!\w)")
"""`không rơi vào thứ Sáu`."""


_ASKS_FOR_DATE = re.compile(r"(?i)ngày (?:nào|mấy|bao nhiêu)|ngày tháng (?:năm )?nào")
_DATE = re.compile(r"(?i)ngày \d{1,2}(?:/| tháng )\d{1,2}(?:(?:/| năm )\d{4})?(?![\d/])")


def words_said(solution: Solution, text: str) -> Answer | None:
    """The words asked for in a sentence: `Ngày 25 là thứ Ba`, `tam giác đã cho là tam giác vuông`, `bạn Lan cao nhất`."""
    question = solution.asked
    if said := day_said(question, text) or offered(question, text) or subject(question, text) or position(question, text):
        return read_answer(said)
    named = re.search(r"(?<!\w)(?:là|thuộc loại|gọi là):? (?P<value>[^\d=:]{2,60}?)[ .!]*$", text)
    if named is None or _NO_NAME.search(named["value"]) or len(named["value"].split()) > MAX_WORDS:
        return None
    heads = [match["head"].lower() for match in _ASKS_WHAT.finditer(question)]
    heads += ["hình", "tam giác", "tứ giác"] if re.search(r"(?i)dạng (?:của )?(?:tứ giác|tam giác)", question) else []
    value = named["value"].lower()
    if f"nào {comparison_key('là')} {comparison_key(value)}" in comparison_key(question).replace(comparison_key("nào"), "nào"):
        return None  # `17 là số nguyên tố`, where `số nào là số nguyên tố` is asked
    fits = any(value.startswith((head, head.split()[-1])) and value != head for head in heads)
    return read_answer(named["value"]) if fits else None


_POSITION = re.compile(
    r"(?i)(?:không (?:giao nhau|cắt nhau|có điểm chung)|tiếp xúc(?: (?:trong|ngoài))?|cắt nhau|giao nhau"
    r"|song song|trùng nhau|vuông góc|(?:ở )?ngoài nhau|đựng (?:nhau|đường tròn)|chéo nhau|đồng tâm|(?:bằng|bù|phụ) nhau)"
    r"|[a-zA-Z]\w? ?(?://|⊥|≡|∥) ?[a-zA-Z]\w?"
)


def position(question: str, text: str) -> str:
    """`tiếp xúc ngoài`, `a // b` where the position of two lines or circles is asked for; the last one said."""
    if not re.search(r"(?i)vị trí|thế nào|quan hệ|(?:song song|cắt nhau) hay", question):
        return ""
    found = [place[0] for place in _POSITION.finditer(text)]
    return found[-1] if found else ""


def _offers(question: str) -> list[str]:
    """`hữu tỉ` and `số vô tỉ` of `là số hữu tỉ hay số vô tỉ?`, each with as many words as may belong to it.

    Without `là`, as many as the other has come first: `đồng biến` of `Hàm số đồng biến hay nghịch biến?`.
    """
    asked = re.search(r"(?P<first>[^.?,:\n]{1,60}) hay (?:là )?(?P<second>[^.?,:\n]{1,40}?)(?: không)? ?(?:\?|$)", question)
    if asked is None or comparison_key(asked["second"]) == comparison_key("không"):
        return []
    _, named, behind = asked["first"].rpartition(" là ")
    words = behind.split()
    second = re.sub(r" (?:trên|với|trong) .*", "", asked["second"].strip())
    counts = sorted(range(min(5, len(words)), 0, -1), key=lambda count: not named and count != len(second.split()))
    firsts = (" ".join(words[-count:]) for count in counts)
    return [second, *(first for first in firsts if not f" {second}".endswith(f" {first}"))]


_SIGN_ASKED = re.compile(
    r"(?i)(?:số |mang dấu |dấu |có dấu )?(?:âm|dương) hay (?:là )?(?:số |mang dấu |dấu )?(?:âm|dương)|(?:mang )?dấu (?:gì|nào)"
)
_SIGN_SAID = re.compile(
    r"(?i)(?<!\w)(?:số|dấu|giá trị|kết quả|tích|là|mang)(?: nguyên)? (?P<sign>âm|dương)(?: \([-+]\))?"
    r"(?=\W*$|,? (?:vì|do|bởi)(?!\w))"
)


def _sign_said(question: str, text: str) -> str:
    """`số âm` of `tích mang dấu âm (-)`, where the sign of a result is asked for."""
    said = (
        _SIGN_SAID.search(text)
        if _SIGN_ASKED.search(question) and re.search(r"(?i)tích|tổng|hiệu|kết quả|thương|biểu thức", question)
        else None
    )
    if (
        said is None
        or OFFERED.search(text)
        or re.search(r"(?i)(?<!\w)(?:không|chẳng|chưa)(?!\w)[^,;.]{0,30}$", text[: said.start()])
    ):
        return ""
    return f"số {said['sign'].lower()}"


_DENIED = re.compile(r"(?i)(?<!\w)(?:không|chẳng|chưa)(?: phải| là| hề)* [^,;.]{0,30}[ .!]*$")


def offered(question: str, text: str) -> str:
    """`hợp số` at the end of a sentence, where `số nguyên tố hay hợp số` is asked."""
    if sign := _sign_said(question, text):
        return sign
    if compared := re.fullmatch(r"(?P<one>.+?) (?P<how>[^\W\d_]+ hơn) .+", text):
        if comparison_key(compared["how"]) not in comparison_key(question):
            return ""  # `Minh cao hơn Lan` does not say in these words who is shorter
        text = compared["one"]
    elif (best := re.fullmatch(r"(?P<one>.+?) (?P<how>[^\W\d_]+ (?:hơn|nhất))[ .]*", text)) and not _DENIED.search(text):
        named = [offer for offer in _offers(question) if f" {comparison_key(offer)} " in f" {comparison_key(best['one'])} "]
        if comparison_key(best["how"]) in comparison_key(question) and len(named) == 1:
            return named[0]
    text = NOT_BUT.sub("", text)
    key = f" {comparison_key(re.sub(r' trên (?:ℝ|R|tập (?:xác định|số thực)|khoảng [^,.]*)[ .]*$', '', text))}"
    if OFFERED.search(text):
        return ""  # the question again
    if _DENIED.search(text):
        return ""
    return next((offer for offer in _offers(question) if key.endswith(f" {comparison_key(offer)}")), "")


def truth(question: str, text: str) -> str:
    """`có` or `không`, where a yes or no is asked for and a text says it in the question's own words; else empty.

    `A không thuộc đường thẳng` says `không` to `Điểm A có thuộc đường thẳng y = 2x không?`.
    """
    if not ASKS_WHETHER.search(question) or GUESSED.search(text) or supposes(text) or ";" in text:
        return ""
    if "có thể" in text.lower() and "có thể" not in question.lower():
        return ""
    if "∅" in text:
        return "không"
    if says("vô số", text) and not says("vô số", question):
        text = re.sub("(?i)vô số", "không" if says("duy nhất", question) else "có", text)
    text = _DIVIDES.sub("chia hết cho \\g<number>", _LEADS_TO.sub("", _ALL_OF_THEM.sub("", text)))
    words = set(comparison_key(text).split())
    denied = words & _NO
    known = set(comparison_key(question).split()) | _NO | _YES | _LINKS
    said = words & (_NO | _YES) or any(has_letter(word) for word in words)
    return "" if not said or not words <= known else "không" if denied else "có"


_ALL_OF_THEM = re.compile(r"(?i) (?:được )?cả (?:hai|ba)(?: (?:món|thứ|loại)(?: đồ)?)?[ .!]*$")
_DIVIDES = re.compile(r"(?i)chia (?:(?:được|hết) )*cho (?P<number>\d+)(?: (?:được|hết))?")
_LEADS_TO = re.compile(
    r"(?i)^\W*(?:(?:dẫn đến|cho nên|vậy|nên|do đó|kết quả(?: là)?|ta thấy|(?:cả )?biểu thức(?: trên| đó| ấy)?)(?!\w)[ ,:]*)+"
)
"""`dẫn đến kết quả không chia được cho 5`: what stands before a yes or no."""

_SAYS_TRUTH = re.compile(r"(?i)(?<!\w)(?P<not>(?:không|chưa|chẳng)(?: hề| phải(?: là)?)? )?(?P<said>đúng|sai|chính xác)(?!\w)")


def verdict_said(solution: Solution) -> Answer | None:
    """`Sai` of `nên An nói không đúng`, where `đúng hay sai` or `đúng không` is asked; None where a sentence says both."""
    if not solution.lines or not ASKS_FOR_TRUTH.search(solution.asked):
        return None
    last = last_clause(solution.lines[-1])
    if not _SAYS_TRUTH.search(last):
        last = re.split(r"[.,]", solution.lines[0])[0]  # `Không đúng. 91 chia hết cho 7 nên ...`
    last = re.sub(r"(?i)(?<=\S)[,.]? ?(?<!\w)(?:vì|do|bởi)(?!\w).*", "", last)
    if is_unsure(last) or supposes(last) or re.search(r"(?i)(?<!\w)cả(?!\w)|(?<=[\w)])\) ", last) or IN_PART.search(last):
        return None
    said = {(match["said"].lower() == "sai") is (match["not"] is not None) for match in _SAYS_TRUTH.finditer(last)}
    if not said and re.fullmatch(r"(?i)(?:dạ,? )?(?:có|không)(?: ạ)?[ .!]*", last) and "không" in solution.asked:
        said = {"không" not in last.lower()}
    return Answer("text", "đúng" if said.pop() else "sai") if len(said) == 1 else None


_NO = set(comparison_key("không chưa chẳng vô").split())
_YES = set(comparison_key("có được thể là đúng rồi ạ thưa ta số đó này nó").split())
_LINKS = set(comparison_key("để thì cho mà vẫn cũng cả hai hết vừa luôn và của đều phải").split())
"""Words that neither say yes nor no."""


def subject(question: str, text: str) -> str:
    """`bạn Lan` in `bạn Lan cao nhất`, where it is asked who is tallest."""
    if (
        not _ASKS_WHO_OR_WHICH.search(question)
        or re.search(r"\d|,| hơn ", text)
        or re.search(r"(?i)(?<!\w)(?:không|chưa)(?!\w)", text)
    ):
        return ""
    words, asked = text.strip(" .").split(), f" {comparison_key(asking_sentence(question))} "
    for length in range(len(words) - 1, 0, -1):
        tail = " ".join(words[-length:])
        if tail.islower() and f" {comparison_key(tail)} " in asked:
            words = " ".join(words[:-length]).rpartition(" chọn ")[2].split() + words[-length:]
            length = min(length, len(words))
            return _without_title(re.sub(r"^(?:em|là|(?:(?:mua|bán|đi|vào)(?: \w+){0,3} )?ở) ", "", " ".join(words[:-length])))
    return ""


def _without_title(text: str) -> str:
    return re.sub(r"^(?:[Bb]ạn|em|là|[Aa]nh|[Cc]hị|[Cc]hú|[Cc]ô|[Bb]ác) (?=[A-ZĐÂĂÊÔƠƯÁ])", "", text)

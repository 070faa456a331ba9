"""The words by which a solution doubts, offers another answer or denies: one list for all rules."""

from __future__ import annotations

import re

OFFERS = "hoặc|hay"
"""Words between two answers of which only one can be meant."""
_GUESSES = (
    r"có lẽ|chắc(?! chắn)|(?:không|chưa) chắc|hình như|đoán|phỏng đoán|hên xui"
    r"|bạn (?:em|mình|tớ|khác|kia) (?:thì )?(?:ra|tính|làm|bảo|nói|được)"
)
_POSSIBLY = "có thể"
ABOUT = "(?<!một )khoảng(?: chừng)?|xấp xỉ|ước chừng|chừng|cỡ|tầm|gần bằng"
"""Words before a number that is not exact; `cách một khoảng 6 cm` is."""
ENDS_IN_ABOUT = re.compile(rf"(?i)(?<!\w)(?:{ABOUT})\W*$")
"""Matches what stands before such a number."""
_NEARLY = rf"(?<!một )khoảng|(?:{ABOUT})(?= -?\d)"
_RANGE = r"\d[^\d,.;=]{0,14} (?:đến|tới) -?\d[^=]{0,15}$"
"""`0,9 m đến 1 m` at the end of a sentence."""
WRONG = "(?<!công )(?<!phương )sai(?! số)"
"""Says that something is wrong; the difference of a progression and the variance do not."""
_DENIES = f"không|chưa|chẳng|{WRONG}"

GUESSES = rf"(?<!\w)(?:{_GUESSES}|hoặc là)(?!\w)"
TRIED = re.compile(r"(?i)(?<!\w)thì(?!\w)[^.,;]*(?<!\w)(?:chưa|không)(?!\w)")
"""`Sau 7 năm nữa thì tuổi mẹ chưa gấp đôi`: a number that was tried, and is not the answer."""
OFFERED = re.compile(rf"(?i)(?<!\w)(?:{OFFERS})(?!\w)")
_UNSURE = re.compile(rf"(?i)(?<!\w)(?:{OFFERS}|{_GUESSES}|{_POSSIBLY}|{_NEARLY})(?!\w)|\?|{_RANGE}")
GUESSED = re.compile(rf"(?i)(?<!\w)(?:{OFFERS}|{_GUESSES})(?!\w)|\?")
"""As `is_unsure`, where `có thể` and `khoảng` may belong to the answer."""
GUESSED_AT = re.compile(rf"(?i){GUESSES}|\?")
"""As `is_unsure`, where `hoặc` may join two solutions."""
IN_PART = re.compile(r"(?i)(?<!\w)(?:nửa|một (?:nửa|phần)|phần nào|(?:không|chưa) (?:hoàn toàn|hẳn)|gần như)(?!\w)")
"""Says that something is right only in part: `đúng một nửa`, `chưa hẳn đúng`."""
NOT_BUT = re.compile(r"(?i)(?:,? (?:chứ|và|mà)) (?:không|chẳng)(?: phải| là| hề)+ [^,;.]{1,40}(?=[,;.!]|$)")
"""`chứ không phải hợp số`, behind what is claimed."""
_DENIED = re.compile(rf"(?i)(?<!\w)(?:{_DENIES})(?!\w)")
_TAKES_BACK = re.compile(rf"(?i)(?<!\w)(?:{WRONG}|nhầm|(?:không|chưa) (?:phải|đúng))(?!\w)")
_SUPPOSED = re.compile(r"(?i)(?<!\w)(?:nếu|giả sử|thử|ví dụ)(?!\w)")

BEFORE_A_NUMBER = re.compile(
    rf"(?i)(?<!\w)(?:(?:{_DENIES}|chớ|đừng)(?!\w)"
    r"|(?:hơn|gần|trên|dưới|ít nhất|nhiều nhất|tối đa|tối thiểu|từ|(?<=\S )đến"
    rf"|{OFFERS}|{_POSSIBLY}|có lẽ|chắc|khác|trước|nên|bỏ|loại|ngoài|trừ|thay vì)(?: (?:là|có|phải|được|với))*\W*$)"
)
"""Words in front of a number that say that it is not the answer, or not surely."""


_BEGINS_SUPPOSING = re.compile(
    r"(?i)\W*(?:nếu|giả sử|thử|xét(?! (?:hai |các )?(?:tam giác|tứ giác|hình|đường|phương trình|hàm|biểu thức|hiệu|∆)))(?!\w)"
)
"""`Xét x = 3`; not `Xét tam giác ABC có ...`."""


def is_sure(line: str) -> bool:
    """Whether a line claims what it says: it does not guess, ask, deny or suppose it."""
    return not (GUESSED_AT.search(line) or takes_back(line) or _BEGINS_SUPPOSING.match(line))


def is_unsure(text: str) -> bool:
    """Whether a text guesses, asks or leaves a choice: `hình như là 4`, `4 hoặc 5`, `khoảng 4`, `4?`."""
    return _UNSURE.search(text) is not None


def denies(text: str) -> bool:
    """Whether a text denies something: `không phải 4`, `4 là sai`."""
    return _DENIED.search(text) is not None


def takes_back(text: str) -> bool:
    """Whether a text says that something in it is wrong: `18 là sai`, `em nhầm`."""
    return _TAKES_BACK.search(text) is not None


def supposes(text: str) -> bool:
    """Whether a text says what would be so: `nếu có 5 quyển`, `giả sử x = 2`."""
    return _SUPPOSED.search(text) is not None

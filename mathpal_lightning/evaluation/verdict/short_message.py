"""A short message as people type it -> the statements that it may mean: `35p nhé. 15p tới 8h rồi thêm 20p nữa`.

The ordinary rules read solutions. A message has neither layout nor stops: the answer stands before its reason, behind the last
`=>`, or the results stand side by side. Each reading here only cuts the message or writes its words in full; whether what is
left is the answer is decided by the ordinary rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from mathpal_lightning.evaluation.language.doubt import GUESSED_AT, takes_back
from mathpal_lightning.evaluation.question.parts import asks_in_parts
from mathpal_lightning.evaluation.solution.solution import ASKS_WHETHER
from mathpal_lightning.evaluation.verdict.false_steps import own_false_steps
from mathpal_lightning.evaluation.verdict.typed_words import in_full, one_by_one

MAX_MESSAGE = 200
"""Characters; a longer text is a solution."""
_MAX_LINES = 4
_MAX_CUTS = 4
"""Places, counted from the end, behind which the answer is looked for."""


def readings(message: str, question: str, gold_solution: str) -> Iterator[str]:
    """What a short message may state, the likeliest first.

    Nothing of a text that is long, guesses, takes something back or computes wrongly.

    Args:
        message: a solution as it was written.
        question: what it answers.
        gold_solution: the reference.
    """
    text = message.strip()
    if len(text) > MAX_MESSAGE or text.count("\n") >= _MAX_LINES or _STATES.search(text) or _wavers(text, question):
        return
    text = in_full(text, question, gold_solution)
    apart = one_by_one(text)
    if own_false_steps(gold_solution, apart).failing:
        return
    yield text
    if apart != text:
        yield apart
    if (told := _TRUTH.match(text)) and ASKS_WHETHER.search(question):
        yield told[0]
    if (letter := _LETTER.match(text)) and not asks_in_parts(question):
        yield f"Chọn {letter['letter'].upper()}. {text[letter.end() :]}"
    reason = _REASON.fullmatch(text)
    if reason and not _CLAIMS.search(reason["reason"]):
        yield from _stated(reason["answer"].strip(), question)
        text = reason["answer"]
    for lead in islice(reversed(list(_LEADS.finditer(text))), _MAX_CUTS):
        needed = _COMPUTES if lead[0][:1] in ",;." else _WORKS
        if needed.search(text[: lead.start()]):
            yield from _stated(text[lead.end() :].strip(), question)


def _wavers(text: str, question: str) -> bool:
    """Whether a message guesses, takes back or tells something else besides."""
    if GUESSED_AT.search(text) or _OTHERWISE.search(text):
        return True
    return takes_back(text) and not _ASKS_TRUTH.search(question)


def _stated(answer: str, question: str) -> Iterator[str]:
    yield answer
    if re.search(r"\d", answer) and not asks_in_parts(question) and not _SENTENCES.search(answer):
        yield f"Đáp số: {answer}"


_SENTENCES = re.compile(r"[.!?](?: |$)|\n|[=⇒→].*\d ?[-+×x*:/] ?\d|[-+×*:/] ?\d[^=]*=")
"""What is more than a value and its name: a sentence, which says itself what it speaks of, or an equation."""
_TRUTH = re.compile(r"(?i)(?:có|không|đúng|sai|đủ|được)(?: \w+){0,2}(?=[,;.] )")
_LETTER = re.compile(r"(?P<letter>[a-dA-D])(?:[,.:)] | (?=vì|do|nha|nhé))")
_ASKS_TRUTH = re.compile(r"(?i)(?<!\w)(?:đúng|sai)(?!\w)")
_STATES = re.compile(r"(?i)đáp (?:số|án)|kết luận|(?<!\w)(?:vậy|chọn)(?!\w)|\\boxed|\*\*|<think")
"""What states an answer; the ordinary rules have read it."""
_OTHERWISE = re.compile(
    r"(?i)(?<!\w)(?:không phải|ko phải|nhưng|mà là|chứ|cũng (?:đúng|được)|hay là|thật ra|thực ra|cách|trường hợp|nếu|giả sử"
    r"|thử(?! lại)|hỏi|có thể|bị loại|từ \S+(?: [^\W\d_]+)? (?:đến|tới)|cả hai|hoặc(?! [a-z] ?[=<>≤≥])|hay(?! [a-z] ?=))(?!\w)"
)
_REASON_WORDS = "vì|do|bởi|tại vì|lấy|theo|thử lại|thay|thế|dùng|nhớ|lý do|câu|chữ số|không lấy(?= -?\\d)"
_REASON = re.compile(
    r"(?P<answer>(?:(?![.!] )[^\n]){1,120}?)"
    rf"(?:[,;.]? ?\((?=[^()]*(?:\d ?[-+×x*:/=]|[^\W\d_]{{2}} |\d[^\W\d_]*[^()]* ))|[,;.]? (?=(?i:{_REASON_WORDS})(?!\w)))"
    r"(?P<reason>.+)",
    re.DOTALL,
)
_CLAIMS = re.compile(
    r"(?i)(?<!\w)(?:trả lời|kết quả|cũng|hoặc|hay|suy ra|còn phải|không (?:là|thỏa|thoả)|khác|vô nghiệm)(?!\w)|\?|\n"
    r"|(?<!\w)nên [^.]*(?:=|\d\W*$)"
)
"""A reason that comes to a value of its own."""
_LEADS = re.compile(
    r"(?:=>|⇒|→|->) ?|(?<=[^\W\d_])[,;] (?=[^\W\d_]{2})|(?<=[\d)%°²]) ?[,;.] (?=[^\W\d_]{2})|(?<!\w)(?:nên|ra) "
    r"|(?:(?<=\d )|(?<=\d[^\W\d_] )|(?<=\d[)%°] ))(?:còn|được) (?=\S*\d)"
)
_COMPUTES = re.compile(r"\d ?[-+×x*:/^] ?\d|= ?-?\d|(?i:cộng|trừ|nhân|chia) ?\d")
_WORKS = re.compile(rf"{_COMPUTES.pattern}|[^\W\d_]{{2}}[^,;.]*\d")

"""A number in words that closes a solution: `là một trăm`, `có hai mươi lăm bạn`, `được một phần tư cái bánh`."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.characters import has_digit
from mathpal_lightning.evaluation.language.doubt import is_unsure
from mathpal_lightning.evaluation.mathematics.units import parse_unit
from mathpal_lightning.evaluation.question.task import ASKS_TO_READ
from mathpal_lightning.evaluation.solution.remarks import without_offer
from mathpal_lightning.evaluation.solution.solution import MAX_CLOSING, Solution
from mathpal_lightning.evaluation.values.reading import is_denied
from mathpal_lightning.evaluation.values.words import SPELLING, number_in_words
from mathpal_lightning.schema import Answer

MAX_WORDS = 14
"""Words of the number and of the thing that it counts."""
_VERB = re.compile(r"(?i)(?:^|(?<!\w)(?:là|được|bằng|ra|còn|vậy|có)|[^\W\d_]:)(?: tất cả| lại| số| đúng)*:? ?$")
"""What may stand before a number in words that counts nothing."""
_OF_OTHERS = re.compile(r"(?i)(?<!\w)(?:(?<!tất )cả|mỗi|từng|thứ|những|các|trong|của|cho|với|hàng|lớp|hơn) $")
"""`cả hai bạn`, `thứ ba`: no count of what is asked for."""


def spelled(solution: Solution) -> Answer | None:
    """The number in words at the end of the last sentence, with the thing or the unit that the question asks to count."""
    if not solution.lines or re.search(ASKS_TO_READ, solution.question, re.IGNORECASE):
        return None
    line = without_offer(solution.lines[-1][-MAX_CLOSING:]).strip(" .!")
    line = re.split(r"[.!] (?=[A-ZĐÂĂÊÔƠƯ])", line)[-1]
    if is_unsure(line):
        return None
    if len(solution.lines) > 1 and _counted(solution, "", solution.lines[-2].strip(" .!")[:MAX_CLOSING]):
        return None  # two numbers in words, one a line
    for start in _starts(line):
        before, tail = line[:start], line[start:]
        bounded = solution.bound and re.search(rf"(?i)(?<!\w)(?:{solution.bound}) $", before)
        if len(tail.split()) <= MAX_WORDS and (bounded or not is_denied(before)) and not _OF_OTHERS.search(before):
            answer = _counted(solution, before, tail)
            if answer is not None:
                return answer
    return None


def _starts(line: str) -> list[int]:
    """Where numbers in words begin."""
    words = list(re.finditer(r"[^\W\d_]+", line))
    spelled_before = [False, *(word[0].lower() in SPELLING for word in words)]
    return [
        word.start()
        for word, follows in zip(words, spelled_before, strict=False)
        if not follows and word[0].lower() in SPELLING
    ]


def in_digits(text: str, single: bool = False) -> str:
    """The text with its numbers of several words in digits: `bảy mươi hai viên bi` -> `72 viên bi`.

    Args:
        text: a sentence.
        single: write those of one word in digits too, but for the days `thứ ba`: `bốn chục` -> `4 chục`.
    """
    return _RUN.sub(
        lambda run: (
            _digits(run) if " " in run[0] or single and not _DAY.search(text[max(0, run.start() - 5) : run.start()]) else run[0]
        ),
        text,
    )


_DAY = re.compile(r"(?i)(?<!\w)thứ $")


def _counted(solution: Solution, before: str, tail: str) -> Answer | None:
    """`hai mươi lăm bạn` where `bao nhiêu bạn` is asked, `chín giờ mười phút`; a number alone where a number is asked for."""
    if has_digit(tail):
        return None
    in_digits = _RUN.sub(_digits, tail)
    if re.search(r"(?i)mấy giờ|bao lâu|thời gian", solution.question) and re.match(r"\d+ (?:giờ|phút|giây)(?!\w)", in_digits):
        return solution.read(in_digits)
    run = _RUN.match(tail)
    noun = tail[run.end() :].strip(" ,") if run else ""
    if run is None or run[0].lower() == "không" or _digits(run) == run[0] or not noun and not _VERB.search(before):
        return None
    return solution.read(f"{_digits(run)} {noun}".strip()) if _is_asked(noun, solution.question) else None


def _digits(run: re.Match[str]) -> str:
    """The number of a run of number words; the words themselves where they are none."""
    if percent := re.fullmatch(r"(?i)(?P<number>.+) phần trăm", run[0]):
        hundredths = number_in_words(percent["number"])
        return f"{hundredths}%" if hundredths is not None and hundredths.denominator == 1 else run[0]
    number = number_in_words(run[0])
    if number is None:
        return run[0]
    return f"{float(number):.6f}".rstrip("0").rstrip(".").replace(".", ",") if "phẩy" in run[0].lower() else str(number)


_WORD = rf"(?:{'|'.join(sorted(SPELLING))})(?!\w)"
_RUN = re.compile(rf"(?i)(?<!\w)(?<!\d )(?!nghìn|ngàn|triệu|tỉ|tỷ|trăm|mươi|linh|lẻ|phẩy|phần){_WORD}(?: {_WORD})*")
"""Number words one after the other; no scale that belongs to digits: `12 nghìn`."""


def _is_asked(noun: str, question: str) -> bool:
    """Whether the question asks for so many of these, or in this unit; without a noun, whether it asks for a number."""
    if not noun:
        asked = (
            r"(?i)bao nhiêu|mấy|số nào|tính|tìm|giải|nghiệm|kết quả|rút gọn|đổi|số (?:liền|lớn|bé|nhỏ)"
            r"|viết[^.?]{0,40}(?:phân số|thập phân)"
        )
        return re.search(asked, question) is not None
    if len(noun.split()) > 4:
        return False
    names = "|".join(map(re.escape, noun.split()[:2]))
    if re.search(
        rf"(?i)(?:bao nhiêu|mấy)(?: phần)?(?: của)? (?:{names})(?!\w)|(?<!\w)số (?:{names})(?!\w)[^.?\n]*? là\W*(?:$|\n)",
        question,
    ):
        return True
    if noun == "đồng" and re.search(r"(?i)bao nhiêu tiền|giá", question):
        return True
    return parse_unit(noun) is not None and re.search(r"(?i)bao nhiêu|mấy|bao (?:lâu|xa)|tính|đổi|tìm", question) is not None

"""The sentence or line that closes a solution -> the value it ends in, or nothing where it breaks off."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.asked import (
    compares_figures,
    fits,
    is_of_another_figure,
    is_on_the_way,
    is_share,
    measures_what_is_asked,
)
from mathpal_lightning.evaluation.reading import NUMBER, answer_of, clean, is_denied, multi, read_answer
from mathpal_lightning.evaluation.remarks import last_sentence
from mathpal_lightning.evaluation.solution import MAX_CLOSING, Solution
from mathpal_lightning.evaluation.symbolic import symbolic_value
from mathpal_lightning.evaluation.units import MEASURE
from mathpal_lightning.evaluation.values.expression import read_expression
from mathpal_lightning.evaluation.worded import offered, subject
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

MAX_PLACES = 12
"""Places in a sentence where a value is looked for, counted from its end."""


CONVERSION = re.compile(r"(?i)[\d,./ ]+ ?(?:giờ|phút|giây) ?=[\d,./ ]+(?:giờ|phút|giây)(?: \d+ (?:phút|giây))?\.?")
"""`1,25 giờ = 1 giờ 15 phút`: a duration in other units, no time of the day."""


def closing_value(solution: Solution, line: str) -> Answer | None:
    """The value a line ends in: behind its last equals sign, or behind `là`; None where the line breaks off.

    An equation that still holds its unknown (`x × 9 = 90`) and a result of the wrong kind (metres where an area is asked for)
    close nothing.
    """
    line = _without_place(solution, last_sentence(line[-MAX_CLOSING:]))
    line = clean(re.sub(r"(?:(?<=[^\d\s]) ?\(| \((?=[^\W\d_]{2}))[^()]*=[^()]*\)?[.;]?$", "", line))
    line = re.split(r"[⇒⇔→] (?=.*\w)", line)[-1]
    if re.search(r"(?i)\((?:loại|vô lí|vô lý|không thỏa mãn)\)?$", line):
        return None
    if symbolic := symbolic_value(solution, line):
        return symbolic
    if is_on_the_way(line, solution.question) or is_of_another_figure(line, solution.question):
        return None
    if ratio := _ratio(solution, re.sub(r" \([^()]*\)$", "", line)):
        return ratio
    place = max(line.rfind("="), line.rfind("≈"))
    side = line[place + 1 :]
    answer = None
    if place >= 0 and not _is_unsolved(line, solution):
        answer = _whole_value(solution, side)
        if answer is not None and line[place] == "≈":
            answer = replace(answer, rounded=True)
    answer = answer or _introduced_value(solution, side)
    if answer is None and place >= 0 and not _is_unsolved(line, solution):
        read = solution.value(side)
        goes_on = (
            read is not None
            and not is_share(read[0].text + read[1], solution.question)
            and re.match(r"\(?[^\W\d_]", read[1].strip())
            and not re.search(r"=", read[1])
        )
        root = read_expression(side) if re.search(r"[√π]", side) else None
        answer = read[0] if read is not None and goes_on else answer_of(root) if root else None
    if answer is None and place < 0:
        answer = _whole_value(solution, line)
    if answer is None or place >= 0 and answer.kind == "fraction" and compares_figures(line[:place], solution.question):
        return None
    return answer if fits(answer, solution.question) else None


def _without_place(solution: Solution, text: str) -> str:
    """`2, đạt được khi x = 3` -> `2`, where a greatest or least value is asked for."""
    return re.split(r",? (?:khi|tại|đạt được|xảy ra|đạt tại|đạt)(?!\w)", text)[0] if solution.asks_for_extremum else text


def _whole_value(solution: Solution, text: str) -> Answer | None:
    """A value, and nothing behind it but a remark in parentheses."""
    text = text.strip()
    if re.fullmatch(r"\d[\d,]* ?: ?\d[\d,]*", text) and re.search(r"(?i)t[ỉỷ] số", solution.question):
        return solution.read(text)
    if tail := re.fullmatch(r"\.{2,} ?(\d+)", text):
        text = tail[1]  # \overline{...8}: the last digits
    if re.search(r"(?<=\d) ?[;,] |\d (?:và|hoặc) \d|\d{1,2}/\d{1,2}/\d{4}$", text):
        answer = solution.read(text)
        if answer is not None and (answer.kind == "multi" or re.fullmatch(r"[\d/]+", answer.text)):
            return answer
    read = solution.value(text)
    if read is None:
        return None
    answer, rest = read
    if is_share(answer.text + rest, solution.question):
        return None
    if remainder := re.fullmatch(r" ?\(?(?:số )?dư:? (\d+(?:,\d+)?)\)?[. ]*", rest):
        return _with_remainder(solution, answer, remainder[1])
    return answer if not rest.strip(" .,;") or re.fullmatch(r" ?\((?![^()]*\d)[^()]*\)?[.,; ]*", rest) else None


def _with_remainder(solution: Solution, quotient: Answer, written: str) -> Answer | None:
    """`457 : 8 = 57 (dư 1)`: both where the division is asked for, the remainder where only that is; else a step."""
    remainder = solution.read(written)
    if remainder is None or not re.search(r"(?i)chia|\d ?: ?\d|dư", solution.question):
        return None
    if re.search(r"(?i)(?:số dư|dư (?:bao nhiêu|mấy))", solution.question) and "thương" not in solution.question.lower():
        return remainder
    return multi([replace(quotient, label="thương"), replace(remainder, label="số dư")], ordered=True)


_INTRODUCTION = re.compile(
    r"(?:(?<!\w)(?:là|gồm|được)(?: số| chữ số)?:?|(?<=[^\W\d_]):|(?<=[^\W\d_] \d):|(?<= và) bằng|(?<= nhất) bằng)\s+(?=[-≈\d.])"
)


def _introduced_value(solution: Solution, text: str) -> Answer | None:
    """`Tổng chu vi là: 1234cm`, `các số đó là 120 ; 250`."""
    for match in reversed(list(_INTRODUCTION.finditer(text))[-MAX_PLACES:]):
        answer = _whole_value(solution, text[match.end() :])
        if answer is not None:
            return answer
    return None


def breaks_off(line: str) -> bool:
    """Whether a line ends where a sentence cannot: `Chiều dài là`, `Tháng 4, 6, 9,`."""
    ends = r"[-+×:=(,]$|(?<!\w)(?:là|bằng|có|và|của|nên|hay|thì|được|trong|với|cho|các|những)$"
    return re.search(ends, line.strip()) is not None


def conclusion(solution: Solution, text: str) -> Answer | None:
    """What the sentence behind `Vậy` says: a value, several values, a relation or, where words are asked for, words."""
    text = clean(text[-MAX_CLOSING:])
    if not text or breaks_off(text):
        return None
    if re.match(r"(?i)không (?:thể|có|tồn tại|tìm được)(?!\w)", text) and re.search(
        r"(?i)tìm|có thể|được không", solution.question
    ):
        return Answer("text", text)
    if solution.asks_whether and re.match(r"(?i)(?:ta |có |\w+ )?(?:không|có thể|không thể)(?!\w)", text):
        return Answer("text", text)
    text = re.split(r",? (?:trong đó|biết rằng|với điều kiện)(?!\w)", text)[0]
    text = _without_place(solution, text)
    if symbolic := symbolic_value(solution, text):
        return symbolic
    in_turn = re.search(r"(?<!\w)lần lượt (?:là|bằng|có|được):? (?P<items>[^=]*)$", text)
    if in_turn and (each := solution.read(in_turn["items"])) and each.kind == "multi":
        return replace(each, ordered=True)
    if len(re.findall(r"\d+", text)) > 1 and solution.asks_for_two and "=" not in text:
        named = solution.read(text)
        if named is not None and named.kind == "multi":
            return named
    for part in (text, text.split("=")[-1]):
        if re.search(r"[\d°%)] ?[;,] \D?|\d (?:và|hoặc) \D?", part):
            listed = re.search(r"(?:(?<!\w)(?:là|gồm):? |: |^)(?P<items>[^:]*)$", part)
            answer = solution.read(listed["items"]) if listed else None
            if answer is not None and answer.kind == "multi":
                return answer
    if re.search(r"[<>]", text) or re.search(r"(?i)so sánh", solution.question) and "=" in text and not re.search(r"\d$", text):
        return solution.read(re.sub(r"^ta có:? ", "", text))
    if counted := _counted(solution, text):
        return counted
    return _ratio(solution, text) or closing_value(solution, text) or _mentioned_value(solution, text) or _words(solution, text)


def compared(solution: Solution) -> Answer | None:
    """`nên S_BDN = S_BMD (chung đáy)` in the last line, where the question asks to compare."""
    if not re.search(r"(?i)so sánh", solution.question) or not solution.lines:
        return None
    last = re.split(r"(?i)(?<!\w)(?:nên|vậy|suy ra|hay|do đó)(?!\w)|⇒", solution.lines[-1])[-1]
    relation = re.fullmatch(r"[^=<>]{1,80}[=<>][^=<>]{1,80}", re.sub(r" ?\([^()=]*\)\.?$", "", last.strip(" .,;")))
    if relation is None or re.search(r"\d$|\)$", relation[0]):
        return None
    return Answer("text", re.sub(r" ?([<>=]) ?", r" \1 ", relation[0].strip(" .,;")))


def asked_quantity(solution: Solution) -> Answer | None:
    """The quantity in the last sentence, if it counts or measures what the question asks for (`bao nhiêu bậc thang`)."""
    last = re.split(r"(?<=[.;]) ", solution.lines[-1])[-1] if solution.lines else ""
    if breaks_off(last):
        return None
    answer = _mentioned_value(solution, clean(last)) if "=" not in last else None
    if answer is None or answer.kind not in ("quantity", "percent", "compound_quantity"):
        return None
    noun = re.sub(r"^[-\d./ ]+", "", answer.text).split(" ")[0]
    asked = re.search(rf"(?i)(?:(?:bao nhiêu|mấy) (?:\w+ )?|(?:\.\.|…|_) ?){re.escape(noun)}(?!\w)", solution.question)
    return answer if asked or noun and measures_what_is_asked(answer, solution.question) else None


def _ratio(solution: Solution, text: str) -> Answer | None:
    """`S_PNA = 1/15 S_BAC` where the ratio of the two is asked for."""
    if not re.search(r"(?i)tỉ số|tỷ số|gấp mấy lần|bằng mấy phần", solution.question):
        return None
    match = re.search(rf"[A-Z](?:_\w+|\w*) ?= ?(?P<ratio>{NUMBER}) ?×? ?[A-Z](?:_\w+|\w*)$", text)
    return solution.read(match["ratio"]) if match else None


def _mentioned_value(solution: Solution, text: str) -> Answer | None:
    """The value that ends the sentence, else one behind a verb: `sau 3 giờ đi được 120 km`, `có 12 cách xếp`."""
    if "=" in text and compares_figures(text[: text.rfind("=")], solution.question):
        return None
    if answer := _beside_the_asking_words(solution, text):
        return answer
    for place in list(re.finditer(r"(?<![\w.,/°])(?=\d)", text))[-MAX_PLACES:]:
        before = text[: place.start()]
        if re.search(r"(?<!\w)(?:từ|đến|thứ|hàng|lớp|so với|hơn|cho|của|với) $", before) or _is_denied(solution, before):
            continue
        answer = _whole_value(solution, text[place.end() :])
        if answer is not None and answer.kind != "multi":
            about = re.search(r"(?:khoảng|xấp xỉ|gần bằng|≈) ?$", text[: place.start()])
            return replace(answer, rounded=about is not None) if fits(answer, solution.question) else None
    verbs = (
        r"(?<!\w)(?:là|bằng|có|được|khoảng|còn|hết|mất|gấp|tăng|giảm|sau|chiếm|lúc|cần|thêm|ít nhất|nhiều nhất):? (?=[-≈\d])"
    )
    sure = [place for place in re.finditer(verbs, text) if not _is_denied(solution, text[: place.end()])]
    for place in reversed(sure[-MAX_PLACES:]):
        read = solution.value(text[place.end() :])
        if read is not None and not is_share(read[0].text, solution.question) and not re.match(r" ?[-+×:/=]", read[1]):
            return replace(read[0], rounded=read[0].rounded or place[0].startswith("khoảng"))
    return None


def _counted(solution: Solution, text: str) -> Answer | None:
    """`10 ngày` in `cần 10 ngày để bể chỉ còn 45 lít`, where `bao nhiêu ngày` is asked and one number counts days."""
    asked = re.findall(r"(?i)(?:bao nhiêu|mấy) ([^\W\d_]+)", solution.question)
    if not asked or "=" in text or len(re.findall(r"\d[\d.,]*", text)) < 2:
        return None
    noun = re.escape(asked[-1])
    places = list(re.finditer(rf"(?i)(?<![\w.,/°])(?=\d[\d.,/ ]* ?{noun}(?!\w))", text))
    if len(places) != 1 or _is_denied(solution, text[: places[0].start()]):
        return None
    read = solution.value(text[places[0].start() :])
    return read[0] if read is not None and not re.match(r" ?[-+×:/=]", read[1]) else None


def _is_denied(solution: Solution, before: str) -> bool:
    """`không còn 16 cái`; but `ít nhất 5 xe` answers a question for the least number."""
    differs = "hơn|kém" if re.search(r"(?i)hơn|kém", solution.question) else ""
    asked = "|".join(filter(None, (differs, solution.bound)))
    return is_denied(before) and not (asked and re.search(rf"(?i)(?:{asked})(?: \w+)?\W*$", before))


def _beside_the_asking_words(solution: Solution, text: str) -> Answer | None:
    """`cần lấy ít nhất 29 viên bi để chắc chắn có 8 viên` where `ít nhất bao nhiêu viên bi` is asked."""
    asked = re.findall(r"(?<!\w)(\w{1,15} \w{1,15}) (?:bao nhiêu|mấy)(?!\w)", solution.question)[-2:]
    named = re.search(r"(?i)(?:tính|tìm) (\w{1,15} [^.?,;:=\n]{2,60})[.?]?\s*$", solution.question)
    for words in [*asked, *([named[1] + " là"] if named else [])]:
        found = re.search(rf"(?i)(?<!\w){re.escape(words)}:? (?=\d)", text)
        read = solution.value(text[found.end() :]) if found else None
        if read is not None and not re.match(r" ?[-+×:/=]", read[1]):
            return read[0] if fits(read[0], solution.question) else None
    return None


def _words(solution: Solution, text: str) -> Answer | None:
    """`ngày 25 là thứ Ba`, `hộp A nặng hơn hộp B`: words answer only a question that asks for them."""
    if judged := re.search(r"(?i)(?:câu \w+|đáp án|khẳng định|nhận xét|phát biểu|kết luận)(?: \w+){0,3} (đúng|sai)$", text):
        return Answer("text", judged[1].lower())
    if solution.question and not solution.asks_for_words or re.search(r"[=×+]", text):
        return None
    if said := offered(solution.asked, text) or subject(solution.asked, text):
        return read_answer(said)
    named = re.search(r"(?<!\w)(?:là|vào) (?:ngày )?(?P<value>[^\d=]{1,60})$", text)
    head = comparison_key(text[: named.start()]).removeprefix(f"{comparison_key('bạn')} ") if named else ""
    known = head and head in comparison_key(solution.asked)
    if named and not known and comparison_key(named["value"]) in comparison_key(solution.asked):
        named = re.search(r"^(?P<value>.*?)(?<!\w)là ", text)  # "Lan là người nói đúng" where the question says the rest
    return solution.read(named["value"] if named else text)


_MEASURED = re.compile(rf"(?<=\d) ?(?i:{MEASURE})")


def _is_unsolved(line: str, solution: Solution) -> bool:
    """Whether an equation still holds its unknown: `x × 9 = 90`, `2 × A = 7/8`, but not `x = 10`, `S = r × r × 3,14`."""
    first = re.split(r"[=≈]", line)[0]
    first = first.rpartition(": ")[2] if re.search(r"[^\W\d_]{2}: ", first) else first
    first = re.split(r"(?<![^\W\d_])(?:là|nên|có|vậy|suy ra|hay|⇒)(?!\w):?", first)[-1]
    first = _MEASURED.sub("", first)
    bare, question = first.replace(" ", ""), solution.question.replace(" ", "")
    if len(bare) > 2 and bare in question and f"{bare}=" not in question:
        return False  # the value of this very expression is asked for
    letter = re.search(rf"(?<![^\W\d_])(?:[{solution.unknowns}])(?![^\W\d]|')", first)
    return letter is not None and re.search(r"[-+×:/]|\d[a-z]", first) is not None

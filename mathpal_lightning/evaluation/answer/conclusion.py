"""The sentence behind `Vậy` -> what it says: a value, several values, a relation or, where words are asked for, words."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.closing_line import (
    MAX_PLACES,
    breaks_off,
    closing_value,
    ratio_asked_for,
    whole_value,
    without_place,
)
from mathpal_lightning.evaluation.answer.coefficient import coefficient_told
from mathpal_lightning.evaluation.answer.in_turn import values_in_turn
from mathpal_lightning.evaluation.answer.symbolic import symbolic_value
from mathpal_lightning.evaluation.language.characters import has_digit
from mathpal_lightning.evaluation.language.clauses import last_clause
from mathpal_lightning.evaluation.language.doubt import ENDS_IN_ABOUT
from mathpal_lightning.evaluation.question.asked_value import compares_figures, fits, is_share, measures_what_is_asked
from mathpal_lightning.evaluation.question.options import mentioned_equation
from mathpal_lightning.evaluation.solution.solution import MAX_CLOSING, Solution
from mathpal_lightning.evaluation.values.reading import clean, is_denied, read_answer
from mathpal_lightning.evaluation.words.answers_in_words import EQUAL, day_said, offered, position, subject
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

_LISTED_AS = re.compile(
    r"(?:^|(?<=có )|(?<=gồm )|(?<=số )|(?<=: ))(?P<items>-?\d[\d,/]*(?:[,;] -?\d[\d,/]*){0,12} và -?\d[\d,/]*) (?:đều )?là "
    r"(?P<words>[^\d=]{3,60}?)[. ]*$"
)
"""`chỉ có 29, 61 và 97 là số nguyên tố`."""
_OPERATOR = re.compile(r" ?[-+×:/=]")
_SIGN_ASKED = re.compile(r"(?i)(?:điền|viết)[^.?]{0,40} dấu|dấu (?:thích hợp|nào|cần điền|gì)(?!\w)")


_SIGN_SAID = re.compile(r"(?i)dấu (?:(?:cần|phải) điền |thích hợp )?(?:là )?:? ?([<>=])(?:,? (?:vì|do|bởi) .*|\W*)$")


def conclusion(solution: Solution, text: str) -> Answer | None:
    """What the sentence behind `Vậy` says: a value, several values, a relation or, where words are asked for, words."""
    text = clean(text[-MAX_CLOSING:])
    if not text or breaks_off(text):
        return None
    if re.match(r"(?i)không (?:thể|có|tồn tại|tìm được)(?!\w)", text) and re.search(
        r"(?i)tìm|có thể|được không", solution.question
    ):
        return Answer("text", text)
    if _SIGN_ASKED.search(solution.question) and (sign := re.search(r"(?:(?<!\w)là|:) ?:? ?([<>=])$", text)):
        return read_answer(sign[1])
    text = re.split(r",? (?:trong đó|biết rằng|với điều kiện)(?!\w)", text)[0]
    text = without_place(solution, text)
    if said := day_said(solution.asked, text):
        return read_answer(said)
    if (said := offered(solution.asked, text) or position(solution.asked, text)) and not has_digit(said):
        return read_answer(said)
    if named := mentioned_equation(solution.question, text) or coefficient_told(solution, text):
        return named
    if named := symbolic_value(solution, text):
        return named
    listed = _LISTED_AS.search(text)
    if listed and set(comparison_key(listed["words"]).split()) <= set(comparison_key(solution.asked).split()):
        return solution.read(re.sub(r",(?= )", ";", listed["items"]))
    if in_turn := values_in_turn(solution, text):
        return in_turn
    if len(re.findall(r"\d+", text)) > 1 and solution.asks_for_two and "=" not in text:
        together = solution.read(text)
        if together is not None and together.kind == "multi":
            return together
    for part in (text, text.split("=")[-1]):
        if re.search(r"[\d°%)] ?[;,] \D?|\d (?:và|hoặc) \D?", part):
            listed = re.search(r"(?:(?<!\w)(?:là|gồm):? |: |^)(?P<items>[^:]*)$", part)
            answer = solution.read(listed["items"]) if listed else None
            if answer is not None and answer.kind == "multi":
                return answer
    if re.search(r"[<>]", text):
        return solution.read(text)
    if counted := _counted(solution, text):
        return counted
    return (
        ratio_asked_for(solution, text)
        or closing_value(solution, text)
        or _mentioned_value(solution, text)
        or _words(solution, text)
    )


def compared(solution: Solution) -> Answer | None:
    """`nên S_BDN = S_BMD` in the last line, where the question asks to compare."""
    if not solution.lines:
        return None
    if _SIGN_ASKED.search(solution.question) and (sign := _SIGN_SAID.search(solution.lines[-1])):
        return None if is_denied(solution.lines[-1][: sign.start()]) else read_answer(sign[1])
    if not re.search(r"(?i)so sánh", solution.question):
        return None
    last = re.split(r"(?<!\w)hay(?!\w)", last_clause(solution.lines[-1]))[-1]
    if EQUAL.fullmatch(last.strip(" .,;:")):
        return Answer("text", "bằng nhau")
    relation = re.fullmatch(r"[^=<>]{1,80}[=<>][^=<>]{1,80}", last.strip(" .,;"))
    if relation is None or re.search(r"\d$|\)$", relation[0]):
        return None
    return Answer("text", relation[0])


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


def _mentioned_value(solution: Solution, text: str) -> Answer | None:
    """The value that ends the sentence, else one behind a verb: `sau 3 giờ đi được 120 km`, `có 12 cách xếp`."""
    if "=" in text and compares_figures(text[: text.rfind("=")], solution.question):
        return None
    if answer := _beside_the_asking_words(solution, text):
        return answer
    for place in list(re.finditer(r"(?<![\w.,/°-])(?=-?\d)", text))[-MAX_PLACES:]:
        before = text[: place.start()]
        if re.search(r"(?<!\w)(?:từ|đến|thứ|hàng|lớp|so với|hơn|cho|của|với) $", before) or _is_denied(solution, before):
            continue
        answer = whole_value(solution, text[place.end() :])
        if answer is not None and answer.kind != "multi":
            about = ENDS_IN_ABOUT.search(before) is not None or before.rstrip().endswith("≈")
            return replace(answer, rounded=about) if fits(answer, solution.question) else None
    verbs = (
        r"(?<!\w)(?:là|bằng|có|được|(?<!một )khoảng|còn|hết|mất|gấp|tăng|giảm|sau|chiếm|lúc|cần|thêm|ít nhất|nhiều nhất)"
        r":? (?=[-≈\d])"
    )
    sure = [place for place in re.finditer(verbs, text) if not _is_denied(solution, text[: place.end()])]
    for place in reversed(sure[-MAX_PLACES:]):
        read = solution.value(text[place.end() :])
        if read is not None and not is_share(read[0].text, solution.question) and not _OPERATOR.match(read[1]):
            return replace(read[0], rounded=read[0].rounded or place[0].startswith("khoảng"))
    return None


def _counted(solution: Solution, text: str) -> Answer | None:
    """`10 ngày` in `cần 10 ngày để bể chỉ còn 45 lít`, where `bao nhiêu ngày` is asked and one number counts days."""
    asked = re.findall(r"(?i)(?:bao nhiêu|mấy) ([^\W\d_]+)", solution.question)
    if not asked or "=" in text or len(re.findall(r"\d[\d.,]*", text)) < 2:
        return None
    noun = re.escape(asked[-1])
    places = list(re.finditer(rf"(?i)(?<![\w.,/°-])(?=\d[\d.,/ ]* ?{noun}(?!\w))", text))
    least = solution.bound and re.search(r"(?<!\w)từ \d[^,.;]* trở lên", text)
    if len(places) != 1 or not least and _is_denied(solution, text[: places[0].start()]):
        return None
    read = solution.value(text[places[0].start() :])
    about = ENDS_IN_ABOUT.search(text[: places[0].start()]) is not None
    return replace(read[0], rounded=read[0].rounded or about) if read is not None and not _OPERATOR.match(read[1]) else None


def _is_denied(solution: Solution, before: str) -> bool:
    """`không còn 16 cái`; but `tối thiểu 5 xe` answers a question for the least number."""
    asked = solution.bound and re.search(rf"(?i)(?:{solution.bound})(?: \w+)?\W*$", before)
    return is_denied(before) and not asked


def _beside_the_asking_words(solution: Solution, text: str) -> Answer | None:
    """`cần lấy ít nhất 29 viên bi để chắc chắn có 8 viên` where `ít nhất bao nhiêu viên bi` is asked."""
    asked = re.findall(r"(?<!\w)(\w{1,15} \w{1,15}) (?:bao nhiêu|mấy)(?!\w)", solution.question)[-2:]
    named = re.search(r"(?i)(?:tính|tìm) (\w{1,15} [^.?,;:=\n]{2,60})[.?]?\s*$", solution.question)
    for words in [*asked, *([named[1] + " là"] if named else [])]:
        found = re.search(rf"(?i)(?<!\w){re.escape(words)}:? (?=\d)", text)
        read = solution.value(text[found.end() :]) if found else None
        if read is not None and not _OPERATOR.match(read[1]):
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

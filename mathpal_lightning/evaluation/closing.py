"""The sentence or line that closes a solution -> the value it ends in, or nothing where it breaks off."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from mathpal_lightning.evaluation.reading import NUMBER, clean, read_expression
from mathpal_lightning.evaluation.solution import MAX_CLOSING, Solution
from mathpal_lightning.evaluation.units import MEASURE, parse_unit
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import comparison_key

MAX_PLACES = 12
"""Places in a sentence where a value is looked for, counted from its end."""


def closing_value(solution: Solution, line: str) -> Answer | None:
    """The value a line ends in: behind its last equals sign, or behind `là`; None where the line breaks off.

    An equation that still holds its unknown (`x × 9 = 90`) and a result of the wrong kind (metres where an area is asked for)
    close nothing.
    """
    line = line[-MAX_CLOSING:]
    line = clean(re.sub(r"(?:(?<=[^\d\s]) ?\(| \((?=[^\W\d_]{2}))[^()]*=[^()]*\)?[.;]?$", "", line))
    line = re.split(r"[⇒⇔→] (?=.*\w)", line)[-1]
    if re.search(r"(?i)\((?:loại|vô lí|vô lý|không thỏa mãn)\)?$", line):
        return None
    if _is_on_the_way(line, solution.question):
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
            and not _is_share(read[0].text + read[1], solution.question)
            and re.match(r"\(?[^\W\d_]", read[1].strip())
            and not re.search(r"=", read[1])
        )
        answer = read[0] if read is not None and goes_on else read_expression(side) if re.search(r"[√π]", side) else None
    if answer is None and place < 0:
        answer = _whole_value(solution, line)
    if answer is None or place >= 0 and answer.kind == "fraction" and _compares_figures(line[:place], solution.question):
        return None
    return answer if _fits(answer, solution.question) else None


_AUXILIARY = re.compile(r"(?i)(?:^|[.,] )(?:vậy )?(?:t[ỉỷ] số|(?:tổng|hiệu) số phần|số (?:các )?số hạng)(?!\w)[^=]{0,150}[=:]")


def _is_on_the_way(line: str, question: str) -> bool:
    """`Tỉ số vận tốc là 35 : 50 = 7/10`: a number that the method needs; it answers only a question that names it."""
    auxiliary = _AUXILIARY.search(line)
    return auxiliary is not None and bool(question) and re.search(r"(?i)t[ỉỷ] số|phần|gấp|so sánh|bao nhiêu số", question) is None


def _compares_figures(left: str, question: str) -> bool:
    """`AM = 1/2`, `S_ABC/S_MNC = 1/3`: a ratio on the way, unless a ratio is asked for."""
    first, *between = left.split("=")
    figures = re.search(r"(?<![^\s(])(?:[A-Z]{2,4}|[A-Z]_\w+)(?P<over>/(?:[A-Z]{2,4}|[A-Z]_\w+))?$", first.strip())
    on_the_way = figures is not None and (figures["over"] is not None or not between)
    ratio_asked = re.search(r"(?i:tỉ số|tỷ số|(?:mấy|bao nhiêu) phần|so sánh)|[A-Z]/[A-Z]", question)
    return on_the_way and bool(question) and ratio_asked is None


def _whole_value(solution: Solution, text: str) -> Answer | None:
    """A value, and nothing behind it but a remark in parentheses."""
    text = text.strip()
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
    if _is_share(answer.text + rest, solution.question):
        return None
    return answer if not rest.strip(" .,;") or re.fullmatch(r" ?\((?![^()]*\d)[^()]*\)?[.,; ]*", rest) else None


def _is_share(text: str, question: str) -> bool:
    """`3/5 số học sinh nam`, `7/20 (tổng số thóc)`: a part of something, no answer unless the question asks which part."""
    kinds = r"số |vận|diện|thể|chiều|tuổi|quãng|đường|tổng|hiệu|lượng|thời|độ|cạnh|chu|công|bể|đoạn|khối|[A-Z]|S_"
    share = re.match(rf"[\d.]+/[\d.]+ \(?(?:{kinds})", text)
    return share is not None and re.search(r"(?i)phần|tỉ số|tỷ số", question) is None


_INTRODUCTION = re.compile(
    r"(?:(?<!\w)(?:là|gồm|được)(?: số| chữ số)?:?|(?<=[^\W\d_]):|(?<=[^\W\d_] \d):|(?<= và) bằng)\s+(?=[-≈\d.])"
)


def _introduced_value(solution: Solution, text: str) -> Answer | None:
    """`Tổng chu vi là: 1234cm`, `các số đó là 120 ; 250`."""
    for match in reversed(list(_INTRODUCTION.finditer(text))[-MAX_PLACES:]):
        answer = _whole_value(solution, text[match.end() :])
        if answer is not None:
            return answer
    return None


def conclusion(solution: Solution, text: str) -> Answer | None:
    """What the sentence behind `Vậy` says: a value, several values, a relation or, where words are asked for, words."""
    text = clean(text[-MAX_CLOSING:])
    if not text or re.search(r"[-+×:=(]$|(?<!\w)(?:là|bằng|có|và|của|nên|hay)$", text):
        return None
    if solution.asks_whether and re.match(r"(?i)(?:ta |có |\w+ )?(?:không|có thể|không thể)(?!\w)", text):
        return Answer("text", text)
    text = re.split(r",? (?:trong đó|biết rằng|với điều kiện)(?!\w)", text)[0]
    if len(re.findall(r"\d+", text)) > 1 and solution.asks_for_two and "=" not in text:
        named = solution.read(text)
        if named is not None and named.kind == "multi":
            return named
    for part in (text, text.split("=")[-1]):
        if re.search(r"\d ?[;,] \D?|\d (?:và|hoặc) \D?", part):
            listed = re.search(r"(?:(?<!\w)(?:là|gồm):? |: |^)(?P<items>[^:]*)$", part)
            answer = solution.read(listed["items"]) if listed else None
            if answer is not None and answer.kind == "multi":
                return answer
    if re.search(r"[<>]", text) or re.search(r"(?i)so sánh", solution.question) and "=" in text and not re.search(r"\d$", text):
        return solution.read(re.sub(r"^ta có:? ", "", text))
    return _ratio(solution, text) or closing_value(solution, text) or _mentioned_value(solution, text) or _words(solution, text)


def compared(solution: Solution) -> Answer | None:
    """`nên S_BDN = S_BMD (chung đáy)` in the last line, where the question asks to compare."""
    if not re.search(r"(?i)so sánh", solution.question) or not solution.lines:
        return None
    last = re.split(r"(?i)(?<!\w)(?:nên|vậy|suy ra|hay|do đó)(?!\w)|⇒", solution.lines[-1])[-1]
    relation = re.fullmatch(r"[^=<>]{1,80}[=<>][^=<>]{1,80}", re.sub(r" ?\([^()=]*\)\.?$", "", last.strip()))
    if relation is None or re.search(r"\d$|\)$", relation[0]):
        return None
    return Answer("text", re.sub(r" ?([<>=]) ?", r" \1 ", relation[0].strip(" .,;")))


def asked_quantity(solution: Solution) -> Answer | None:
    """The quantity in the last sentence, if it counts or measures what the question asks for (`bao nhiêu bậc thang`)."""
    last = re.split(r"(?<=[.;]) ", solution.lines[-1])[-1] if solution.lines else ""
    answer = _mentioned_value(solution, clean(last)) if "=" not in last else None
    if answer is None or answer.kind not in ("quantity", "percent", "compound_quantity"):
        return None
    noun = re.sub(r"^[-\d./ ]+", "", answer.text).split(" ")[0]
    asked = re.search(rf"(?i)(?:bao nhiêu|mấy) (?:\w+ )?{re.escape(noun)}(?!\w)", solution.question)
    return answer if asked or noun and _measures_what_is_asked(answer, solution.question) else None


_BLANK = r"(?:[.…]{2,}|…|_{2,}|\?)"
_AROUND = r"[-\d<>=+×:/(), ]"
_WITH_BLANK = re.compile(rf"(?P<before>{_AROUND}{{0,60}}){_BLANK}(?P<after>{_AROUND}{{0,60}})")


def filled(solution: Solution) -> Answer | None:
    """What stands in the solution where the question has a blank: `8/21 < .../7 < 9/20` -> 3."""
    for blank in islice(_WITH_BLANK.finditer(solution.question), MAX_PLACES):
        before, after = (re.escape(blank[side].replace(" ", "").strip(":,")) for side in ("before", "after"))
        if len(before) + len(after) > 4:
            found = re.search(rf"{before}(\d+(?:,\d+)?){after}", solution.text.replace(" ", ""))
            if found:
                return solution.read(found[1])
    return None


def _ratio(solution: Solution, text: str) -> Answer | None:
    """`S_PNA = 1/15 S_BAC` where the ratio of the two is asked for."""
    if not re.search(r"(?i)tỉ số|tỷ số|gấp mấy lần|bằng mấy phần", solution.question):
        return None
    match = re.search(rf"[A-Z](?:_\w+|\w*) ?= ?(?P<ratio>{NUMBER}) ?×? ?[A-Z](?:_\w+|\w*)$", text)
    return solution.read(match["ratio"]) if match else None


def _mentioned_value(solution: Solution, text: str) -> Answer | None:
    """The value that ends the sentence, else one behind a verb: `sau 3 giờ đi được 120 km`, `có 12 cách xếp`."""
    if "=" in text and _compares_figures(text[: text.rfind("=")], solution.question):
        return None
    for place in list(re.finditer(r"(?<![\w.,/°])(?=\d)", text))[-MAX_PLACES:]:
        if re.search(r"(?<!\w)(?:từ|đến|thứ|hàng|lớp|so với|hơn|cho|của|với) $", text[: place.start()]):
            continue
        answer = _whole_value(solution, text[place.end() :])
        if answer is not None and answer.kind != "multi":
            about = re.search(r"(?:khoảng|xấp xỉ|gần bằng|≈) ?$", text[: place.start()])
            return replace(answer, rounded=about is not None) if _fits(answer, solution.question) else None
    verbs = (
        r"(?<!\w)(?:là|bằng|có|được|khoảng|còn|hết|mất|gấp|tăng|giảm|sau|chiếm|lúc|cần|thêm|ít nhất|nhiều nhất):? (?=[-≈\d])"
    )
    for place in reversed(list(re.finditer(verbs, text))[-MAX_PLACES:]):
        read = solution.value(text[place.end() :])
        if read is not None and not _is_share(read[0].text, solution.question) and not re.match(r" ?[-+×:/=]", read[1]):
            return replace(read[0], rounded=read[0].rounded or place[0].startswith("khoảng"))
    return None


def _words(solution: Solution, text: str) -> Answer | None:
    """`ngày 25 là thứ Ba`, `hộp A nặng hơn hộp B`: words answer only a question that asks for them."""
    if judged := re.search(r"(?i)(?:câu \w+|đáp án|khẳng định|nhận xét|phát biểu|kết luận)(?: \w+){0,3} (đúng|sai)$", text):
        return Answer("text", judged[1].lower())
    if solution.question and not solution.asks_for_words or re.search(r"[=×+]", text):
        return None
    subject = re.search(r"(?<!\w)(?:là|vào) (?:ngày )?(?P<value>[^\d=]{1,60})$", text)
    if subject and comparison_key(subject["value"]) in comparison_key(solution.question):
        subject = re.search(r"^(?P<value>.*?)(?<!\w)là ", text)  # "Lan là người nói đúng" where the question says the rest
    return solution.read(subject["value"] if subject else text)


_MEASURED = re.compile(rf"(?<=\d) ?(?i:{MEASURE})")


def _is_unsolved(line: str, solution: Solution) -> bool:
    """Whether an equation still holds its unknown: `x × 9 = 90`, `2 × A = 7/8`, but not `x = 10`, `S = r × r × 3,14`."""
    first = re.split(r"[=≈]", line)[0]
    first = re.split(r"(?<![^\W\d_])(?:là|nên|có|vậy|suy ra|hay|⇒)(?!\w):?", first)[-1]
    first = _MEASURED.sub("", first)
    bare, question = first.replace(" ", ""), solution.question.replace(" ", "")
    if len(bare) > 2 and bare in question and f"{bare}=" not in question:
        return False  # the value of this very expression is asked for
    letter = re.search(rf"(?<![^\W\d_])(?:[{solution.unknowns}])(?![^\W\d]|')", first)
    return letter is not None and re.search(r"[-+×:/]|\d[a-z]", first) is not None


_ASKED_KINDS = {
    "diện tích": (("length", 2),),
    "thể tích": (("length", 3),),
    "chu vi": (("length", 1),),
    "độ dài": (("length", 1),),
    "chiều dài": (("length", 1),),
    "chiều rộng": (("length", 1),),
    "chiều cao": (("length", 1),),
    "quãng đường": (("length", 1),),
    "vận tốc": (("length", 1), ("time", -1)),
}
_ASKED = re.compile(
    rf"(?i)(?:tính|tìm|hỏi)(?: xem)? (?:(?!và)\w+ )?(?:(?P<kind>{'|'.join(_ASKED_KINDS)})"
    rf"|[^.?\n]{{0,80}}?bao nhiêu (?P<unit>{MEASURE}))"
)


def _fits(answer: Answer, question: str) -> bool:
    """Whether a result may be what is asked for: no metres where an area is asked for, no `3 lần` where metres are."""
    asked = _asked_dimensions(question)
    if answer.kind != "quantity" or not asked:
        return True
    unit = parse_unit(_unit_text(answer))
    if unit is None:
        return re.search(r"\d (?:lần|phần)(?!\w)", answer.text) is None
    return not unit.dimension or unit.dimension in asked


def _measures_what_is_asked(answer: Answer, question: str) -> bool:
    unit = parse_unit(_unit_text(answer))
    return unit is not None and unit.dimension in _asked_dimensions(question)


def _unit_text(answer: Answer) -> str:
    return re.sub(r"^-?[\d./]+(?: \d+/\d+)? ?", "", answer.text)


def _asked_dimensions(question: str) -> set[tuple[tuple[str, int], ...]]:
    """What the question asks to measure: `Tính diện tích` an area, `bao nhiêu ki-lô-mét` a length."""
    asked = set()
    for match in _ASKED.finditer(question):
        measured = parse_unit(match["unit"]) if match["unit"] else None
        asked.add(_ASKED_KINDS[match["kind"].lower()] if match["kind"] else measured.dimension if measured else ())
    return asked

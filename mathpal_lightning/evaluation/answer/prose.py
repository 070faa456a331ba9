"""Solutions in prose: where no rule finds a stated answer, the value that the last sentence comes to."""

from __future__ import annotations

import re
from dataclasses import replace

from mathpal_lightning.evaluation.answer.closing_line import CONVERSION, breaks_off
from mathpal_lightning.evaluation.answer.mentioned_values import mentions, results
from mathpal_lightning.evaluation.answer.same_of_each import result_named
from mathpal_lightning.evaluation.language.characters import only_words
from mathpal_lightning.evaluation.language.doubt import ENDS_IN_ABOUT, TRIED
from mathpal_lightning.evaluation.question.asked_value import fits, is_of_another_figure, is_on_the_way, is_share
from mathpal_lightning.evaluation.solution.refusals import refuses
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.schema import Answer

_ASKS_FOR_VALUE = re.compile(r"(?i)bao nhiêu|mấy|tính|tìm|số|giá trị|bao lâu|bao xa|chiếm|bằng|=|là|kết quả")
_METHOD = re.compile(r"(?i)(?:muốn|để) (?:tính|tìm|biết)(?!.*(?:=|(?<!\w)(?:được|ra|là|bằng|còn|có)(?!\w)))")
"""`Muốn tìm 15% của 240 ta lấy 240 chia cho 100 rồi nhân với 15`: how, and no result."""
_SUPPOSED = re.compile(r"(?i)(?:nếu|giả sử)(?!\w)(?!.*(?<!\w)(?:nên|vậy)(?!\w))")
_CONSEQUENCE = re.compile(
    r"(?<=[\w°)]),? (?:nên|suy ra|do đó|vậy)(?: thì)? (?=[^=≈]{0,60}(?<!\w)(?:bằng|là|được|có) [^=≈]*\d[^=≈]*$)"
)
"""`AB^2 = 25 nên AB bằng 5 cm`."""
_SENTENCE = re.compile(r"(?<=[^\W\d_][.!])\s+|(?<=\d[.!])\s+(?=[A-ZĐÂĂÊÔƠƯ])|(?<=[)%°][.!])\s+|(?<=\?)\s+|\n")


def last_value(solution: Solution) -> Answer | None:
    """The value that ends the last sentence, one with the asked noun before all others; None where the sentence breaks off."""
    text = solution.lines[-1] if solution.lines else ""
    if not solution.question or not _ASKS_FOR_VALUE.search(solution.question) or refuses(solution.text):
        return None
    if solution.asks_for_words and not re.search(r"(?i)bao nhiêu|mấy|tính|tìm", solution.question):
        return None
    if breaks_off(text) or not re.search(r"[^\W\d_]{2}", text) or not re.search(r"[.!]\W*$", text):
        return None
    if only_words(text) in only_words(solution.question):
        return None
    if re.search(r"(?i)lúc mấy giờ", solution.question) and CONVERSION.fullmatch(text):
        return None
    if is_on_the_way(text, solution.question) or is_of_another_figure(text, solution.question):
        return None
    sentence = re.sub(
        r" ?\([^()]*[-+×*:/=][^()]*\)(?=[.!]?$)", "", [piece for piece in _SENTENCE.split(text) if piece.strip()][-1]
    )
    sentence = _CONSEQUENCE.split(sentence)[-1]
    if TRIED.search(sentence) or _METHOD.match(sentence):
        return None
    if _SUPPOSED.match(sentence) and "nếu" not in solution.question.lower():
        return None
    if named := _named(solution):
        return named
    return _asked_for(solution, sentence) or _behind_equals(solution, sentence) or _last(solution, sentence)


def _values(solution: Solution, sentence: str) -> list[tuple[Answer, str]]:
    """The values of a sentence, from its end, each with what stands behind it."""
    compares = re.search(r"(?i)(?:hơn|kém|ít nhất|nhiều nhất|tối đa|tối thiểu)[^.?]{0,40}(?:bao nhiêu|mấy)", solution.question)
    found: list[tuple[Answer, str]] = []
    for mention in (mentions if compares else results)(solution, sentence):
        if not _is_times(mention.answer.text, solution.question):
            about = ENDS_IN_ABOUT.search(sentence[: mention.start])
            answer = replace(mention.answer, notes=("about",)) if about else mention.answer
            found.append((answer, sentence[mention.end :]))
    return found[::-1]


def _is_times(written: str, question: str) -> bool:
    """`3 lần tuổi con`, `2 phần`: no answer where the question asks for neither."""
    return re.search(r"\d (?:lần|phần)(?!\w)", written) is not None and not re.search(
        r"(?i)(?:bao nhiêu|mấy|\.\.|…|_) ?(?:lần|phần)|gấp", question
    )


def _asked_for(solution: Solution, sentence: str) -> Answer | None:
    """The last value that counts what the question asks for: `bao nhiêu chai nước`, `6 chai`."""
    asked = re.findall(r"(?i)(?:bao nhiêu|mấy) ((?:[^\W\d_]+ ?){1,4})", solution.question)
    for answer, rest in _values(solution, sentence):
        noun = re.sub(r"^[-\d./% ]+", "", answer.text)
        if noun and any(words.lower().startswith(noun.split()[0].lower()) for words in asked) and not _goes_on(rest):
            return answer
    return None


def _named(solution: Solution) -> Answer | None:
    """What stands behind the very words that the question asks for: `Số hạng thứ mười là: 2 × 10 = 20`."""
    asked = re.search(r"(?i)(?:tính|tìm)(?: giá trị của)? (?P<name>[^.?,;:\n\d]{4,60}?)(?= của|,|\.|\?|$)", solution.question)
    return result_named(asked["name"], solution) if asked else None


def _behind_equals(solution: Solution, sentence: str) -> Answer | None:
    sides = re.split(r"[=≈]", sentence)
    read = solution.value(sides[-1]) if len(sides) > 1 else None
    return read[0] if read is not None and not _goes_on(read[1]) and fits(read[0], solution.question) else None


def _last(solution: Solution, sentence: str) -> Answer | None:
    if "=" in sentence:
        return None
    found = _values(solution, sentence)
    if (
        not found
        or _goes_on(found[0][1])
        or is_share("".join((found[0][0].text, found[0][1])), solution.question)
        or not fits(found[0][0], solution.question)
    ):
        return None
    return found[0][0]


def _goes_on(rest: str) -> bool:
    """Whether an operator or an unknown follows: the number is part of an expression."""
    return re.match(r" ?[-+×*:/=^(]|[a-z](?![^\W\d_])", rest) is not None

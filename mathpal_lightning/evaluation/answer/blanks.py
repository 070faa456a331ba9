"""Questions with blanks: what the solution writes where the question has `...`."""

from __future__ import annotations

import re
from itertools import islice

from mathpal_lightning.evaluation.answer.closing_line import closing_value
from mathpal_lightning.evaluation.language.characters import has_digit, without_spaces
from mathpal_lightning.evaluation.solution.solution import Solution
from mathpal_lightning.evaluation.values.reading import multi
from mathpal_lightning.evaluation.words.spelled_numbers import in_digits
from mathpal_lightning.schema import Answer

MAX_BLANKS = 12
_BLANK = r"(?:[.…]{2,}|…|_{2,}|\?)"
_AROUND = r"[-\d<>=+×:/(), ]"
_IN_FORMULA = re.compile(rf"(?P<before>{_AROUND}{{0,60}}){_BLANK}(?P<after>{_AROUND}{{0,60}})")
_IN_SENTENCE = re.compile(rf"(?<!\w)(?P<before>\w{{1,15}} \w{{1,15}}):? ?{_BLANK}")


_FORMULA = re.compile(rf"(?:{_AROUND}|\^|{_BLANK}|dư)+")


def blanks(solution: Solution) -> Answer | None:
    """The numbers in the blanks of a formula that the solution writes out whole: `2/5 = .../15 = 14/...`, `8 + ... = 15`.

    A formula whose only blank is its right side is left to the rules for results.
    """
    if listed := _in_list(solution) or _of_each_clause(solution):
        return listed
    for formula in islice(_FORMULA.finditer(solution.question), MAX_BLANKS):
        written = without_spaces(formula[0]).strip(":,;")
        pieces = re.split(_BLANK, written)
        if not 2 <= len(pieces) <= 5 or "=" not in written or not has_digit(written):
            continue
        if len(pieces) == 2 and not pieces[1] and pieces[0].endswith("="):
            continue
        pattern = r"(-?\d+(?:,\d+)?)".join(map(re.escape, pieces))
        found = list(re.finditer(rf"(?<![\d,]){pattern}(?![\d,])", re.sub(r"[^\S\n]", "", solution.text)))
        answers = [solution.read(number) for number in found[-1].groups()] if found else []
        read = [answer for answer in answers if answer is not None]
        if read and not (len(read) == 1 and _says_another(solution, read[0])):
            return multi(read, ordered=True) if len(read) > 1 else read[0]
    return None


_SAID_FIRST = re.compile(
    r"(?!(?i:câu|bài|ý|phần|bước) \d)(?:[^\d\n=]{0,40} )?(?P<number>-?\d+(?:,\d+)?)"
    r"(?= ?\(| vì|[,:.;]? |[.\n]|$)(?! [-+×:/=<>≤≥≈]|[-+×:/=<>]\d)"
)


def _says_another(solution: Solution, filled_in: Answer) -> bool:
    """`36 (35 + 26 = 61)`: a number that is neither what the formula holds nor one of the question's."""
    said = _SAID_FIRST.match(solution.text)
    number = solution.read(said["number"]) if said else None
    known = said and re.search(rf"(?<![\d,]){re.escape(said['number'])}(?![\d,])", solution.question)
    return number is not None and not known and number.text != filled_in.text


_LIST = re.compile(rf"(?:-?\d+ ?[,;] ?)+{_BLANK}(?: ?[,;] ?(?:-?\d+|{_BLANK}))* ?[,;] ?-?\d+")
_TO_FILL = re.compile(r"(?i)(?<!\w)(?:điền|viết|thích hợp|thiếu|chỗ (?:chấm|trống)|ô trống)(?!\w)|^số ?\?")


def _in_list(solution: Solution) -> Answer | None:
    """24 of `15, 18, 21, 24, 27` where the list of the question has a blank between its numbers."""
    asked = _LIST.search(solution.question) if _TO_FILL.search(solution.question) else None
    pieces = re.split(_BLANK, re.sub("[;,]", " ", asked[0])) if asked else []
    if not 2 <= len(pieces) <= 5:
        return None
    between = r"[;, ]+(-?\d+)[;, ]+"
    whole = between.join(r"[;, ]+".join(map(re.escape, piece.split())) for piece in pieces)
    found = list(re.finditer(rf"(?<![\d,;] )(?<!\d){whole}(?!\d)", solution.text))
    read = [solution.read(number) for number in found[-1].groups()] if found else []
    answers = [answer for answer in read if answer is not None]
    return multi(answers, ordered=True) if len(answers) > 1 else answers[0] if answers else None


_NAMED_BLANK = re.compile(rf"(?P<name>[^.…,;:?\n]{{6,80}} là):? ?{_BLANK}")


def _of_each_clause(solution: Solution) -> Answer | None:
    """`Số liền trước của 50 là 49, số liền sau của 50 là 51`, where each clause of the question ends in a blank."""
    names = [blank["name"].strip() for blank in islice(_NAMED_BLANK.finditer(solution.question), MAX_BLANKS)]
    said = [
        list(re.finditer(rf"(?i){re.escape(name)}:? ?(?P<value>-?\d[^;.\n]*?)(?=, | và |[;.\n]|$)", solution.text))
        for name in names
    ]
    read = [solution.read(found[-1]["value"]) for found in said if found]
    answers = [answer for answer in read if answer is not None and answer.kind != "multi"]
    return multi(answers, ordered=True) if 1 < len(answers) == len(set(names)) else None


_BETWEEN = r" ?,? ?[^\W\d_.…?]+(?: [^\W\d_.…?]+){0,3} ?"
_WORDS_BETWEEN = re.compile(rf"(?P<before>[^\W\d_]+ )?{_BLANK}(?P<rest>(?:{_BETWEEN}{_BLANK}){{1,3}})(?P<after> [^\W\d_]+)?")


def blanks_in_words(solution: Solution) -> Answer | None:
    """4 and 7 of `Số 47 gồm 4 chục và 7 đơn vị`, where `Số 47 gồm … chục và … đơn vị` is asked; words may stand there too."""
    asked = _WORDS_BETWEEN.search(solution.question)
    if asked is None:
        return None
    between = [piece.strip() for piece in re.split(_BLANK, asked["rest"]) if piece.strip()]
    joints = [re.sub(r"\\ và$", r"(?:,| và)", re.escape(words)) for words in between]
    held = r" ?([^\W_]+(?: [^\W_]+){0,2}?) ?"
    pattern = held.join(["", *joints, re.escape((asked["after"] or "").strip()) + r"(?!\w)"])
    before = re.escape((asked["before"] or "").strip())
    text = in_digits(solution.text, single=True)
    said = list(re.finditer(rf"(?im)(?:^|[:,(] ?|(?<!\w)){before} {pattern}", text)) or list(
        re.finditer(rf"(?im)(?:^|[:,(] ?){pattern}", text)
    )
    held_words = said[-1].groups() if said else ()
    read = [solution.read(words) if has_digit(words) else Answer("text", words) for words in held_words]
    answers = [answer for answer in read if answer is not None]
    return multi(answers, ordered=True) if 1 < len(answers) == len(read) else None


def filled(solution: Solution) -> Answer | None:
    """The numbers in the blanks of a formula (`8/21 < .../7 < 9/20` -> 3), else of a sentence (`tăng thêm ... lần`)."""
    for blank in islice(_IN_FORMULA.finditer(solution.question), MAX_BLANKS):
        before, after = (re.escape(blank[side].replace(" ", "").lstrip(":,").rstrip(":")) for side in ("before", "after"))
        if len(before) + len(after) > 4:
            found = re.search(rf"{before}(\d+(?:,\d+)?){after}(?![-+×:/(\d]|,\d)", solution.text.replace(" ", ""))
            answer = solution.read(found[1]) if found else None
            if answer is not None:
                return None if _says_another(solution, answer) else answer
            if before.endswith("=") and not after:
                ends = [line for line in solution.lines if before.replace("\\", "") in line.replace(" ", "")]
                return closing_value(solution, ends[-1]) if ends else None
    said = (_said(blank["before"], solution) for blank in islice(_IN_SENTENCE.finditer(solution.question), MAX_BLANKS))
    answers = [answer for answer in said if answer is not None]
    return multi(answers, ordered=True) if len(answers) > 1 else answers[0] if answers else None


def _said(words: str, solution: Solution) -> Answer | None:
    """The value behind the words before a blank, where the solution repeats them."""
    said = list(re.finditer(rf"(?i)(?<!\w){re.escape(words)}:? (?=\d)", solution.text))
    read = solution.value(solution.text[said[-1].end() :].split("\n")[0]) if said else None
    return None if read is None or re.match(r" ?[-+×:/=]", read[1]) else read[0]

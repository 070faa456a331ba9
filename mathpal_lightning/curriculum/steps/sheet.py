"""A solution written step by step, which can be written again with one step gone wrong.

A topic hands over a `Plan`: its numbers, its question and a function that writes the solution on a `Sheet`. The function
runs once for the right solution and once more for each typical mistake; in such a run one step goes wrong (a carry
forgotten, a number copied wrongly, another operation...) and everything after it follows from the wrong value:

    def solve(sheet: Sheet) -> None:
        half = sheet.add(25, 17, "m", lead="Nửa chu vi mảnh vườn là")
        around = sheet.multiply(half, 2, "m", lead="Chu vi mảnh vườn là")
        sheet.answer(around, "m")

A step that the grade does in the head is one line; any other is named, worked, and its result stated:

    Nửa chu vi mảnh vườn là:
    25 + 17 = ?
    5 + 7 = 12 (viết 2, nhớ 1); 2 + 1 = 3; 3 + 1 = 4
    25 + 17 = 42 (m)

So `solve` must do all its arithmetic through the sheet, and draw nothing at random itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import NamedTuple, TypeVar

from mathpal_lightning.curriculum.draft import Draft
from mathpal_lightning.curriculum.steps import columns
from mathpal_lightning.curriculum.steps.columns import Column
from mathpal_lightning.curriculum.steps.mental import as_wholes, common_noughts, in_head, stripped
from mathpal_lightning.curriculum.writing import canonical, decimal_places, fixed, number, with_unit

Value = int | Fraction
T = TypeVar("T")
MISTAKES = 3
"""Typical mistakes written for a problem, of different kinds where its steps allow."""
_MOST_RUNS = 14
"""Runs in search of mistakes: some give the right answer by chance, or one that no pupil would write."""
_DECIMALS = 5
"""The grade from which quotients have commas."""
_NEGATIVES = 6
"""The grade from which numbers are below nought."""
_UNLIKE_IN_LENGTH = 0.12
"""Share of the mistakes of another length (a solution that stops early) that is taken: too many would teach length."""
_OTHER_OPERATION = {"+": "-", "-": "+", "×": "+", ":": "-"}


class Absurd(Exception):
    """A wrong run came to a value that no pupil would write: below nought, a fraction of a pupil."""


class Slip(NamedTuple):
    """What goes wrong in one run: the number of the step, the kind of the slip, and which of its places."""

    step: int
    kind: str
    nth: int


@dataclass(slots=True)
class Sheet:
    """The lines of one solution, and where in it which slips could happen."""

    grade: int
    slip: Slip | None = None
    lines: list[str] = field(default_factory=list)
    sites: list[tuple[int, str]] = field(default_factory=list)
    final: str = ""
    """The answer in its canonical form, once `answer` is called."""
    value: Value | None = None
    """The answer's number, where it has one."""
    steps: int = 0
    _results: list[tuple[int, Value]] = field(default_factory=list)
    """For each calculation the number of lines before it and its result."""

    def say(self, text: str) -> None:
        """Write a line: a reason, a rule, a conclusion."""
        self.lines.append(text)

    def lead(self, text: str) -> None:
        """Write the sentence (lời giải) that names the quantity calculated next: "Số bi của Ngọc là" and a colon."""
        if text:
            self.lines.append(f"{text[0].upper()}{text[1:]}:")

    def pick(self, right: T, *wrong: T, kind: str = "formula") -> T:
        """Take `right`; in the run in which this step goes wrong, one of `wrong`: a formula or a unit remembered wrongly."""
        slip = self._next([kind] if wrong else [])
        return wrong[slip.nth % len(wrong)] if slip else right

    def add(self, a: Value, b: Value, unit: str = "", lead: str = "") -> Value:
        """`a + b`, worked in columns where the grade does not do it in the head."""
        return self._operate("+", a, b, unit, lead)

    def subtract(self, a: Value, b: Value, unit: str = "", lead: str = "") -> Value:
        """`a - b`, with `a` at least `b`."""
        return self._operate("-", a, b, unit, lead)

    def multiply(self, a: Value, b: Value, unit: str = "", lead: str = "") -> Value:
        """`a × b`, by partial products where `b` has several digits."""
        return self._operate("×", a, b, unit, lead)

    def divide(self, a: Value, b: Value, unit: str = "", lead: str = "") -> Value:
        """`a : b` where it goes without remainder, the quotient whole or a finite decimal."""
        return self._operate(":", a, b, unit, lead)

    def sum(self, values: Sequence[Value], unit: str = "", lead: str = "") -> Value:
        """A sum of several numbers, added from left to right: "12 + 15 + 9 = 36"."""
        return self._chain("+", values, unit, lead)

    def product(self, values: Sequence[Value], unit: str = "", lead: str = "") -> Value:
        """A product of several numbers, multiplied from left to right."""
        return self._chain("×", values, unit, lead)

    def calculate(self, sign: str, a: Value, b: Value, unit: str = "", lead: str = "") -> Value:
        """The operation of this sign: + - × or ":"."""
        return self._operate(sign, a, b, unit, lead)

    def inline(self, sign: str, a: int, b: int) -> tuple[int, str]:
        """A calculation of whole numbers as part of a line: its value, and its facts joined with "; "."""
        below = sign == "-" and a < b
        if below and a >= 0 and b > 100 and self.grade >= _NEGATIVES:
            size, line = self.inline("-", b, a)
            return -size, f"{line}; {number(a)} - {number(b)} = {number(-size)}"
        slip = self._next(["table"])
        easy = min(a, b) < 0 or in_head(sign, a, b, self.grade) or (below and self.grade >= _NEGATIVES and b <= 100)
        below = below and (self.grade < _NEGATIVES or not easy)
        if below or sign == ":" and (b == 0 or a % b):
            self._refuse(f"{a} {sign} {b}")
        value = self._from_head(sign, a, b, slip) if easy else int(_exact(sign, a, b))
        lines: tuple[str, ...] = ()
        if not easy:
            kind, nth = ("table", slip.nth) if slip else ("", 0)
            if sign in "×:":
                work = (columns.multiply if sign == "×" else columns.divide)(a, b, self.grade, kind, nth)
            else:
                work = (columns.add if sign == "+" else columns.subtract)(a, b, kind, nth)
            lines, value = work.lines, work.value
        fact = f"{number(a)} {sign} {number(b)} = {number(value)}"
        stated = bool(lines) and lines[-1].endswith(f"; {fact}")
        return int(value), "; ".join(lines if stated else [*lines, fact])

    def _chain(self, sign: str, values: Sequence[Value], unit: str, lead: str) -> Value:
        """Several numbers with one sign: named as a whole, then two at a time."""
        if len(values) == 2:
            return self._operate(sign, values[0], values[1], unit, lead)
        before = len(self.lines)
        self.lead(lead)
        if self._next(["term"] if len(set(values)) > 1 else []):
            values = values[:-1]  # the last number is overlooked
        written = f" {sign} ".join(map(number, values))
        self.lines.append(f"{written} = ?")
        total = values[0]
        for value in values[1:]:
            total = self._operate(sign, total, value, "", "")
        if len(values) > 2:
            self.lines.append(f"{written} = {number(total)}" + (f" ({unit})" if unit else ""))
        else:
            self.lines[-1] += f" ({unit})" if unit else ""
        self._results.append((before, total))
        return total

    def share(self, a: int, b: int, lead: str = "") -> tuple[int, int]:
        """Division with remainder: quotient and remainder, "17 : 5 = 3 (dư 2)"."""
        before = len(self.lines)
        self.lead(lead)
        single = a < 10 * b
        kinds = ["table", "rest" if single else "zero", *(["copy"] if _miscopied(a) != a else [])]
        slip = self._next([kind for kind in kinds if kind != "zero" or "0" in str(a // b)])
        a = int(_miscopied(a)) if slip and slip.kind == "copy" else a
        kind, nth = (slip.kind, slip.nth) if slip and slip.kind != "copy" else ("", 0)
        self.lines.append(f"{number(a)} : {number(b)} = ?")
        work = _one_digit_quotient(a, b, self.grade, kind) if single else columns.divide(a, b, self.grade, kind, nth)
        self.lines += work.lines
        rest = f" (dư {number(work.rest)})" if work.rest else ""
        self.lines.append(f"{number(a)} : {number(b)} = {number(work.value)}{rest}")
        self._results.append((before, work.value))
        return work.value, work.rest

    def answer(self, value: Value, unit: str = "", name: str = "", write: Callable[[Value], str] = number) -> None:
        """Write the `Đáp số` line. `name` stands before the number ("x = "); `write=fraction` keeps 5/2 a fraction."""
        if self._next(["early_stop"] if len(self._results) > 1 else []):
            del self.lines[self._results[-1][0] :]
            value = self._results[-2][1]
        self.value = value
        if self.slip is None:  # of a wrong run only its last line is read
            self.final = canonical(value, unit) if write is number else with_unit(write(value), unit)
        self.lines.append(f"Đáp số: {name}{with_unit(write(value), unit)}")

    def answer_text(self, answer: str) -> None:
        """Write the `Đáp số` line of an answer that is its own canonical form: "2 giờ 30 phút", ">"."""
        self.final = answer
        self.lines.append(f"Đáp số: {answer}")

    def _next(self, kinds: list[str]) -> Slip | None:
        """Begin a step in which these slips could happen; the slip itself where it is this step's turn."""
        self.steps += 1
        if self.slip is None:
            self.sites += [(self.steps, kind) for kind in kinds]
            return None
        return self.slip if self.slip.step == self.steps else None

    def _operate(self, sign: str, a: Value, b: Value, unit: str, lead: str) -> Value:
        before = len(self.lines)
        self.lead(lead)
        self.steps += 1
        slip = self.slip if self.slip is not None and self.slip.step == self.steps else None
        if slip and slip.kind == "copy":
            a, b = (_miscopied(a), b) if a != _miscopied(a) else (a, _miscopied(b))
        elif slip and slip.kind == "operation":
            sign = _OTHER_OPERATION[sign]
            a, b = (b, a) if sign == "-" and a < b else (a, b)
        ends = sign != ":" or (b != 0 and decimal_places(Fraction(a) / b) is not None)
        if sign == "-" and a < b or not ends and (self.slip is None or b == 0):
            self._refuse(f"{number(a)} {sign} {number(b)}")
        written = f"{number(a)} {sign} {number(b)}"
        begun = len(self.lines)
        easy = in_head(sign, a, b, self.grade)
        inside = slip if slip and slip.kind not in ("copy", "operation") else None
        value = self._from_head(sign, a, b, inside) if easy else self._worked(sign, a, b, written, inside)
        if self.slip is None:
            self._note_sites(sign, a, b, "" if easy else "; ".join(self.lines[begun:]))
        elif self.grade < 5 and type(value) is not int:
            raise Absurd
        self.lines.append(f"{written} = {number(value)}" + (f" ({unit})" if unit else ""))
        self._results.append((before, value))
        return value

    def _refuse(self, written: str) -> None:
        if self.slip:
            raise Absurd
        raise ValueError(f"Expected a difference that is not negative or a quotient that ends, but got {written}")

    def _from_head(self, sign: str, a: Value, b: Value, slip: Slip | None) -> Value:
        """What the tables give; with a slip, the next entry of the table."""
        value = _exact(sign, a, b)
        if slip is None:
            return value
        step = _last_place(value)
        if sign == "×":
            cores = sorted(stripped(whole) for whole in as_wholes(sign, a, b))
            if cores[0] <= 1 and value % 10:
                return value + 1
            if cores[0] <= 1:  # only the noughts can go wrong
                return _whole(Fraction(value) / 10) if slip.nth % 2 else value * 10
            step = _whole(Fraction(value) / (cores[0] * cores[1]) * cores[0])
        return value + step if slip.nth % 2 or value <= step else value - step

    def _worked(self, sign: str, a: Value, b: Value, written: str, slip: Slip | None) -> Value:
        """Name the operation, write its working, and give back what the working leads to."""
        self.lines.append(f"{written} = ?")
        kind, nth = (slip.kind, slip.nth) if slip else ("", 0)
        whole_a, whole_b = as_wholes(sign, a, b)
        places = max(decimal_places(a) or 0, decimal_places(b) or 0)
        if sign == "×":
            places = (decimal_places(a) or 0) + (decimal_places(b) or 0)
            work = columns.multiply(whole_a, whole_b, self.grade, kind, nth)
        elif sign == ":":
            return self._worked_division(a, b, whole_a, whole_b, places, kind, nth)
        else:
            if decimal_places(a) != decimal_places(b):
                short = a if (decimal_places(a) or 0) < places else b
                self.lines.append(f"Viết {number(short)} thành {fixed(short, places)} rồi đặt các dấu phẩy thẳng cột.")
            noughts = 1 if places else common_noughts(whole_a, whole_b)
            work = (columns.add if sign == "+" else columns.subtract)(whole_a // noughts, whole_b // noughts, kind, nth)
            work = Column(work.lines, work.value * noughts)
        self.lines += work.lines
        if places and kind == "comma":
            places += 1 if nth % 2 else -1
        if places and sign == "×":
            self.lines.append(f"{number(whole_a)} × {number(whole_b)} = {number(work.value)}")
            self.lines.append(f"Tích có {places} chữ số ở phần thập phân.")
        return _whole(Fraction(work.value, 10**places)) if places > 0 else work.value * 10**-places

    def _worked_division(self, a: Value, b: Value, whole_a: int, whole_b: int, places: int, kind: str, nth: int) -> Value:
        if places and b != int(b):
            self.lines.append(f"{number(a)} : {number(b)} = {number(whole_a)} : {number(whole_b)}")
            a, places = whole_a, 0
        elif places:
            whole_a, whole_b, places = int(a * 10**places), int(b), places
        shared, tens = common_noughts(whole_a, whole_b), 1
        while whole_a % (shared * tens * 10) == 0 and whole_a // (shared * tens * 10) % (whole_b // shared) == 0:
            tens *= 10  # noughts that are only written behind the quotient
        behind = decimal_places(Fraction(whole_a, whole_b)) or 0
        if self.slip and self.grade < _DECIMALS:
            behind = 0  # a wrong dividend: what remains is left out
        work = columns.divide(whole_a // shared // tens, whole_b // shared, self.grade, kind, nth, places=behind)
        work = Column(work.lines, work.value * tens)
        self.lines += work.lines
        places += behind
        if places and kind == "comma":
            places += 1 if nth % 2 else -1
        if places > 0:
            self.lines.append(f"Thương có {places} chữ số ở phần thập phân.")
        return _whole(Fraction(work.value, 10**places)) if places > 0 else work.value * 10**-places

    def _note_sites(self, sign: str, a: Value, b: Value, text: str) -> None:
        """The slips that could have happened in the step just worked, whose working is `text` ("" for none)."""
        kinds = ["table"]
        if a != b and not (sign == "×" and (a == 1 or b == 1)) and not (sign == ":" and b > 10):
            kinds.append("operation")
        if a != _miscopied(a) or b != _miscopied(b):
            kinds.append("copy")
        if text:
            kinds += ["carry"] if ", nhớ" in text and sign != ":" else []
            kinds += ["borrow", "reversed"] if sign == "-" and "không được" in text else []
            kinds += ["shift"] if sign == "×" and min(len(str(stripped(whole))) for whole in as_wholes(sign, a, b)) > 1 else []
            kinds += ["zero"] if sign == ":" and " = 0;" in text + ";" else []
            kinds += ["comma"] if sign in "×:" and "phần thập phân" in text else []
        self.sites += [(self.steps, kind) for kind in kinds]


@dataclass(frozen=True, slots=True)
class Plan:
    """One problem as its topic drew it: the solution and the mistakes are written only where the problem is wanted."""

    numbers: tuple[object, ...]
    """What identifies the problem mathematically, whatever the names and the wording: it decides the split."""
    question: str | Callable[[Random], str]
    """The question, or the function that words it once the problem is wanted."""
    solve: Callable[[Sheet], None]
    table: Callable[[], str] | None = None
    """Writes the question with what is known in a Markdown table; None where the topic has no such form."""


def finish(plan: Plan, grade: int, random: Random) -> Draft:
    """Write the right solution and typical mistakes of different kinds."""
    question = plan.question if isinstance(plan.question, str) else plan.question(random)
    right = Sheet(grade)
    plan.solve(right)
    solution = "\n".join(right.lines)
    mistakes: dict[str, int] = {}
    endings, kinds = {right.lines[-1]}, set()
    waiting = random.sample(right.sites, len(right.sites))
    for run in range(min(_MOST_RUNS, max(8, 2 * len(right.sites)))):
        if len(mistakes) == MISTAKES:
            break
        fresh = [site for site in waiting if site[1] not in kinds] if run < len(right.sites) else []
        site = (fresh or waiting)[0]
        waiting.remove(site)
        waiting.append(site)  # behind all others: its turn comes again only when they have had theirs
        wrong = run_with(plan.solve, grade, Slip(*site, random.getrandbits(16)))
        if wrong is None or wrong.lines[-1] in endings or _is_out_of_proportion(wrong.value, right.value, grade):
            continue
        text = "\n".join(wrong.lines)
        alike = 0.8 < len(text) / len(solution) < 1.25
        needed = run >= len(right.sites) and len(mistakes) < 2  # one of another length is better than one alone
        if not alike and not needed and random.random() > _UNLIKE_IN_LENGTH:
            continue
        endings.add(wrong.lines[-1])
        kinds.add(site[1])
        mistakes[text] = _first_difference(wrong.lines, right.lines)
    texts, places = tuple(mistakes), tuple(mistakes.values())
    return Draft(plan.numbers, question, solution, right.final, texts, places, len(right._results))


def run_with(solve: Callable[[Sheet], None], grade: int, slip: Slip) -> Sheet | None:
    """The solution with one step gone wrong; None where it comes to a value that no pupil would write."""
    sheet = Sheet(grade, slip)
    try:
        solve(sheet)
    except Absurd:
        return None
    return sheet


def _is_out_of_proportion(wrong: Value | None, right: Value | None, grade: int) -> bool:
    """Whether a pupil would see at once that it cannot be: below nought before grade 6, or a hundred times too much."""
    if wrong is None or right is None:
        return False
    return (right > 0 > wrong and grade < _NEGATIVES) or abs(float(wrong)) > 100 * max(abs(float(right)), 1.0)


def _first_difference(lines: list[str], right: list[str]) -> int:
    """The number of the first line, from 1, that is not as in the right solution."""
    return next(
        (place for place, pair in enumerate(zip(lines, right, strict=False), start=1) if pair[0] != pair[1]), len(lines)
    )


def _one_digit_quotient(a: int, b: int, grade: int, slip: str) -> Column:
    """As it is said in class: "47 : 6 được 7; 6 × 7 = 42; 47 - 42 = 5".

    The quotient comes first, behind the numbers that it depends on: a small model that begins with "6 ×" guesses it.
    """
    quotient = a // b - (1 if slip == "table" else 0)
    product = quotient * b
    rest = a - product + (1 if slip == "rest" else 0)
    pieces = [f"{number(a)} : {number(b)} được {quotient}"]
    pieces += [] if in_head("×", b, quotient, grade) else columns.multiply(b, quotient, grade).lines
    pieces.append(f"{number(b)} × {quotient} = {number(product)}")
    pieces += [] if in_head("-", a, product, grade) else columns.subtract(a, product).lines
    pieces.append(f"{number(a)} - {number(product)} = {number(rest)}")
    return Column(("; ".join(pieces),), quotient, rest)


def _exact(sign: str, a: Value, b: Value) -> Value:
    if sign == "+":
        return _whole(a + b)
    if sign == "-":
        return _whole(a - b)
    return _whole(a * b) if sign == "×" else _whole(Fraction(a) / b)


def _whole(value: Value) -> Value:
    """As an int where it is one."""
    return value if type(value) is int or value.denominator > 1 else value.numerator


def _last_place(value: Value) -> Value:
    """One in the last place of a number that is not a nought: 100 for 54 300, 1/100 for 2,75."""
    places = decimal_places(value) or 0
    if places:
        return Fraction(1, 10**places)
    return abs(int(value)) // stripped(abs(int(value))) if value else 1


@lru_cache(4096)
def _miscopied(value: Value) -> Value:
    """The last two different digits changed round: 36 for 63; the value itself where there are none."""
    places = decimal_places(value) or 0
    digits = str(int(value * 10**places))
    noughts = len(digits) - len(digits.rstrip("0"))
    for place in range(len(digits) - 1 - noughts, 0, -1):
        if digits[place] != digits[place - 1]:
            turned = digits[: place - 1] + digits[place] + digits[place - 1] + digits[place + 1 :]
            if turned[0] != "0":
                return _whole(Fraction(int(turned), 10**places)) if places else int(turned)
    return value

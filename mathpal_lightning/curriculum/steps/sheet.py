"""A solution written step by step, which can be written again with one step gone wrong.

A topic hands over a `Plan` (plan.py): its numbers, its question and a function that writes the solution on a `Sheet`. The function
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
from typing import NoReturn, TypeVar

from mathpal_lightning.curriculum.bounds import is_measure
from mathpal_lightning.curriculum.steps import columns, division
from mathpal_lightning.curriculum.steps.mental import in_head, stripped
from mathpal_lightning.curriculum.steps.slips import (
    OTHER_OPERATION,
    Absurd,
    Slip,
    Value,
    exact,
    from_head,
    miscopied,
    possible_slips,
)
from mathpal_lightning.curriculum.steps.working import calculation
from mathpal_lightning.curriculum.writing import canonical, in_brackets, number, with_unit

T = TypeVar("T")
_LARGEST = {"°": 360, "ngày ": 31}
"""Of an angle and of a date: a pupil sees that none is larger."""
NEGATIVES = 6
"""The grade from which numbers are below nought."""


@dataclass(slots=True)
class Sheet:
    """The lines of one solution, and where in it which slips could happen."""

    grade: int
    slip: Slip | None = None
    notes_sites: bool = True
    """Whether `sites` is filled, which only the right run needs from which wrong ones are to be made."""
    lines: list[str] = field(default_factory=list)
    sites: list[tuple[int, str]] = field(default_factory=list)
    final: str = ""
    """The answer in its canonical form, once `answer` is called."""
    value: Value | None = None
    """The answer's number, where it has one."""
    steps: int = 0
    parts_of_things: bool = False
    """Whether a wrong run may come to 5,3 pupils."""
    _results: list[tuple[int, Value]] = field(default_factory=list)
    """For each calculation the number of lines before it and its result."""

    @property
    def calculations(self) -> int:
        """How many calculations have a result."""
        return len(self._results)

    def say(self, text: str) -> None:
        """Write a line: a reason, a rule, a conclusion; not where the last line says it already."""
        if self.lines[-1:] != [text]:
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
        """A calculation of whole numbers as part of a line: its value, and its facts joined with "; ".

        One that is not done in the head is named first: "16 × 6 = ?; 6 × 6 = 36 (viết 6, nhớ 3); ...; 16 × 6 = 96".
        """
        below = sign == "-" and a < b
        if below and a >= 0 and b > 100 and self.grade >= NEGATIVES:
            size, line = self.inline("-", b, a)
            return -size, f"{line}; {number(a)} - {number(b)} = {number(-size)}"
        slip = self._next(["table"])
        easy = min(a, b) < 0 or in_head(sign, a, b, self.grade) or (below and self.grade >= NEGATIVES and b <= 100)
        below = below and (self.grade < NEGATIVES or not easy)
        if below or sign == ":" and (b == 0 or a % b):
            self._refuse(f"{a} {sign} {b}")
        value = from_head(sign, a, b, slip) if easy else int(exact(sign, a, b))
        lines: tuple[str, ...] = ()
        if not easy:
            kind, nth = ("table", slip.nth) if slip else ("", 0)
            if sign in "×:":
                work = (columns.multiply if sign == "×" else division.divide)(a, b, self.grade, kind, nth)
            else:
                work = (columns.add if sign == "+" else columns.subtract)(a, b, kind, nth)
            lines, value = (f"{number(a)} {sign} {number(b)} = ?", *work.lines), work.value
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
            self.lines.append(f"{written} = {number(total)}" + in_brackets(unit))
        else:
            self.lines[-1] += in_brackets(unit)
        self._results.append((before, total))
        return total

    def share(self, a: int, b: int, lead: str = "", unit: str = "") -> tuple[int, int]:
        """Division with remainder: quotient and remainder, "17 : 5 = 3 (dư 2)"; the unit stands where none is left."""
        before = len(self.lines)
        self.lead(lead)
        single, by_noughts = a < 10 * b, b > 1 and stripped(b) == 1
        kinds = ["table", "rest" if single and not by_noughts else "zero", *(["copy"] if miscopied(a) != a else [])]
        slip = self._next([kind for kind in kinds if kind != "zero" or "0" in str(a // b)])
        a = int(miscopied(a)) if slip and slip.kind == "copy" else a
        kind, nth = (slip.kind, slip.nth) if slip and slip.kind != "copy" else ("", 0)
        self.lines.append(f"{number(a)} : {number(b)} = ?")
        if by_noughts:
            work = division.split_at_noughts(a, b, kind)
        else:
            work = (
                division.one_digit_quotient(a, b, self.grade, kind) if single else division.divide(a, b, self.grade, kind, nth)
            )
        self.lines += work.lines
        rest = f" (dư {number(work.rest)})" if work.rest else in_brackets(unit)
        self.lines.append(f"{number(a)} : {number(b)} = {number(work.value)}{rest}")
        self._results.append((before, work.value))
        return work.value, work.rest

    def answer(self, value: Value, unit: str = "", name: str = "", write: Callable[[Value], str] = number) -> None:
        """Write the `Đáp số` line. `name` stands before the number ("x = "); `write=fraction` keeps 5/2 a fraction."""
        if self._next(["early_stop"] if len(self._results) > 1 else []):
            del self.lines[self._results[-1][0] :]
            value = self._results[-2][1]
        self.value = value
        if self.slip:
            self._refuse_absurd(value, unit, name)
        if self.slip is None:  # of a wrong run only its last line is read
            self.final = canonical(value, unit) if write is number else with_unit(write(value), unit)
        self.lines.append(f"Đáp số: {name}{with_unit(write(value), unit)}")

    def answer_text(self, answer: str) -> None:
        """Write the `Đáp số` line of an answer that is its own canonical form: "2 giờ 30 phút", ">"."""
        self.final = answer
        self.lines.append(f"Đáp số: {answer}")

    def found(self, value: Value) -> None:
        """Note that the next line states a result that no calculation of the sheet gives: a root."""
        self._results.append((len(self.lines), value))

    def _next(self, kinds: list[str]) -> Slip | None:
        """Begin a step in which these slips could happen; the slip itself where it is this step's turn."""
        self.steps += 1
        if self.slip is None:
            if self.notes_sites:
                self.sites += [(self.steps, kind) for kind in kinds]
            return None
        return self.slip if self.slip.step == self.steps else None

    def _operate(self, sign: str, a: Value, b: Value, unit: str, lead: str) -> Value:
        before = len(self.lines)
        self.lead(lead)
        self.steps += 1
        slip = self.slip if self.slip is not None and self.slip.step == self.steps else None
        if slip and slip.kind == "copy":
            a, b = (miscopied(a), b) if a != miscopied(a) else (a, miscopied(b))
        elif slip and slip.kind == "operation":
            sign = OTHER_OPERATION[sign]
            a, b = (b, a) if sign == "-" and a < b else (a, b)
        inside = slip if slip and slip.kind not in ("copy", "operation") else None
        kind, nth = (inside.kind, inside.nth) if inside else ("", 0)
        done = calculation(sign, a, b, self.grade, kind, nth, strict=self.slip is None or sign != ":")
        if done is None:
            self._refuse(f"{number(a)} {sign} {number(b)}")
        lines, value = done
        if self.slip is None:
            if self.notes_sites:
                self.sites += [(self.steps, kind) for kind in possible_slips(sign, a, b, "; ".join(lines[:-1]))]
        elif (self.grade < 5 and type(value) is not int) or (sign == ":" and value == 0 != a):
            raise Absurd  # half a pupil, or nobody
        else:
            self._refuse_absurd(value, unit)
        self.lines += lines
        self.lines[-1] += in_brackets(unit)
        self._results.append((before, value))
        return value

    def _refuse_absurd(self, value: Value, unit: str, name: str = "") -> None:
        """Stop a wrong run at what a pupil sees to be impossible: 1,15 pupils, an angle of 400°, the day 85 of a month."""
        parts = value.denominator != 1 and unit != "" and not is_measure(unit) and not self.parts_of_things
        if parts or value > _LARGEST.get(name or unit, value):
            raise Absurd

    def _refuse(self, written: str) -> NoReturn:
        if self.slip:
            raise Absurd
        raise ValueError(f"Expected a difference that is not negative or a quotient that ends, but got {written}")

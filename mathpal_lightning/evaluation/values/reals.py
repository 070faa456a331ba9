r"""A set of real numbers: `[2; 5)`, `(-∞; -2) ∪ (2; +∞)`, `[1; +∞) \ {3}`, and what `x ≥ 5` or `2 < x ≤ 7` says of x."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import mpmath

from mathpal_lightning.evaluation.language.characters import is_unknown
from mathpal_lightning.evaluation.mathematics.algebra import constant
from mathpal_lightning.evaluation.values.expression import canonical_expression
from mathpal_lightning.schema import AnswerKind

_INFINITY = mpmath.inf


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends, and whether each belongs to it."""

    low: str
    high: str
    low_closed: bool = False
    high_closed: bool = False

    @property
    def canonical(self) -> str:
        r"""`[2;+\infty)`."""
        return f"{'[' if self.low_closed else '('}{self.low};{self.high}{']' if self.high_closed else ')'}"

    def ends(self) -> tuple[mpmath.mpf | None, mpmath.mpf | None]:
        """The values of both ends; None for one that is no constant."""
        return _end(self.low), _end(self.high)

    def same(self, other: Interval) -> bool:
        """Whether both have the same ends, open and closed alike."""
        if (self.low_closed, self.high_closed) != (other.low_closed, other.high_closed):
            return False
        written = zip((self.low, self.high), (other.low, other.high), strict=True)
        values = zip(self.ends(), other.ends(), strict=True)
        return all(a == b or (x is not None and _near(x, y)) for (a, b), (x, y) in zip(written, values, strict=True))


def _near(first: mpmath.mpf, second: mpmath.mpf | None) -> bool:
    return second is not None and (first == second or abs(first - second) < mpmath.mpf(10) ** -12)


def _end(written: str) -> mpmath.mpf | None:
    if written.endswith("\\infty"):
        return -_INFINITY if written.startswith("-") else _INFINITY
    return constant(written)


@dataclass(frozen=True, slots=True)
class Reals:
    """Intervals side by side, from left to right."""

    intervals: tuple[Interval, ...]
    written: str
    """Canonical, in the author's form: an interval, a union, or a relation (`x ≤ 4`)."""
    unknown: str = ""
    """The letter of which a relation speaks."""
    kind: AnswerKind = "interval"

    @property
    def canonical(self) -> str:
        """The canonical form."""
        return self.written

    def same(self, other: Reals) -> bool:
        """Whether both are the same set, said of the same unknown where both name one."""
        if self.unknown and other.unknown and self.unknown != other.unknown:
            return False
        return len(self.intervals) == len(other.intervals) and all(
            left.same(right) for left, right in zip(self.intervals, other.intervals, strict=True)
        )


_END = r"[^\[\]();,<>=≤≥≠∪\n]*(?:\([^();]*\)[^\[\]();,<>=≤≥≠∪\n]*)?(?:,\d+)?"
_INTERVAL = re.compile(rf"(?P<open>[\[(\]]) ?(?P<low>{_END}) ?(?:;|, ) ?(?P<high>{_END}) ?(?P<close>[\])\[])")
_SAID_OF = re.compile(r"(?:(?P<set>[A-Z](?:_\w+)?) ?= ?|(?P<unknown>[a-z]) ?∈ ?)")
_BUT = re.compile(r"(?P<of>ℝ|R|[\[(\]][^{}\\]{1,80}) ?\\ ?\{(?P<points>[^{}]*)\}")


def read_reals(text: str) -> Reals | None:
    """Read an interval or a union of intervals; None where the text is anything else (`(2; 5)` alone is a point)."""
    text = text.strip()
    said = _SAID_OF.match(text)
    unknown = (said["unknown"] or "") if said else ""
    body = text[said.end() :] if said else text
    if body in ("ℝ", "R") and (said or body == "ℝ"):
        return Reals((Interval("-\\infty", "+\\infty"),), "ℝ", unknown)
    if but := _BUT.fullmatch(body):
        points = [canonical_expression(point).replace(" ", "") for point in re.split(r";|, ", but["points"])]
        if any(constant(point) is None for point in points):
            return None
        points.sort(key=lambda point: constant(point) or mpmath.mpf(0))
        left_out = f" \\ {{{';'.join(points)}}}"
        if but["of"] in ("ℝ", "R"):
            return Reals(tuple(_around(points)), f"ℝ{left_out}", unknown)
        of = _union(but["of"])
        kept = [met for one in of for other in _around(points) if (met := meet(one, other))]
        return Reals(sort(kept), _written(of) + left_out, unknown) if kept else None
    intervals = _union(body)
    if not intervals:
        return None
    is_pair = len(intervals) == 1 and intervals[0].canonical[0] + intervals[0].canonical[-1] == "()"
    if is_pair and not said and "\\infty" not in intervals[0].canonical:
        return None
    return Reals(sort(intervals), _written(intervals), unknown)


def _union(text: str) -> list[Interval]:
    """The intervals of a union; empty where one of its pieces is no interval."""
    pieces = [read_interval(piece.strip()) for piece in text.split("∪")]
    return [] if None in pieces else [piece for piece in pieces if piece is not None]


def _written(intervals: list[Interval]) -> str:
    return " ∪ ".join(interval.canonical for interval in intervals)


def _around(points: list[str]) -> list[Interval]:
    ends = ["-\\infty", *points, "+\\infty"]
    return [Interval(low, high) for low, high in zip(ends, ends[1:], strict=False)]


def sort(intervals: list[Interval]) -> tuple[Interval, ...]:
    """From left to right."""
    return tuple(sorted(intervals, key=lambda interval: _end(interval.low) or mpmath.mpf(0)))


def read_interval(text: str) -> Interval | None:
    """Read `[2; 5)`, `(-∞; 3]` or, as some books write it, `]2; 5[`."""
    match = _INTERVAL.fullmatch(text)
    if match is None:
        return None
    low, high = (_written_end(match[side]) for side in ("low", "high"))
    if not low or not high:
        return None
    interval = Interval(low, high, match["open"] == "[", match["close"] == "]")
    left, right = interval.ends()
    return interval if left is None or right is None or left < right or left == right else None


def _written_end(text: str) -> str:
    text = re.sub(r"\\infty|∞", "∞", text).replace(" ", "")
    if text.endswith("∞"):
        return "-\\infty" if text.startswith("-") else "+\\infty"
    written = canonical_expression(text).replace(" ", "")
    return written if re.fullmatch(r"[-+]?[\d.√π/()\\a-z{}^×·*+-]+", written) else ""


_BOUND = {"<": (False, False), "≤": (True, False), ">": (False, True), "≥": (True, True)}
_TURNED = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "=": "=", "≠": "≠"}


def reals_of(items: tuple[str, ...], signs: tuple[str, ...]) -> Reals | None:
    """What a relation says of its one unknown: `x ≥ 5`, `2 < x ≤ 7`, `x ≠ 4`; None where it is no such relation."""
    written = " ".join(word for pair in zip(items, (*signs, ""), strict=True) for word in pair).strip()
    if len(items) == 2 and is_unknown(items[1]) and not is_unknown(items[0]):
        items, signs = (items[1], items[0]), (_TURNED[signs[0]],)
    if len(items) == 2 and is_unknown(items[0]):
        end = canonical_expression(items[1]).replace(" ", "")
        if signs[0] == "≠" and constant(end) is not None:
            return Reals(tuple(_around([end])), written, items[0], "relation")
        if signs[0] not in _BOUND or constant(end) is None:
            return None
        closed, is_low = _BOUND[signs[0]]
        interval = Interval(end, "+\\infty", closed) if is_low else Interval("-\\infty", end, False, closed)
        return Reals((interval,), written, items[0], "relation")
    if len(items) == 3 and is_unknown(items[1]):
        if set(signs) <= {">", "≥"}:
            items, signs = items[::-1], tuple(_TURNED[sign] for sign in reversed(signs))
        ends = [canonical_expression(item).replace(" ", "") for item in (items[0], items[2])]
        if set(signs) <= {"<", "≤"} and None not in (constant(ends[0]), constant(ends[1])):
            return Reals((Interval(ends[0], ends[1], signs[0] == "≤", signs[1] == "≤"),), written, items[1], "relation")
    return None


def intersection(pieces: list[Reals]) -> Reals | None:
    """`-1 < m < 2 và m ≠ 0`: what all the relations allow; None where nothing is left, or an end is no constant."""
    if len({piece.unknown for piece in pieces} - {""}) > 1:
        return None
    left = list(pieces[0].intervals)
    for piece in pieces[1:]:
        met = [meet(one, other) for one in left for other in piece.intervals]
        left = [interval for interval in met if interval is not None]
    written = " và ".join(piece.written for piece in pieces)
    return replace(pieces[0], intervals=sort(left), written=written) if left else None


def meet(first: Interval, second: Interval) -> Interval | None:
    """The interval that two intervals share."""
    (low, high), (other_low, other_high) = first.ends(), second.ends()
    if low is None or high is None or other_low is None or other_high is None:
        return None
    left, right = (
        (first, second) if low >= other_low else (second, first),
        (first, second) if high <= other_high else (second, first),
    )
    low_closed = left[0].low_closed and (low != other_low or left[1].low_closed)
    high_closed = right[0].high_closed and (high != other_high or right[1].high_closed)
    start, end = max(low, other_low), min(high, other_high)
    if start < end or start == end and low_closed and high_closed:
        return Interval(left[0].low, right[0].high, low_closed, high_closed)
    return None


def union(pieces: list[Reals]) -> Reals | None:
    """`x < -2 hoặc x > 2`: the union of what relations of one unknown say."""
    if len({piece.unknown for piece in pieces} - {""}) > 1:
        return None
    joined = sort([interval for piece in pieces for interval in piece.intervals])
    return replace(pieces[0], intervals=joined, written=" hoặc ".join(piece.written for piece in pieces))

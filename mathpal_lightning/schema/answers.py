"""A final answer, and the judgement of one against another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mathpal_lightning.schema.words import AnswerKind, Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """A final answer, a value and its canonical form: what `extract_answer` finds and `is_equivalent` compares."""

    kind: AnswerKind
    text: str = ""
    """The canonical form: '.' as the decimal sign, no thousands separator; "3/4", "2 3/4", "25%", "448000 cm^3",
    "6 giờ 55 phút", a choice's letter. Empty for multi."""
    parts: tuple[Answer, ...] = ()
    """The answers of a multi, in the order of the solution; a part a) b) with several results is a multi itself."""
    value: Answer | None = None
    """What a choice's letter stands for, where the options or the solution tell."""
    label: str = ""
    """What the answer belongs to inside a multi: "a", "số lớn"."""
    ordered: bool = False
    """For multi: the order counts (parts a, b, c); else it is a set."""
    rounded: bool = False
    """The solution says that the number is rounded (≈, khoảng, làm tròn)."""
    rule: str = ""
    """The extraction rule that found it."""
    notes: tuple[str, ...] = ()
    meaning: object = field(default=None, compare=False, repr=False)
    """The value that was read (`evaluation/values`); None for a choice, a multi, and one built from its canonical form."""

    def canonical(self) -> str | list[str]:
        """The canonical form: a string, for multi a list of strings, those of a multi inside among them."""
        if self.kind != "multi":
            return self.text
        forms = (part.canonical() for part in self.parts)
        return [text for form in forms for text in ([form] if isinstance(form, str) else form)]

    @classmethod
    def from_canonical(cls, form: str | Sequence[str]) -> Answer:
        """Read a canonical form back: `Answer.from_canonical(answer.canonical()).canonical() == answer.canonical()`."""
        if not isinstance(form, str):
            return cls("multi", parts=tuple(cls.from_canonical(part) for part in form))
        patterns = _CANONICAL_KINDS if len(form) <= _CANONICAL_LENGTH else {}
        kinds = (kind for kind, pattern in patterns.items() if pattern.fullmatch(form))
        return cls(next(kinds, "text"), form)


def vietnamese_form(canonical: str | Sequence[str] | None) -> str:
    """An answer as people in Vietnam write it, from its canonical form: there 1.234 kg is a ton and a bit.

    >>> vietnamese_form("1.234 kg"), vietnamese_form(["(1.5;-2)", "12.5%"]), vietnamese_form("ngày 12.5.2024")
    ('1,234 kg', '(1,5;-2); 12,5%', 'ngày 12.5.2024')
    """
    if canonical is None or not isinstance(canonical, str):
        return "; ".join(map(vietnamese_form, canonical or ()))
    # A text, and an answer in doubt, stand as their author wrote them.
    as_written = canonical.endswith("?") or Answer.from_canonical(canonical).kind == "text"
    return canonical if as_written else re.sub(r"(?<=\d)\.(?=\d)", ",", canonical)


_CANONICAL_LENGTH = 500
_CANONICAL_NUMBER = r"-?(?:\d+ \d+/\d+|\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?)?)"
_CANONICAL_KINDS: dict[AnswerKind, re.Pattern[str]] = {
    "choice": re.compile(r"[A-H]"),
    "text": re.compile(r"\d{1,2}/\d{1,2}/\d{4}"),
    "point": re.compile(r"\((?!.*\\infty)[^;]+(?:;[^;\[\]]+)+\)"),
    "interval": re.compile(r"ℝ.*|[\[(][^\s=<>;]*;[^\s=<>;]*[\])](?: ∪ [\[(][^\s=<>;]*;[^\s=<>;]*[\])])*"),
    "relation": re.compile(r".*[<>=≤≥≠].*"),
    "number": re.compile(r"-?\d+(?:\.\d+)?"),
    "fraction": re.compile(r"-?\d+(?:\.\d+)?/\d+(?:\.\d+)?"),
    "mixed_number": re.compile(r"-?\d+ \d+/\d+"),
    "percent": re.compile(rf"{_CANONICAL_NUMBER}%"),
    "compound_quantity": re.compile(r"-?\d+(?:\.\d+)? \S+(?: \d+(?:[./]\d+)? \S+)+"),
    "quantity": re.compile(rf"{_CANONICAL_NUMBER} ?[^\W\d_][^<>=;:]*|{_CANONICAL_NUMBER} ?[°'].*"),
    "expression": re.compile(r".*(?:\\sqrt|\\frac|√|π|\d.*[-+*^/×]|[a-z] ?[-+*^/×]|^-[a-zA-Z]$).*"),
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a teacher says of one solution."""

    verdict: Verdict
    gold_answer: Answer | None
    answer: Answer | None
    reason: str
    """One Vietnamese sentence for the pupil: "Đúng.", "Em chưa rút gọn phân số.", "Đúng, nhưng phép tính ở dòng 2 sai."."""
    false_steps: tuple[str, ...] = ()
    """Written equalities that do not hold and that the reference solution does not write too."""

    @property
    def strict_verdict(self) -> Verdict:
        """The verdict where the written arithmetic must hold as well."""
        return "wrong" if self.verdict == "correct" and self.false_steps else self.verdict

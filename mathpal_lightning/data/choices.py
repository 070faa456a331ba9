r"""Multiple choice: where a file keeps the options and the right one, and how a row with them reads.

    {question: "1 + 1 = ?", A: "1", B: "2", C: "3", answer: "B"}
    ->  question "1 + 1 = ?\nA. 1\nB. 2\nC. 3",  solution "Đáp án: B"

The options stand below the question, one a line, as the judge reads them (`evaluation/question/options.py`).
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping, Sequence
from math import isnan
from typing import NamedTuple

from mathpal_lightning.data.messages import text_of, what_it_is
from mathpal_lightning.data.names import folded
from mathpal_lightning.evaluation import extract_answer, is_equivalent
from mathpal_lightning.evaluation.question.options import option_texts
from mathpal_lightning.text import normalize_text

LETTERS = "ABCDEFGH"
"""The letters that the judge knows."""
FEWEST = 3
"""Columns named like options, below which they are none: `A` and `B` name many other things."""
_LISTS = ("choices", "options", "lua chon", "cac lua chon", "phuong an", "cac phuong an")
_KEYS = (
    *("dap an dung", "phuong an dung", "lua chon dung", "correct answer", "correct option", "correct choice", "correct"),
    *("right answer", "answerkey", "answer key", "answer letter", "answer idx", "answer index", "dap an", "answer"),
    *("dap so", "ans", "key", "cop", "label", "target", "gold"),
)
"""Folded names of the column that says which option is right; the earlier one is taken."""
_EXPLANATIONS = ("rationale", "explanation", "exp", "giai thich")
_ONE = re.compile(
    r"(?:(?:option|opt|op|choice|phuong an|lua chon) ?(?P<any>[a-h]|[1-8])|(?:dap an|answer|ans) ?(?P<letter>[a-h]))"
)
_MARK = re.compile(r"(?:^|(?<=[\s;,]))\(?(?P<letter>[A-Ha-h]) ?[.):] ?")
_WORDS = r"(?:(?:đáp án(?: đúng)?|phương án|lựa chọn|chọn|answer|option)(?: là)?:? ?)?"
_LABEL = re.compile(rf"(?i){_WORDS}[(\[]?(?P<label>[A-Z]|-?\d+)[.)\]:]*")
_LABELS = re.compile(r"(?i)[A-Z](?:(?: ?[,;/&] ?| và )[A-Z])+\.?")
_LABEL_AND_TEXT = re.compile(rf"(?i){_WORDS}\(?(?P<label>(?-i:[A-Z]))[.):] ?(?P<text>.+)", re.DOTALL)
_LABEL_BESIDE_TEXT = re.compile(rf"(?i){_WORDS}(?P<label>(?-i:[A-H])) ?[-(\[] ?(?P<text>.+?)[)\]]?")
_KEY_WORDS = 6
"""A longer text is a solution."""


class MissingOption(str):
    """Why a row is refused whose answer names none of its options."""

    __slots__ = ()


def is_offered(letter: str, question: str) -> bool:
    """Whether a letter names an option of a question, or something that a question without options calls so: a point."""
    return letter in (option_texts(question) or "".join(re.findall(r"\b[A-Z]+\b", question)))


def lists_options(name: str) -> bool:
    """Whether a column of this name lists the options."""
    return folded(name) in _LISTS


class Choices(NamedTuple):
    """The columns of multiple choice."""

    columns: tuple[str, ...]
    """One for each option, in order, or the one column that lists them."""
    labels: tuple[str, ...] = ()
    """How the columns are numbered, "A" or "1" and so on; empty for a list."""
    key: str = ""
    """The column that says which option is right; empty where there is none."""
    explanation: str = ""
    """A column of worked solutions under a name that only files of multiple choice give it."""

    @property
    def note(self) -> str:
        """What the log says of them."""
        counted = f", a whole number in {self.key!r} counts them from 0" if self.key and not self.labels else ""
        key = f", the right one is in {self.key!r}" if self.key else ""
        return f"the options in {', '.join(map(repr, self.columns))} stand below the question{key}{counted}"


def find_choices(names: Sequence[str], listed: str, key: str) -> Choices | None:
    """The columns of multiple choice among the names of a row; None where there are none.

    Args:
        names: the fields of a row.
        listed: the name that is set for the column of a list; empty: none is read.
        key: the name that is set for the column of the answer.
    """
    if not listed:
        return None
    by_name = {folded(name): name for name in reversed(names)}
    found_key = (
        key if key in names and folded(key) not in _KEYS else next((by_name[one] for one in _KEYS if one in by_name), "")
    )
    explanation = next((by_name[one] for one in _EXPLANATIONS if one in by_name), "")
    if columns := _numbered(names):
        return Choices(tuple(columns.values()), tuple(columns), found_key, explanation)
    column = listed if listed in names else next((by_name[name] for name in _LISTS if name in by_name), "")
    return Choices((column,), (), found_key, explanation) if column else None


def _numbered(names: Sequence[str]) -> dict[str, str]:
    """Label -> column, for columns A, B, C; option_a, option_b, option_c; Phương án 1, 2, 3 and so on."""
    found: dict[str, dict[str, str]] = {}
    for name in names:
        bare, match = folded(name), _ONE.fullmatch(folded(name))
        if match:
            label = match["any"] or match["letter"]
            found.setdefault(bare[: -len(label)].strip(), {})[label.upper()] = name
        elif len(bare) == 1 and bare.upper() in LETTERS:
            found.setdefault("upper" if bare not in name else "lower", {})[bare.upper()] = name
    for family, columns in found.items():
        count = next((n for n in range(len(LETTERS)) if LETTERS[n] not in columns and str(n + 1) not in columns), len(LETTERS))
        run = sorted(columns)[:count]
        if len(run) >= FEWEST + (family == "lower"):  # a, b, c are coefficients more often than options
            return {label: columns[label] for label in run}
    return {}


def with_choices(
    question: object, solution: object, fields: Mapping[str, object], choices: Choices
) -> tuple[str, object] | str:
    """The question with its options below, and the solution with the letter; or the reason why the row is refused.

    Args:
        question: the question's field.
        solution: the solution's field; the key's where a row has no other, None for a row to predict.
        fields: the row.
        choices: where its options are.
    """
    text, options = text_of(question), _options(fields, choices)
    if isinstance(options, str) or text is None:
        return options if isinstance(options, str) else f"{what_it_is(question)} instead of a text"
    if options and len(option_texts(normalize_text(text))) < len(options):
        lines = [f"{letter}. {option}" for letter, option in zip(LETTERS, options.values(), strict=False)]
        text = "\n".join([text.rstrip(), *lines])
    if not choices.key:
        return text, solution
    key = fields.get(choices.key)
    own = text_of(solution)
    is_worked = solution is not key and bool(own and own.strip())
    said = _said(key, options, counted=not choices.labels, is_key=is_worked or folded(choices.key) in _KEYS)
    if said is None:
        there = f"the options {LETTERS[0]} to {LETTERS[len(options) - 1]}" if options else "its options: it has none"
        return MissingOption(f"the answer {text_of(key) or what_it_is(key)!r} in {choices.key!r} is none of {there}")
    if own is None or not is_worked:
        return text, said if own is not None else solution
    if not options:
        return text, own
    chosen, named = extract_answer(own, text), _LABEL.fullmatch(said) or _LABEL_AND_TEXT.fullmatch(said)
    if named is None or chosen is not None and chosen.kind == "choice" and chosen.text == named["label"]:
        return text, own
    if chosen is not None and chosen.kind == "choice":
        return f"the solution chooses {chosen.text}, but {choices.key!r} says {named['label']}"
    return text, f"{own.rstrip()}\n{said}"


def _options(fields: Mapping[str, object], choices: Choices) -> dict[str, str] | str:
    """Label -> text in order, the texts without their letters; or the reason why they cannot be read."""
    cells: dict[str, object] | str = {
        label: fields.get(name) for label, name in zip(choices.labels, choices.columns, strict=False)
    }
    cells = cells or _cells(fields.get(choices.columns[0]))
    if isinstance(cells, str):
        return cells
    texts = [(label, "" if isinstance(cell, float) and isnan(cell) else text_of(cell)) for label, cell in cells.items()]
    if unread := [label for label, text in texts if text is None]:
        return f"{what_it_is(cells[unread[0]])} instead of an option"
    options = [(label, " ".join((text or "").split())) for label, text in texts]
    while options and not options[-1][1]:
        options.pop()
    if empty := [label for label, text in options if not text]:
        return f"option {empty[0]} is empty"
    if len(options) == 1 or len(options) > len(LETTERS):
        return f"{len(options)} options instead of 2 to {len(LETTERS)}"
    return {label: _without_letter(text, letter) for (label, text), letter in zip(options, LETTERS, strict=False)}


def _without_letter(option: str, letter: str) -> str:
    match = _MARK.match(option)
    return option[match.end() :].strip() or option if match and match["letter"].upper() == letter else option


def _cells(listed: object) -> dict[str, object] | str:
    """Label -> option of one field: a list, ARC's {text: [...], label: [...]}, {A: ..., B: ...}, or one of them as text."""
    listed = _read(listed) if isinstance(listed, str) else listed
    if isinstance(listed, Mapping) and "text" in listed and "label" in listed:
        listed = [{"label": label, "text": text} for label, text in zip(listed["label"], listed["text"], strict=False)]
    if isinstance(listed, Mapping):
        listed = [{"label": label, "text": text} for label, text in sorted(listed.items(), key=str)]
    if listed is None:
        return {}
    if not isinstance(listed, Sequence) or isinstance(listed, str | bytes):
        return f"{what_it_is(listed)} instead of a list of options"
    pairs = [
        (str(one.get("label", one.get("id", number))).upper(), one.get("text", one.get("content")))
        if isinstance(one, Mapping)
        else ((LETTERS[number : number + 1] or str(number)), one)
        for number, one in enumerate(listed)
    ]
    return dict(pairs)


def _read(text: str) -> object:
    """A list as JSON or Python writes it, `A. 1 B. 2 C. 3`, or options one a line."""
    if text.strip()[:1] in ("[", "{"):
        for read in (json.loads, ast.literal_eval):
            try:
                return read(text)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
    marks = list[re.Match[str]]()
    for mark in _MARK.finditer(text):
        if len(marks) < len(LETTERS) and mark["letter"].upper() == LETTERS[len(marks)]:
            marks.append(mark)
    if len(marks) > 1:
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        return [text[mark.end() : end].strip(" \n\t,;(") for mark, end in zip(marks, ends, strict=True)]
    return [line for line in text.split("\n") if line.strip()]


def _said(key: object, options: Mapping[str, str], *, counted: bool, is_key: bool = True) -> str | None:
    """What the key's field says, as a solution; None where it names none of the options.

    >>> [_said(key, {"A": "5 cm", "B": "6 cm"}, counted=False) for key in ("b", "6 cm", "B (6,0 cm)", "7 cm", "A hoặc B")]
    ['Đáp án: B', 'Đáp án: B', 'Đáp án: B', None, None]

    Args:
        key: a letter or a label, with words or without, the text of an option, a position, or a whole solution.
        options: label -> text, in order.
        counted: a whole number is a position from 0, as public sets with a list of options write it.
        is_key: the field names options and holds no solutions, so that a few words that name none are a mistake.
    """
    text, letters = normalize_text(text_of(key) or ""), LETTERS[: len(options)]
    label, several, begun = _LABEL.fullmatch(text), _LABELS.fullmatch(text), _LABEL_AND_TEXT.fullmatch(text)
    if not options:
        return None if several or begun or label and label["label"].isalpha() else text
    by_letter = dict(zip(letters, map(normalize_text, options.values()), strict=True))
    equal = [letter for letter, option in by_letter.items() if option == text]
    if label:
        named = _letter(label["label"].upper(), key, list(options), equal, counted)
        return named and f"Đáp án: {named}"
    if equal:
        return f"Đáp án: {equal[0]}" if len(equal) == 1 else None
    if several:
        return f"Đáp án: {text}" if set(re.findall(r"\b[A-Z]\b", text.upper())) <= set(letters) else None
    if begun:
        letter, said = begun["label"], begun["text"]
        is_there = letter in by_letter and (said == by_letter[letter] or said not in by_letter.values())
        return f"Đáp án: {letter}. {said}" if is_there else None
    if not text or "\n" in text or len(text.split()) > _KEY_WORDS:
        return text
    if (named := _named(text, by_letter)) is not None:
        return named or None
    return text if "=" in text or not is_key else None


def _named(text: str, options: Mapping[str, str]) -> str | None:
    """What a few words say as a solution: "" where they contradict themselves, None where they name no option."""
    both = _LABEL_BESIDE_TEXT.fullmatch(text)
    if both and both["label"] in options:
        return f"Đáp án: {both['label']}" if is_equivalent(both["text"], options[both["label"]]) else ""
    equal = [letter for letter, option in options.items() if ("=" in option or "=" not in text) and is_equivalent(text, option)]
    if len(equal) == 1:
        return f"Đáp án: {equal[0]}"
    chosen = extract_answer(text, "\n".join(f"{letter}. {option}" for letter, option in options.items()))
    return text if chosen is not None and chosen.kind == "choice" and chosen.text in options else None


def _letter(label: str, key: object, labels: Sequence[str], equal: Sequence[str], counted: bool) -> str | None:
    """The letter of the option that a label, a position or a number means; None where that is nothing or not clear."""
    if label in labels:
        letter = LETTERS[labels.index(label)]
        return letter if label.isalpha() or list(equal) in ([], [letter]) else None
    if counted and not label.isalpha():
        letter = LETTERS[int(label)] if 0 <= int(label) < len(labels) else ""
        return letter or None if not isinstance(key, str) or list(equal) in ([], [letter]) else None
    return equal[0] if len(equal) == 1 else None

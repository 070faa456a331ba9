"""Markdown tables as lines: `| Chu vi | 2 × (5 + 3) | 16 cm |`, where the last column holds results, as `Chu vi: 16 cm`."""

from __future__ import annotations

import re

from mathpal_lightning.text import comparison_key

_TABLE = re.compile(r"(?m)^ *\|(?P<head>[^\n]+)\| *\n *\|(?:[ :]*-{2,}[ :]*\|){2,} *\n(?P<rows>(?: *\|[^\n]+\| *(?:\n|$)){2,})")
_RESULT = re.compile(r"(?i)kết quả|đáp (?:số|án)|giá trị|kết luận|số đo")
_NUMBER_OF_ROW = re.compile(r"(?i)stt|tt|#")
_STEP = re.compile(r"(?i)(?:bước|cách|lần|trường hợp|th)?(?: ?\d+)?")
_UNIT = re.compile(r"\((?P<unit>[^()\d]{1,12}(?:[²³]|\^[23])?)\) *$")
_SUM_OF_NUMBERS = re.compile(r"\d ?(?:[-+×x*:/÷−–]|\\(?:times|cdot|div)) ?\d")
_PART = re.compile(r"[a-h][).]?")
_SUM = re.compile(r"(?i)(?:tổng|cộng|kiểm tra|thử)")
_RESULT_BESIDE = r"[^|\n]{0,80}[:=] ?[^|\n]{0,20}\d[^|\n]{0,20}"
_BESIDE = re.compile(rf"(?m)^(?!\|){_RESULT_BESIDE}(?: \| {_RESULT_BESIDE})+$")
"""`Tổ 1: 24 kg | Tổ 2: 36 kg`."""


def rows_as_results(text: str, question: str) -> str:
    """The text with the results of its tables a line each; a table whose last column is not asked for stays."""
    if "|" not in text:
        return text
    return _BESIDE.sub(
        lambda line: re.sub(r" \| |(?<=\w) ⇒ ", "\n", line[0]), _TABLE.sub(lambda table: _results(table, question), text)
    )


def _results(table: re.Match[str], question: str) -> str:
    head, *rows = [_cells(row) for row in (table["head"], *table["rows"].strip().split("\n"))]
    if _NUMBER_OF_ROW.fullmatch(head[0]):
        head, rows = head[1:], [row[1:] for row in rows]
    if len(head) < 2 or any(len(row) != len(head) or not row[0] or _STEP.fullmatch(row[0]) for row in rows):
        return table[0]
    unit = _UNIT.search(head[-1])
    asked = set(comparison_key(question).split())
    name = comparison_key(_UNIT.sub("", head[-1])).split()
    if not _RESULT.search(head[-1]) and not (name and set(name) <= asked):
        return table[0]
    kind = f"{head[0]} " if head[0] and set(comparison_key(head[0]).split()) <= asked else ""
    if all(map(_PART.fullmatch, (row[0] for row in rows))):
        return "\n".join(f"{row[0][0]}) {row[-1]}" for row in rows) + "\n"
    if all(_SUM_OF_NUMBERS.search(row[0]) and not re.search(r"[^\W\d_]{4}", row[0]) for row in rows):
        return "\n".join(f"{row[0]} = {row[-1]}" for row in rows) + "\n"
    lines = [
        f"{'' if row[0].lower().startswith(head[0].lower()) else kind}{row[0]}: {row[-1]}"
        + (f" {unit['unit']}" if unit and re.fullmatch(r"[-\d.,/ ]+", row[-1]) else "")
        for row in rows
        if not _SUM.match(row[0]) or _SUM.search(question)
    ]
    return "\n".join(lines) + "\n"


def _cells(row: str) -> list[str]:
    return [re.sub(r"\*\*|__", "", cell).strip() for cell in row.strip().strip("|").split("|")]


TABLE_RULE = re.compile(r"(?m)^[ |]*:?-{3,}:?(?: ?\|[ :]*-{3,}:?)+[ |]*$\n?")


_OF_PART = re.compile(r"[| ]*[a-h][).]? *\|")
"""A row about one part of the question stays one line."""


def cells_as_lines(text: str, _: str) -> str:
    """A row that holds an equality as lines, one for each cell."""
    rows = (
        row.replace(" | ", "\n") if "=" in row and not _OF_PART.match(row) else row
        for row in TABLE_RULE.sub("", text).split("\n")
    )
    return "\n".join(rows)

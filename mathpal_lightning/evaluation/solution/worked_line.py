"""The steps of an equation in one line: `x = 40 - 15; x = 25` is one chain, where the first step comes to the second."""

from __future__ import annotations

import re

from mathpal_lightning.evaluation.language.rules import Rule
from mathpal_lightning.evaluation.mathematics.arithmetic import evaluate

_STEP = re.compile(
    r"(?<!\w)(?P<letter>[a-z]) ?= ?(?P<sum>[^=;,]*\d ?[-+×:*/] ?[^=;]*?) ?[;,] (?:và )?(?P=letter) ?= ?"
    r"(?P<value>-?\d[\d,/]*)(?![\w/]| ?[-+×:*(])"
)


def _as_chain(line: str, question: str) -> str:
    chain = _STEP.sub(_one_step, line)
    return _BEFORE.sub(" ⇔ ", chain) if chain != line else line


_BEFORE = re.compile(r" ?[;,] (?=(?P<letter>[a-z]) ?=[^=;]*[-+×:*/][^=;]*= ?-?\d)")
"""Between an equation and the step that solves it."""


def _one_step(step: re.Match[str]) -> str:
    value = evaluate(step["sum"])
    same = value is not None and value == evaluate(step["value"])
    return f"{step['letter']} = {step['sum']} = {step['value']}" if same else step[0]


WORKED = (Rule("a sum and its result, each behind the unknown", _as_chain, "x = 40 - 15; x = 25", "x = 40 - 15 = 25"),)

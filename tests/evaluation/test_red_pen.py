"""85 questions of grades 1 to 12, a right and a wrong solution each, by somebody who had read neither tests nor rules."""

import json
from pathlib import Path

from mathpal_lightning.evaluation import judge

ROWS = [
    json.loads(line) for line in (Path(__file__).parent / "verdicts_red_pen.jsonl").read_text(encoding="utf-8").splitlines()
]
REFUSED = ("Tính cạnh BC và diện tích tam giác ABC", "Viết mệnh đề phủ định")
"""Right ones that are not signed: a side called by its small letter, and a proposition with a quantifier."""


def _signed(which: str) -> list[dict]:
    return [row for row in ROWS if judge(row["question"], row["gold"], row[which]).verdict == "correct"]


def test_right_solutions_are_signed_but_for_two():
    signed = _signed("right")
    refused = [row["question"] for row in ROWS if row not in signed]
    assert len(ROWS) == 85
    assert [question for question in refused if not any(known in question for known in REFUSED)] == []


def test_no_wrong_solution_is_signed():
    assert _signed("wrong") == []

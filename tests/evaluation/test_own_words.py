"""Verdicts in our own words: what a teacher signs, what she does not, what is no answer."""

from pathlib import Path

import pytest
import yaml

from mathpal_lightning.evaluation import extract_answer, is_equivalent, judge
from mathpal_lightning.schema import Answer

TABLES = [
    yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
    for name in (
        "verdicts_own_words.yaml",
        "verdicts_exam_keys.yaml",
        "verdicts_several_things.yaml",
        "verdicts_worked_lines.yaml",
        "verdicts_ordinary.yaml",
        "verdicts_red_pen.yaml",
    )
]
TABLE = {part: [row for table in TABLES for row in table.get(part, [])] for part in ("verdicts", "none", "read")}


def test_the_table_is_not_empty():
    verdicts = TABLE["verdicts"]
    assert len(verdicts) >= 60
    assert sum(len(row["right"]) for row in verdicts) >= 90
    assert sum(len(row["wrong"]) for row in verdicts) >= 60
    assert len(TABLE["none"]) >= 8


@pytest.mark.parametrize("row", TABLE["verdicts"], ids=lambda row: f"{row['question'][-40:]} {row['gold'][-20:]}")
def test_a_teacher_signs_what_is_right_and_nothing_else(row: dict):
    signed = [text for text in (*row["right"], *row["wrong"]) if judge(row["question"], row["gold"], text).verdict == "correct"]
    assert signed == row["right"]


def test_what_is_no_answer_is_not_read():
    assert [row for row in TABLE["none"] if extract_answer(row["solution"], row["question"]) is not None] == []


def test_a_hint_a_summary_or_an_offer_hides_no_answer():
    for row in TABLE["read"]:
        answer = extract_answer(row["solution"], row["question"])
        assert answer is not None, row
        assert is_equivalent(Answer.from_canonical(row["answer"]), answer), row

"""Solutions in words of our own, in twelve styles, labelled before the rules were tried on them.

The rules were tuned on rows_developed.jsonl. rows_blind.jsonl and pairs_blind.yaml were kept for one score at the end: it
stands in tests/benchmarks/RESULTS.md with what failed, and here as the least that later changes may reach.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from mathpal_lightning.evaluation import extract_answer, is_equivalent, judge
from mathpal_lightning.evaluation.question.options import read_options
from mathpal_lightning.schema import Answer
from mathpal_lightning.text import plain_text

HERE = Path(__file__).parent


def _rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def _is_read(row: dict) -> bool:
    """The label is found, or a row without an answer is refused."""
    answer = extract_answer(row["solution"], row["question"])
    if row["answer"] is None or answer is None:
        return row["answer"] is answer is None
    label = Answer.from_canonical(row["answer"])
    if label.kind == "choice" and answer.kind != "choice":  # the option's words instead of its letter
        label = replace(label, value=read_options(plain_text(row["question"])).get(label.text))
    return is_equivalent(label, answer)


DEVELOPED, BLIND = _rows("rows_developed.jsonl"), _rows("rows_blind.jsonl")
THIRD = _rows("rows_third_blind.jsonl")
"""Four styles, grades 4 to 12. Scored blind once, then the rules were mended for the kinds that failed."""
FOURTH = _rows("rows_fourth_blind.jsonl")
"""The same, written and scored after that."""
FIFTH, SIXTH = _rows("rows_fifth_blind.jsonl"), _rows("rows_sixth_blind.jsonl")
SOURCES, SOURCES_BLIND = _rows("rows_sources_developed.jsonl"), _rows("rows_sources_blind.jsonl")
"""In our own words, in the ways of writing of public sources: translated word problems, textbooks, exams, chats."""
SEVENTH, SEVENTH_BLIND = _rows("rows_seventh_developed.jsonl"), _rows("rows_seventh_blind.jsonl")
"""Twelve styles, grades 2 to 12: the rules were mended on the first half, and on the second after its one blind score."""
EIGHTH = _rows("rows_eighth_blind.jsonl")
"""The same styles, written and scored after that."""
TENTH = _rows("rows_tenth_blind.jsonl")
"""Seventeen styles, a quarter without an answer; scored once before rules were mended with them."""
NINTH = _rows("rows_ninth_developed.jsonl")
"""Kinds that a tenth set, of public material, showed: its own rows are not here."""
KNOWN = {
    "developed": DEVELOPED, "sources": SOURCES, "third": THIRD, "fourth": FOURTH, "fifth": FIFTH, "sixth": SIXTH,
    "seventh": SEVENTH + SEVENTH_BLIND, "eighth": EIGHTH, "ninth": NINTH,
}  # fmt: skip
NOT_READ = {
    "Số 36 có bao nhiêu ước": "whether 36 is a square is read as what it is, not as a sentence",
    "sin²30° + cos²30°": "a guess is read, and refused by the judge",
    "Tính các góc còn lại": "each chain gives the size of several angles",
    "đường nào đi qua điểm (0; 3)": "the point is read, and not the equation of the line",
    "Điểm M(2; 4) có thuộc": "the sentence is read, and the judge takes it for a yes",
}
"""A piece of each question whose label is not found, and what is found instead."""


def test_the_rows_are_many_and_of_many_styles():
    rows = DEVELOPED + BLIND + SEVENTH + SEVENTH_BLIND
    assert len(rows) >= 500
    assert len({row["style"] for row in rows}) >= 15
    assert sum(row["answer"] is None for row in rows) >= 30
    assert len({row["question"] + row["solution"] for row in rows}) == len(rows)


@pytest.mark.parametrize("name", KNOWN)
def test_the_rows_that_the_rules_know_are_read(name: str):
    missed = [row for row in KNOWN[name] if not _is_read(row)]
    assert [row for row in missed if not any(piece in row["question"] for piece in NOT_READ)] == []


@pytest.mark.parametrize("name", [*KNOWN, "blind", "sources blind"])
def test_a_readable_reference_is_right(name: str):
    rows = KNOWN.get(name) or (BLIND if name == "blind" else SOURCES_BLIND)
    read = [row for row in rows if row["answer"] is not None and _is_read(row)]
    assert len(read) > 0.8 * sum(row["answer"] is not None for row in rows)
    wrong = [row for row in read if judge(row["question"], row["solution"], f"{row['solution']}\n").verdict != "correct"]
    assert wrong == []


@pytest.mark.parametrize("name", KNOWN)
def test_canonical_forms_of_all_kinds_are_read_back(name: str):
    for row in KNOWN[name]:
        assert row["answer"] is None or Answer.from_canonical(row["answer"]).canonical() == row["answer"]


def test_blind_rows_and_pairs_reach_what_was_measured_once():
    found = [row for row in BLIND if row["answer"] is not None and _is_read(row)]
    refused = [row for row in BLIND if row["answer"] is None and _is_read(row)]
    table = yaml.safe_load((HERE / "pairs_blind.yaml").read_text(encoding="utf-8"))
    pairs = [(first, second, verdict == "same") for verdict, pairs in table.items() for first, second in pairs]
    right = [pair for pair in pairs if is_equivalent(pair[0], pair[1]) is pair[2]]
    assert (len(BLIND), len(pairs)) == (122, 115)
    assert len(found) >= LEAST_FOUND
    assert len(refused) >= LEAST_REFUSED
    assert len(right) >= LEAST_RIGHT


LEAST_FOUND, LEAST_REFUSED, LEAST_RIGHT = 103, 11, 111


def test_blind_rows_in_the_ways_of_public_sources_reach_what_was_measured_once():
    found = [row for row in SOURCES_BLIND if row["answer"] is not None and _is_read(row)]
    refused = [row for row in SOURCES_BLIND if row["answer"] is None and _is_read(row)]
    assert len(SOURCES_BLIND) == 41
    assert (len(found), len(refused)) >= (32, 5)
    assert len(refused) == 5


def test_rows_of_seventeen_styles_are_read_or_refused():
    found = [row for row in TENTH if row["answer"] is not None and _is_one_of_the_labels(row)]
    refused = [row for row in TENTH if row["answer"] is None and _is_read(row)]
    assert len(TENTH) == 200
    assert (len(found), len(refused)) >= (139, 49)
    assert len(refused) >= 49


def _is_one_of_the_labels(row: dict) -> bool:
    """One label is found; of a list each part in its order."""
    answer = extract_answer(row["solution"], row["question"])
    labels = [row["answer"], *row["alts"]]
    return answer is not None and any(_is_label(label, answer) for label in labels)


def _is_label(label: str | list[str], answer: Answer) -> bool:
    if isinstance(label, str):
        return is_equivalent(Answer.from_canonical(label), answer)
    if is_equivalent(Answer.from_canonical("; ".join(label)), answer):
        return True
    read = [Answer.from_canonical(one) for one in label]
    return len(read) == len(answer.parts) and all(is_equivalent(a, b) for a, b in zip(read, answer.parts, strict=True))


SEVERAL = yaml.safe_load((HERE / "rows_several_developed.yaml").read_text(encoding="utf-8"))
"""Questions for several things, in twelve layouts, each with solutions that give one of them wrong, or not at all."""


def _holds_each(row: dict) -> bool:
    """Each label is found, in its order; a label's unit may be left out."""
    answer = extract_answer(row["solution"], row["question"])
    if answer is not None and is_equivalent(Answer.from_canonical(row["answer"]), answer):
        return True
    labels = [row["answer"]] if isinstance(row["answer"], str) else row["answer"]
    found = answer.canonical() if answer else []
    found = [found] if isinstance(found, str) else found
    return len(found) == len(labels) and all(
        is_equivalent(one, label) or is_equivalent(one, label.split(" ")[0]) for one, label in zip(found, labels, strict=True)
    )


@pytest.mark.parametrize("row", SEVERAL, ids=lambda row: f"{row['style']}: {row['question'][-40:]}")
def test_each_of_several_results_is_found_and_none_signs_for_all(row: dict):
    assert _holds_each(row)
    assert judge(row["question"], row["solution"], f"{row['solution']}\n").verdict == "correct"
    assert [text for text in row["wrong"] if judge(row["question"], row["solution"], text).verdict == "correct"] == []


SEVERAL_BLIND = yaml.safe_load((HERE / "rows_several_blind.yaml").read_text(encoding="utf-8"))
"""The other half, scored once when the rules had been mended with the first: 24 of 30 found, 4 of 120 wrong ones signed."""


def test_the_other_half_of_the_questions_for_several_results_reaches_what_was_measured_once():
    assert len(SEVERAL_BLIND) == 30
    assert sum(map(_holds_each, SEVERAL_BLIND)) >= 24
    tries = [(row["question"], row["solution"], text) for row in SEVERAL_BLIND for text in row["wrong"]]
    signed = [text for question, gold, text in tries if judge(question, gold, text).verdict == "correct"]
    assert len(tries) == 120
    assert len(signed) <= 4


VERDICTS = _rows("verdicts_blind.jsonl") + _rows("verdicts_tenth.jsonl")
"""The tenth set: styles that no other has. Scored blind 27 of 40 were right; all that failed were right answers refused."""


@pytest.mark.parametrize("row", VERDICTS, ids=lambda row: f"{row['gold'][-20:]}: {row['solution'][-30:]}")
def test_a_verdict(row: dict):
    if row["solution"] == "2/3 × 9/4 = 18/12":
        pytest.xfail("where the question names no form, an unreduced fraction is signed")
    assert (judge(row["question"], row["gold"], row["solution"]).verdict == "correct") is row["correct"]

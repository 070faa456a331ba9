"""Samples are written and read in one place: conversations whole, each problem of the last evaluation once."""

import json
from pathlib import Path

import pytest

from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation.scores.graded import graded, scores_of
from mathpal_lightning.export.merge.best import read_problems
from mathpal_lightning.run import RunFolder
from mathpal_lightning.run.figures import Scores
from mathpal_lightning.run.samples import keep_samples, last_samples
from mathpal_lightning.schema import Row, Turn

PLAIN = Row((Turn("user", "1 + 1 = ?"), Turn("assistant", "Đáp số: 2")), "sums")
CHAT = Row((Turn("system", "Ngắn."), *PLAIN.turns, Turn("user", "Thêm 3 thì được mấy?"), Turn("assistant", "Đáp số: 5")))


def run_with(folder: Path, rows: list[Row], **scores: object) -> RunFolder:
    run = RunFolder(folder)
    samples = [graded(row, row.solution, 7) for row in rows]
    keep_samples(run.samples, "after", samples)
    run.note(evaluation={"after": scores_of(samples) | scores})
    return run


def test_a_conversation_is_kept_whole_and_an_ordinary_line_stays_as_it_was(tmp_path: Path):
    run = run_with(tmp_path, [PLAIN, CHAT])
    plain, chat = (json.loads(line) for line in run.samples.read_text(encoding="utf-8").splitlines())
    assert "messages" not in plain
    assert plain["question"] == "1 + 1 = ?"
    assert [message["role"] for message in chat["messages"]] == ["system", "user", "assistant", "user"]
    read = last_samples(run, "after", run.read_summary()["evaluation"]["after"])
    assert [sample.prompt for sample in read] == [PLAIN.prompt, CHAT.prompt]
    assert [sample.asked for sample in read] == ["1 + 1 = ?", "Thêm 3 thì được mấy?"]
    assert [sample.verdict for sample in read] == ["correct", "correct"]


def test_merge_into_best_asks_a_conversation_as_it_was(tmp_path: Path):
    run = run_with(tmp_path, [PLAIN, CHAT])
    assert read_problems(run.samples) == [(PLAIN.prompt, PLAIN.solution), (CHAT.prompt, CHAT.solution)]


@pytest.mark.parametrize("noted", ["mine.jsonl", "elsewhere/mine.jsonl"])
def test_the_file_is_where_the_summary_says(tmp_path: Path, noted: str):
    run = RunFolder(tmp_path / "run")
    run.note(evaluation={"after": {"problems": 1, "samples": noted}})
    assert run.samples == tmp_path / "run" / noted
    keep_samples(run.samples, "after", [graded(PLAIN, PLAIN.solution, 7)])
    assert len(last_samples(run, "after", run.read_summary()["evaluation"]["after"])) == 1


def test_a_run_of_before_the_summary_said_it_names_the_file_in_its_config(tmp_path: Path):
    run = RunFolder(tmp_path)
    run.config.write_text("evaluation: {file: mine.jsonl}\n", encoding="utf-8")
    assert (run.samples, run.samples_of("test")) == (tmp_path / "mine.jsonl", tmp_path / "test_mine.jsonl")
    run.note(evaluation={"before": {"samples": "new.jsonl"}})
    assert run.samples == tmp_path / "new.jsonl", "the fit is under way"


def test_each_problem_of_the_last_evaluation_counts_once(tmp_path: Path):
    run = run_with(tmp_path, [PLAIN, CHAT])
    told: Scores = {"problems": 3, "gold_unreadable": 0}
    keep_samples(run.samples, "after", [graded(PLAIN, text, 9) for text in ("Đáp số: 3", "Đáp số: 2")])
    with run.samples.open("a", encoding="utf-8") as lines:
        lines.write('{"moment": "after", "quest')
    read = last_samples(run, "after", told)
    assert [(sample.prompt, sample.step, sample.verdict) for sample in read] == [
        (CHAT.prompt, 7, "correct"),
        (PLAIN.prompt, 9, "correct"),
    ]
    assert len(last_samples(run, "after", {"problems": 1, "gold_unreadable": 1})) == 1


def test_a_line_that_is_no_sample_is_named(tmp_path: Path):
    (tmp_path / "samples.jsonl").write_text('{"moment": "after", "question": "?"}\n', encoding="utf-8")
    with pytest.raises(DataError, match="after sample 1 of .*samples.jsonl"):
        last_samples(RunFolder(tmp_path), "after", {})

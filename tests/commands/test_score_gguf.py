"""A GGUF is scored on the problems of its run, and compared with the trained model."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mathpal_lightning.commands.score_gguf import score_gguf
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.evaluation.scores.graded import graded, scores_of
from mathpal_lightning.report.column import Score
from mathpal_lightning.report.reported_run import read_run
from mathpal_lightning.run import RunFolder
from mathpal_lightning.run.samples import keep_samples
from mathpal_lightning.schema import Prompt, Row, Turn
from tests.report.made_runs import made_run


def test_it_is_scored_on_the_same_problems_and_stands_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = made_run(tmp_path / "lop5", problems=20, before=0, after=15)
    gold = {each.question: each.gold for each in read_run(run).columns["after"].samples.values()}
    solved = list(gold)[:12]
    score = score_gguf(
        run / "gguf" / "model-q8_0.gguf", lambda questions: (gold[each] if each in solved else "?" for each in questions)
    )
    assert score == Score(12, 20)
    assert "3 problems were solved only by it, 0 only by the GGUF" in capsys.readouterr().out
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    assert summary["evaluation"]["gguf:model-q8_0"]["accuracy"] == 0.6
    assert summary["evaluation"]["after"]["problems"] == 20
    assert read_run(run).columns["gguf:model-q8_0"].score == score


def test_a_chat_is_asked_and_judged_as_in_the_fit_and_unreadable_references_are_counted(tmp_path: Path):
    run = made_run(tmp_path / "lop5", problems=2, before=0, after=0)
    turns = (Turn("user", "1 + 1 = ?"), Turn("assistant", "2"), Turn("user", "Thêm 3 thì được mấy?"))
    rows = [Row((*turns, Turn("assistant", "Đáp số: 5")), "sums")]
    rows += [Row((Turn("user", question), Turn("assistant", "Xem hình vẽ."))) for question in ("Hình nào?", "Ở đâu?")]
    samples = [graded(row, "?", 1) for row in rows]
    figures = scores_of(samples)
    assert (figures["problems"], figures["gold_unreadable"]) == (1, 2)
    keep_samples(RunFolder(run).samples, "after", samples)
    RunFolder(run).note(evaluation={"after": figures})
    heard: list[Prompt] = []

    def solve(questions: Sequence[Prompt]) -> Iterator[str]:
        heard.extend(questions)
        return iter(["Đáp số: 5"] * len(questions))

    assert score_gguf(run / "gguf" / "model-q8_0.gguf", solve) == Score(1, 1)
    assert heard == [row.prompt for row in rows]
    told = read_run(run).columns["gguf:model-q8_0"]
    assert told.told.keys() >= figures.keys()
    assert told.score == Score(1, 1)
    assert len(told.samples) == 3


def test_a_teacher_reads_it_in_vietnamese_and_a_script_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = made_run(tmp_path / "lop5", problems=20, before=0, after=15)
    gguf = run / "gguf" / "model-q8_0.gguf"
    score_gguf(gguf, lambda questions: iter(["?"] * len(questions)), "vi")
    said = capsys.readouterr().out
    assert "0,0\N{NO-BREAK SPACE}%, từ 0,0\N{NO-BREAK SPACE}% đến 16,1" in said
    assert "15 bài chỉ nó giải đúng, 0 bài chỉ tệp GGUF giải đúng (kiểm định McNemar: p < 0,001)" in said
    score_gguf(gguf, lambda questions: iter(["?"] * len(questions)), json=True)
    figures = json.loads(capsys.readouterr().out)
    assert (figures["problems"], figures["accuracy"]) == (20, 0.0)
    assert figures["against_the_trained_model"] == {"only_first": 15, "only_second": 0, "p_value": 2 / 2**15}


def test_a_run_without_scores_says_what_to_run(tmp_path: Path):
    (tmp_path / "config.yaml").write_text("name: a\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="mathpal test"):
        score_gguf(tmp_path / "gguf" / "model-q8_0.gguf", iter)

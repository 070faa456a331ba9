"""The last table in a teacher's language."""

import io
import json
from dataclasses import asdict
from pathlib import Path

import pytest
from rich.console import Console

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.report.reported_run import read_run
from mathpal_lightning.report.tables import scores_table
from mathpal_lightning.report.words import Language
from tests.report.made_runs import made_run, sample


def shown(run: Path, moments: tuple[str, ...], language: Language) -> str:
    text = io.StringIO()
    Console(file=text, width=200).print(scores_table(read_run(run, language), moments, language))
    return text.getvalue().replace("\N{NO-BREAK SPACE}", " ")


def test_a_fit_in_vietnamese(tmp_path: Path):
    table = shown(made_run(tmp_path / "lop5", problems=60, before=6, after=40), ("before", "after"), "vi")
    assert "Báo cáo: lop5" in table
    assert "Mô hình đã học được: giải đúng 40 trên 60 bài (66,7 %" in table
    assert "trước khi huấn luyện" in table
    assert "6 trên 60: 10,0 %, từ" in table
    assert "1,5 phút" in table
    assert "1,25 GB" in table
    assert "1 trên 1" in table  # checks of the export
    assert " of " not in table


def test_a_model_that_has_learned_nothing(tmp_path: Path):
    table = shown(made_run(tmp_path / "small", problems=2, before=0, after=0), ("before", "after"), "vi")
    assert "Mô hình chưa học được: 0 trên 2 bài" in table


@pytest.mark.parametrize(("language", "solved"), [("en", "of 60: "), ("vi", "trên 60: ")])
def test_each_topic_has_a_row_that_adds_up(tmp_path: Path, language: Language, solved: str):
    run = made_run(tmp_path / "lop5", problems=60, after=40)
    table = shown(run, ("after",), language)
    assert solved in table
    topics = read_run(run).columns["after"].by_topic()
    assert sum(score.problems for score in topics.values()) == 60
    assert table.count("trên" if language == "vi" else " of ") >= len(topics)


def test_a_run_that_was_not_scored(tmp_path: Path):
    run = made_run(tmp_path / "lop5", problems=10, before=0, after=5)
    assert "Lần chạy này chưa được chấm trên bài nào" in shown(run, ("test",), "vi")


def test_a_second_test_on_other_problems_is_counted_alone(tmp_path: Path):
    """`mathpal test RUN` on one file and then on another: the page pooled the problems of both."""
    problems = list(generate_problems(10, seed=3, grades=[4]))
    first, second = (
        [asdict(sample(each, right, 1)) for each in some] for some, right in ((problems[:6], False), (problems[6:], True))
    )
    for lines, right in ((first, False), (second, True)):
        with (tmp_path / "test_samples.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps({"moment": "test"} | line, ensure_ascii=False) + "\n" for line in lines)
        scores = {"problems": len(lines), "accuracy": float(right), "no_answer": 0.0}
        (tmp_path / "summary.json").write_text(json.dumps({"evaluation": {"test": scores}}), encoding="utf-8")
        column = read_run(tmp_path).columns["test"]
        assert (column.score.solved, column.score.problems) == (len(lines) * right, len(lines))

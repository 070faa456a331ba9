"""The README's road for own problems, in its order, on a tiny Gemma: an Excel file -> a run that is scored and asked."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from mathpal_lightning.cli.main import main
from mathpal_lightning.curriculum import generate_problems
from tests.documents import ROOT

SECTION = "## Your own problems: an Excel file on a laptop"
TINY = {
    "--model.vocabulary": "full",
    "--model.backend": "transformers",
    "--model.bits": "16",
    "--model.keep_dequantized": "false",
    "--model.max_new_tokens": "8",
    "--trainer.max_epochs": "1",
    "--trainer.max_steps": "4",
    "--evaluation.problems": "4",
    "--evaluation.sample": "2",
    "--trainer.accelerator": "cpu",
    "--export.formats": "adapter",
}
"""What makes the README's commands cheap; everything else stays as it is written there."""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a teacher's Excel file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMET_API_KEY", raising=False)
    book = openpyxl.Workbook()
    book.active.append(["STT", "Đề bài", "Lời giải"])
    for number, problem in enumerate(generate_problems(80, seed=1, grades=[4]), 1):
        book.active.append([number, problem.question, problem.solution])
    book.save(tmp_path / "problems.xlsx")
    return tmp_path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Callable[..., str]:
    """Runs `mathpal` with some words; what it printed and logged."""

    def run(*words: str) -> str:
        main(list(words))
        shown = capsys.readouterr()
        return shown.out + shown.err + caplog.text

    return run


@pytest.fixture
def tiny(gemma3_folder: Path) -> list[str]:
    return [word for flag, value in {**TINY, "--model.model_name": str(gemma3_folder)}.items() for word in (flag, value)]


def test_the_readme_has_these_steps():
    road = (ROOT / "README.md").read_text(encoding="utf-8").split(SECTION)[1]
    steps = ["data report problems.xlsx", "preflight --config own_data_laptop", "fit --config own_data_laptop", "test lop5"]
    places = [road.index(f"mathpal {step}") for step in (*steps, "serve lop5")]  # chat and serve: tests/commands, tests/serving
    assert places == sorted(places)


@pytest.mark.slow
def test_an_excel_file_is_looked_at_before_training(
    desk: Path, gemma3_folder: Path, tiny: list[str], said: Callable[..., str], capsys: pytest.CaptureFixture[str]
):
    assert "Đề bài" in said("data", "report", "problems.xlsx", "--model", str(gemma3_folder))
    with pytest.raises(SystemExit) as status:
        said("preflight", "--config", "own_data_laptop", "--data.train", "problems.xlsx", *tiny)
    assert status.value.code == 0
    assert "training rows" in capsys.readouterr().out


def test_an_excel_file_becomes_a_run_that_is_scored_and_asked(desk: Path, tiny: list[str], said: Callable[..., str]):
    fitted = said("fit", "--config", "own_data_laptop", "--data.train", "problems.xlsx", "--name", "lop5", *tiny)
    assert "next: mathpal test lop5" in fitted
    assert (desk / "outputs" / "lop5" / "report.html").is_file()
    in_vietnamese = said("test", "lop5", "--lang", "vi")
    assert "Mô hình chưa học được" in in_vietnamese
    assert "Test metric" not in in_vietnamese
    said("report", "lop5")
    (desk / "questions.jsonl").write_text(json.dumps({"question": "Tính: 1 + 1"}), encoding="utf-8")
    assert "Lời giải nằm trong" in said("predict", "lop5", "questions.jsonl", "--lang", "vi")

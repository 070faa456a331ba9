"""What a teacher gets of `mathpal predict`: every row in its place, no formula, and nothing of an earlier call lost."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from lightning.pytorch import LightningModule, Trainer
from openpyxl import load_workbook

from mathpal_lightning.callbacks.write_solutions import WriteSolutions, write_workbook
from mathpal_lightning.data.report import Refusal
from mathpal_lightning.schema import Row, Turn

HEADER = ["Tệp", "Dòng", "Đề bài", "Lời giải", "Đáp số", "Ghi chú"]
MODULE = cast(LightningModule, None)


def asked(*questions: str) -> list[Row]:
    return [Row((Turn("user", question),), place=f"a.xlsx:{row}") for row, question in enumerate(questions, start=2)]


def predict(
    folder: Path, read: Sequence[Row | Refusal], solution: str = "Đáp số: 1,234 kg", processes: int = 1, dies: bool = False
) -> None:
    """A call of `mathpal predict` that writes the same solution to each question, or dies after the first batch."""
    rows = [row for row in read if isinstance(row, Row)]
    data, strategy = SimpleNamespace(predict_read=read), SimpleNamespace(barrier=lambda: None)

    def ranks() -> Iterator[Trainer]:
        for rank in range(processes):
            place = {"default_root_dir": str(folder), "global_rank": rank, "is_global_zero": rank == 0, "world_size": processes}
            yield cast(Trainer, SimpleNamespace(**place, datamodule=data, strategy=strategy))

    writer = WriteSolutions()
    for trainer in ranks():
        writer.on_predict_start(trainer, MODULE)
        for number, row in enumerate(rows[trainer.global_rank :: processes]):
            writer.write_on_batch_end(trainer, MODULE, [solution], None, [row], number, 0)
            if dies:
                return
    for trainer in ranks():
        writer.on_predict_end(trainer, MODULE)


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def shown_in(workbook: Path) -> list[list[object]]:
    return [[cell.value for cell in row] for row in load_workbook(workbook)["Lời giải"].iter_rows()]


def test_every_solution_is_a_text_of_the_workbook(tmp_path: Path):
    rows = [
        {"place": "a.xlsx:2", "question": "2 + 3 = ?", "solution": "2 + 3 = 5\nĐáp số: 5", "answer": "5"},
        {"place": "a.xlsx:3", "question": "Tính 4 × 5.", "solution": "=4*5", "answer": None},
        {"place": "a.xlsx:4", "question": "Một dòng hỏng\x0b", "solution": "a" * 40_000, "answer": "7"},
    ]
    lines = tmp_path / "solutions.jsonl"
    lines.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    write_workbook(lines, tmp_path / "solutions.xlsx")
    shown = shown_in(tmp_path / "solutions.xlsx")
    assert shown[:3] == [
        HEADER,
        ["a.xlsx", "2", "2 + 3 = ?", "2 + 3 = 5\nĐáp số: 5", "5", None],
        ["a.xlsx", "3", "Tính 4 × 5.", "=4*5", None, None],
    ]
    assert shown[3][2:5] == ["Một dòng hỏng", "a" * 32_767, "7"]
    sheet = load_workbook(tmp_path / "solutions.xlsx")["Lời giải"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}, "no formula"


def test_answers_are_vietnamese_in_the_workbook_and_canonical_in_the_lines(tmp_path: Path):
    """In Vietnam 1.234 kg is more than a ton."""
    predict(tmp_path, asked("Con cá nặng bao nhiêu?"))
    assert lines_of(tmp_path / "solutions.jsonl")[0]["answer"] == "1.234 kg"
    assert shown_in(tmp_path / "solutions.xlsx")[1][4] == "1,234 kg"
    predict(tmp_path, asked("Tìm x, biết x² - 4x + 3,75 = 0."), "Vậy x = 1,5 hoặc x = 2,5")
    assert shown_in(tmp_path / "solutions.xlsx")[1][4] == "1,5; 2,5"


@pytest.mark.parametrize("processes", [1, 2])
def test_a_refused_question_keeps_its_row_with_the_reason(processes: int, tmp_path: Path):
    rows = asked("1 + 1 = ?", "", "2 + 2 = ?", "1/2", "3 + 3 = ?")
    read = [rows[0], Refusal("empty_question", "a.xlsx:3"), rows[2]]
    read += [
        Refusal("unreadable", "a.xlsx:5", "the date 2026-02-01 (Excel makes dates of 1/2 and 3-4) instead of a text"),
        rows[4],
    ]
    predict(tmp_path, read, processes=processes)
    lines = lines_of(tmp_path / "solutions.jsonl")
    assert [line["place"] for line in lines] == [f"a.xlsx:{row}" for row in range(2, 7)]
    assert [line["question"] for line in lines] == ["1 + 1 = ?", None, "2 + 2 = ?", None, "3 + 3 = ?"]
    assert [line.get("refused") for line in lines] == [None, "empty_question", None, "unreadable", None]
    shown = shown_in(tmp_path / "solutions.xlsx")[1:]
    assert [row[1] for row in shown] == ["2", "3", "4", "5", "6"]
    assert [row[5] for row in shown] == [
        None,
        "Chưa giải: thiếu đề bài",
        None,
        "Chưa giải: không đọc được (ngày 2026-02-01 (Excel tự đổi 1/2 và 3-4 thành ngày) thay vì văn bản)",
        None,
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["solutions.jsonl", "solutions.xlsx"]


def test_the_solutions_of_earlier_calls_are_kept_and_that_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    names = ("solutions.jsonl", "solutions.xlsx")
    predict(tmp_path, asked("1 + 1 = ?"), "Đáp số: 2")
    first = [(tmp_path / name).read_bytes() for name in names]
    with caplog.at_level("INFO"):
        predict(tmp_path, asked("1 + 2 = ?"), "Đáp số: 3")
    assert [(tmp_path / name).read_bytes() for name in ("solutions.1.jsonl", "solutions.1.xlsx")] == first
    assert f"The earlier solutions are now {tmp_path / 'solutions.1.xlsx'}, {tmp_path / 'solutions.1.jsonl'}" in caplog.messages
    (tmp_path / "solutions.1.jsonl").unlink()
    predict(tmp_path, asked("1 + 3 = ?"), "Đáp số: 4")
    assert [line["answer"] for name in ("solutions.2.jsonl", names[0]) for line in lines_of(tmp_path / name)] == ["3", "4"]


def test_a_call_that_dies_leaves_the_earlier_solutions_and_what_it_has_solved(tmp_path: Path):
    predict(tmp_path, asked("1 + 1 = ?"), "Đáp số: 2")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    predict(tmp_path, asked("1 + 2 = ?", "1 + 3 = ?"), "Đáp số: 3", dies=True)
    assert {path: path.read_bytes() for path in before} == before
    assert [line["question"] for line in lines_of(tmp_path / "solutions.unfinished.jsonl")] == ["1 + 2 = ?"]

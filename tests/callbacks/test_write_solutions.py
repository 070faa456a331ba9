"""The workbook of solutions: what a teacher's Excel shows, and nothing that it runs."""

import json
from pathlib import Path

from openpyxl import load_workbook

from mathpal_lightning.callbacks.write_solutions import write_workbook


def test_every_solution_is_a_text_of_the_workbook(tmp_path: Path):
    rows = [
        {"question": "2 + 3 = ?", "solution": "2 + 3 = 5\nĐáp số: 5", "answer": "5"},
        {"question": "Tính 4 × 5.", "solution": "=4*5", "answer": None},
        {"question": "Một dòng hỏng\x0b", "solution": "a" * 40_000, "answer": "7"},
    ]
    lines = tmp_path / "solutions.jsonl"
    lines.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    write_workbook(lines, tmp_path / "solutions.xlsx")
    sheet = load_workbook(tmp_path / "solutions.xlsx")["Lời giải"]
    shown = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert shown[:3] == [
        ["Đề bài", "Lời giải", "Đáp số"],
        ["2 + 3 = ?", "2 + 3 = 5\nĐáp số: 5", "5"],
        ["Tính 4 × 5.", "=4*5", None],
    ]
    assert shown[3] == ["Một dòng hỏng", "a" * 32_767, "7"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}, "no formula"

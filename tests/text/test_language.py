"""Is it Vietnamese, does it hold mathematics, does it need a picture: literals, and shares measured on the real rows."""

import json
import time
from pathlib import Path

import pytest

from mathpal_lightning.text import asks_for_mathematics, holds_mathematics, is_vietnamese, needs_picture
from tests.own_rows import OWN_ROWS

ROWS = Path(__file__).parents[3] / "shared" / "data" / "exam_grade6_train.json"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tính diện tích hình vuông có cạnh 5 cm.", True),
        ("Số bi của An là 12 viên.", True),
        ("x = 5", True),
        ("The area of the square is twenty-five.", False),
        ("Calculate the sum of all numbers below ten", False),
        ("Tinh dien tich hinh vuong co canh nam xang ti met", False),
    ],
)
def test_is_vietnamese(text: str, expected: bool):
    assert is_vietnamese(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("2 + 3", True), ("\\frac{a}{b}", True), ("tính chu vi", True), ("Kể lại câu chuyện.", False)]
)
def test_holds_mathematics(text: str, expected: bool):
    assert holds_mathematics(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tính x. ![](https://a.vn/b.png)", True),
        ('<img src="a.png"> Tính x.', True),
        ("Tính diện tích phần tô đậm.", True),
        ("Cho hình vẽ bên, tính x.", True),
        ("Tính diện tích hình vuông cạnh 3 cm.", False),
        ("<image>\nTính diện tích hình này", True),
        ("\\includegraphics[width=5cm]{hinh1.png} Tính x.", True),
        ("\\begin{tikzpicture} Tính x.", True),
        ("[asy]draw((0,0)--(1,1));[/asy] Tính x.", True),
        ("![[hinh.png]] Tính x.", True),
        ("Các hình trên bảng sau có mấy hình tròn?", False),
        ("Nhìn hình trên, tính x.", True),
        ("Màn hình trên tường rộng 1,2 m.", False),
        ("Tháp mô hình trên bàn cao 30 cm.", False),
        ("Bạn An dán 12 hình trên giấy.", False),
        ("Đội hình sau có 12 người.", False),
        ("An tô màu 3/8 băng giấy. Hỏi phần tô màu chiếm mấy phần?", False),
        ("Hình vuông cạnh 5 cm. Tính diện tích phần được tô màu, biết x = 5.", True),
        ("Hình hộp chữ nhật có chiều dài 3 cm.", False),
        ("Dựa vào bảng dưới đây, tính tổng số cây.", True),
        ("Bảng dưới đây ghi số cây: Lan: 5. Hỏi Mai trồng bao nhiêu cây?", True),
        ("Bảng dưới đây ghi số cây:\n| Lớp | Số cây |\n|---|---|\n| 3A | 12 |\nHỏi 3A trồng bao nhiêu cây?", False),
        ("Biểu đồ sau đây cho biết số quả:\nLan: ■ ■ ■\nMai: ■ ■\nMỗi ■ là 5 quả. Hỏi Lan có mấy quả?", False),
        ("Biểu đồ sau đây cho biết số sách:\nLan: 3 quyển\nMai: 4 quyển\nAi nhiều hơn?", False),
        ("Bảng sau đây:\n| Lan | 3 |\n| Mai | 4 |\nCho hình vẽ bên, tính x.", True),
    ],
)
def test_needs_picture(text: str, expected: bool):
    assert needs_picture(text) is expected


@pytest.mark.parametrize("row", OWN_ROWS, ids=lambda row: row["answer"])
def test_on_rows_in_our_own_words(row: dict):
    assert is_vietnamese(row["solution"]) or len(row["solution"]) < 60  # a bare equation has no language
    assert holds_mathematics(row["solution"])
    assert needs_picture(row["question"]) is row["picture"]


@pytest.mark.skipif(not ROWS.exists(), reason="the real rows are not here")
def test_on_real_rows():
    rows = json.loads(ROWS.read_text(encoding="utf-8"))
    solutions = [row["solution"] for row in rows if len(row["solution"]) > 40]
    assert sum(map(is_vietnamese, solutions)) > 0.98 * len(solutions)
    assert sum(map(holds_mathematics, solutions)) > 0.98 * len(solutions)
    pictures = [row["question"] for row in rows if "![](" in row["question"]]
    assert len(pictures) > 50
    assert all(map(needs_picture, pictures))


@pytest.mark.parametrize("text", ["<" * 32_000, "√=" * 16_000, "1" + "?" * 32_000, "1" + "x?" * 16_000, "![" * 32_000])
def test_a_long_text_of_signs_takes_no_longer_than_others(text: str):
    began = time.process_time()
    asks_for_mathematics(text)
    needs_picture(text)
    assert time.process_time() - began < 1

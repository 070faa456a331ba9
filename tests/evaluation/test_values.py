"""Each kind of answer: how it may be written, and its canonical form. One table a kind, as a teacher would fill it in."""

import pytest

from mathpal_lightning.evaluation.solution.plain import prepared
from mathpal_lightning.evaluation.values.nouns import same_noun
from mathpal_lightning.evaluation.values.reading import read_answer, value_of
from mathpal_lightning.evaluation.values.words import number_in_words
from mathpal_lightning.schema import Answer

WRITTEN = {
    "number": [("448 000", "448000"), ("1.500", "1500"), ("2,5", "2.5"), ("x = -3", "-3"), ("5 × 4 = 20", "20")],
    "fraction": [("$\\frac{-1}{6}$", "-1/6"), ("$-\\frac{1}{6}$", "-1/6"), ("3 : 4", "3/4"), ("18/24", "18/24")],
    "mixed_number": [("$2\\frac{3}{4}$", "2 3/4"), ("2 3/4", "2 3/4")],
    "percent": [("25 %", "25%"), ("25 phần trăm", "25%"), ("62,5%", "62.5%"), ("6%/năm", "6%")],
    "quantity": [
        ("84{,}9\\text{ m}", "84.9 m"),
        ("36 cm²", "36 cm^2"),
        ("(50 cm^{2})", "50 cm^2"),
        ("65°", "65 độ"),
        ("16 cái kẹo", "16 cái kẹo"),
        ("$17", "17 đô la"),
        ("$30,000", "30000 đô la"),
        ("255k", "255000 đồng"),
        ("1 triệu 500 nghìn đồng", "1500000 đồng"),
        ("nửa giờ", "0.5 giờ"),
        ("1 giờ rưỡi", "1.5 giờ"),
        ("3 giờ chiều", "3 giờ chiều"),
    ],
    "compound_quantity": [
        ("8h05’", "8 giờ 5 phút"),
        ("3 giờ kém 10 phút", "2 giờ 50 phút"),
        ("2 ha 5 a", "2 ha 5 a"),
        ("60°30'", "60 độ 30 phút"),
        ("1kg200g", "1 kg 200 g"),
    ],
    "choice": [("B", "B"), ("(B)", "B"), ("B. 25 cm²", "B")],
    "point": [("(0; -2)", "(0;-2)"), ("A(0; -2)", "(0;-2)"),
              ("$\\left( - 13; - 5 \\right)$", "(-13;-5)"), ("(x; y) = (3; 1)", "(3;1)")],
    "interval": [
        ("[2; +\\infty)", "[2;+\\infty)"),
        ("$(-\\infty; -2) \\cup (2; +\\infty)$", "(-\\infty;-2) ∪ (2;+\\infty)"),
        ("x ∈ (2; 7)", "(2;7)"),
        ("$D = \\mathbb{R} \\setminus \\{1\\}$", "ℝ \\ {1}"),
    ],
    "relation": [
        ("$x \\geq 4$", "x ≥ 4"),
        ("2 < x ≤ 7", "2 < x ≤ 7"),
        ("x < -2 hoặc x > 2", "x < -2 hoặc x > 2"),
        ("y = -2x + 4", "y = -2x + 4"),
        ("2/3 > 3/5", "2/3 > 3/5"),
        (">", ">"),
    ],
    "expression": [("$4\\sqrt{2}$", "4\\sqrt{2}"), ("2(x + 1)", "2(x + 1)"), ("P = 2(a + b)", "2(a + b)"), ("8π", "8π")],
    "multi": [("$S = \\{2; 3\\}$", ["2", "3"]), ("x = ±3", ["3", "-3"]),
              ("x = 2 hoặc x = 3", ["2", "3"]), ("7 (dư 5)", ["7", "5"])],
    "text": [
        ("Phương trình vô nghiệm", "vô nghiệm"),
        ("thứ Ba", "thứ Ba"),
        ("không phải 16", "không phải 16"),
        ("16 nên 20 cái", "16 nên 20 cái"),
        ("24 = 8 = 16", "24 = 8 = 16"),
        ("16?", "16?"),
        ("hơn 16", "hơn 16"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "written", "canonical"), [(kind, *pair) for kind, pairs in WRITTEN.items() for pair in pairs], ids=str
)
def test_reads_what_pupils_write(kind: str, written: str, canonical: str | list[str]):
    answer = read_answer(prepared(written))
    assert answer is not None
    assert (answer.kind, answer.canonical()) == (kind, canonical)
    again = Answer.from_canonical(answer.canonical())
    assert again.canonical() == canonical
    if kind not in ("multi", "choice"):
        assert value_of(again).canonical == canonical


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("cái kẹo", "kẹo", True),
        ("cái kẹo", "chiếc kẹo", True),
        ("con", "con gà", True),
        ("học sinh", "em", True),
        ("học sinh", "bạn học sinh", True),
        ("quyển", "cuốn sách", True),
        ("con gà", "con vịt", False),
        ("cái kẹo", "con voi", False),
        ("học sinh nam", "học sinh nữ", False),
        ("học sinh", "quyển vở", False),
    ],
)
def test_counted_nouns(first: str, second: str, same: bool):
    assert same_noun(first, second) is same_noun(second, first) is same


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ba mươi lăm", 35),
        ("một trăm linh năm", 105),
        ("năm triệu ba trăm nghìn", 5_300_000),
        ("mười một", 11),
        ("XIX", 19),
        ("thế kỉ XI", 11),
        ("ba con gà", None),
        ("C", None),
    ],
)
def test_numbers_in_words_and_roman_numerals(text: str, number: int | None):
    assert number_in_words(text) == number

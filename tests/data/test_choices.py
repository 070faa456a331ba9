"""Multiple choice: options in columns of their own or in a list, and the option that the answer names."""

import re

import pytest

from mathpal_lightning.data.columns import Columns, choose_columns
from mathpal_lightning.data.readers.records import Record
from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.data.rows import read_rows
from mathpal_lightning.evaluation.verdict.judge import judge
from mathpal_lightning.schema import Row

ASKED = "Diện tích hình chữ nhật dài 6 cm, rộng 5 cm là:"
TEXTS = ["30 cm", "30 cm^2", "11 cm^2", "22 cm"]
SHOWN = f"{ASKED}\nA. 30 cm\nB. 30 cm^2\nC. 11 cm^2\nD. 22 cm"
LETTERED = dict(zip("ABCD", TEXTS, strict=True))


def read(*rows: dict[str, object], columns: Columns = Columns(), **settings: object) -> list[Row | Refusal | Note]:  # noqa: B008  frozen
    return list(read_rows([Record(f"rows.csv:{n}", row, "rows.csv") for n, row in enumerate(rows, 2)], columns, **settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields",
    [
        {"question": ASKED, **LETTERED, "answer": "B"},
        {"Đề bài": ASKED, **LETTERED, "Đáp án": "b"},
        {"question": ASKED, "option_a": "A. 30 cm", "option_b": "B) 30 cm^2", "option_c": "11 cm²", "option_d": "22 cm"}
        | {"correct": "(B)"},
        {"Câu hỏi": ASKED, **{f"Phương án {n}": text for n, text in enumerate(TEXTS, 1)}, "Đáp án đúng": 2},
        {"Câu hỏi": ASKED, **{f"Đáp án {letter}": text for letter, text in LETTERED.items()}, "Đáp án đúng": "Đáp án B"},
        {"question": ASKED, "opa": TEXTS[0], "opb": TEXTS[1], "opc": TEXTS[2], "opd": TEXTS[3], "cop": "B", "exp": None},
        {"question": ASKED, "choices": TEXTS, "answer": 1},
        {"question": ASKED, "choices": [f"{letter}. {text}" for letter, text in LETTERED.items()], "answer": "B"},
        {"question": ASKED, "choices": {"text": TEXTS, "label": ["1", "2", "3", "4"]}, "answerKey": "2"},
        {"question": ASKED, "options": LETTERED, "answer": "30 cm²", "answer_idx": "B"},
        {"question": ASKED, "options": "['30 cm', '30 cm^2', '11 cm^2', '22 cm']", "answer": "1"},
        {"question": ASKED, "Các lựa chọn": "A. 30 cm B. 30 cm^2 C. 11 cm^2 D. 22 cm", "Đáp án": "30 cm^2"},
        {"question": ASKED, "options": [{"id": letter, "text": text} for letter, text in LETTERED.items()], "answer": "B"},
        {"question": SHOWN, "choices": TEXTS, "answer": 1},
    ],
)  # fmt: skip
def test_the_options_stand_below_the_question_and_the_answer_is_judged(fields: dict[str, object]):
    *notes, row = read(fields)
    assert isinstance(row, Row), row
    assert row.question == SHOWN
    assert row.solution == "Đáp án: B"
    assert any("stand below the question, the right one is in" in note.text for note in notes if isinstance(note, Note))
    assert judge(row.question, row.solution, "6 × 5 = 30 (cm^2)").verdict == "correct"
    assert judge(row.question, row.solution, "Chọn C.").verdict == "wrong"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("E", "the answer 'E' in 'answer' is none of the options A to D"),
        ("3", "the answer '3' in 'answer' is none of"),
        ("B. 22 cm", "the answer 'B. 22 cm' in 'answer' is none of"),
        ("A, E", "is none of the options A to D"),
        ("50 kg", "the answer '50 kg' in 'answer' is none of"),
        ("A hoặc B", "is none of the options A to D"),
        ("Không có đáp án", "is none of the options A to D"),
        ("B (22 cm)", "is none of the options A to D"),
        (None, ""),
    ],
)
def test_an_answer_that_names_no_option_is_refused(answer: str | None, reason: str):
    refused = read({"question": ASKED, **LETTERED, "answer": answer})[-1]
    assert isinstance(refused, Refusal)
    assert reason in refused.detail
    assert refused.place == "rows.csv:2"
    assert refused.reason == ("empty_solution" if answer is None else "missing_option")


@pytest.mark.parametrize("answer", ["B (30 cm^2)", "B - 30 cm²", "30,0 cm2", "$30$ cm^2"])
def test_an_answer_in_other_words_is_the_option_that_it_names(answer: str):
    assert read({"question": ASKED, **LETTERED, "answer": answer})[-1].solution == "Đáp án: B"  # type: ignore[union-attr]


@pytest.mark.parametrize("solution", ["Vì 5 là số lẻ", "B vì 6 × 5 là 30", "5 + 5 = 10"])
def test_a_short_solution_stays(solution: str):
    read_solution = read({"question": ASKED, **LETTERED, "solution": solution})[-1].solution  # type: ignore[union-attr]
    assert read_solution == solution


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"B": ""}, "option B is empty"),
        ({"B": True}, "true instead of an option"),
        ({"B": "", "C": None, "D": ""}, "1 options instead of 2 to 8"),
        ({letter: "" for letter in "ABCD"}, "the answer 'B' in 'answer' is none of its options: it has none"),
    ],
)
def test_options_that_cannot_be_read_are_refused(changed: dict[str, object], reason: str):
    refused = read({"question": ASKED, **LETTERED, "answer": "B"} | changed)[-1]
    assert isinstance(refused, Refusal)
    assert reason in refused.detail


def test_a_worked_solution_ends_with_the_letter_and_may_not_choose_another():
    fields = {"question": ASKED, **LETTERED, "Lời giải": "6 × 5 = 30", "Đáp án": "B"}
    assert read(fields)[-1].solution == "6 × 5 = 30\nĐáp án: B"  # type: ignore[union-attr]
    assert read(fields | {"Lời giải": "30 cm^2. Chọn B."})[-1].solution == "30 cm^2. Chọn B."  # type: ignore[union-attr]
    refused = read(fields | {"Lời giải": "Chọn C."})[-1]
    assert isinstance(refused, Refusal)
    assert refused.detail == "the solution chooses C, but 'Đáp án' says B"


def test_an_open_question_between_the_others_keeps_its_answer():
    rows = read(
        {"question": ASKED, **LETTERED, "answer": "B"}, {"question": "1 + 1 = ?", **dict.fromkeys("ABCD"), "answer": "2"}
    )
    assert (rows[-1].question, rows[-1].solution) == ("1 + 1 = ?", "2")  # type: ignore[union-attr]


@pytest.mark.parametrize("options", [dict.fromkeys("ABCD", ""), {"choices": None}])
@pytest.mark.parametrize("answer", ["36", "35", "-3"])
def test_a_worked_solution_of_an_open_question_stays(options: dict[str, object], answer: str):
    solution = "54 - 18 = 36\nĐáp số: 36 kg"
    row = read({"question": "54 - 18 = ?", "solution": solution, "answer": answer} | options)[-1]
    assert row.solution == solution  # type: ignore[union-attr]


def test_questions_to_predict_and_pairs_show_their_options_too():
    assert read({"question": ASKED, **LETTERED}, needs_solution=False)[-1].question == SHOWN  # type: ignore[union-attr]
    pair = {"question": ASKED, **LETTERED, "chosen": "Chọn B.", "rejected": "Chọn C.", "answer": "B"}
    rows = read(pair, pair | {"chosen": "Chọn D."}, objective="dpo")
    assert rows[1].question == SHOWN  # type: ignore[union-attr]
    assert rows[2].reason == "wrong_chosen"  # type: ignore[union-attr]


def test_a_letter_without_options_is_refused_unless_the_problem_names_it():
    rows = read(
        {"question": "5 + 6 = ?", "answer": "B"},
        {"question": "Tam giác ABC vuông tại đỉnh nào, biết BC là cạnh huyền?", "answer": "A"},
        {"question": SHOWN, "answer": "E"},
    )[1:]
    assert [type(row) for row in rows] == [Refusal, Row, Refusal]
    assert rows[0].detail == "the answer B is none of the question's options"  # type: ignore[union-attr]
    assert rows[0].reason == rows[2].reason == "missing_option"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "names", [["question", "a", "b", "c", "answer"], ["question", "A", "B", "answer"], ["question", "answer"]]
)
def test_other_columns_of_one_letter_are_no_options(names: list[str]):
    assert choose_columns(names, Columns(), "sft", True, "rows.csv:2").choices is None


def test_the_column_of_a_list_can_be_named_or_left_out():
    fields = {"question": ASKED, "đề_xuất": TEXTS, "answer": "B"}
    assert read(fields, columns=Columns(choices="đề_xuất"))[-1].question == SHOWN  # type: ignore[union-attr]
    plain = choose_columns(["question", *"ABCD", "answer"], Columns(choices=""), "sft", True, "rows.csv:2")
    assert plain.choices is None
    assert re.search("options", plain.note) is None


@pytest.mark.parametrize("key", ["B. 30 cm^2", "Đáp án B: 30 cm^2", "B"])
def test_an_explanation_is_followed_by_the_option_that_the_key_names(key: str):
    *_, row = read({"question": ASKED, "choices": TEXTS, "explanation": "Lấy 6 × 5 = 30.", "answer": key})
    assert isinstance(row, Row), row
    assert row.solution.startswith("Lấy 6 × 5 = 30.\nĐáp án: B")

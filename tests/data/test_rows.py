"""What is taken, what is refused and why."""

import pytest

from mathpal_lightning.data.report import Note, Refusal
from mathpal_lightning.data.rows import MOST_CHARACTERS, Columns, read_rows
from mathpal_lightning.data.sources import Record
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Row, Turn

GOOD = {"question": "2 + 3 = ?", "solution": "5"}


def _read(*fields: dict, columns: Columns = Columns(), **settings) -> list[Row | Refusal]:  # noqa: B008  frozen
    records = [Record(f"rows.jsonl:{number}", one) for number, one in enumerate(fields, start=1)]
    return list(read_rows(records, columns, **settings))


def test_a_row_is_normalised_and_knows_its_place():
    assert _read({"question": "Tính&nbsp;5 ∶ 2", "solution": "  2,5 ", "topic": "division"}) == [
        Row((Turn("user", "Tính 5 : 2"), Turn("assistant", "2,5")), "division", "rows.jsonl:1")
    ]


def test_named_columns_are_read():
    rows = _read({"de_bai": "2 + 3 = ?", "loi_giai": 5, "dang": "sum"}, columns=Columns("de_bai", "loi_giai", topic="dang"))
    assert (rows[0].question, rows[0].solution, rows[0].topic) == ("2 + 3 = ?", "5", "sum")


def test_a_chat_is_read_turn_by_turn():
    messages = [
        {"role": "system", "content": "Ngắn gọn."},
        {"role": "user", "content": [{"type": "text", "text": "2 + "}, {"type": "text", "text": "3 = ?"}]},
        {"role": "model", "content": "5"},
    ]
    assert _read({"messages": messages}) == [
        Row((Turn("system", "Ngắn gọn."), Turn("user", "2 + 3 = ?"), Turn("assistant", "5")), "", "rows.jsonl:1")
    ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"question": "", "solution": "5"}, "empty_question"),
        ({"question": "", "solution": None}, "empty_row"),
        ({"question": None, "solution": "5"}, "empty_question"),
        ({"solution": "5"}, "empty_question"),
        ({"question": "&nbsp; \n", "solution": "5"}, "empty_question"),
        ({"question": "2 + 3 = ?", "solution": ""}, "empty_solution"),
        ({"question": "2 + 3 = ?"}, "empty_solution"),
        ({"question": "2 + 3 = ?", "solution": ["5"]}, "unreadable"),
        ({"question": "2 + 3 = ?", "solution": True}, "unreadable"),
        ({"question": "2 + \ud800", "solution": "5"}, "unreadable"),
        ({"question": "a" * (MOST_CHARACTERS + 1), "solution": "5"}, "too_long"),
        ({"question": "Viết <end_of_turn>", "solution": "5"}, "control_token"),
        ({"question": "2 + 3 = ?", "solution": "5<eos>"}, "control_token"),
        ({"question": "Viết &lt;end_of_turn&gt;", "solution": "5"}, "control_token"),
        ({"question": "Tính ![](https://a.vn/1.png)", "solution": "5"}, "needs_picture"),
        ({"question": "2 + 3 = ?", "solution": 'Xem <img src="a.png">'}, "needs_picture"),
        ({"messages": []}, "empty_question"),
        ({"messages": "2 + 3 = ?"}, "unreadable"),
        ({"messages": [{"role": "user", "content": "a"}]}, "empty_solution"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}]}, "empty_solution"),
        ({"messages": [{"role": "oracle", "content": "a"}, {"role": "assistant", "content": "b"}]}, "unreadable"),
        ({"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}]}, "unreadable"),
        ({"messages": ["a", "b"]}, "unreadable"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_place(fields: dict, reason: str):
    good, refusal = _read(GOOD, fields, control_tokens=["<end_of_turn>", "<eos>"])
    assert isinstance(good, Row)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.place) == (reason, "rows.jsonl:2")


@pytest.mark.parametrize("place", ["question", "solution"])
@pytest.mark.parametrize(
    "token", ["<mask>", "<unk>", "<start_of_image>", "<|image|>", "<turn|>", "<unused17>", "<audio_soft_token>"]
)
def test_a_control_token_of_any_family_is_refused_without_its_tokenizer(token: str, place: str):
    """The tokens of families.py are refused in every row, also in questions to predict, whose tokenizer may lack them."""
    _, refusal = _read(GOOD, GOOD | {place: f"{GOOD[place]} {token}"})
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "control_token"


@pytest.mark.parametrize("picture", ["hinh1.png", ["a.png"], {"bytes": b"PNG", "path": None}, b"PNG"])
@pytest.mark.parametrize("column", ["image", "images", "Hình ảnh"])
def test_a_row_with_a_filled_column_of_pictures_needs_them(column: str, picture: object):
    _, refusal = _read(GOOD, GOOD | {column: picture})
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "needs_picture"
    assert isinstance(_read(GOOD | {column: picture}, drop_picture_rows=False)[-1], Row)


@pytest.mark.parametrize("picture", [None, "", "Không", [], [None], {"bytes": None}, float("nan"), False])
def test_a_row_with_an_empty_column_of_pictures_is_read(picture: object):
    assert isinstance(_read(GOOD | {"image": picture})[-1], Row)


def test_picture_rows_are_kept_when_asked():
    assert isinstance(_read({"question": "Tính ![](a.png)", "solution": "5"}, drop_picture_rows=False)[0], Row)


def test_questions_to_predict_need_no_solution_and_show_none():
    rows = _read({"question": "2 + 3 = ?"}, {"question": "1 + 1 = ?", "solution": "2"}, needs_solution=False)
    assert [row.turns for row in rows] == [(Turn("user", "2 + 3 = ?"),), (Turn("user", "1 + 1 = ?"),)]


def test_a_prompt_and_a_completion_may_be_messages():
    """TRL's conversational rows; the completion's last turn is the solution."""
    system, user = {"role": "system", "content": "Giải toán."}, {"role": "user", "content": "2 + 3 = ?"}
    *_, row = _read({"prompt": [system, user], "completion": [{"role": "assistant", "content": "5"}]})
    assert isinstance(row, Row)
    assert row.turns == (Turn("system", "Giải toán."), Turn("user", "2 + 3 = ?"), Turn("assistant", "5"))
    *_, row = _read({"prompt": [user], "answer": 5})
    assert isinstance(row, Row)
    assert row.turns == (Turn("user", "2 + 3 = ?"), Turn("assistant", "5"))
    *_, refusal = _read({"prompt": [{"role": "oracle", "content": "?"}], "completion": "5"})
    assert isinstance(refusal, Refusal)
    assert "oracle" in str(refusal)


def test_a_missing_column_names_those_found_and_the_nearest():
    with pytest.raises(DataError, match=r"'question'.*'questions', 'answer' in rows\.jsonl:1.*Did you mean 'questions'\?"):
        _read({"questions": "a", "answer": "b"})
    with pytest.raises(DataError, match="'solution'"):
        _read({"question": "a"})


def test_refusals_of_the_source_pass_through():
    refusal = Refusal("unreadable", "rows.jsonl:1", "oops")
    assert list(read_rows([refusal, Record("rows.jsonl:2", GOOD)], Columns()))[0] is refusal


@pytest.mark.parametrize(
    ("fields", "turns"),
    [
        ({"system": "Ngắn gọn.", **GOOD}, ["Ngắn gọn.", "2 + 3 = ?", "5"]),
        ({"system": "", **GOOD}, ["2 + 3 = ?", "5"]),
        (
            {"instruction": "2 + 3 = ?", "input": "", "output": "5", "system": "Ngắn gọn.", "history": [["Chào", "Chào em"]]},
            ["Ngắn gọn.", "Chào", "Chào em", "2 + 3 = ?", "5"],
        ),
        (
            {"messages": [{"role": "Developer", "content": "Ngắn gọn."}, {"role": "USER", "content": "2 + 3 = ?"}]}
            | {"system": None},
            ["Ngắn gọn.", "2 + 3 = ?"],
        ),
    ],
    ids=["a system column", "an empty one", "Alpaca's history", "OpenAI's developer"],
)
def test_what_stands_before_a_question_is_kept(fields: dict, turns: list[str]):
    *_, row = _read(fields, needs_solution="messages" not in fields)
    assert isinstance(row, Row), row
    assert [turn.text for turn in row.turns] == turns


def _chat(*roles: str, **marks: object) -> dict:
    return {"messages": [{"role": role, "content": f"2 + {n} = ?", **marks} for n, role in enumerate(roles)]}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        (_chat("user", "user", "assistant"), "two turns of the user in a row"),
        (_chat("user", "assistant", "assistant"), "two turns of the assistant in a row"),
        (_chat("assistant", "user", "assistant"), "the first turn is the assistant's"),
        (_chat("user", "assistant", weight=0), "message 1 is not to be learned (weight: 0)"),
        (_chat("user", "assistant", train=False), "message 1 is not to be learned (train: False)"),
        ({"instruction": "a", "output": "b", "history": ["c"]}, "an earlier conversation that is not a list of questions"),
        ({"question": "a", "solution": ["5", "6"]}, "a list of texts instead of a text or a chat"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}, {"type": "text", "text": "?"}]}]},
            "a list of parts of the types image_url, text instead of a text",
        ),
        ({"question": "question", "solution": "solution"}, "the header once more"),
        ({"question": "\ufeffquestion", "solution": "solution"}, "the header once more"),
        ({"Đề bài": "ĐỀ BÀI", "Lời giải": "LỜI GIẢI"}, "the header once more"),
    ],
    ids=str,
)
def test_rows_that_would_teach_something_else_are_refused_with_the_reason(fields: dict, why: str):
    *_, refusal = _read(fields)
    assert isinstance(refusal, Refusal), refusal
    assert refusal.reason == "unreadable"
    assert why in refusal.detail


@pytest.mark.parametrize(
    "mark", [False, "False", "false", 0, 0.0, "0.0", "0,0", " False", "F", "Sai", "Không", "S", *"✗✘❌×", "✖\ufe0f"]
)
def test_a_solution_that_is_marked_as_wrong_is_not_learned(mark: object):
    marked = {**GOOD, "is_correct": mark}
    assert _read(marked, {**GOOD, "is_correct": True})[0] == Refusal("marked_wrong", "rows.jsonl:1", f"is_correct: {mark}")
    assert isinstance(_read({**GOOD, "is_correct": True})[0], Row)
    assert isinstance(_read(marked, needs_solution=False)[0], Row), "a question to solve has no solution to be wrong"


def test_a_row_without_the_solution_of_its_file_takes_no_bare_answer():
    worked = {"question": "1 + 1 = ?", "solution": "1 + 1 = 2. Đáp số: 2", "answer": "2"}
    rows = _read(worked, {"question": "7 × 8 = ?", "answer": "56"}, {"question": "7 × 9 = ?", "response": "63"}, worked)
    assert [row.reason if isinstance(row, Refusal) else getattr(row, "solution", str(row)) for row in rows] == [
        str(Note("the rows: not read: 'answer'")),
        worked["solution"],
        "empty_solution",
        str(Note("the rows: solution from 'response'")),
        "63",
        worked["solution"],
    ]


def test_a_difficulty_in_words_is_a_level_or_is_said():
    words = ["Nhận biết", "TH", "Vận dụng", "vận dụng cao", "Khó", "Level 5", "2,5", None, "", "?"]
    *rows, note = _read(*({**GOOD, "difficulty": word} for word in words))
    assert [row.difficulty for row in rows if isinstance(row, Row)] == [1, 2, 3, 4, 3, 5, 2.5, None, None, None]
    assert note == Note("1 rows have a difficulty that is neither a number nor a known level: it is not used")


def test_an_empty_system_turn_is_left_out():
    talk = [{"role": "user", "content": "1 + 1"}, {"role": "assistant", "content": "2"}]
    for system in ("", None, " \n"):
        (row,) = _read({"messages": [{"role": "system", "content": system}, *talk]})
        assert row.turns == (Turn("user", "1 + 1"), Turn("assistant", "2"))


def test_the_last_words_of_the_user_are_left_out():
    chat = [{"role": role, "content": role} for role in ("user", "assistant", "user")]
    row, note = _read({"messages": chat})
    assert row.turns == (Turn("user", "user"), Turn("assistant", "assistant"))
    assert note == Note("1 chats end with words of the user that nobody answers: these are left out")
    assert len(_read({"messages": chat}, needs_solution=False)[0].turns) == 3


def test_parts_of_a_text_are_not_glued():
    parts = [{"type": "text", "text": text} for text in ("Có 5 kg gạo.", "Bán 2 ", "kg.", "Còn mấy kg?")]
    assert _read({"question": parts, "solution": "3"})[0].question == "Có 5 kg gạo.\nBán 2 kg.\nCòn mấy kg?"


@pytest.mark.parametrize(
    "mark", [True, 1, 1.0, "1.0", " TRUE", "Đúng", "Đ", *"✓✔✅", "✔\ufe0f", None, "", " ", float("nan"), "NaN"]
)
def test_a_solution_that_is_marked_as_right_or_not_at_all_is_learned(mark: object):
    assert isinstance(_read({**GOOD, "is_correct": mark})[0], Row)


def test_the_column_of_marks_is_found_however_it_is_written():
    refusal, *_ = _read({**GOOD, "Is Correct": "FALSE"})
    assert refusal == Refusal("marked_wrong", "rows.jsonl:1", "Is Correct: FALSE")


@pytest.mark.parametrize("mark", [0.5, 2, "maybe", "x", "-"])
def test_a_mark_that_says_nothing_is_refused(mark: object):
    refusal, *_ = _read({**GOOD, "is_correct": mark})
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.detail) == ("unreadable", f"is_correct: {mark!r}, which says neither right nor wrong")

"""Names of columns: set, guessed and said, or refused."""

import unicodedata

import pytest

from mathpal_lightning.data.columns import Columns, choose_columns, is_known_name
from mathpal_lightning.errors import ConfigError, DataError


def choose(names: list[str], columns: Columns = Columns(), objective: str = "sft", needs_solution: bool = True):  # noqa: B008  frozen
    return choose_columns(names, columns, objective, needs_solution, "rows.csv:2")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "question", "solution"),
    [
        (["question", "solution"], "question", "solution"),
        (["Question", "Solution"], "Question", "Solution"),
        (["STT", "Đề bài", "Lời giải", "Đáp án"], "Đề bài", "Lời giải"),
        (["Câu hỏi:", "Đáp án"], "Câu hỏi:", "Đáp án"),
        (["BÀI TOÁN", "Hướng dẫn giải"], "BÀI TOÁN", "Hướng dẫn giải"),
        (["Đề bài", "Hướng dẫn giải chi tiết"], "Đề bài", "Hướng dẫn giải chi tiết"),
        (["de_bai", "loi_giai"], "de_bai", "loi_giai"),
        (["instruction", "input", "output"], "instruction", "output"),
        (["problem", "answer"], "problem", "answer"),
        (["prompt", "completion"], "prompt", "completion"),
        (["prompt", "answer"], "prompt", "answer"),
        (["input", "output"], "input", "output"),
        (["prompt", "Câu hỏi", "Lời giải"], "Câu hỏi", "Lời giải"),
    ],
)
def test_names_that_people_use_are_taken_and_said(names: list[str], question: str, solution: str):
    chosen = choose(names)
    assert (chosen.columns.question, chosen.columns.solution) == (question, solution)
    assert (chosen.note == "") == (question == "question")
    assert ("not read: 'STT', 'Đáp án'" in chosen.note) == ("STT" in names), "a column that is left out is said"
    assert "instruction" not in names or "'input' stands below the question" in chosen.note


def test_dollys_context_and_a_system_prompt_are_read():
    dolly = choose(["instruction", "context", "response", "category"])
    assert dolly.below == "context"
    assert dolly.note.endswith("'context' stands below the question, not read: 'category'")
    orca = choose(["id", "system_prompt", "question", "response"])
    assert orca.system == "system_prompt"
    assert orca.note == "solution from 'response', 'system_prompt' stands before the question, not read: 'id'"


def test_the_other_columns_are_found_too():
    chosen = choose(["Câu hỏi", "Lời giải", "Chủ đề", "Độ khó"])
    assert (chosen.columns.topic, chosen.columns.difficulty) == ("Chủ đề", "Độ khó")
    pairs = choose(["Đề bài", "chosen", "rejected", "Đáp án"], objective="dpo").columns
    assert (pairs.question, pairs.answer) == ("Đề bài", "Đáp án")


def test_chats_are_found_under_both_names():
    assert choose(["messages"]).chat
    assert choose(["id", "conversations"]).columns.messages == "conversations"
    assert not choose(["question", "solution", "conversations"]).chat


def test_two_columns_that_could_be_it_are_refused():
    with pytest.raises(DataError, match=r"could be the question.*'Đề bài' and 'Câu hỏi' in rows\.csv:2.*columns="):
        choose(["Đề bài", "Câu hỏi", "Lời giải"])


def test_a_name_that_is_set_is_never_replaced():
    with pytest.raises(DataError, match=r"a column 'de'.*columns 'Đề bài', 'Lời giải' in rows\.csv:2"):
        choose(["Đề bài", "Lời giải"], Columns(question="de"))


def test_python_takes_a_dictionary_of_names():
    assert Columns.of({"question": "Đề bài"}) == Columns(question="Đề bài")
    with pytest.raises(ConfigError, match=r"'quesion'.*Did you mean 'question'"):
        Columns.of({"quesion": "Đề bài"})


def test_known_names_are_known_in_any_spelling():
    assert is_known_name(" ĐỀ BÀI ")
    assert is_known_name("loi_giai")
    assert not is_known_name("STT")


def test_a_name_counts_however_its_letters_are_composed():
    """macOS writes decomposed letters, and Excel non-breaking spaces: both look like what a person typed."""
    decomposed = unicodedata.normalize("NFD", "Câu hỏi của bài")
    names = [decomposed.replace(" ", "\N{NO-BREAK SPACE}", 1), "Lời giải"]
    assert choose(names, Columns(question="Câu hỏi của bài")).columns.question == names[0]


@pytest.mark.parametrize(
    "names", [["Tính 1 + 1 = ?", "2"], ["1", "Một câu dài hơn mọi tên cột có thể có trong một bảng bài tập của lớp"]]
)
def test_a_first_row_of_data_is_no_header(names: list[str]):
    with pytest.raises(DataError, match="a first row that names the columns.*Write the names above the rows"):
        choose(names)


@pytest.mark.parametrize(
    ("names", "way_out", "never"),
    [
        (["context", "question", "answers"], "columns={'solution': 'NAME'}", "'question')"),
        (["question"], "Add the column 'solution' to the file: one solution a row.", "Name it"),
        (
            ["custom_id", "method", "url", "body"],
            "If one of them holds it, name it: --data.columns.question NAME",
            "custom_id (",
        ),
        (["text"], "--data.columns.question text", "Did you mean"),
        (["Bài tập số"], "--data.columns.question 'Bài tập số' (in Python columns={'question': 'Bài tập số'})", "Did you mean"),
        (["prompt", "chosen", "rejected"], "preference pairs: train on them with --config dpo", "Name it"),
        (["chosen", "rejected", "question"], "To learn the better ones alone: --data.columns.solution chosen", "Name it"),
        (["quesion", "solution"], "Did you mean 'quesion'? Name it: --data.columns.question quesion", "NAME"),
    ],
)
def test_a_column_that_is_read_already_is_never_proposed(names: list[str], way_out: str, never: str):
    with pytest.raises(DataError) as error:
        choose(names)
    assert way_out in str(error.value)
    assert never not in str(error.value)


def test_completions_with_a_label_are_not_all_learned():
    with pytest.raises(DataError, match="Keep the rows whose label is true"):
        choose(["prompt", "completion", "label"])


def test_a_long_first_row_is_shown_in_part():
    with pytest.raises(DataError, match="'5' and 54 more above"):
        choose([str(number) for number in range(60)])


def test_a_text_file_is_said_to_hold_questions_alone():
    with pytest.raises(DataError, match=r"A \.txt file of plain lines holds questions alone: make a table"):
        choose_columns(["question"], Columns(), "sft", True, "problems.txt:1")


def test_a_question_without_a_solution_leaves_the_chat_to_be_read():
    chosen = choose(["question", "messages"])
    assert chosen.chat
    assert chosen.note == "not read: 'question'"
    assert not choose(["question", "messages", "solution"]).chat
    assert not choose(["question", "messages"], needs_solution=False).chat
    assert not choose(["question", "A", "B", "C", "answer", "messages"]).chat


def test_a_field_inside_another_is_not_proposed():
    with pytest.raises(DataError, match=r"Fields inside 'x' are not read: write 'x\.q' into a column of its own"):
        choose(["x", "solution"], Columns(question="x.q"))


def test_a_chat_is_read_before_a_bare_answer():
    assert choose(["question", "answer", "messages"]).chat
    assert not choose(["question", "solution", "answer", "messages"]).chat
    assert not choose(["question", "answer", "messages"], Columns(solution="answer")).chat


def test_a_name_that_is_set_stays_beside_multiple_choice():
    names = ["Câu hỏi", "A", "B", "C", "Đáp án", "Giải thích"]
    assert choose(names).columns.solution == "Giải thích"
    assert choose(names, Columns(solution="Đáp án")).columns.solution == "Đáp án"


def test_the_names_that_are_set():
    assert Columns().named == frozenset()
    assert Columns(question="Bài  toán", topic="topic").named == {"Bài toán"}

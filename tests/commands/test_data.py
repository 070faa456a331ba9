"""`mathpal data` as functions: tables, coloured tokens, generated files."""

import json
import logging
from pathlib import Path

import pytest

from mathpal_lightning.commands.data import catalogue, colour_tokens, generate, preview, report
from mathpal_lightning.data.encode import encode_rows
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.messages import told
from mathpal_lightning.schema import IGNORE_INDEX, Encoded, Row, Turn
from tests.tiny import tiny_tokenizer


@pytest.fixture
def rows_file(tmp_path: Path) -> str:
    rows = [{"question": f"Tính {i} + {2 * i} = ?", "solution": f"Đáp số: {3 * i}", "topic": "sums"} for i in range(40)]
    lines = [json.dumps(row) for row in rows] + ["{oops", json.dumps({"question": "", "solution": "1"})]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return str(tmp_path / "rows.jsonl")


def test_report_says_what_became_of_the_rows(rows_file, gemma3_folder, capsys):
    report(rows_file, model=str(gemma3_folder), max_length=256)
    printed = capsys.readouterr().out
    for expected in ("rows read", "refused: unreadable", "sums", "up to 64", "train: 1 empty_question: rows.jsonl:42"):
        assert expected in printed
    assert "train: 1 unreadable: rows.jsonl:41 (Expecting property name" in printed


def test_a_notebook_hears_as_much_after_a_report_and_a_preview_as_before(rows_file, gemma3_folder, caplog):
    loggers = [logging.getLogger(name) for name in ("mathpal_lightning.data", "lightning.pytorch")]
    for logger in loggers:
        caplog.set_level(logging.INFO, logger.name)
    report(rows_file, model=str(gemma3_folder), max_length=256, lang="vi")
    caplog.set_level(logging.INFO, "mathpal_lightning.commands")
    caplog.clear()
    preview(rows_file, rows=1, model=str(gemma3_folder))
    said = " ".join(caplog.messages)
    assert "42 rows read, 40 kept, refused: 1 empty_question, 1 unreadable" in said
    assert "packs" not in said, "nothing is packed"
    assert [logger.level for logger in loggers] == [logging.INFO, logging.INFO]
    assert told("monitor") == "monitor", "in English again"


def test_preview_shows_the_rows_asked_for(rows_file, gemma3_folder, capsys):
    preview(rows_file, rows=2, first=3, model=str(gemma3_folder))
    printed = capsys.readouterr().out
    assert "rows.jsonl:4: " in printed
    assert "Đáp số: 12<end_of_turn>" in printed
    assert "Tính 2 + 4 = ?" not in printed
    with pytest.raises(ConfigError, match="40 rows"):
        preview(rows_file, first=40, model=str(gemma3_folder))


def test_supervised_tokens_are_green_and_no_others(tmp_path):
    tokenizer = tiny_tokenizer(tmp_path, "gemma3")
    row = Row((Turn("user", "Tính 1 + 1"), Turn("assistant", "bằng 2 🍊")))
    text = colour_tokens(tokenizer, encode_rows(tokenizer, [row])[0])
    green = "".join(text.plain[span.start : span.end] for span in text.spans if "green" in str(span.style))
    assert green == "bằng 2 🍊<end_of_turn>"  # the tiny tokenizer spells the orange in four bytes
    red = "".join(text.plain[span.start : span.end] for span in text.spans if "red" in str(span.style))
    assert red == "<bos><start_of_turn>user\nTính 1 + 1<end_of_turn>\n<start_of_turn>model\n"
    cut = Encoded([*tokenizer("🍊", add_special_tokens=False)["input_ids"][:2]], [IGNORE_INDEX] * 2)
    assert colour_tokens(tokenizer, cut).plain == "".join(f"<{token}>" for token in cut.input_ids)


def test_generate_writes_problems_and_replaces_nothing(tmp_path):
    out = tmp_path / "problems.jsonl"
    generate(out, count=5, seed=3)
    problems = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(problems) == 5
    assert set(problems[0]) == {"question", "solution", "answer", "topic", "grade", "level", "mistakes", "mistake_lines"}
    with pytest.raises(ConfigError, match="problems.jsonl, which exists"):
        generate(out, count=5)
    first = out.read_text(encoding="utf-8")
    generate(out, count=5, seed=3, overwrite=True)
    assert out.read_text(encoding="utf-8") == first


@pytest.mark.parametrize("name", ["practice.xlsx", "practice.csv", "practice"])
def test_generate_gives_json_lines_no_other_name(name: str, tmp_path: Path):
    with pytest.raises(ConfigError, match=r"practice\.jsonl"):
        generate(tmp_path / name, count=1)
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_means_nothing_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="--count of at least 1, but found -5"):
        generate(tmp_path / "problems.jsonl", count=-5)
    with pytest.raises(ConfigError, match="--each of at least 1, but found 0"):
        catalogue(tmp_path / "topics.md", each=0)
    with pytest.raises(ConfigError, match="--first of at least 0, but found -1"):
        preview("generated", first=-1)


def test_generate_takes_a_shape_and_a_number_of_steps(tmp_path):
    out = tmp_path / "choice.jsonl"
    generate(out, count=4, topics=["two_step_sum", "rectangle_perimeter"], shape="choice", steps=[2])
    problems = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert all(problem["answer"] in "ABCD" and "\nD. " in problem["question"] for problem in problems)


@pytest.mark.parametrize(("name", "heading"), [("syllabus.md", "## Lớp 8"), ("syllabus.html", "<h2>Lớp 8</h2>")])
def test_the_catalogue_shows_every_topic_of_a_subject(tmp_path, name, heading):
    catalogue(tmp_path / name, subject="physics", each=1)
    page = (tmp_path / name).read_text(encoding="utf-8")
    assert heading in page
    assert "Khối lượng riêng" in page
    with pytest.raises(ConfigError, match="which exists"):
        catalogue(tmp_path / name)

"""Our lines are printed in a script without logging of its own; where there is one, it decides. In Vietnamese where asked."""

import logging
import os
import subprocess
import sys
import warnings

import pytest

from mathpal_lightning.messages import OURS, in_vietnamese, show_messages, speak
from mathpal_lightning.messages.shown import silence_others

SCRIPT = """
import logging, sys
from mathpal_lightning.messages import show_messages
show_messages(); show_messages()
logging.getLogger("mathpal_lightning.data").info("train: 3 rows")
logging.getLogger("lightning.pytorch").info("noise")
logging.basicConfig(format="mine %(message)s", level=logging.INFO)
logging.getLogger("mathpal_lightning.data").info("again")
"""


def test_lines_are_printed_once_in_a_script():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stderr == "train: 3 rows\nmine again\n"


def test_a_level_that_a_program_has_set_stays(monkeypatch: pytest.MonkeyPatch):
    ours = logging.getLogger(OURS)
    monkeypatch.setattr(ours, "level", logging.ERROR)
    show_messages()
    assert ours.level == logging.ERROR


LEVELS = """
import csv, logging, os, sys
quiet, theirs = logging.getLogger("lightning.fabric"), logging.getLogger("lightning.pytorch")
limit = csv.field_size_limit()
theirs.setLevel(logging.DEBUG)
logging.getLogger("torchao").setLevel(logging.INFO)
if "first" in sys.argv:
    import lightning.pytorch
    theirs.setLevel(logging.DEBUG)
from mathpal_lightning import MathDataModule
print(*(logging.getLevelName(logger.level) for logger in (theirs, quiet, logging.getLogger("torchao"))))
theirs.setLevel(logging.INFO)
from mathpal_lightning.messages import show_messages
show_messages()
print(logging.getLevelName(theirs.level), csv.field_size_limit() == limit)
print(os.environ["TRANSFORMERS_VERBOSITY"], os.environ["HF_HUB_DISABLE_PROGRESS_BARS"])
"""


@pytest.mark.parametrize("order", ["first", "later"])
def test_an_import_lowers_nothing_that_the_program_has_set(order: str):
    settings = os.environ | {"TRANSFORMERS_VERBOSITY": "info", "HF_HUB_DISABLE_PROGRESS_BARS": "0"}
    command = [sys.executable, "-c", LEVELS, order]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8", env=settings)
    assert done.stdout.splitlines() == ["DEBUG WARNING INFO", "INFO True", "info 0"]


@pytest.mark.parametrize(
    ("english", "vietnamese"),
    [
        ("reading generated: 60 rows in 3 s", "đang đọc bài tự sinh: 60 dòng sau 3 giây"),
        (
            "train: 1,060 rows read, 57 kept, refused: 3 too_long, 2 leak; 8277 tokens, 5220 supervised, longest row 244; "
            "38 packs, 85.1% full",
            "dữ liệu huấn luyện: đọc 1\xa0060 dòng, giữ 57, bị loại: 3 quá dài, 2 trùng với bài giữ lại để chấm; 8277 token, "
            "trong đó 5220 token được học, dòng dài nhất 244; 38 gói, đầy 85,1%",
        ),
        ("solving: 1 of 4 problems in 7 s, about 21 s left", "đang giải: 1 trên 4 bài sau 7 giây, còn khoảng 21 giây"),
        (
            "step 5 of 12: loss 6.742, 467 tokens/s, about 4 s left",
            "bước 5 trên 12: loss 6,742, 467 token/giây, còn khoảng 4 giây",
        ),
        (
            "preflight: few rows: 57 training rows. Add rows, or mix in generated ones: --data.train '{problems.jsonl: 1}'. "
            "Where the rows are generated, raise data.generator.count.",
            "kiểm tra trước: quá ít dòng: 57 dòng huấn luyện. Hãy thêm dòng, hoặc trộn với bài tự sinh: --data.train "
            "'{problems.jsonl: 1}'. Nếu các dòng là bài tự sinh thì tăng data.generator.count.",
        ),
        (
            "predict: questions.xlsx: question from 'Đề bài'",
            "predict: questions.xlsx: đề bài lấy từ cột 'Đề bài'",
        ),
        (
            "Evaluation test (on the validation rows): 0.0 % (0.0 to 56.1) of 3 problems (0.0 % with every step right), no "
            "answer found in 33.3 % (271 s)",
            "Chấm điểm trên dữ liệu kiểm định: 0,0 % (từ 0,0 đến 56,1) của 3 bài (0,0 % đúng cả các bước), 33,3 % không tìm "
            "thấy đáp số (271 giây)",
        ),
        (
            "Evaluation after: 0.0 % (0.0 to 49.0) of 4 problems (0.0 % with every step right), no answer found in 9.5 % (1 s)",
            "Chấm điểm sau khi huấn luyện: 0,0 % (từ 0,0 đến 49,0) của 4 bài (0,0 % đúng cả các bước), 9,5 % không tìm thấy "
            "đáp số (1 giây)",
        ),
        ("export: merged in 0.8 s, 0 MB: out/merged", "xuất: merged sau 0,8 giây, 0 MB: out/merged"),
        (
            "rows.xlsx: question from 'Đề bài', solution from 'Lời giải'",
            "rows.xlsx: đề bài lấy từ cột 'Đề bài', lời giải lấy từ cột 'Lời giải'",
        ),
        (
            "rows.xlsx: what stands above the header is left out ('BÀI TẬP')",
            "rows.xlsx: bỏ qua phần phía trên dòng tiêu đề ('BÀI TẬP')",
        ),
        ("a line that nobody has translated", "a line that nobody has translated"),
    ],
)
def test_lines_in_vietnamese(english: str, vietnamese: str):
    assert in_vietnamese(english) == vietnamese


def test_lines_of_ours_alone_are_translated_while_vietnamese_is_spoken(capsys: pytest.CaptureFixture[str]):
    ours = logging.getLogger("mathpal_lightning.data")
    handler = logging.StreamHandler(sys.stdout)
    logging.getLogger().addHandler(handler)
    try:
        speak("vi")
        ours.warning("report: %s", "a.html")
        logging.getLogger("theirs").warning("report: b.html")
        speak("en")
        ours.warning("report: c.html")
    finally:
        logging.getLogger().removeHandler(handler)
    assert capsys.readouterr().out == "báo cáo: a.html\nreport: b.html\nreport: c.html\n"


@pytest.mark.parametrize(
    "text",
    [
        "Experiment logs directory /lop5/test exists and is not empty. Previous log files in this directory will be deleted",
        "Checkpoint directory /runs/lop5/checkpoints exists and is not empty.",
        "Total length of `list` across ranks is zero. Please make sure this was your intention.",
        "The PEFT config's `base_model_name_or_path` was renamed from '/a' to '/b'.",
    ],
)
def test_warnings_that_a_user_cannot_act_on_are_silent(text: str, recwarn: pytest.WarningsRecorder):
    silence_others()
    warnings.warn(text, stacklevel=1)
    assert not recwarn.list

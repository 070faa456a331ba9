import json
from collections import Counter
from pathlib import Path

import pytest

from mathpal_lightning.cli.main import main
from mathpal_lightning.commands.vocabulary import lines_of, write_pieces
from mathpal_lightning.vocabulary import Coverage
from mathpal_lightning.vocabulary import base as small_base
from mathpal_lightning.vocabulary.base import read_piece_file

ROWS = [{"question": "Lan có 24 quả cam, mẹ cho thêm 18 quả. Hỏi Lan có bao nhiêu quả?", "solution": "24 + 18 = 42 (quả)"}] * 3


@pytest.fixture
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(small_base, "small_pieces", lambda pieces, added, cut: {pieces.index(piece) for piece in added})
    file = tmp_path / "rows.jsonl"
    file.write_text(
        "".join(json.dumps(row | {"question": f"{n}. {row['question']}"}) + "\n" for n, row in enumerate(ROWS)), "utf-8"
    )
    return file


def test_rows_that_are_badly_covered_get_a_file_that_covers_them(
    rows: Path, gemma3_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "lan.vocabulary"
    main(["vocabulary", str(rows), "--out", str(out), "--model", str(gemma3_folder)])
    said = capsys.readouterr().out
    assert "write the missing tokens" in said
    assert str(out) in said
    pieces = read_piece_file(out)
    assert len(pieces) > 10
    vocabulary = small_base.choose_vocabulary(gemma3_folder, str(out))
    assert set(pieces) <= set(vocabulary.pieces)


def test_a_data_report_says_how_well_the_small_vocabulary_covers(
    rows: Path, gemma3_folder: Path, capsys: pytest.CaptureFixture[str]
):
    main(["data", "report", str(rows), "--model", str(gemma3_folder)])
    assert "tokens are in the small vocabulary" in capsys.readouterr().out


def test_what_is_said_of_good_and_of_bad_coverage():
    good = Coverage(1000, 999, 1001, Counter({"▁Curie": 1}), 14_761, 262_144)
    assert lines_of(good) == [
        "99.90% of 1,000 tokens are in the small vocabulary (14,761 of 262,144 tokens); with it the texts take 0.1% more "
        "tokens.",
        "Not kept: 1 tokens, the most frequent '▁Curie' 1 times.",
    ]
    bad = Coverage(1000, 900, 1300, Counter({"▁猫": 100}), 14_761, 262_144)
    assert "mathpal vocabulary ROWS --out FILE" in lines_of(bad)[-1]


def test_rare_tokens_are_left_out(tmp_path: Path):
    file = tmp_path / "pieces"
    assert write_pieces(file, Counter({"▁a": 5, "b\n": 2, "c": 1}), least=2) == 2
    assert read_piece_file(file) == ["▁a", "b\n"]

"""What is read back is what was encoded; whatever decides the ids decides the folder."""

import numpy as np
import pytest

from mathpal_lightning import content_key, sealed
from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.data import cache
from mathpal_lightning.data import encoded as encoded_rows
from mathpal_lightning.data.encode import encode_rows
from mathpal_lightning.data.rows import Columns
from mathpal_lightning.data.sources import Generator, open_source
from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import IGNORE_INDEX
from tests.data.conftest import sums
from tests.tiny import tiny_tokenizer


@pytest.fixture
def prepare(tmp_path, tokenizer):
    def run(path: str, tokenizer=tokenizer, **settings):
        settings = {"columns": Columns(), "supervise": "solution", "drop_picture_rows": True} | settings
        source = open_source(path, "train", Generator())
        return cache.prepare_rows(source, tokenizer, folder=tmp_path / "cache", **settings)

    return run


def test_documents_and_rows_are_read_back_as_encoded(prepare, write_jsonl, tokenizer, monkeypatch):
    monkeypatch.setattr(encoded_rows, "BATCH", 4)  # 10 rows are then three record batches
    encoded = prepare(write_jsonl([*sums(5), {"question": ""}, *sums(10)[5:]]))
    rows = encoded.rows()
    assert (encoded.read, len(encoded), len(rows)) == (11, 10, 10)
    assert encoded.refused.counts == {"empty_row": 1}
    expected = encode_rows(tokenizer, list(rows))
    for document, wanted in zip(encoded, expected, strict=True):
        assert document.input_ids.tolist() == wanted.input_ids
        assert document.labels.tolist() == wanted.labels
    assert encoded.lengths.tolist() == [len(document.input_ids) for document in expected]
    supervised = [sum(label != IGNORE_INDEX for label in document.labels) for document in expected]
    assert encoded.supervised_lengths.tolist() == supervised
    assert [row.question for row in rows[3:6]] == ["3 + 9 = ?", "4 + 12 = ?", "5 + 15 = ?"]
    assert encoded.rows(np.array([9, 0]))[0].place == "rows.jsonl:11"


def test_a_second_run_tokenises_nothing(prepare, write_jsonl, monkeypatch):
    path = write_jsonl(sums(5))
    first = prepare(path)
    monkeypatch.setattr(cache, "encode_rows", lambda *arguments: pytest.fail("tokenised again"))
    assert prepare(path).folder == first.folder


def test_whatever_decides_the_ids_decides_the_folder(prepare, write_jsonl, tokenizer, tmp_path, monkeypatch):
    path = write_jsonl([row | {"other": "Đáp số: 7"} for row in sums(3)])
    retemplated = tiny_tokenizer(tmp_path / "again", "gemma3")
    retemplated.chat_template += " "
    grown = tiny_tokenizer(tmp_path / "grown", "gemma3")
    grown.add_tokens(["Đáp số"])
    folders = [
        prepare(path),
        prepare(path, supervise="all"),
        prepare(path, drop_picture_rows=False),
        prepare(path, columns=Columns(solution="other")),
        prepare(path, tokenizer=retemplated),
        prepare(path, tokenizer=grown),
        prepare(write_jsonl(sums(4))),
    ]
    monkeypatch.setattr(content_key, "code_digest", lambda *modules: "other code")
    folders.append(prepare(path))
    assert len({encoded.folder for encoded in folders}) == len(folders)


def test_the_same_tokenizer_loaded_again_finds_the_cache(prepare, write_jsonl, tokenizer, tmp_path):
    path = write_jsonl(sums(3))
    tokenizer.save_pretrained(tmp_path / "saved")
    tokenizer(["1 + 1", "2"], padding=True, truncation=True, max_length=2)  # leaves its settings in the backend
    assert prepare(path).folder == prepare(path, tokenizer=load_tokenizer(tmp_path / "saved")).folder


def test_a_run_that_was_killed_leaves_no_cache_behind(prepare, write_jsonl, monkeypatch):
    path = write_jsonl(sums(5))
    with monkeypatch.context() as patch:
        patch.setattr(cache, "encode_rows", lambda *arguments: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            prepare(path)
    assert len(prepare(path)) == 5


def test_no_rows_at_all_are_an_empty_set(prepare, write_jsonl):
    encoded = prepare(write_jsonl([]))
    assert (encoded.read, len(encoded), len(encoded.rows()), encoded.lengths.tolist()) == (0, 0, 0, [])


def test_a_damaged_cache_is_made_again_with_one_line(prepare, write_jsonl, caplog):
    path = write_jsonl(sums(5))
    first = prepare(path)
    expected = [list(document.input_ids) for document in first]
    file = first.folder / "segments.u8"
    content = bytearray(file.read_bytes())
    content[7] ^= 1
    file.write_bytes(content)
    sealed._sound.clear()  # another process
    again = prepare(path)
    assert [list(document.input_ids) for document in again] == expected
    (line,) = [record.message for record in caplog.records if "damaged" in record.message]
    assert "segments.u8 has other bytes than were written" in line


def test_a_file_that_changes_while_it_is_read_is_not_cached(prepare, write_jsonl, tmp_path, monkeypatch):
    path = write_jsonl(sums(5))
    read_rows = cache.read_rows

    def overwriting(records, *arguments, **settings):
        yield from read_rows(records, *arguments, **settings)
        write_jsonl(sums(6))

    with monkeypatch.context() as patch:
        patch.setattr(cache, "read_rows", overwriting)
        with pytest.raises(DataError, match=r"rows\.jsonl to stay as it is while it is read.*Run again"):
            prepare(path)
    assert [entry for entry in (tmp_path / "cache").iterdir() if entry.is_dir()] == []
    assert len(prepare(path)) == 6


def test_notes_and_files_are_kept_for_the_next_run(prepare, tmp_path):
    (tmp_path / "toan.csv").write_text("Đề bài;Lời giải\n1 + 1 = ?;Đáp số: 2\n1 + 1 = ?;Đáp số: 3\n", encoding="utf-8")
    for _ in range(2):
        encoded = prepare(str(tmp_path / "toan.csv"))
        assert encoded.files == ("toan.csv",)
        assert [note.partition(":")[0] for note in encoded.notes[:2]] == ["toan.csv", "toan.csv"]
        assert "different answers" in encoded.notes[2]

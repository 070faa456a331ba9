"""Compressed files hold the same rows; damaged and unknown ones are named."""

import bz2
import gzip
import json
import lzma
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mathpal_lightning.data.readers import Record, opened, read_file
from mathpal_lightning.errors import DataError

ROWS = [{"question": f"{n} + 1 = ?", "solution": f"{n + 1}"} for n in range(50)]
NAMES = ["rows.jsonl.gz", "rows.jsonl.bz2", "rows.jsonl.xz", "rows.jsonl.zst", "all.zip"]
LINES = "\n".join(map(json.dumps, ROWS)).encode()


def fields(path: Path) -> list[dict[str, object]]:
    return [dict(item.fields) for item in read_file(path, path.name) if isinstance(item, Record)]


def zstd(content: bytes) -> bytes:
    return pa.compress(content, codec="zstd", asbytes=True)


def compressed(path: Path, content: bytes) -> Path:
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("__MACOSX/._rows.jsonl", "x")
            archive.writestr("folder/rows.jsonl", content)
    else:
        compress = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress, ".zst": zstd}[path.suffix.lower()]
        path.write_bytes(compress(content))
    return path


@pytest.mark.parametrize("name", [*NAMES, "ROWS.JSONL.GZ"])
def test_compressed_rows_are_the_same(name: str, tmp_path: Path):
    assert fields(compressed(tmp_path / name, LINES)) == ROWS


def test_a_compressed_parquet_file(tmp_path: Path):
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "rows.parquet")
    assert fields(compressed(tmp_path / "rows.parquet.gz", (tmp_path / "rows.parquet").read_bytes())) == ROWS


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.1, 0.9])
def test_a_cut_file_is_one_line(name: str, share: float, tmp_path: Path):
    content = compressed(tmp_path / name, LINES).read_bytes()
    (tmp_path / name).write_bytes(content[: int(share * len(content))])
    with pytest.raises(DataError, match=name):
        fields(tmp_path / name)


def test_an_archive_of_several_files_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "rows.zip", "w") as archive:
        archive.writestr("a.jsonl", LINES)
        archive.writestr("b.jsonl", LINES)
    with pytest.raises(DataError, match=r"rows\.zip.*one file in it.*a\.jsonl, b\.jsonl.*Unpack"):
        fields(tmp_path / "rows.zip")


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("rows.xls", "save it as .xlsx"),
        ("rows.docx", "Copy the problems"),
        ("rows.pkl", "may hold a program"),
        ("rows", "no suffix"),
        ("rows.dat.gz", "'.dat'"),
    ],
)
def test_a_wrong_suffix_says_what_to_do(name: str, way_out: str, tmp_path: Path):
    (tmp_path / name).write_bytes(gzip.compress(LINES) if name.endswith(".gz") else LINES)
    with pytest.raises(DataError, match=f"{name}.*jsonl") as error:
        fields(tmp_path / name)
    assert way_out in str(error.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_small_file_that_would_fill_the_memory_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(opened, "_ALWAYS_ALLOWED", 1 << 16)
    monkeypatch.setattr(opened, "_MOST_BLOWN_UP", 20)
    path = compressed(tmp_path / name, LINES + b" " * (1 << 20))
    with pytest.raises(DataError, match=f"{name}.*would fill the memory.*unpack it yourself"):
        fields(path)


@pytest.mark.parametrize("name", ["rows.parquet", "rows.jsonl.gz", "rows.jsonl", "rows.csv"])
def test_a_pointer_in_the_place_of_a_file_is_named(name: str, tmp_path: Path):
    (tmp_path / name).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", encoding="utf-8")
    with pytest.raises(DataError, match="a Git LFS pointer, not the file itself"):
        list(read_file(tmp_path / name, name))


def test_what_a_system_leaves_in_an_archive_is_no_second_file(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "rows.zip", "w") as archive:
        archive.writestr("bài/rows.jsonl", LINES)
        for name in (".DS_Store", "bài/.DS_Store", "__MACOSX/bài/._rows.jsonl", "bài/Thumbs.db"):
            archive.writestr(name, b"x")
    assert len(fields(tmp_path / "rows.zip")) == len(LINES.splitlines())

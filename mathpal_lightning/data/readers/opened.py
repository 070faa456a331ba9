"""A path -> its bytes: plain, or compressed by gzip, bzip2, xz, zstd or zip."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from mathpal_lightning.data.readers.records import unreadable

COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".zip")
_READERS: dict[str, Callable[[Path], Any]] = {".gz": gzip.GzipFile, ".bz2": bz2.BZ2File, ".xz": lzma.LZMAFile}
_MAGIC = {
    b"PK\x03\x04": "an .xlsx or .zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls)",
    b"PAR1": "a Parquet file (.parquet)",
    b"\x1f\x8b": "a gzip file (.gz)",
    b"BZh": "a bzip2 file (.bz2)",
    b"\xfd7zXZ": "an xz file (.xz)",
    b"\x28\xb5\x2f\xfd": "a zstd file (.zst)",
    b"version https://git-lfs": "a Git LFS pointer, not the file itself (git lfs pull fetches it)",
}
"""How files begin that are no text, whatever their name says."""


def _open_plain(path: Path) -> BinaryIO:
    return path.open("rb")


def suffix_of(path: Path) -> str:
    """The suffix that tells the format, in lower case: ".jsonl" for rows.JSONL and for rows.jsonl.gz."""
    suffix = path.suffix.lower()
    if suffix == ".zip" and path.is_file():
        return Path(_only_member(path)).suffix.lower()
    return Path(path.stem).suffix.lower() if suffix in COMPRESSED else suffix


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading, decompressed.

    Raises:
        DataError: a .zip file that does not hold exactly one file.
    """
    suffix = path.suffix.lower()
    if suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(_only_member(path)) as content:
            yield cast(BinaryIO, content)
    elif suffix == ".zst":
        import pyarrow as pa

        with pa.input_stream(str(path), compression="zstd") as stream, io.BufferedReader(stream) as content:
            yield cast(BinaryIO, content)
    else:
        with _READERS.get(suffix, _open_plain)(path) as content:
            yield content


@contextmanager
def open_seekable(path: Path) -> Iterator[BinaryIO]:
    """The same for formats that are read from their end: what is compressed is decompressed into memory."""
    with open_bytes(path) as content:
        yield io.BytesIO(content.read()) if path.suffix.lower() in COMPRESSED else content


def require_text(path: Path) -> None:
    """Refuse a file that is a table of another kind under the name of a text file.

    Raises:
        DataError: with what the file is.
    """
    with open_bytes(path) as content:
        beginning = content.read(32)
    for magic, kind in _MAGIC.items():
        if beginning.startswith(magic):
            raise unreadable(path, "a text file, as its name says", kind, "Give the file the suffix of what it is.")


def _only_member(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
    except zipfile.BadZipFile as error:
        raise unreadable(path, "a .zip file", str(error), "Pack or download it again.") from error
    if len(names) != 1:
        found = ", ".join(names[:5]) or "an empty archive"
        raise unreadable(path, "a .zip file with one file in it", found, "Unpack it, and name the file or the folder.")
    return names[0]

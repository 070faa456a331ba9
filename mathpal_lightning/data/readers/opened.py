"""A path -> its bytes: plain, or compressed by gzip, bzip2, xz, zstd or zip."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from mathpal_lightning.data.readers.records import unreadable
from mathpal_lightning.errors import DataError

if TYPE_CHECKING:
    from _typeshed import SupportsRead, WriteableBuffer

COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".zip")
_READERS: dict[str, Callable[[Path], AbstractContextManager[SupportsRead[bytes]]]] = {
    ".gz": gzip.GzipFile,
    ".bz2": bz2.BZ2File,
    ".xz": lzma.LZMAFile,
}
_MOST_BLOWN_UP, _ALWAYS_ALLOWED = 300, 256 << 20
"""Content of more than so many times the file's size, and of more than 256 MiB, was made to fill memory: texts shrink by 3 to
30 times, lists of generated problems by up to 100."""
_POINTER = "a Git LFS pointer, not the file itself (git lfs pull fetches it)"
_MAGIC = {
    b"PK\x03\x04": "an .xlsx or .zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls), or one with a password",
    b"PAR1": "a Parquet file (.parquet)",
    b"\x1f\x8b": "a gzip file (.gz)",
    b"BZh": "a bzip2 file (.bz2)",
    b"\xfd7zXZ": "an xz file (.xz)",
    b"\x28\xb5\x2f\xfd": "a zstd file (.zst)",
    b"%PDF": "a PDF file",
    b"{\\rtf": "a Word document in RTF",
    b"version https://git-lfs": _POINTER,
}
"""How files begin that hold no rows as text, whatever their name says."""
_LEFT_BY_A_SYSTEM = re.compile(r"^__MACOSX/|(?:^|/)(?:\.[^/]*|Thumbs\.db|desktop\.ini)$")
_HTML = (b"<!doctype html", b"<html", b"<table")
_TEXT = "a text, perhaps a table under the name of a workbook (.csv is for those)"
_PAGE = "a web page: a download that answered with an error or a login, or a table that was saved as HTML"


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
        DataError: a .zip file that does not hold exactly one file; while it is read, one whose content is far too large.
    """
    suffix = path.suffix.lower()
    if suffix not in COMPRESSED:
        with path.open("rb") as content:
            yield content
        return
    with _decompressed(path, suffix) as stream, io.BufferedReader(_Bounded(path, stream), 1 << 16) as bounded:
        yield cast(BinaryIO, bounded)


@contextmanager
def _decompressed(path: Path, suffix: str) -> Iterator[SupportsRead[bytes]]:
    if suffix == ".zip":
        with zipfile.ZipFile(path) as archive, archive.open(_only_member(path)) as content:
            yield content
    elif suffix == ".zst":
        import pyarrow as pa

        with pa.input_stream(str(path), compression="zstd") as stream:
            yield stream
    else:
        with _READERS[suffix](path) as content:
            yield content


class _Bounded(io.RawIOBase):
    """A decompressed stream that ends with an error where a small file goes on and on."""

    def __init__(self, path: Path, stream: SupportsRead[bytes]):
        self._path, self._stream = path, stream
        self._left = _most_bytes(path)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer; the number of bytes, 0 at the end."""
        room = memoryview(buffer)
        content = self._stream.read(len(room))
        self._left -= len(content)
        if self._left < 0:
            raise _far_too_large(self._path)
        room[: len(content)] = content
        return len(content)


def _most_bytes(path: Path) -> int:
    return max(_ALWAYS_ALLOWED, _MOST_BLOWN_UP * path.stat().st_size)


def _far_too_large(path: Path) -> DataError:
    size = f"{path.stat().st_size:,} bytes"
    found = f"{size} that unpack to more than {_most_bytes(path):,}: they would fill the memory"
    return unreadable(path, "a compressed file of texts", found, "If you trust it, unpack it yourself, and name what it holds.")


def require_unpackable(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse an archive that was made to fill memory.

    Raises:
        DataError: with its size, and that of its content.
    """
    if sum(member.file_size for member in archive.infolist()) > _most_bytes(path):
        raise _far_too_large(path)


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
        kind = kind_of(content.read(64))
    if kind and kind != _TEXT:
        way_out = "Download it again." if kind in (_POINTER, _PAGE) else "Give the file the suffix of what it is."
        raise unreadable(path, "a text file, as its name says", kind, way_out)


def stand_in_for(path: Path) -> str:
    """What was fetched in place of a file: a Git LFS pointer or a web page; empty where it is neither."""
    with path.open("rb") as content:
        kind = kind_of(content.read(64))
    return kind if kind in (_POINTER, _PAGE) else ""


def kind_of(beginning: bytes) -> str:
    """What kind of file begins with these bytes; empty where they do not tell."""
    if beginning.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_HTML):
        return _PAGE
    known = (kind for magic, kind in _MAGIC.items() if beginning.startswith(magic))
    is_text = bool(beginning) and beginning.isascii() and b"\0" not in beginning
    return next(known, _TEXT if is_text or is_utf8_text(beginning) else "")


def is_utf8_text(beginning: bytes) -> bool:
    """Whether bytes are the beginning of a text in UTF-8, whose last character may be cut."""
    decoded = beginning.decode("utf-8", "ignore")
    return bool(decoded) and "\0" not in decoded and len(beginning) - len(decoded.encode()) < 4


def _only_member(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/") and not _LEFT_BY_A_SYSTEM.search(name)]
    except zipfile.BadZipFile as error:
        raise unreadable(path, "a .zip file", str(error), "Pack or download it again.") from error
    if len(names) != 1:
        found = ", ".join(names[:5]) or "an empty archive"
        raise unreadable(path, "a .zip file with one file in it", found, "Unpack it, and name the file or the folder.")
    return names[0]

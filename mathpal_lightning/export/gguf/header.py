"""Reads the header of a GGUF file in a fraction of a second, and adds one value to it.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. The `gguf` package needs several seconds,
because it makes an array of each of Gemma's 262,144 tokens.
"""

from __future__ import annotations

import mmap
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

from mathpal_lightning.errors import ExportError
from mathpal_lightning.files import whole_file

Value = str | int | float
"""A value of the metadata; a bool is an int."""
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_UINT32, _STRING, _ARRAY = 4, 8, 9
_FIXED_PART = struct.calcsize("<4sIQQ")
_DEFAULT_ALIGNMENT = 32


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """The description of one tensor."""

    name: str
    shape: tuple[int, ...]
    """In ggml's order: the length of a row first, then the number of rows."""
    kind: int
    """The number of its ggml type."""
    offset: int
    """The first byte of its data, counted from `data_start`."""


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """The metadata and the tensor descriptions of a GGUF. The value of an array is only the number of its elements."""

    metadata: dict[str, Value]
    places: dict[str, int]
    """Byte offset of each value of the metadata."""
    tensors: tuple[TensorInfo, ...]
    metadata_end: int
    """Byte offset of the first tensor description."""
    tensors_end: int
    """Byte offset after the last tensor description, before the padding."""

    @property
    def data_start(self) -> int:
        """Byte offset of the first tensor's data."""
        return aligned(self.tensors_end, self.alignment)

    @property
    def alignment(self) -> int:
        """The data of every tensor begins at a multiple of this number of bytes."""
        return int(self.metadata.get("general.alignment", _DEFAULT_ALIGNMENT))


def read_header(file: Path) -> GGUFHeader:
    """Read the header of a GGUF file.

    Raises:
        ExportError: the file is not a GGUF of version 2 or 3, or it ends inside its header.
    """
    with file.open("rb") as handle:
        start = handle.read(_FIXED_PART)
        if len(start) < _FIXED_PART or start[:4] != b"GGUF" or start[4] not in (2, 3):
            raise ExportError("a GGUF file of version 2 or 3", f"{file} beginning with {start[:8]!r}", _WRITE_AGAIN)
        _, _, tensors, count = struct.unpack("<4sIQQ", start)
        with mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as view:
            reader = _Reader(view, _FIXED_PART)
            try:
                metadata, places = {}, {}
                for _ in range(count):
                    key, kind = reader.string(), reader.number()
                    places[key] = reader.at
                    metadata[key] = reader.value(kind)
                metadata_end = reader.at
                infos = tuple(reader.tensor() for _ in range(tensors))
            except struct.error as error:
                raise ExportError("a whole GGUF file", f"{file}, which ends inside its header", _WRITE_AGAIN) from error
    return GGUFHeader(metadata, places, infos, metadata_end, reader.at)


_WRITE_AGAIN = "Delete it and export again."


def set_uint32(file: Path, key: str, value: int) -> None:
    """Add one integer to the metadata of a GGUF file that does not have the key yet. The tensors stay as they are."""
    header = read_header(file)
    assert key not in header.metadata, key
    added = struct.pack("<Q", len(key)) + key.encode() + struct.pack("<II", _UINT32, value)
    with file.open("rb") as source, whole_file(file) as temporary, temporary.open("wb") as target:
        magic, version, tensors, count = struct.unpack("<4sIQQ", source.read(_FIXED_PART))
        target.write(struct.pack("<4sIQQ", magic, version, tensors, count + 1))
        target.write(source.read(header.metadata_end - _FIXED_PART) + added)
        target.write(source.read(header.tensors_end - header.metadata_end))
        target.write(b"\0" * (aligned(target.tell(), header.alignment) - target.tell()))
        source.seek(header.data_start)
        shutil.copyfileobj(source, target, 1 << 20)


@dataclass(slots=True)
class _Reader:
    view: mmap.mmap
    at: int

    def scalar(self, code: str) -> int | float:
        value: int | float = struct.unpack_from(code, self.view, self.at)[0]
        self.at += struct.calcsize(code)
        return value

    def number(self) -> int:
        """32 bits without a sign."""
        return int(self.scalar("<I"))

    def size(self) -> int:
        """64 bits without a sign."""
        return int(self.scalar("<Q"))

    def string(self) -> str:
        length = self.size()
        self.skip(length)
        return self.view[self.at - length : self.at].decode()

    def skip(self, size: int) -> None:
        self.at += size

    def tensor(self) -> TensorInfo:
        name = self.string()
        shape = tuple(self.size() for _ in range(self.number()))
        return TensorInfo(name, shape, self.number(), self.size())

    def value(self, kind: int) -> Value:
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            return self.scalar(_SCALARS[kind])
        element, count = self.number(), self.size()
        if element == _STRING:
            for _ in range(count):
                self.skip(self.size())
        else:
            self.skip(count * struct.calcsize(_SCALARS[element]))
        return count


def aligned(offset: int, alignment: int) -> int:
    """The smallest multiple of the alignment that is at least `offset`."""
    return -(-offset // alignment) * alignment

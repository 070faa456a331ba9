"""The seal of a checkpoint: its number in the run and the digests that prove it whole, as the comment of its zip file.

A checkpoint of torch is a zip file, and a zip file may end with a comment that its readers skip:

    mathpal 17 <sha256 of the weights in the adapter folder beside it, or -> <sha256 of all bytes before this digest>

The seal is a part of the checkpoint file, so it cannot be lost or belong to another file. The numbers count the checkpoints
of a run folder: the highest number is the newest checkpoint, whatever the clock of the machine says.
"""

from __future__ import annotations

import hashlib
import re
import struct
from pathlib import Path
from typing import NamedTuple

from mathpal_lightning.files import sha256_of
from mathpal_lightning.records import ADAPTER_WEIGHTS

_END_OF_ZIP = b"PK\x05\x06"
_END_LENGTH = 22  # of the record that ends a zip file; its last two bytes are the length of the comment
_COMMENT = re.compile(rb"mathpal (\d{9}) ([0-9a-f]{64}|-{64}) ([0-9a-f]{64})\Z")
_DIGEST_LENGTH = 64
_COMMENT_LENGTH = len("mathpal ") + 9 + 1 + 64 + 1 + _DIGEST_LENGTH


class Seal(NamedTuple):
    """What the seal of a checkpoint holds."""

    number: int
    """Counts the checkpoints written into the folder; the highest is the newest."""
    adapter: str
    """SHA-256 of the weights in the adapter folder beside it; empty where the module holds no adapter."""
    content: str
    """SHA-256 of the file up to this digest, number and adapter's digest included."""


def seal(file: Path, number: int, adapter: Path | None) -> None:
    """Append the seal to a checkpoint that torch has just written, before it is renamed into place."""
    assert is_unsealed(file), "torch.save writes a zip file without a comment"
    with file.open("r+b") as handle:
        handle.seek(-2, 2)
        handle.write(struct.pack("<H", _COMMENT_LENGTH))
    weights = sha256_of(adapter / ADAPTER_WEIGHTS) if adapter else "-" * 64
    with file.open("ab") as handle:
        handle.write(f"mathpal {number:09} {weights} ".encode())
    content = sha256_of(file)
    with file.open("ab") as handle:
        handle.write(content.encode())


def is_unsealed(file: Path) -> bool:
    """Whether a file ends as torch.save ends it: a zip file without a comment. A seal that is damaged is a comment still."""
    with file.open("rb") as handle:
        handle.seek(max(0, file.stat().st_size - _END_LENGTH))
        end = handle.read()
    return end[:4] == _END_OF_ZIP and end[-2:] == b"\0\0"


def read_seal(file: Path) -> Seal | None:
    """The seal of a checkpoint; None where the file does not end with one."""
    with file.open("rb") as handle:
        handle.seek(0, 2)
        handle.seek(max(0, handle.tell() - _COMMENT_LENGTH))
        found = _COMMENT.fullmatch(handle.read())
    return Seal(int(found[1]), found[2].decode().strip("-"), found[3].decode()) if found else None


def damage(file: Path) -> str:
    """What is wrong with a checkpoint file, as a verb phrase; empty for a sound one."""
    sealed = read_seal(file)
    if sealed is None:
        return "does not end with its digest: it is half written, cut short, or not written by AdapterCheckpoint"
    digest, left = hashlib.sha256(), file.stat().st_size - _DIGEST_LENGTH
    with file.open("rb") as handle:
        while block := handle.read(min(left, 1 << 20)):
            digest.update(block)
            left -= len(block)
    return "" if digest.hexdigest() == sealed.content else "is damaged: its content has another digest than it was written with"


def has_its_adapter(file: Path) -> bool:
    """Whether the adapter folder beside a sealed checkpoint holds the weights that were written with it."""
    sealed, weights = read_seal(file), file.with_suffix(".adapter") / ADAPTER_WEIGHTS
    if sealed is None or not sealed.adapter:
        return True
    return weights.is_file() and sha256_of(weights) == sealed.adapter

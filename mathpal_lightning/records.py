"""The record beside an artefact: what it was made from, and digests that show whether it is still as it was written.

    merged/mathpal.json                     of a folder: inside it
    gguf/model-q8_0.gguf.mathpal.json       of a file: beside it
    adapter/mathpal.json                    of an adapter: what it was trained on, and the digests

A record lets a step be skipped whose result is there already. The digests are compared before an artefact is exported from,
served or pushed: a flipped bit in a weight changes answers without any error. Size and time of a file prove nothing, because a
bad disk and a partial copy keep both, so the content is read each time (0.2 s for the 300 MB of a Q8_0 270M).
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, TypedDict, cast

from mathpal_lightning.errors import ExportError
from mathpal_lightning.files import sha256_of, whole_file

RECORD = "mathpal.json"
ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
"""PEFT's names of the two files of an adapter folder."""
WEIGHTS_INDEX = "model.safetensors.index.json"
"""transformers' name of the file that says which tensor of a model is in which shard."""
DIGESTS: Final = "sha256"
_NOT_PROVEN = ("README.md",)
"""The model card: it says the same of the same weights in other words, and people edit it."""

log = logging.getLogger(__name__)


class MadeFrom(TypedDict, total=False):
    """What an artefact was made from: digests by the name of the input, and the settings that decide the result."""

    adapter: str
    base: str
    checkpoint: str
    merged: str
    into: Literal["trained", "original"]
    """The weights that an adapter was merged into."""
    outtype: str
    """The llama.cpp type of a GGUF."""


class QuantizedGroup(TypedDict):
    """How bitsandbytes held some modules while an adapter was trained."""

    bits: int
    weight_dtype: str
    quant_type: str
    double_quant: bool
    blocksize: int
    compute_dtype: str
    modules: list[str]


class Record(TypedDict, total=False):
    """mathpal.json. The first part is every artefact's, the second an adapter's, the rest that of some formats."""

    made_from: MadeFrom
    files: dict[str, int]
    """Sizes in bytes, by name."""
    sha256: dict[str, str]
    """Digests, by name."""
    base: str
    base_digest: str
    model_class: str
    dtype: str
    quantized: list[QuantizedGroup]
    versions: dict[str, str]
    """Of the libraries that trained."""
    full_digest: str
    adapter: str
    judged_on: dict[str, object]
    """The problems that chose between two merges."""
    solved: dict[str, int]
    """How many of them each merge solved."""
    merged_record: str
    """Of a GGUF: `digest_of_record` of the merged folder that it was made from."""
    converter: str
    quantizer: str


def content_digest(paths: Iterable[Path]) -> str:
    """SHA-256 over files in the order of their names; unchanged files are read once per process."""
    stats = [(path, path.stat()) for path in sorted(paths, key=lambda path: path.name)]
    return _digest(tuple((path.resolve(), stat.st_size, stat.st_mtime_ns) for path, stat in stats))


@lru_cache(maxsize=64)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    return sha256_of(*(path for path, _, _ in files))


def folder_digest(folder: Path) -> str:
    """The digest of every file of a folder but its model card."""
    return content_digest(path for path in folder.iterdir() if path.is_file() and path.name not in _NOT_PROVEN)


def base_digest(folder: Path) -> str:
    """The digest of a base model: its config and its safetensors."""
    return content_digest([folder / "config.json", *folder.glob("*.safetensors")])


def record_path(artefact: Path) -> Path:
    """Where an artefact's record lies: inside a folder, beside a file."""
    return artefact.with_name(f"{artefact.name}.{RECORD}") if artefact.suffix == ".gguf" else artefact / RECORD


def read_record(artefact: Path) -> Record:
    """The record of an artefact; empty where there is none.

    Raises:
        ExportError: the file is there and cannot be read.
    """
    path = record_path(artefact)
    if not path.is_file():
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:  # a JSONDecodeError, or bytes that are not UTF-8
        raise ExportError(f"a record in JSON in {path}", str(error), _way_out(artefact)) from None
    if not isinstance(record, dict):
        raise ExportError(f"a record in JSON in {path}", type(record).__name__, _way_out(artefact))
    return cast(Record, record)


def write_record(artefact: Path, made_from: Mapping[str, object], **more: object) -> None:
    """Record what a finished artefact was made from, and the sizes and digests of its files."""
    sizes = {path.name: path.stat().st_size for path in _files(artefact)}
    record = {"made_from": dict(made_from), **more, "files": sizes, DIGESTS: _digests(artefact)}
    _write(record_path(artefact), record)


def seal(adapter: Path, record: Mapping[str, object] | None = None) -> None:
    """Write the digests of an adapter folder's files into its record.

    Args:
        adapter: the folder, with all its files.
        record: what the record says besides; by default what it says already.
    """
    _write(adapter / RECORD, {**(read_record(adapter) if record is None else record), DIGESTS: _digests(adapter)})


def is_made_from(artefact: Path, made_from: Mapping[str, object]) -> bool:
    """Whether a whole artefact made from the same input is there already, so that the step can be skipped."""
    if not artefact.exists():
        return False
    record = read_record(artefact)
    if record.get("made_from") != dict(made_from):
        return False
    if wrong := damage(artefact):
        log.warning("%s: %s since it was written. It is written again.", artefact, wrong)
    return not wrong


def damage(artefact: Path) -> str | None:
    """What of an artefact is not as it was written; None where all is, or where nothing was recorded.

    Records of older versions hold only sizes: then these are compared.
    """
    record = read_record(artefact)
    there = {path.name: path for path in _files(artefact)}
    for name, digest in record.get(DIGESTS, {}).items():
        if name not in there:
            return f"{name} has gone"
        if sha256_of(there[name]) != digest:
            return f"{name} has changed"
    for name, size in record.get("files", {}).items():
        if name not in there or there[name].stat().st_size != size:
            return f"{name} has changed its size"
    return None


def require_whole(artefact: Path) -> None:
    """Refuse an artefact that is not as it was written.

    Raises:
        ExportError: which file changed, and what to do.
    """
    if wrong := damage(artefact):
        raise ExportError(f"{artefact} as it was written", f"that {wrong} since then", _way_out(artefact))


def _way_out(artefact: Path) -> str:
    if (artefact / ADAPTER_CONFIG).is_file():
        return (
            "Copy the adapter again from where it came; or delete this folder and export the run again, which takes the "
            "weights from its checkpoint."
        )
    return (
        f"Delete {artefact} and export again; a change made on purpose needs its record {record_path(artefact).name} deleted."
    )


def digest_of_record(artefact: Path) -> str:
    """One digest of all that an artefact's record holds; empty where the record has none."""
    digests = read_record(artefact).get(DIGESTS, {})
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest() if digests else ""


def is_of_merged(gguf: Path, merged: Path) -> bool:
    """Whether a GGUF was made from what a merged folder holds now; True where one of the two has no record."""
    record = read_record(gguf)
    source = record.get("made_from", {}).get("merged")
    if not source or not read_record(merged):
        return True
    if "merged_record" in record:
        return record["merged_record"] == digest_of_record(merged)
    return source == folder_digest(merged)  # written by an earlier version


def remove_artefact(artefact: Path) -> None:
    """Remove a file and its record."""
    artefact.unlink(missing_ok=True)
    record_path(artefact).unlink(missing_ok=True)


def _files(artefact: Path) -> list[Path]:
    if artefact.is_file():
        return [artefact]
    files = (path for path in artefact.iterdir() if path.is_file() and not path.name.endswith(RECORD))
    return sorted(path for path in files if path.suffix != ".tmp" and path.name not in _NOT_PROVEN)


def _digests(artefact: Path) -> dict[str, str]:
    return {path.name: sha256_of(path) for path in _files(artefact)}


def _write(path: Path, record: Mapping[str, object]) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

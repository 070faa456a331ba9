"""What an artefact was made from: the record that lets a step be skipped, and shows where a file came from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from mathpal_lightning.files import sha256_of, whole_file

RECORD = "mathpal.json"


def content_digest(paths: Iterable[Path]) -> str:
    """SHA-256 over files in the order of their names; unchanged files are read once per process."""
    stats = [(path, path.stat()) for path in sorted(paths, key=lambda path: path.name)]
    return _digest(tuple((path.resolve(), stat.st_size, stat.st_mtime_ns) for path, stat in stats))


@lru_cache(maxsize=64)
def _digest(files: tuple[tuple[Path, int, int], ...]) -> str:
    return sha256_of(*(path for path, _, _ in files))


def folder_digest(folder: Path) -> str:
    """The digest of every file of a folder but its README, which says the same of the same weights in other words."""
    return content_digest(path for path in folder.iterdir() if path.is_file() and path.name != "README.md")


def base_digest(folder: Path) -> str:
    """The digest of a base model: its config and its safetensors."""
    return content_digest([folder / "config.json", *folder.glob("*.safetensors")])


def record_path(artefact: Path) -> Path:
    """Where an artefact's record lies: inside a folder, beside a file."""
    return artefact.with_name(f"{artefact.name}.{RECORD}") if artefact.suffix == ".gguf" else artefact / RECORD


def read_record(artefact: Path) -> dict[str, Any]:
    """The record of an artefact; empty where there is none."""
    path = record_path(artefact)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write_record(artefact: Path, made_from: Mapping[str, Any], **more: Any) -> None:
    """Record what a finished artefact was made from, and the sizes of its files."""
    record = {"made_from": dict(made_from), **more, "files": _sizes(artefact)}
    with whole_file(record_path(artefact)) as temporary:
        temporary.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def is_made_from(artefact: Path, made_from: Mapping[str, Any]) -> bool:
    """Whether a whole artefact made from the same input is there already, so that the step can be skipped."""
    if not artefact.exists():
        return False
    record = read_record(artefact)
    return record.get("made_from") == dict(made_from) and record.get("files") == _sizes(artefact)


def remove_artefact(artefact: Path) -> None:
    """Remove a file and its record."""
    artefact.unlink(missing_ok=True)
    record_path(artefact).unlink(missing_ok=True)


def _sizes(artefact: Path) -> dict[str, int]:
    files = [artefact] if artefact.is_file() else [path for path in artefact.iterdir() if path.is_file()]
    return {path.name: path.stat().st_size for path in sorted(files) if path.name != RECORD and path.suffix != ".tmp"}

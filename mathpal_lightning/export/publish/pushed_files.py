"""Which files of an artefact are pushed, without the paths of this machine that its JSON files hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from mathpal_lightning.errors import PushError
from mathpal_lightning.export.publish.artefacts import ARTEFACTS
from mathpal_lightning.export.publish.facts import Artefact, BaseModel
from mathpal_lightning.export.tokenizer import OF_THIS_MACHINE, is_local
from mathpal_lightning.families import licence_named
from mathpal_lightning.records import DIGESTS, RECORD, is_of_merged, read_record, require_whole
from mathpal_lightning.run import RunFolder

SUFFIXES = (".safetensors", ".json", ".jinja", ".model", ".gguf")
"""Files of an artefact's folder with these suffixes are pushed, and files named `Modelfile-*`. All others stay here."""
_LARGEST_SETTINGS = 1 << 20
"""Bytes. A larger JSON file is a tokenizer or an index, which holds no path."""


def files_to_push(folder: Path, artefact: Artefact, base: BaseModel) -> dict[str, Path | bytes]:
    """The artefact's files by their names in the repo. Paths of this machine are removed from copies of its JSON files.

    Raises:
        ExportError: the artefact has changed since it was written.
        PushError: a part of the artefact is missing, a GGUF was made from other weights than the run's merged/ holds now, or
            one of its files is a link to a file outside the folder.
    """
    missing = [pattern for pattern in ARTEFACTS[artefact].must_hold if not _finished(folder, pattern)]
    if missing:
        raise PushError(
            f"a finished {artefact} in {folder}",
            f"no {', '.join(missing)}",
            "Export it first (mathpal export --formats), or push another --artefact.",
        )
    for whole in _finished(folder, "*.gguf") if artefact == "gguf" else [folder]:
        require_whole(whole)
        if artefact == "gguf":
            _require_present(whole, RunFolder(folder.parent))
    files: dict[str, Path | bytes] = {}
    for path in sorted(folder.iterdir()):
        if not _belongs(path, artefact):
            continue
        if not path.resolve().is_relative_to(folder.resolve()):
            raise PushError(
                f"files of {folder} only",
                f"{path.name}, a link to {path.resolve()}",
                "Put the file itself there, and push again.",
            )
        files[path.name] = _without_paths(path, base)
    if (licence := licence_named(base.licence)) and licence.notice:
        files["NOTICE"] = f"{licence.notice}\n".encode()
    if any(isinstance(content, bytes) for name, content in files.items() if name in read_record(folder).get(DIGESTS, {})):
        files[RECORD] = _with_digests_of(files)
    return files


def _finished(folder: Path, pattern: str) -> list[Path]:
    """The files of a pattern but those that a killed export left, whose names begin with a dot."""
    return [file for file in folder.glob(pattern) if not file.name.startswith(".")]


def _require_present(gguf: Path, run: RunFolder) -> None:
    if not is_of_merged(gguf, run.merged):
        raise PushError(
            f"{gguf.name} of the weights that {run.merged} holds now",
            "one that was made from others",
            f"Write it again: mathpal export {run.short_name} --formats gguf:{gguf.stem.removeprefix('model-')}; or remove it.",
        )


def _with_digests_of(files: Mapping[str, Path | bytes]) -> bytes:
    """The adapter's record with the digests of the pushed files, some of which are cleaned copies."""
    held = files[RECORD]
    record = json.loads(held if isinstance(held, bytes) else held.read_text(encoding="utf-8"))
    for name in [name for name in record.get(DIGESTS, {}) if name not in files]:
        del record[DIGESTS][name]
    for name, content in files.items():
        if isinstance(content, bytes) and name in record.get(DIGESTS, {}):
            record[DIGESTS][name] = hashlib.sha256(content).hexdigest()
    return (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()


def _belongs(path: Path, artefact: Artefact) -> bool:
    if path.name.startswith(".") or not path.is_file():
        return False
    if path.name.endswith(RECORD):  # records contain paths of this machine; only the adapter's is useful to others
        return path.name == RECORD and artefact == "adapter"
    return path.suffix in SUFFIXES or (path.name.startswith("Modelfile-") and path.suffix != ".tmp")


def _without_paths(path: Path, base: BaseModel) -> Path | bytes:
    """The file, or its content without paths of this machine if it contains some."""
    if path.suffix != ".json" or path.stat().st_size > _LARGEST_SETTINGS:
        return path
    settings = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(settings, dict):
        return path
    renamed = {"base_model_name_or_path": base.hub_id, "base": base.name}
    kept = {
        key: renamed.get(key) if isinstance(value, str) and is_local(value) else value
        for key, value in settings.items()
        if key not in OF_THIS_MACHINE and (key in renamed or not (isinstance(value, str) and is_local(value)))
    }
    return path if kept == settings else (json.dumps(kept, indent=2, ensure_ascii=False) + "\n").encode()

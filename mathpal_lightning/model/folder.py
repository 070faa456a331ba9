"""Whether a model folder is a whole Gemma: the right kind, nothing cut off, nothing missing.

Read are the configs and the headers of the weights, so that a broken download is named before anything loads.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

from mathpal_lightning.errors import ModelError
from mathpal_lightning.families import all_of, all_titles, family_of_type
from mathpal_lightning.records import WEIGHTS_INDEX

_TOKENIZERS = ("tokenizer.json", "tokenizer.model")
_LFS_POINTER = b"version https://git-lfs"
_DOWNLOAD_AGAIN = "Download or copy the model again."


def model_type(folder: Path) -> str:
    """The `model_type` of a model folder's config.json ("gemma3_text")."""
    return str(read_json(folder / "config.json").get("model_type"))


def require_whole_gemma(folder: Path, name: str) -> None:
    """Refuse a folder that cannot be trained from, whatever is wrong with it.

    Args:
        folder: the model's.
        name: as the user gave it.

    Raises:
        ModelError: which file is missing, cut or of the wrong kind.
    """
    if not (folder / "config.json").is_file():
        raise ModelError(
            "a model folder with a config.json",
            f"{folder} without one",
            "Give a Hub id, a folder written by save_pretrained, a .gguf file or `offline-gemma`; for a LoRA adapter, "
            "give its base here and the adapter as --model.adapter.",
        )
    _require_no_pointers(folder)
    if family_of_type(kind := model_type(folder)) is None:
        known = f"a {all_titles()} (model_type {', '.join(all_of('model_types'))})"
        raise ModelError(known, f"model_type {kind!r} in {name!r}", "Choose one of these as the base model.")
    if "auto_map" in read_json(folder / "config.json"):
        raise ModelError(
            "a Gemma that transformers itself knows",
            f"a program of its own (auto_map) in {folder / 'config.json'}",
            "It would never be run (trust_remote_code is off): use another copy of the model.",
        )
    _require_weights(folder)
    if not any((folder / file).is_file() for file in _TOKENIZERS):
        raise ModelError(f"a tokenizer ({' or '.join(_TOKENIZERS)})", f"none in {folder}", _DOWNLOAD_AGAIN)


def read_json(file: Path) -> dict[str, object]:
    """The object in a JSON file.

    Raises:
        ModelError: it is empty, cut off, or no JSON object.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        size = file.stat().st_size if file.is_file() else 0
        raise ModelError(f"JSON in {file}", f"{size} bytes that cannot be read ({error})", _DOWNLOAD_AGAIN) from error
    if not isinstance(content, dict):
        raise ModelError(f"a JSON object in {file}", f"a {type(content).__name__}", _DOWNLOAD_AGAIN)
    return content


def require_whole_safetensors(file: Path) -> None:
    """Refuse a safetensors file that is shorter or longer than its header says.

    The format: 8 bytes with the length of the header, the header in JSON with the place of each tensor, the tensors
    (https://github.com/huggingface/safetensors#format).

    Raises:
        ModelError: the file is cut off or no safetensors file.
    """
    size = file.stat().st_size
    with file.open("rb") as handle:
        start = handle.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        header = handle.read(length) if length <= size - 8 else b""
    try:
        tensors = json.loads(header)
        end = max((tensor["data_offsets"][1] for name, tensor in tensors.items() if name != "__metadata__"), default=0)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"weights in {file}", f"{size:,} bytes without a whole header", _DOWNLOAD_AGAIN) from error
    if size != 8 + length + end:
        raise ModelError(f"{8 + length + end:,} bytes of weights in {file}", f"{size:,} bytes", _DOWNLOAD_AGAIN)


def _require_no_pointers(folder: Path) -> None:
    """A clone without Git LFS holds small text files in place of the large ones."""
    for file in sorted(path for path in folder.iterdir() if path.is_file() and path.stat().st_size < 1024):
        with file.open("rb") as handle:
            if handle.read(len(_LFS_POINTER)) == _LFS_POINTER:
                way_out = "Fetch the files themselves: git lfs install && git lfs pull, or `hf download`."
                raise ModelError(f"the content of {file}", "a Git LFS pointer to it", way_out)


def _require_weights(folder: Path) -> None:
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelError(
            "weights in safetensors files",
            f"none in {folder}",
            "Weights in a pickle (.bin) may hold a program and are never loaded: use another copy of the model.",
        )
    if (folder / WEIGHTS_INDEX).is_file():
        weight_map = read_json(folder / WEIGHTS_INDEX).get("weight_map")
        shards = set(map(str, weight_map.values())) if isinstance(weight_map, dict) else set()
        if missing := sorted(shards - {file.name for file in files}):
            found = f"{len(shards) - len(missing)} of them in {folder}; missing: {', '.join(missing)}"
            raise ModelError(f"the {len(shards)} files of weights that {WEIGHTS_INDEX} lists", found, _DOWNLOAD_AGAIN)
    for file in files:
        require_whole_safetensors(file)

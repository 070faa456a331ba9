"""Training's tokenizer, written so that transformers, vLLM and llama.cpp's converter read the same tokens from it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from mathpal_lightning.chat import CHAT_FORMATS, load_tokenizer, prepare_tokenizer, stop_token_ids
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.publish.base_model import is_local
from mathpal_lightning.records import content_digest

_CONFIG = "tokenizer_config.json"
OF_THIS_MACHINE = ("is_local", "local_files_only")
"""What transformers notes of where a tokenizer came from; it names that place's files (`vocab_file`) as well."""
_FLAGS = ("content", "single_word", "lstrip", "rstrip", "normalized", "special")


def training_tokenizer(adapter: Path, base: Path) -> PreTrainedTokenizerBase:
    """The tokenizer saved with the adapter, template and all; the base's with our template where there is none."""
    if not (adapter / _CONFIG).is_file():
        return load_tokenizer(base)
    files = [path for path in adapter.iterdir() if path.suffix in (".json", ".jinja", ".model")]
    return _load(adapter, content_digest(files))


@lru_cache(maxsize=2)
def _load(folder: Path, digest: str) -> PreTrainedTokenizerBase:
    """Gemma's 33 MB of tokenizer.json take transformers 4 seconds: each content is read once."""
    tokenizer = AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False)
    return tokenizer if tokenizer.chat_template else prepare_tokenizer(tokenizer)


def save_tokenizer(tokenizer: PreTrainedTokenizerBase, folder: str | Path) -> None:
    """Save a tokenizer into a model's folder, with its added tokens listed and a generation config that stops.

    transformers 5 no longer lists the added tokens in tokenizer_config.json, and llama.cpp's converter looks nowhere else
    for them: without the list `<start_of_turn>` becomes an ordinary word of the GGUF.
    """
    folder = Path(folder)
    write_tokenizer(tokenizer, folder)
    added = {
        str(index): {flag: getattr(token, flag) for flag in _FLAGS}
        for index, token in sorted(tokenizer.added_tokens_decoder.items())
    }
    _update(folder / _CONFIG, {"added_tokens_decoder": added})
    ids = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": stop_token_ids(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
    }
    _update(folder / "generation_config.json", ids)


def write_tokenizer(tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write what `save_pretrained` does, but for the settings that name folders of this machine."""
    tokenizer.save_pretrained(str(folder))
    file = folder / _CONFIG
    settings = json.loads(file.read_text(encoding="utf-8"))
    kept = {
        name: value
        for name, value in settings.items()
        if name not in OF_THIS_MACHINE and not (isinstance(value, str) and is_local(value))
    }
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def listed_special_ids(folder: Path) -> dict[str, int]:
    """The ids of bos, eos and end-of-turn by tokenizer_config.json, where llama.cpp's converter looks for them.

    Raises:
        ExportError: the file does not list them.
    """
    settings = json.loads((folder / _CONFIG).read_text(encoding="utf-8"))
    ids = {token["content"]: int(index) for index, token in settings.get("added_tokens_decoder", {}).items()}
    end_of_turn = next((form.end_of_turn for form in reversed(CHAT_FORMATS) if form.end_of_turn in ids), "")
    wanted = {"bos": _text(settings.get("bos_token")), "eos": _text(settings.get("eos_token")), "eot": end_of_turn}
    if not all(token in ids for token in wanted.values()):
        raise ExportError(
            f"the special tokens listed under added_tokens_decoder in {folder / _CONFIG}",
            f"{len(ids)} tokens listed, and none for {sorted(name for name, token in wanted.items() if token not in ids)}",
            "Save the tokenizer with mathpal_lightning.export.save_tokenizer(tokenizer, folder), then convert again.",
        )
    return {name: ids[token] for name, token in wanted.items()}


def chat_template(folder: Path) -> str | None:
    """The chat template of a model's folder."""
    file = folder / "chat_template.jinja"
    return (
        file.read_text(encoding="utf-8")
        if file.is_file()
        else json.loads((folder / _CONFIG).read_text(encoding="utf-8")).get("chat_template")
    )


def _text(token: Any) -> str:
    return token["content"] if isinstance(token, dict) else str(token)


def _update(file: Path, values: dict[str, Any]) -> None:
    settings = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    file.write_text(json.dumps(settings | values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

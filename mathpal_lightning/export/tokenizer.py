"""Training's tokenizer, written so that transformers, vLLM and llama.cpp's converter read the same tokens from it."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from mathpal_lightning.chat import load_tokenizer, prepare_tokenizer, stop_token_ids
from mathpal_lightning.records import content_digest

CONFIG = "tokenizer_config.json"
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
"""owner/name."""
OF_THIS_MACHINE = ("is_local", "local_files_only")
"""What transformers notes of where a tokenizer came from; it names that place's files (`vocab_file`) as well."""
_FLAGS = ("content", "single_word", "lstrip", "rstrip", "normalized", "special")


def training_tokenizer(adapter: Path, base: Path) -> PreTrainedTokenizerBase:
    """The tokenizer saved with the adapter, template and all; the base's with our template where there is none."""
    if not (adapter / CONFIG).is_file():
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
    _update(folder / CONFIG, {"added_tokens_decoder": added})
    ids = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": stop_token_ids(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
    }
    _update(folder / "generation_config.json", ids)


def write_tokenizer(tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write what `save_pretrained` does, but for the settings that name folders of this machine."""
    tokenizer.save_pretrained(str(folder))
    file = folder / CONFIG
    settings = json.loads(file.read_text(encoding="utf-8"))
    kept = {
        name: value
        for name, value in settings.items()
        if name not in OF_THIS_MACHINE and not (isinstance(value, str) and is_local(value))
    }
    file.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _update(file: Path, values: dict[str, object]) -> None:
    settings = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    file.write_text(json.dumps(settings | values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def is_local(name: str) -> bool:
    """Whether a name is a path of this machine."""
    return name.startswith(("/", "~")) or ("/" in name and Path(name).exists())

"""The files of a small base: configs, weights and a notice of what was modified."""

from __future__ import annotations

import json
import re
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file

from mathpal_lightning.families import family_of_type, licence_named
from mathpal_lightning.records import WEIGHTS_INDEX
from mathpal_lightning.vocabulary.tokenizer_files import IdMap, renumber_token_ids

_TABLES = re.compile(r"(embed_tokens|embed_tokens_per_layer|lm_head)\.weight$")
_TOWER = re.compile(r"(^|\.)(vision_tower|audio_tower|vision_model|multi_modal_projector|embed_vision|embed_audio)\.")


def write_configs(base: Path, folder: Path, ids: IdMap) -> None:
    """Write config and generation config with the new ids and sizes; a folder of a whole model becomes its text model's."""
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    if "text_config" in config:  # a multimodal folder becomes its text-only class
        text = config["text_config"]
        text.setdefault("dtype", config.get("dtype") or config.get("torch_dtype"))
        text["architectures"] = [
            re.sub("ForConditionalGeneration$", "ForCausalLM", name) for name in config.get("architectures", [])
        ]
        text.update({key: config[key] for key in ("bos_token_id", "pad_token_id", "eos_token_id") if key in config})
        config = text
    size = len(ids)
    config = renumber_token_ids(config, ids) | {"vocab_size": size}
    if "vocab_size_per_layer_input" in config:
        config["vocab_size_per_layer_input"] = size
    (folder / "config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    generation = base / "generation_config.json"
    if generation.is_file():
        settings = renumber_token_ids(json.loads(generation.read_text(encoding="utf-8")), ids)
        (folder / generation.name).write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def rows_of_tables(base: Path) -> int:
    """The ids that every embedding of a base has a row for: a tokenizer may name control tokens of pictures beyond them."""
    rows: list[int] = []
    for file in base.glob("*.safetensors"):
        with safe_open(file, framework="pt") as stored:
            rows += [stored.get_slice(key).get_shape()[0] for key in stored.keys() if _TABLES.search(key)]  # noqa: SIM118  # as below
    return min(rows)


def write_weights(base: Path, folder: Path, kept: torch.Tensor) -> None:
    """Copy the weights of the text decoder, shard by shard: memory holds one shard.

    Args:
        base: the folder of the full base.
        folder: where to write.
        kept: the ids of the kept tokens, ascending; only their rows of the embeddings are copied.
    """
    index: dict[str, str] = {}
    total = 0
    for file in sorted(base.glob("*.safetensors")):
        tensors: dict[str, torch.Tensor] = {}
        with safe_open(file, framework="pt") as stored:
            for key in stored.keys():  # noqa: SIM118  # safe_open is no mapping
                if not _TOWER.search(key):
                    tensor = stored.get_tensor(key)
                    tensors[_text_only_name(key)] = tensor[kept].contiguous() if _TABLES.search(key) else tensor
        if tensors:
            save_file(tensors, folder / file.name, metadata={"format": "pt"})
            index |= dict.fromkeys(tensors, file.name)
            total += sum(tensor.nbytes for tensor in tensors.values())
    if len(set(index.values())) > 1:
        content: dict[str, object] = {"metadata": {"total_size": total}, "weight_map": dict(sorted(index.items()))}
        (folder / WEIGHTS_INDEX).write_text(json.dumps(content, indent=2), encoding="utf-8")


def _text_only_name(key: str) -> str:
    """The name of a weight in the text-only class.

    >>> _text_only_name("language_model.model.layers.0.mlp.up_proj.weight")
    'model.layers.0.mlp.up_proj.weight'
    >>> _text_only_name("model.language_model.embed_tokens.weight")
    'model.embed_tokens.weight'
    """
    if key.startswith("language_model."):
        return key.removeprefix("language_model.")
    return key.replace("model.language_model.", "model.", 1)


def notice_of(model_type: str, full_size: int, kept: int) -> str:
    """What was modified in a small base, and the notice that the licence of its family asks for.

    Args:
        model_type: of config.json.
        full_size: tokens of the full base.
        kept: tokens of the small one.
    """
    modified = (
        f"The weights in this folder were modified: of the {full_size:,} tokens of the base model {kept:,} are kept, with "
        "their rows of the embedding. Nothing else was changed.\n"
    )
    family = family_of_type(model_type)
    licence = licence_named(family.licence) if family else None
    return f"{modified}\n{licence.notice}\n" if licence and licence.notice else modified

"""16-bit weights -> a bitsandbytes NF4 folder that transformers and vLLM load. Large weights take a quarter of the space."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import transformers
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import AutoConfig, BitsAndBytesConfig, PreTrainedTokenizerBase

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.export.merge.deltas import Delta, apply_delta, canonical_name, read_deltas, require_each_once
from mathpal_lightning.export.merge.shards import read_stored, write_config, write_index
from mathpal_lightning.export.subject import Subject
from mathpal_lightning.export.tokenizer import save_tokenizer
from mathpal_lightning.families import all_of
from mathpal_lightning.files import whole_folder
from mathpal_lightning.model.targets import text_decoder_targets
from mathpal_lightning.records import folder_digest, is_made_from, require_whole, write_record

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""The layers of the text decoder that are quantised. The head, the embeddings and the towers keep their 16 bits."""


def merge_4bit(adapter: str | Path, out: str | Path, base: str | Path | None = None) -> Path:
    """Merge an adapter into the original 16-bit base, then quantise the sum to NF4 with double quantisation.

    The adapter is not merged into the de-quantised weights that training used. These lie exactly on the 4-bit grid, and the
    updates of an adapter are so small that rounding returns every weight to its old point (measured on Gemma 3 270M: the
    result is the base, without the adapter's effect). The original weights lie between the points of the grid, so the adapter
    moves the right share of them to the next point. A base that is published only in 4 bits has no such weights, and its
    verification fails.

    Does nothing if `out` was already made from the same input.

    Args:
        adapter: a PEFT adapter folder.
        out: the folder to write.
        base: see `merge_adapter`.

    Raises:
        ExportError: see `merge_adapter`.
    """
    return merge_in_4bit(Subject.of_adapter(adapter, base, "original"), Path(out))


def merge_in_4bit(subject: Subject, out: Path) -> Path:
    """`merge_4bit` for the subject of an export, even if the subject says to merge into the de-quantised base."""
    subject = subject.merged_into("original")
    made_from = subject.inputs | _QUANTIZATION
    if not is_made_from(out, made_from):
        deltas = read_deltas(subject.adapter_folder, subject.peft_config, subject.base, subject.model_class)
        _write(subject.base, out, made_from, deltas, subject.stored_dtype, subject.tokenizer)
    return out


def write_4bit(merged: str | Path, out: str | Path) -> Path:
    """Quantise a folder of 16-bit weights to NF4 with double quantisation. Does nothing if `out` was already made from it.

    Use it for weights that were trained in 16 bits. For an adapter that was trained on a 4-bit base use `merge_4bit`.

    Args:
        merged: a folder that transformers loads, with training's tokenizer.
        out: the folder to write.
    """
    merged, out = Path(merged), Path(out)
    require_whole(merged)
    made_from = {"merged": folder_digest(merged)} | _QUANTIZATION
    if not is_made_from(out, made_from):
        _write(merged, out, made_from, {}, None, load_tokenizer(merged))
    return out


_QUANTIZATION = {"quantization": "nf4"}


def _write(
    base: Path,
    out: Path,
    made_from: Mapping[str, str],
    deltas: Mapping[str, Delta],
    dtype: str | None,
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    """Merge and quantise one weight at a time. At most one shard of 4-bit weights is in memory."""
    model = _empty_model(base)
    quantized = {f"{canonical_name(name)}.weight" for name in text_decoder_targets(model, PROJECTIONS)}
    require_each_once(quantized, base)
    weight_map: dict[str, str] = {}
    with whole_folder(out) as temporary:
        for shard in sorted(base.glob("*.safetensors")):
            tensors: dict[str, Tensor] = {}
            with safe_open(shard, framework="pt") as file:
                for stored in read_stored(file, getattr(torch, dtype) if dtype else None):
                    name, weight = canonical_name(stored.name), stored.read(file)
                    weight = (apply_delta(weight, deltas[name]) if name in deltas else weight).to(stored.dtype)
                    tensors |= nf4(stored.name, weight) if name in quantized else {stored.name: weight}
            save_file(tensors, temporary / shard.name, {"format": "pt"})
            weight_map |= dict.fromkeys(tensors, shard.name)
        write_index(temporary, weight_map)
        write_config(base, temporary, dtype)
        config = json.loads((temporary / "config.json").read_text(encoding="utf-8"))
        settings = {"quantization_config": nf4_config(unquantized(model)).to_dict()}
        (temporary / "config.json").write_text(
            json.dumps(config | settings, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        save_tokenizer(tokenizer, temporary)
        write_record(temporary, made_from)


def nf4(name: str, weight: Tensor) -> dict[str, Tensor]:
    """A weight in the form that bitsandbytes' Linear4bit saves: two values in a byte, and the statistics of its blocks."""
    from bitsandbytes.functional import quantize_4bit

    packed, state = quantize_4bit(weight.contiguous(), blocksize=64, compress_statistics=True, quant_type="nf4")
    return {name: packed} | {f"{name}.{part}": value for part, value in state.as_dict(packed=True).items()}


def _empty_model(folder: Path) -> LanguageModel:
    model_class = getattr(transformers, json.loads((folder / "config.json").read_text(encoding="utf-8"))["architectures"][0])
    with torch.device("meta"):
        model: LanguageModel = model_class(AutoConfig.from_pretrained(str(folder)))
    return model


def nf4_config(skipped: list[str]) -> BitsAndBytesConfig:
    """QLoRA's settings (https://arxiv.org/abs/2305.14314)."""
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
        llm_int8_skip_modules=skipped,
    )


def unquantized(model: LanguageModel) -> list[str]:
    """The modules that keep their 16 bits, by the names that transformers matches: whole towers, else last parts."""
    wanted = set(text_decoder_targets(model, PROJECTIONS))
    others = [name for name, module in model.named_modules() if isinstance(module, nn.Linear) and name not in wanted]
    pattern = re.compile(rf"(.*?(?:{'|'.join(all_of('towers'))})\w*)\.")
    towers = {found[1] for name in others if (found := pattern.match(name))}
    return sorted(towers | {name.rpartition(".")[2] for name in others if not name.startswith(tuple(towers))})

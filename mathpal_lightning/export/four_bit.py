"""16-bit weights -> bitsandbytes NF4 folder that transformers and vLLM load, the large weights in a fourth of the size."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import torch
import transformers
from torch import nn
from transformers import AutoConfig, BitsAndBytesConfig

from mathpal_lightning.export.artefact import RECORD, folder_digest, is_made_from, write_record
from mathpal_lightning.export.merge import find_base, merge_adapter, merge_inputs
from mathpal_lightning.files import whole_folder
from mathpal_lightning.model.load import text_decoder_targets

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""What is quantised, in the text decoder; head, embeddings, vision and audio towers keep their 16 bits."""


def merge_4bit(adapter: str | Path, out: str | Path, base: str | Path | None = None) -> Path:
    """Merge an adapter into the original base and quantise the sum to NF4 with double quantisation, once.

    Not into the de-quantised weights that training saw: those lie on the 4-bit grid, and rounding takes them back to the
    same points whatever the adapter adds (measured on Gemma 3 270M: the base again, the adapter gone). The original weights
    lie anywhere between, so that the adapter moves the right share of them to the next point. A base that is published in
    4 bits only has no such weights: the verification then fails.

    Skipped when `out` was made from the same input already.

    Args:
        adapter: a PEFT adapter folder.
        out: the folder to write.
        base: see `merge_adapter`.

    Raises:
        ExportError: see `merge_adapter`.
    """
    adapter, out = Path(adapter), Path(out)
    made_from = merge_inputs(adapter, find_base(adapter, base, "original"), "original") | _QUANTIZATION
    if not is_made_from(out, made_from):
        merged = merge_adapter(adapter, out.with_name(f".{out.name}.16bit"), base, "original")
        _write(merged, out, made_from)
        shutil.rmtree(merged)
    return out


def write_4bit(merged: str | Path, out: str | Path) -> Path:
    """Quantise a folder of 16-bit weights to NF4 with double quantisation; skipped when done from the same folder already.

    For weights that were trained in 16 bits; what was trained on a 4-bit base goes through `merge_4bit`.

    Args:
        merged: a folder that transformers loads, with training's tokenizer.
        out: the folder to write.
    """
    merged, out = Path(merged), Path(out)
    made_from = {"merged": folder_digest(merged)} | _QUANTIZATION
    if not is_made_from(out, made_from):
        _write(merged, out, made_from)
    return out


_QUANTIZATION = {"quantization": "nf4"}


def _write(merged: Path, out: Path, made_from: dict[str, str]) -> None:
    """Transformers reads one weight at a time and keeps its 4 bits: the 16-bit model is never in memory as a whole."""
    model_class = getattr(transformers, json.loads((merged / "config.json").read_text())["architectures"][0])
    settings = nf4_config(unquantized(merged, model_class))
    model = model_class.from_pretrained(str(merged), dtype="auto", quantization_config=settings)
    with whole_folder(out) as temporary:
        model.save_pretrained(str(temporary))
        for path in merged.iterdir():
            if path.is_file() and path.name not in ("config.json", RECORD) and ".safetensors" not in path.name:
                shutil.copyfile(path, temporary / path.name)
        write_record(temporary, made_from)


def nf4_config(skipped: list[str]) -> BitsAndBytesConfig:
    """QLoRA's settings (https://arxiv.org/abs/2305.14314)."""
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
        llm_int8_skip_modules=skipped,
    )


def unquantized(folder: Path, model_class: Any) -> list[str]:
    """The modules that keep their 16 bits, in as few names as transformers' matching needs: whole towers, then last names."""
    with torch.device("meta"):
        model = model_class(AutoConfig.from_pretrained(str(folder)))
    wanted = set(text_decoder_targets(model, PROJECTIONS))
    others = [name for name, module in model.named_modules() if isinstance(module, nn.Linear) and name not in wanted]
    towers = {found[1] for name in others if (found := re.match(r"(.*?(?:vision|audio|multi_modal)\w*)\.", name))}
    return sorted(towers | {name.rpartition(".")[2] for name in others if not name.startswith(tuple(towers))})

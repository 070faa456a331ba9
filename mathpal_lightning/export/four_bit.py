"""Merged 16-bit folder -> bitsandbytes NF4 folder that transformers and vLLM load, a fourth of the size."""

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
from mathpal_lightning.files import whole_folder
from mathpal_lightning.model.load import text_decoder_targets

PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
"""What is quantised, in the text decoder; head, embeddings, vision and audio towers keep their 16 bits."""


def write_4bit(merged: str | Path, out: str | Path) -> Path:
    """Quantise a merged folder to NF4 with double quantisation, as a QLoRA base is loaded.

    transformers reads one weight at a time and keeps its 4 bits, so the 16-bit model is never in memory as a whole.
    Rounding to 4 bits a second time loses a part of what a weak adapter learned: the verification says how much.
    Skipped when `out` was made from the same folder already.

    Args:
        merged: what `merge_adapter` wrote.
        out: the folder to write.
    """
    merged, out = Path(merged), Path(out)
    made_from = {"merged": folder_digest(merged), "quantization": "nf4"}
    if is_made_from(out, made_from):
        return out
    model_class = getattr(transformers, json.loads((merged / "config.json").read_text())["architectures"][0])
    settings = nf4_config(unquantized(merged, model_class))
    model = model_class.from_pretrained(str(merged), dtype="auto", quantization_config=settings)
    with whole_folder(out) as temporary:
        model.save_pretrained(str(temporary))
        for path in merged.iterdir():
            if path.is_file() and path.name not in ("config.json", RECORD) and ".safetensors" not in path.name:
                shutil.copyfile(path, temporary / path.name)
        write_record(temporary, made_from, merged=str(merged))
    return out


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

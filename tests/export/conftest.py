"""Tiny trained adapters: a base folder, LoRA with random B (so that its effect is real), written by write_adapter."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, BitsAndBytesConfig

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.export import merge_adapter, save_tokenizer, write_adapter, write_gguf
from tests.tiny import Family, tiny_gemma_folder

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def nf4(dtype: torch.dtype = torch.float32) -> BitsAndBytesConfig:
    """QLoRA's settings, as both backends load a base."""
    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )


def lora_model(
    base: Path, *, quantized: bool = False, dtype: torch.dtype = torch.float32, std: float = 0.1, **lora: Any
) -> PeftModel:
    """A PEFT model over a base folder whose adapter does something: B is random, DoRA's magnitude is moved."""
    settings = {"quantization_config": nf4(dtype)} if quantized else {}
    model = AutoModelForCausalLM.from_pretrained(base, dtype=dtype, **settings)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        peft_model = get_peft_model(model, LoraConfig(**{"r": 4, "lora_alpha": 8, "target_modules": TARGETS} | lora))
        for name, parameter in peft_model.named_parameters():
            if "lora_B" in name or "lora_embedding_B" in name:
                torch.nn.init.normal_(parameter, std=std)
            if "magnitude" in name:
                parameter.data *= torch.empty_like(parameter).uniform_(0.8, 1.2)
    return peft_model.eval()


@pytest.fixture(scope="session")
def exported(gemma3_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], dict[str, Path]]:
    """One QLoRA adapter on the tiny Gemma 3, merged and converted once a session. Read only."""
    made: dict[str, Path] = {}

    def export() -> dict[str, Path]:
        if not made:
            folder = tmp_path_factory.mktemp("exported")
            model = lora_model(gemma3_folder, quantized=True)
            made["base"] = gemma3_folder
            made["adapter"] = write_adapter(model, folder / "adapter", load_tokenizer(gemma3_folder))
            made["merged"] = merge_adapter(made["adapter"], folder / "merged")
            made["gguf"] = write_gguf(made["merged"], folder / "model-q8_0.gguf")
        return made

    return export


QUANTS = ("q4_k_m", "q5_k_m", "q6_k")
_WIDE = {"hidden_size": 256, "intermediate_size": 512}
_DEEP: dict[str, tuple[Family, dict[str, Any]]] = {
    "gemma2": ("gemma2", {"num_hidden_layers": 16, "layer_types": ["sliding_attention", "full_attention"] * 8}),
    "gemma3": ("gemma3", {"num_hidden_layers": 12, "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 2}),
    "gemma3 untied": ("gemma3", {"tie_word_embeddings": False}),
    "gemma4": ("gemma4", {}),
}


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A float32 GGUF with rows of 256 and 512, as K-quants want them, and of 64; converted once a session. Read only."""
    files: dict[str, Path] = {}

    def gguf_of(kind: str) -> Path:
        if kind not in files:
            folder = tmp_path_factory.mktemp("gguf")
            family, settings = _DEEP[kind]
            base = tiny_gemma_folder(folder / "base", family, **_WIDE | settings)
            save_tokenizer(load_tokenizer(base), base)
            files[kind] = write_gguf(base, folder / "source.gguf", "f32")
        return files[kind]

    return gguf_of

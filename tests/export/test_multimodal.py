"""Folders with a vision tower, as Gemma 3 from 4B, 3n and 4 are published: merged, loaded, converted, verified."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForCausalLM,
    Gemma3ForConditionalGeneration,
    Gemma3nConfig,
    Gemma4Config,
    Gemma4ForConditionalGeneration,
    Gemma4VisionConfig,
)

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.export import merge_adapter, verify_export, write_adapter, write_gguf
from mathpal_lightning.export.gguf.header import read_header
from mathpal_lightning.export.verify import probe
from tests.export.conftest import lora_model
from tests.export.merge.test_weights import multimodal_folder
from tests.tiny import tiny_gemma, tiny_gemma_folder, tiny_tokenizer

LANGUAGE = r".*language_model.*\.(q|k|v|o|gate|up|down)_proj"


def gemma4_folder(folder: Path) -> Path:
    """A tiny Gemma 4 with a vision tower, whose layers are called q_proj too."""
    vision = Gemma4VisionConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=16,
        position_embedding_size=16,
    )
    text = tiny_gemma("gemma4").config.to_dict()
    config = Gemma4Config(text_config=text, vision_config=vision.to_dict(), audio_config=None, image_token_id=500)
    tiny_tokenizer(folder, "gemma4").save_pretrained(folder)
    torch.manual_seed(0)
    Gemma4ForConditionalGeneration(config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize(
    ("make", "kind"),
    [(multimodal_folder, Gemma3ForConditionalGeneration), (gemma4_folder, Gemma4ForConditionalGeneration)],
)
def test_a_folder_with_a_vision_tower_passes_transformers_and_llama_cpp(
    make, kind: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(probe, "MAX_ANSWER_TOKENS", 4)
    base = make(tmp_path / "base")
    adapter = write_adapter(lora_model(base, target_modules=LANGUAGE), tmp_path / "adapter", load_tokenizer(base))
    merged = merge_adapter(adapter, tmp_path / "merged")
    assert isinstance(AutoModelForCausalLM.from_pretrained(merged), kind)
    assert any("vision_tower" in name for name in load_file(merged / "model.safetensors"))
    gguf = write_gguf(merged, tmp_path / "model-f16.gguf", "f16")
    verification = verify_export(adapter, merged, [gguf])
    assert verification.ok, str(verification)
    assert not any("v." in tensor.name[:2] for tensor in read_header(gguf).tensors), "llama.cpp keeps the tower apart"


def test_gemma_3n_folders_convert_with_their_tower_left_out(tmp_path: Path):
    """Its tower is timm's: the folder is laid out by hand, the adapter comes from the text model alone."""
    own = {"hidden_size_per_layer_input": 256, "laurel_rank": 64, "num_kv_shared_layers": 0}
    text = tiny_gemma_folder(tmp_path / "text", "gemma3n", **own)
    base = tmp_path / "base"
    shutil.copytree(text, base)
    weights = {name.replace("model.", "model.language_model.", 1): each for name, each in weights_of(text).items()}
    tower = {"model.vision_tower.timm_model.conv_stem.conv.weight": torch.ones(8, 3, 3, 3)}
    save_file(weights | tower, base / "model.safetensors", metadata={"format": "pt"})
    config = Gemma3nConfig(text_config=json.loads((text / "config.json").read_text(encoding="utf-8"))).to_dict()
    config["architectures"] = ["Gemma3nForConditionalGeneration"]
    (base / "config.json").write_text(json.dumps(config), encoding="utf-8")
    adapter = write_adapter(lora_model(text), tmp_path / "adapter", load_tokenizer(text))
    merged = merge_adapter(adapter, tmp_path / "merged", base, into="original")
    alone = weights_of(merge_adapter(adapter, tmp_path / "alone"))
    together = weights_of(merged)
    assert torch.equal(together[next(iter(tower))], next(iter(tower.values())))
    assert all(torch.equal(together[name.replace("model.", "model.language_model.", 1)], each) for name, each in alone.items())
    gguf = write_gguf(merged, tmp_path / "model-f16.gguf", "f16")
    assert read_header(gguf).metadata["general.architecture"] == "gemma3n"


def weights_of(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")

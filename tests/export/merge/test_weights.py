"""The merged folder equals PEFT's own merge; 4-bit bases are merged into exactly the weights that training saw."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import PeftModel
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, Gemma3Config, Gemma3ForConditionalGeneration

from mathpal_lightning.chat import load_tokenizer, stop_token_ids
from mathpal_lightning.compat.bitsandbytes import keep_packing
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export import merge_adapter, write_adapter
from mathpal_lightning.export.merge.deltas import canonical_name
from mathpal_lightning.records import RECORD
from tests.export.conftest import lora_model, nf4
from tests.tiny import FAMILIES, tiny_gemma, tiny_gemma_folder, tiny_tokenizer

IDS = torch.tensor([[2, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150]])
ATTENTION = ["q_proj", "o_proj"]
VARIANTS: dict[str, dict[str, Any]] = {
    "lora": {},
    "rslora with patterns": {
        "use_rslora": True,
        "rank_pattern": {"up_proj": 8},
        "alpha_pattern": {r"layers\.1\.self_attn\.q_proj": 32},
    },
    "dora": {"use_dora": True},
}


@torch.no_grad()
def logits(model: torch.nn.Module) -> torch.Tensor:
    return model(input_ids=IDS, use_cache=False).logits.float()


def load(folder: Path) -> torch.nn.Module:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_logits_are_those_of_pefts_own_merge(family, variant, gemma_folder, tmp_path: Path):
    base = gemma_folder(family)
    model = lora_model(base, **VARIANTS[variant])
    adapter = write_adapter(model, tmp_path / "adapter")
    merged = load(merge_adapter(adapter, tmp_path / "merged"))
    with model.disable_adapter():
        bare = logits(model)
    expected = logits(model.merge_and_unload())
    assert (expected - bare).abs().max() > 0.05, "the adapter must do something"
    torch.testing.assert_close(logits(merged), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_weights_are_bit_for_bit_those_that_the_4bit_layers_held(family, gemma_folder, tmp_path: Path):
    from bitsandbytes.functional import dequantize_4bit

    model = lora_model(gemma_folder(family), quantized=True, dtype=torch.bfloat16, std=0.0)
    merged = load_file(merge_adapter(write_adapter(model, tmp_path / "adapter"), tmp_path / "merged") / "model.safetensors")
    by_name = {canonical_name(name): tensor for name, tensor in merged.items()}
    original = load_file(gemma_folder(family) / "model.safetensors")
    changed = 0
    for name, module in model.get_base_model().named_modules():
        state = getattr(getattr(module, "weight", None), "quant_state", None)
        if state is not None:
            weight = by_name[canonical_name(name.replace(".base_layer", "")) + ".weight"]
            assert torch.equal(weight, dequantize_4bit(module.weight.data, state)), name
            changed += 1
    assert changed >= 7 * 3
    embedding = next(name for name in original if name.endswith("embed_tokens.weight"))
    assert torch.equal(by_name[canonical_name(embedding)], original[embedding].bfloat16()), "the embedding was not quantised"


@pytest.mark.parametrize("family", FAMILIES)
def test_merged_into_trained_is_the_trained_model_and_into_original_is_not(family, gemma_folder, tmp_path: Path):
    model = lora_model(gemma_folder(family), quantized=True)
    keep_packing(model.modules())
    adapter = write_adapter(model, tmp_path / "adapter")
    trained = load(merge_adapter(adapter, tmp_path / "trained"))
    original = load(merge_adapter(adapter, tmp_path / "original", into="original"))
    torch.testing.assert_close(logits(trained), logits(model), rtol=1e-3, atol=1e-3)
    plain = PeftModel.from_pretrained(load(gemma_folder(family)), adapter).eval()
    torch.testing.assert_close(logits(original), logits(plain), rtol=1e-3, atol=1e-3)
    assert (logits(original) - logits(model)).abs().max() > 0.05, "4 bits are coarse: the two must differ"


def test_8_bit_bases_are_merged_into_what_their_layers_held(gemma3_folder: Path, tmp_path: Path):
    from peft import LoraConfig, get_peft_model
    from transformers import BitsAndBytesConfig

    quantized = AutoModelForCausalLM.from_pretrained(
        gemma3_folder, dtype=torch.float32, quantization_config=BitsAndBytesConfig(load_in_8bit=True)
    )
    model = get_peft_model(quantized, LoraConfig(r=4, target_modules=ATTENTION))
    merged = load_file(merge_adapter(write_adapter(model, tmp_path / "adapter"), tmp_path / "merged") / "model.safetensors")
    weight = model.get_base_model().model.layers[0].mlp.up_proj.weight
    held = weight.CB.float() * weight.SCB.view(-1, 1) / 127
    torch.testing.assert_close(merged["model.layers.0.mlp.up_proj.weight"], held, rtol=1e-6, atol=1e-6)


def test_a_base_stored_in_4_bits_is_dequantised(gemma3_folder: Path, tmp_path: Path):
    quantized = AutoModelForCausalLM.from_pretrained(
        gemma3_folder, dtype=torch.bfloat16, quantization_config=nf4(torch.bfloat16)
    )
    shutil.copytree(gemma3_folder, tmp_path / "base")
    (tmp_path / "base" / "model.safetensors").unlink()
    quantized.save_pretrained(tmp_path / "base")
    model = lora_model(tmp_path / "base", dtype=torch.bfloat16)
    stored = write_adapter(model, tmp_path / "adapter")
    usual = write_adapter(lora_model(gemma3_folder, quantized=True, dtype=torch.bfloat16), tmp_path / "usual")
    merged = merge_adapter(stored, tmp_path / "merged")
    assert "quantization_config" not in json.loads((merged / "config.json").read_text(encoding="utf-8"))
    got, expected = (
        load_file(merged / "model.safetensors"),
        load_file(merge_adapter(usual, tmp_path / "m2") / "model.safetensors"),
    )
    assert got.keys() == expected.keys()
    assert all(torch.equal(got[name], expected[name]) for name in got)


@pytest.mark.parametrize("layout", ["as transformers saves it", "as the Hub has it"])
def test_a_multimodal_folder_keeps_its_tower_and_merges_the_language_model(layout: str, tmp_path: Path):
    base = multimodal_folder(tmp_path / "base")
    if layout == "as the Hub has it":
        weights = {_hub_name(name): tensor for name, tensor in load_file(base / "model.safetensors").items()}
        save_file(weights, base / "model.safetensors", metadata={"format": "pt"})
        assert any(name.startswith("language_model.model.layers") for name in weights)
    language = r".*language_model.*\.(q|k|v|o|gate|up|down)_proj"
    model = lora_model(base, target_modules=language)
    assert isinstance(model.get_base_model(), Gemma3ForConditionalGeneration)
    folder = merge_adapter(write_adapter(model, tmp_path / "adapter"), tmp_path / "merged")
    before, after = load_file(base / "model.safetensors"), load_file(folder / "model.safetensors")
    assert before.keys() == after.keys()
    towers = [name for name in before if "vision_tower" in name]
    assert towers
    assert all(torch.equal(before[name], after[name]) for name in towers)
    torch.testing.assert_close(logits(load(folder)), logits(model.merge_and_unload()), rtol=1e-4, atol=1e-4)


def _hub_name(name: str) -> str:
    name = name.removeprefix("model.")
    return name.replace("language_model.", "language_model.model.", 1) if name.startswith("language_model.layers") else name


def multimodal_folder(folder: Path) -> Path:
    """A tiny Gemma 3 with a vision tower."""
    text = tiny_gemma("gemma3").config
    vision = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    vision |= {"image_size": 28, "patch_size": 14}
    config = Gemma3Config(text_config=text.to_dict(), vision_config=vision, mm_tokens_per_image=4, image_token_index=500)
    tiny_tokenizer(folder, "gemma3").save_pretrained(folder)
    torch.manual_seed(0)
    Gemma3ForConditionalGeneration(config).save_pretrained(folder)
    return folder


def test_sharded_bases_stay_sharded_and_tied_embeddings_tied(tmp_path: Path):
    base = tiny_gemma_folder(tmp_path / "base", "gemma3")
    tiny_gemma("gemma3").save_pretrained(base, max_shard_size="60KB")
    (base / "model.safetensors").unlink()
    shards = sorted(path.name for path in base.glob("*.safetensors"))
    assert len(shards) > 2
    model = lora_model(base)
    folder = merge_adapter(write_adapter(model, tmp_path / "adapter"), tmp_path / "merged")
    assert sorted(path.name for path in folder.glob("*.safetensors")) == shards
    assert not any("lm_head" in name for path in folder.glob("*.safetensors") for name in safe_open(path, "pt").keys())  # noqa: SIM118
    merged = load(folder)
    assert merged.get_input_embeddings().weight is merged.get_output_embeddings().weight
    torch.testing.assert_close(logits(merged), logits(model.merge_and_unload()), rtol=1e-4, atol=1e-4)


def test_embeddings_that_were_trained_whole_or_by_lora_are_merged(tmp_path: Path):
    base = tiny_gemma_folder(tmp_path / "base", "gemma3", tie_word_embeddings=False)
    model = lora_model(base, target_modules=["q_proj", "embed_tokens"], modules_to_save=["lm_head"])
    with torch.no_grad():
        next(p for n, p in model.named_parameters() if "lm_head.modules_to_save" in n).mul_(1.5)
    merged = load(merge_adapter(write_adapter(model, tmp_path / "adapter"), tmp_path / "merged"))
    torch.testing.assert_close(logits(merged), logits(model.merge_and_unload()), rtol=1e-4, atol=1e-4)


def test_settings_of_the_merged_folder(exported):
    merged, base = exported()["merged"], exported()["base"]
    tokenizer = AutoTokenizer.from_pretrained(merged)
    assert tokenizer.chat_template == load_tokenizer(base).chat_template
    assert json.loads((merged / "generation_config.json").read_text(encoding="utf-8"))["eos_token_id"] == stop_token_ids(
        tokenizer
    )
    assert (merged / "tokenizer.model").read_bytes() == (base / "tokenizer.model").read_bytes()
    assert "quantization_config" not in json.loads((merged / "config.json").read_text(encoding="utf-8"))
    assert AutoModelForCausalLM.from_pretrained(merged).generation_config.eos_token_id == stop_token_ids(tokenizer)
    added = json.loads((merged / "tokenizer_config.json").read_text(encoding="utf-8"))["added_tokens_decoder"]
    assert added[str(stop_token_ids(tokenizer)[0])]["special"], "llama.cpp's converter reads the special tokens here"


def test_no_setting_names_a_folder_of_this_machine(gemma3_folder: Path, tmp_path: Path):
    tokenizer = load_tokenizer(gemma3_folder)
    assert Path(tokenizer.init_kwargs["vocab_file"]).is_absolute(), "else there is nothing to leave out"
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "adapter", tokenizer)
    merged = merge_adapter(adapter, tmp_path / "merged")
    named = (adapter / "tokenizer_config.json", *(file for file in merged.glob("*.json") if not file.name.endswith(RECORD)))
    assert len(named) > 3
    for file in named:
        for place in (gemma3_folder, tmp_path, Path.home()):
            assert f'"{place}' not in file.read_text(encoding="utf-8"), file
    question = "Lan có 24 quả cam.\nHỏi?"
    assert AutoTokenizer.from_pretrained(merged)(question).input_ids == tokenizer(question).input_ids


def test_done_once_and_again_when_the_adapter_changes(gemma3_folder: Path, tmp_path: Path):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "adapter")
    weights = merge_adapter(adapter, tmp_path / "merged") / "model.safetensors"
    first = weights.stat().st_ino
    merge_adapter(adapter, tmp_path / "merged")
    assert weights.stat().st_ino == first, "nothing changed: the step is skipped"
    write_adapter(lora_model(gemma3_folder, std=0.2), tmp_path / "adapter")
    merge_adapter(adapter, tmp_path / "merged")
    assert weights.stat().st_ino != first
    weights.write_bytes(weights.read_bytes()[:-10])
    merge_adapter(adapter, tmp_path / "merged")
    load_file(weights)  # a damaged result is made again


def test_another_base_is_refused_unless_the_original_is_asked_for(gemma3_folder: Path, tmp_path: Path):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "adapter")
    other = tiny_gemma_folder(tmp_path / "other", "gemma3", seed=1)
    with pytest.raises(ExportError, match="the base that was trained on.*other weights in"):
        merge_adapter(adapter, tmp_path / "merged", base=other)
    assert not (tmp_path / "merged").exists()
    merge_adapter(adapter, tmp_path / "merged", base=other, into="original")


def test_a_base_without_the_adapted_modules_is_refused_and_nothing_half_stays(
    gemma3_folder: Path, gemma_folder, tmp_path: Path
):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "adapter")
    with pytest.raises(ExportError, match=r"each adapted or quantised module once.*\(0 times\)"):
        merge_adapter(adapter, tmp_path / "merged", base=_four_layers(tmp_path / "small"), into="original")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter", "small"]


def _four_layers(folder: Path) -> Path:
    return tiny_gemma_folder(folder, "gemma3", num_hidden_layers=4, layer_types=["sliding_attention"] * 3 + ["full_attention"])


def test_an_adapter_of_somebody_else_merges_into_the_original(gemma3_folder: Path, tmp_path: Path):
    model = lora_model(gemma3_folder)
    model.save_pretrained(tmp_path / "foreign")  # PEFT's own save: no record of ours
    with pytest.raises(ExportError, match="--merge_into original"):
        merge_adapter(tmp_path / "foreign", tmp_path / "merged")
    merged = load(merge_adapter(tmp_path / "foreign", tmp_path / "merged", into="original"))
    torch.testing.assert_close(logits(merged), logits(model.merge_and_unload()), rtol=1e-4, atol=1e-4)

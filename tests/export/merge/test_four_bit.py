"""The NF4 folder as transformers loads it back, against the merged 16-bit one."""

import json
from pathlib import Path

import torch
from bitsandbytes.nn import Linear4bit
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer, Gemma3ForConditionalGeneration

from mathpal_lightning.compat.bitsandbytes import keep_packing
from mathpal_lightning.export import merge_4bit, merge_adapter, verify_export, write_4bit, write_adapter
from mathpal_lightning.export.merge.four_bit import nf4_config
from tests.export.conftest import TARGETS, lora_model
from tests.export.merge.test_weights import IDS, multimodal_folder


@torch.no_grad()
def log_probs(folder: Path) -> torch.Tensor:
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    keep_packing(model.modules())
    return model(input_ids=IDS, use_cache=False).logits.float().log_softmax(-1)


def test_transformers_loads_it_and_it_is_the_merged_model_but_for_rounding(exported, tmp_path: Path):
    folder = merge_4bit(exported()["adapter"], tmp_path / "merged_4bit")
    model = AutoModelForCausalLM.from_pretrained(folder)
    quantized = {name for name, module in model.named_modules() if isinstance(module, Linear4bit)}
    assert len(quantized) == 6 * len(TARGETS)
    merged = load_file(exported()["merged"] / "model.safetensors")
    for name in sorted(quantized)[:7]:
        weight = model.get_submodule(name).weight
        back, expected = dequantized(weight), merged[f"{name}.weight"].float()
        error = (back - expected).norm() / expected.norm()
        assert 0 < error < 0.25, (name, error)
    assert torch.equal(model.get_input_embeddings().weight.float(), merged["model.embed_tokens.weight"].float())
    got, whole, base = log_probs(folder), log_probs(exported()["merged"]), log_probs(exported()["base"])
    assert distance(whole, got) < distance(base, got), "nearer to the trained model than to the base"
    sizes = [path.stat().st_size for path in (folder / "model.safetensors", exported()["merged"] / "model.safetensors")]
    assert sizes[0] < sizes[1]


def dequantized(weight: torch.Tensor) -> torch.Tensor:
    from bitsandbytes.functional import dequantize_4bit

    return dequantize_4bit(weight.data, weight.quant_state).float()


def distance(p: torch.Tensor, q: torch.Tensor) -> float:
    return (p.exp() * (p - q)).sum(-1).mean().item()


def test_a_weak_adapter_survives_the_rounding_of_the_original_weights_only(gemma3_folder: Path, tmp_path: Path):
    """The share of the update B A that is left in 4 bits: all of it from the original weights, next to none from the grid."""
    adapter = write_adapter(lora_model(gemma3_folder, quantized=True, std=0.004), tmp_path / "adapter")
    bare = write_adapter(lora_model(gemma3_folder, quantized=True, std=0.0), tmp_path / "bare")
    grid = load_file(merge_adapter(bare, tmp_path / "grid") / "model.safetensors")
    trained = load_file(merge_adapter(adapter, tmp_path / "merged") / "model.safetensors")
    kept = {}
    for name, folder in (
        ("original", merge_4bit(adapter, tmp_path / "sound")),
        ("grid", write_4bit(tmp_path / "merged", tmp_path / "snapped")),
    ):
        model = AutoModelForCausalLM.from_pretrained(folder)
        layers = [f"{each}.weight" for each, module in model.named_modules() if isinstance(module, Linear4bit)]
        update = torch.cat([(trained[each] - grid[each]).flatten() for each in layers])
        found = torch.cat([(dequantized(model.get_parameter(each)) - grid[each]).flatten() for each in layers])
        kept[name] = (found @ update / (update @ update)).item()
    assert 0.8 < kept["original"] < 1.2
    assert kept["grid"] < 0.3
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_the_weights_are_bit_for_bit_those_that_transformers_would_save(exported, tmp_path: Path):
    merged = exported()["merged"]
    model = AutoModelForCausalLM.from_pretrained(merged, quantization_config=nf4_config(["lm_head"]))
    model.save_pretrained(tmp_path / "theirs")
    ours, theirs = (
        load_file(folder / "model.safetensors") for folder in (write_4bit(merged, tmp_path / "ours"), tmp_path / "theirs")
    )
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_everything_beside_the_weights_is_the_merged_folders(exported, tmp_path: Path):
    folder = write_4bit(exported()["merged"], tmp_path / "merged_4bit")
    for name in ("tokenizer.model", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"):
        assert (folder / name).read_bytes() == (exported()["merged"] / name).read_bytes()
    assert (
        AutoTokenizer.from_pretrained(folder).chat_template == AutoTokenizer.from_pretrained(exported()["merged"]).chat_template
    )
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))["quantization_config"]
    assert (settings["bnb_4bit_quant_type"], settings["bnb_4bit_use_double_quant"]) == ("nf4", True)
    assert settings["llm_int8_skip_modules"] == ["lm_head"]
    first = (folder / "model.safetensors").stat().st_ino
    write_4bit(exported()["merged"], folder)
    assert (folder / "model.safetensors").stat().st_ino == first, "made from the same folder already"


def test_a_vision_tower_keeps_its_bits(tmp_path: Path):
    base = multimodal_folder(tmp_path / "base")
    model = lora_model(base, target_modules=r".*language_model.*\.(q|k|v|o|gate|up|down)_proj")
    merged = merge_adapter(write_adapter(model, tmp_path / "adapter"), tmp_path / "merged")
    again = AutoModelForCausalLM.from_pretrained(write_4bit(merged, tmp_path / "merged_4bit"))
    assert isinstance(again, Gemma3ForConditionalGeneration)
    quantized = [name for name, module in again.named_modules() if isinstance(module, Linear4bit)]
    assert len(quantized) == 6 * len(TARGETS)
    assert all("language_model" in name for name in quantized)


def test_it_is_verified_and_one_made_from_the_bare_base_is_caught(exported, gemma3_folder: Path, tmp_path: Path):
    sound = write_4bit(exported()["merged"], tmp_path / "sound")
    bare = write_adapter(lora_model(gemma3_folder, quantized=True, std=0.0), tmp_path / "bare")
    base_only = write_4bit(merge_adapter(bare, tmp_path / "bare-merged"), tmp_path / "base_only")
    for folder, ok in ((sound, True), (base_only, False)):
        checks = verify_export(exported()["adapter"], exported()["merged"], merged_4bit=folder).checks
        nearer = next(check for check in checks if check.artefact == "merged_4bit" and "from the base" in check.name)
        assert nearer.ok == ok
        assert "the adapter is not in these weights" in nearer.likely_cause
        assert all(check.ok for check in checks if check.artefact != "merged_4bit")

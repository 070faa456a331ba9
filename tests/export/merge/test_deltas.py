"""Adapters of others: each kind is merged as PEFT does, or refused with the reason; exactly the weights must be there."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from mathpal_lightning.errors import ExportError, ModelError
from mathpal_lightning.export import export_adapter, merge_adapter
from mathpal_lightning.export.merge.deltas import require_mergeable_model
from mathpal_lightning.model.adapter import load_adapter
from tests.tiny import tiny_gemma_folder

IDS = torch.tensor([[2, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150]])
MERGED: dict[str, tuple[bool, dict[str, Any]]] = {
    "embedding": (False, {"target_modules": ["embed_tokens", "q_proj"]}),
    "embedding with DoRA": (False, {"target_modules": ["embed_tokens", "q_proj"], "use_dora": True}),
    "head": (False, {"target_modules": ["lm_head", "q_proj"]}),
    "embedding and head": (False, {"target_modules": ["lm_head", "embed_tokens"]}),
    "saved embedding": (False, {"target_modules": ["q_proj"], "modules_to_save": ["embed_tokens"]}),
    "saved head": (False, {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]}),
    "saved norm": (True, {"target_modules": ["q_proj"], "modules_to_save": ["norm"]}),
    "rsLoRA with patterns": (
        True,
        {
            "target_modules": ["q_proj", "up_proj"],
            "use_rslora": True,
            "rank_pattern": {"up_proj": 8},
            "alpha_pattern": {"layers.1.self_attn.q_proj": 32},
        },
    ),
    "some layers": (True, {"target_modules": ["q_proj"], "layers_to_transform": [0, 2]}),
}
REFUSED: dict[str, tuple[bool, dict[str, Any], str]] = {
    "tied embedding": (True, {"target_modules": ["embed_tokens", "q_proj"]}, "one that changes embed_tokens.weight"),
    "tied head": (True, {"target_modules": ["lm_head", "q_proj"]}, "one that changes lm_head.weight"),
    "tied saved embedding": (True, {"target_modules": ["q_proj"], "modules_to_save": ["embed_tokens"]}, "embed_tokens.weight"),
    "tied saved head": (True, {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]}, "lm_head.weight"),
    "some tokens": (True, {"target_modules": ["q_proj"], "trainable_token_indices": [3, 5]}, "trainable_token_indices"),
    "bias": (True, {"target_modules": ["q_proj"], "lora_bias": True}, "lora_bias True"),
    "PiSSA": (True, {"target_modules": ["q_proj"], "init_lora_weights": "pissa"}, "which changes the base's own weights"),
    "activated LoRA": (True, {"target_modules": ["q_proj"], "alora_invocation_tokens": [5, 6]}, "alora_invocation_tokens"),
}


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Tiny bases by whether embedding and head are one weight."""
    folder = tmp_path_factory.mktemp("bases")
    return {tied: tiny_gemma_folder(folder / str(tied), "gemma3", tie_word_embeddings=tied) for tied in (True, False)}


def load(folder: Path) -> Any:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


@torch.no_grad()
def logits(model: Any) -> torch.Tensor:
    return model(input_ids=IDS, use_cache=False).logits.float()


def foreign(base: Path, folder: Path, settings: dict[str, Any]) -> PeftModel:
    """An adapter as PEFT saves it, every part of which does something."""
    torch.manual_seed(0)
    model = get_peft_model(load(base), LoraConfig(r=4, lora_alpha=8, **settings)).eval()
    for name, weight in model.named_parameters():
        if "lora_" in name and "magnitude" not in name:
            torch.nn.init.normal_(weight, std=0.1)
        if "magnitude" in name:
            weight.data *= torch.empty_like(weight).uniform_(0.8, 1.2)
        if "modules_to_save" in name:
            weight.data += 0.05 * torch.randn_like(weight)
    model.save_pretrained(folder)
    return model


@pytest.mark.parametrize("kind", MERGED)
def test_the_merge_is_the_adapted_model(kind: str, bases: dict[bool, Path], tmp_path: Path):
    tied, settings = MERGED[kind]
    model = foreign(bases[tied], tmp_path / "adapter", settings)
    merged = merge_adapter(tmp_path / "adapter", tmp_path / "merged", bases[tied], "original")
    expected = logits(model)
    with model.disable_adapter():
        assert (expected - logits(model)).abs().max() > 0.05, "the adapter must do something"
    torch.testing.assert_close(logits(load(merged)), expected, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(logits(load(merged)), logits(model.merge_and_unload()), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_has_no_merged_form_is_refused_with_the_reason(kind: str, bases: dict[bool, Path], tmp_path: Path):
    tied, settings, reason = REFUSED[kind]
    foreign(bases[tied], tmp_path / "adapter", settings)
    with pytest.raises(ExportError, match=reason):
        merge_adapter(tmp_path / "adapter", tmp_path / "merged", bases[tied], "original")
    assert not (tmp_path / "merged").exists()


def test_a_setting_that_peft_may_add_is_not_merged_without_being_understood(bases: dict[bool, Path], tmp_path: Path):
    foreign(bases[True], tmp_path / "adapter", {"target_modules": ["q_proj"]})
    file = tmp_path / "adapter" / "adapter_config.json"
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | {"use_magic": True}), encoding="utf-8")
    with pytest.raises(ExportError, match="use_magic True"):
        merge_adapter(tmp_path / "adapter", tmp_path / "merged", bases[True], "original")


def renamed(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name.replace("base_model.model.model.", "base_model.transformer."): weight for name, weight in weights.items()}


def half(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return dict(list(sorted(weights.items()))[::2])


def one_more(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    name, weight = next(iter(weights.items()))
    return weights | {name.replace("layers.0.", "layers.77."): weight.clone()}


@pytest.mark.parametrize(
    ("damage", "said", "at_export"),
    [
        (renamed, "12 missing, such as .*12 unknown, such as", "6 missing or twice .* such as transformer.layers"),
        (half, "6 missing, such as", "lora_A and lora_B of every module .*6 modules, such as .*Copy the adapter again"),
        (one_more, "1 unknown, such as .*77", "one of the two for 1 modules, such as .*layers.77"),
    ],
)
def test_exactly_the_adapters_weights_must_arrive(
    damage: Any, said: str, at_export: str, bases: dict[bool, Path], tmp_path: Path
):
    """PEFT warns and trains from zero; a merge of half an adapter was called a training that changed nothing."""
    adapter = tmp_path / "adapter"
    foreign(bases[True], adapter, {"target_modules": ["q_proj"]})
    load_adapter(load(bases[True]), adapter, trainable=True)
    save_file(damage(load_file(adapter / "adapter_model.safetensors")), adapter / "adapter_model.safetensors", {"format": "pt"})
    with pytest.raises(ModelError, match=said):
        load_adapter(load(bases[True]), adapter, trainable=True)
    with pytest.raises((ExportError, ModelError), match=at_export):
        export_adapter(adapter, tmp_path / "run", ["merged_16bit"], "original", base=bases[True])
    assert not (tmp_path / "run" / "merged").exists()


@pytest.mark.parametrize("file", ["adapter_model.safetensors", "adapter_config.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00"])
def test_a_cut_or_empty_adapter_is_one_line(file: str, content: bytes, bases: dict[bool, Path], tmp_path: Path):
    adapter = tmp_path / "adapter"
    foreign(bases[True], adapter, {"target_modules": ["q_proj"]})
    (adapter / file).write_bytes(content)
    with pytest.raises((ExportError, ModelError), match=file):
        export_adapter(adapter, tmp_path / "run", ["merged_16bit"], "original", base=bases[True])
    assert shutil.rmtree(tmp_path / "run", ignore_errors=True) is None


def test_an_adapter_of_another_base_is_named(bases: dict[bool, Path], gemma_folder, tmp_path: Path):
    foreign(bases[True], tmp_path / "adapter", {"target_modules": ["q_proj"]})
    with pytest.raises(ModelError, match="an adapter for this Gemma2ForCausalLM.*Give the adapter of this base|weights that"):
        load_adapter(load(gemma_folder("gemma2")), tmp_path / "adapter", trainable=True)


@pytest.mark.parametrize("targets", [["lm_head", "q_proj"], ["embed_tokens"]])
def test_targets_that_cannot_be_merged_are_refused_before_training(targets: list[str], bases: dict[bool, Path]):
    settings = LoraConfig(r=2, target_modules=targets)
    with pytest.raises(ExportError, match="Leave it out of `model.lora_targets`"):
        require_mergeable_model(get_peft_model(load(bases[True]), settings))
    require_mergeable_model(get_peft_model(load(bases[False]), settings))
    require_mergeable_model(get_peft_model(load(bases[True]), LoraConfig(r=2, target_modules=["q_proj"])))


def test_an_adapter_that_peft_could_not_use_is_not_merged(bases: dict[bool, Path], tmp_path: Path):
    """One adapter, harmed in four ways in turn: another rank or no alpha in its settings, NaN, weights in a pickle."""
    adapter, base = tmp_path / "adapter", bases[True]
    foreign(base, adapter, {"target_modules": ["q_proj"], "layers_to_transform": [0]})
    settings, file = adapter / "adapter_config.json", adapter / "adapter_model.safetensors"
    config = json.loads(settings.read_text(encoding="utf-8"))

    def merge() -> None:
        merge_adapter(adapter, tmp_path / "merged", base, "original")

    settings.write_text(json.dumps(config | {"r": 8}), encoding="utf-8")
    with pytest.raises(ExportError, match=r"lora_A of rank 8 for .* rank 4 in"):
        merge()
    settings.write_text(json.dumps(config | {"lora_alpha": 0}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"an adapter .* with an effect, but found lora_alpha: 0"):
        export_adapter(adapter, tmp_path / "run", ["adapter"], base=base)
    with pytest.raises(ModelError, match=r"an adapter .* with an effect, but found lora_alpha: 0"):
        load_adapter(load(base), adapter, trainable=True)
    assert not (tmp_path / "run" / "adapter").exists()
    settings.write_text(json.dumps(config), encoding="utf-8")
    weights = load_file(file)
    next(weight for name, weight in weights.items() if "lora_B" in name)[0, 0] = float("nan")
    save_file(weights, file, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"NaN or infinity in .*lora_B"):
        merge()
    with pytest.raises(ModelError, match=r"NaN or infinity in .*lora_B"):
        load_adapter(load(base), adapter, trainable=True)
    file.rename(adapter / "adapter_model.bin")
    with pytest.raises(ExportError, match=r"only .*adapter_model\.bin\. A pickle may hold a program"):
        merge()
    assert not (tmp_path / "merged").exists()

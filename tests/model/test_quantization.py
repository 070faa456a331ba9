"""What stays in 16 bits beside quantised layers, as loaded and in the estimate; and a base whose tower cannot be built."""

import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from lightning.pytorch import Trainer
from safetensors.torch import load_file, save_file
from torch import nn

from mathpal_lightning.compat.bitsandbytes import bits_of
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.step_memory import step_memory
from mathpal_lightning.model import MathPalModule, load
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.load import LORA_TARGETS, load_base, resolve_backend
from mathpal_lightning.model.quantization import stays_whole
from mathpal_lightning.model.text_core import load_causal
from tests.tiny import FAMILIES, Family

GemmaFolder = Callable[[Family], Path]


@pytest.mark.parametrize(("family", "bits"), [*((family, 4) for family in FAMILIES), ("gemma3n", 8)])
def test_the_estimate_holds_the_layers_that_are_quantised(family: Family, bits: load.Bits, gemma_folder: GemmaFolder):
    base = load_base(gemma_folder(family), "transformers", bits, torch.bfloat16, "cpu")
    linear = {name: module for name, module in base.named_modules() if isinstance(module, nn.Linear)}
    whole = {name for name, module in linear.items() if bits_of(module) == 16}
    assert whole == {name for name in linear if stays_whole(name)}
    assert 1 <= len(whole) < len(linear) / 2
    needed = step_memory(gemma_folder(family), Step(1, 64, 32, bits=bits, lora_targets=LORA_TARGETS, lora_r=4))
    held = sum(weight.nbytes for weight in base.parameters())
    assert needed.weights == pytest.approx(held, rel=0.12)  # bitsandbytes' statistics lie outside of the parameters


@pytest.mark.parametrize("bits", [4, 8])
def test_a_training_step_of_gemma_3n_leaves_its_clamped_weights_alone(bits: load.Bits, gemma_folder: GemmaFolder):
    module = MathPalModule(str(gemma_folder("gemma3n")), backend="transformers", bits=bits, lora_r=4)
    module.configure_model()
    clamped = text_decoder(module.model).layers[0].altup.prediction_coefs
    before = clamped.weight.clone()
    assert before.dtype == torch.bfloat16
    ids = torch.arange(9, 40)[None]
    states = text_decoder(module.model)(input_ids=ids, use_cache=False).last_hidden_state
    states.float().square().mean().backward()
    assert torch.equal(clamped.weight, before)
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in module.trained_weights().values())


def test_a_copy_in_16_bits_goes_where_its_layer_goes(gemma3_folder: Path):
    module = MathPalModule(str(gemma3_folder), backend="transformers", bits=4, keep_dequantized=True, lora_r=4)
    module.configure_model()
    copies = [weight for name, weight in module.named_parameters() if name.endswith("dequantized_weight")]
    assert len(copies) == 6 * 7
    layer = next(part for part in module.modules() if bits_of(part) == 4)
    assert "dequantized_weight" in dict(layer.named_parameters()), "Lightning moves parameters and buffers, and nothing else"
    layer.dequantized_weight.data.zero_()
    assert not layer(torch.ones(1, layer.in_features, dtype=torch.bfloat16)).any(), "the product takes the copy that was moved"
    assert not any("dequantized" in name for name in module.state_dict())


def test_8_bits_are_never_16_in_silence(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Unsloth's loader for CPUs loads 16 bits where 8 are asked for."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_backend("auto", 8) == "transformers"
    monkeypatch.setattr(load, "_load_with_unsloth", lambda folder, bits, dtype, device: load_causal(folder, dtype=dtype))
    with pytest.raises(ConfigError, match=r"8 bits for `model.bits: 8`.*unsloth"):
        load_base(gemma3_folder, "unsloth", 8, torch.bfloat16, "cpu")


def test_gemma_2_and_3n_are_left_to_transformers_on_a_card_without_bfloat16(monkeypatch: pytest.MonkeyPatch):
    """Unsloth sums their residual in float16 there."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (7, 5))
    assert {resolve_backend("auto", 4, "auto", family) for family in ("gemma2", "gemma3n")} == {"transformers"}
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    assert resolve_backend("auto", 4, "float16-mixed", "gemma3n") == "transformers"


def test_on_a_cpu_beside_a_card_unsloth_is_not_taken(monkeypatch: pytest.MonkeyPatch):
    """It would take its code for the card, whose attention has no backward pass on a CPU."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    monkeypatch.setattr(load.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(load, "import_unsloth", lambda folder: None)
    cpu, card = torch.device("cpu"), torch.device("cuda:0")
    assert [resolve_backend("auto", 4, "auto", "gemma3", place) for place in (card, cpu)] == ["unsloth", "transformers"]
    with pytest.raises(ConfigError, match=r"CPU beside a GPU.*transformers|transformers.*CPU beside a GPU"):
        resolve_backend("unsloth", 4, "auto", "gemma3", cpu)


def test_a_trainer_on_a_cpu_decides_the_backend_though_the_tokenizer_came_first(
    gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    monkeypatch.setattr(load.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(load, "import_unsloth", lambda folder: None)
    module = MathPalModule(str(gemma3_folder), bits=16)
    assert module.tokenizer is not None
    module.trainer = Trainer(accelerator="cpu", logger=False, enable_progress_bar=False, enable_checkpointing=False)
    assert module._backend == "transformers"


def test_gemma_3n_without_timm_loads_its_text_model(gemma_folder: GemmaFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As published: a vision tower that timm builds, and the text model's weights under `language_model`."""
    text, whole = gemma_folder("gemma3n"), tmp_path / "whole"
    shutil.copytree(text, whole)
    config = {"model_type": "gemma3n", "architectures": ["Gemma3nForConditionalGeneration"]}
    config |= {"text_config": json.loads((text / "config.json").read_text(encoding="utf-8"))}
    config |= {"vision_config": {"model_type": "gemma3n_vision", "architecture": "mobilenetv5_300m_enc"}}
    (whole / "config.json").write_text(json.dumps(config), encoding="utf-8")
    weights = load_file(text / "model.safetensors")
    renamed = {name.replace("model.", "model.language_model.", 1): weight for name, weight in weights.items()}
    save_file(renamed, whole / "model.safetensors", {"format": "pt"})
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torchvision" else found(name))
    base, alone = (load_base(folder, "transformers", 16, torch.float32, "cpu") for folder in (whole, text))
    assert type(base) is type(alone)
    assert all(torch.equal(weight, base.state_dict()[name]) for name, weight in alone.state_dict().items())
    step = Step(1, 64, 32, lora_targets=LORA_TARGETS, lora_r=4)
    assert step_memory(whole, step).parameters == step_memory(text, step).parameters

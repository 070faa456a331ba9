"""PEFT's LoRA layers: replaced as they are known, refused when they have changed."""

import sys

import pytest
import torch
from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer

from mathpal_lightning.compat import peft as compat
from mathpal_lightning.errors import ConfigError


@pytest.fixture
def layer() -> torch.nn.Module:
    model = get_peft_model(torch.nn.Sequential(torch.nn.Linear(4, 4)), LoraConfig(target_modules=["0"], r=2))
    return next(module for module in model.modules() if compat.is_lora_layer(module))


@pytest.fixture(autouse=True)
def forget():
    """Every test asks PEFT anew."""
    compat.require_known_layer.cache_clear()
    yield
    compat.require_known_layer.cache_clear()


def test_forward_and_cast_are_replaced(layer: torch.nn.Module):
    compat.replace_lora(layer, lambda own, x: (own, x), lambda x, dtype: "not cast")
    assert layer(3) == (layer, 3)
    casts = []
    layer._cast_input_dtype = lambda x, dtype: casts.append(dtype) or x
    type(layer).forward(layer, torch.ones(1, 4))  # PEFT's own forward pass calls the replaced cast
    assert casts == [torch.float32]


def test_a_part_that_is_gone_is_an_error(layer: torch.nn.Module, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(layer, "lora_variant")
    with pytest.raises(ConfigError, match=r"Linear.lora_variant`, for fast LoRA layers on a CPU, but found peft \d"):
        compat.replace_lora(layer, torch.add, torch.add)


@pytest.mark.parametrize("name", ["_cast_input_dtype", "adapter_layer_names"])
def test_a_name_of_the_class_that_is_gone_is_an_error(name: str):
    owner = next(kind for kind in LoraLayer.__mro__ if name in vars(kind))
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(owner, name)
        if name == "adapter_layer_names":
            patch.delattr(LoraLayer.__mro__[1], name, raising=False)
        with pytest.raises(ConfigError, match=name):
            compat.require_known_layer(LoraLayer)


def test_a_new_part_or_another_cast_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(LoraLayer, "other_param_names", (*LoraLayer.other_param_names, "lora_gate"))
    with pytest.raises(ConfigError, match="new: lora_gate"):
        compat.require_known_layer(LoraLayer)
    monkeypatch.undo()
    monkeypatch.setattr(LoraLayer, "_cast_input_dtype", lambda self, x: x)
    with pytest.raises(ConfigError, match=r"_cast_input_dtype\(x, dtype\)"):
        compat.require_known_layer(LoraLayer)


def test_the_weight_below_an_adapter(layer: torch.nn.Module, monkeypatch: pytest.MonkeyPatch):
    assert compat.dequantized_weight(layer.get_base_layer()) is layer.get_base_layer().weight
    monkeypatch.setitem(sys.modules, "peft.utils.integrations", None)
    with pytest.raises(ConfigError, match="dequantize_module_weight"):
        compat.dequantized_weight(layer)


def test_the_pattern_of_a_module(monkeypatch: pytest.MonkeyPatch):
    patterns = {"layers.1.q_proj": 8, "k_proj": 4}
    assert compat.pattern_of(patterns.keys(), "model.layers.1.q_proj") == "layers.1.q_proj"
    assert compat.pattern_of(patterns.keys(), "model.layers.2.q_proj") == "model.layers.2.q_proj"
    monkeypatch.setitem(sys.modules, "peft.utils.other", None)
    with pytest.raises(ConfigError, match="get_pattern_key"):
        compat.pattern_of(patterns.keys(), "q_proj")

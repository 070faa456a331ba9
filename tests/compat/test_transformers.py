"""Gemma's layers are found by class, and a class that is renamed, moved or changed is an error."""

from types import SimpleNamespace

import pytest
from transformers.models.gemma3 import modeling_gemma3

from mathpal_lightning.compat import transformers as compat
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.families import FAMILIES
from mathpal_lightning.model.lean import lean_classes, make_lean
from tests.tiny import tiny_gemma


@pytest.fixture(autouse=True)
def forget():
    """Every test asks transformers anew."""
    compat.known_classes.cache_clear()
    yield
    compat.known_classes.cache_clear()


def test_the_classes_of_every_family_are_there():
    assert lean_classes("gemma3_text") == {
        modeling_gemma3.Gemma3RMSNorm: "norm",
        modeling_gemma3.Gemma3MLP: "mlp",
        modeling_gemma3.Gemma3Attention: "attention",
        modeling_gemma3.Gemma3DecoderLayer: "layer",
    }
    found = {kind.__name__ for family in FAMILIES for kind in lean_classes(family.model_types[0])}
    columns = ("lean_norm", "lean_mlp", "lean_attention", "lean_layer")
    assert found == {getattr(family, column) for family in FAMILIES for column in columns} - {""}
    assert lean_classes("gemma3n_text") == lean_classes("llama") == lean_classes("gemma4_unified_text") == {}


def test_a_renamed_class_is_an_error(monkeypatch: pytest.MonkeyPatch):
    model = tiny_gemma("gemma3")
    monkeypatch.delattr(modeling_gemma3, "Gemma3MLP")
    with pytest.raises(ConfigError, match=r"Gemma3MLP`, for lean layers on a CPU, but found transformers \d"):
        make_lean(model)


def test_another_forward_pass_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(modeling_gemma3.Gemma3MLP, "forward", lambda self, x, gate_scale=1.0: x)
    with pytest.raises(ConfigError, match="gate_scale"):
        lean_classes("gemma3")


def test_a_model_of_other_classes_is_an_error():
    model = tiny_gemma("gemma3")
    for module in model.modules():
        if type(module).__name__ == "Gemma3RMSNorm":
            module.__class__ = type("Gemma3Norm", (type(module),), {})
    with pytest.raises(ConfigError, match="Gemma3RMSNorm in the model"):
        make_lean(model)


def test_a_replaced_forward_pass_gets_the_module_and_leaves_the_class_alone():
    norm = modeling_gemma3.Gemma3RMSNorm(8)
    compat.replace_forward(norm, lambda *arguments: arguments, "kernels")
    assert norm("x") == (norm, "kernels", "x")
    assert "forward" in vars(modeling_gemma3.Gemma3RMSNorm)


def test_the_kind_of_attention():
    assert compat.attention_implementation(SimpleNamespace(_attn_implementation="sdpa")) == "sdpa"
    with pytest.raises(ConfigError, match="_attn_implementation"):
        compat.attention_implementation(SimpleNamespace())

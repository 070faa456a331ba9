"""Layers of a Gemma that compute the same numbers with less memory traffic on a CPU: norms, MLPs, LoRA layers, attention.

On a CPU, a training step of a small Gemma waits for memory more than for arithmetic. transformers' RMSNorm keeps four float32
copies of its input for the backward pass. Its gated MLP keeps a product that is cheap to compute again. PEFT moves the output
of each layer four more times. Attention computes whole rows, although the documents in a row are about a third as long. The
layers here avoid all four. On a GPU the layers stay as they are: the backends bring their own kernels.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mathpal_lightning.compat.peft import is_lora_layer, replace_lora
from mathpal_lightning.compat.transformers import (
    Part,
    attention_implementation,
    known_classes,
    replace_forward,
    require_all_found,
)
from mathpal_lightning.families import family_of_type
from mathpal_lightning.model.lean.attention import Spans, attention_layer, document_spans
from mathpal_lightning.model.lean.kernels import EAGER, compiled_kernels
from mathpal_lightning.model.lean.layer import decoder_layer
from mathpal_lightning.model.lean.lora import adapted_product, cast_unless_autocast_does, lora_linear
from mathpal_lightning.model.lean.mlp import gated_mlp
from mathpal_lightning.model.lean.norm import rms_norm

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

__all__ = ["Spans", "adapted_product", "document_spans", "make_lean", "takes_spans"]

_PREPARED = "256"
"""How many prepared matrix products oneDNN keeps: one for each shape, about 1 MB each with AMX.

Its own default is 1,024. Documents have many lengths, so it would keep all of them: half a gigabyte more, and no step faster.
"""
_FORWARD: Mapping[Part, Callable[..., object]] = {
    "norm": rms_norm,
    "mlp": gated_mlp,
    "attention": attention_layer,
    "layer": decoder_layer,
}


def make_lean(model: LanguageModel, compiled: bool = False) -> None:
    """Replace the forward passes of a model's decoder layers, norms, attention, MLPs and LoRA layers by lean ones, in place.

    Args:
        model: A transformers or PEFT model.
        compiled: Compile the elementwise work of norms and MLPs.

    Raises:
        ConfigError: there is no C++ compiler for `compiled`, or this version of PEFT or transformers has other layers.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _PREPARED)  # read at the first product
    kernels = compiled_kernels() if compiled else EAGER
    model.takes_spans = False
    classes = lean_classes(model.config.get_text_config().model_type)
    found: set[Part] = set()
    modules: Iterable[Any] = model.modules()
    for module in modules:
        if is_lora_layer(module):
            replace_lora(module, lora_linear, cast_unless_autocast_does)
        elif part := classes.get(type(module)):
            found.add(part)
            if _computes_as_expected(module, part):
                replace_forward(module, _FORWARD[part], kernels)
                model.takes_spans |= part == "attention"
    require_all_found(classes, found)


def lean_classes(model_type: str) -> Mapping[type, Part]:
    """The classes of a family that have a lean form, each with the part of a layer that it is. Empty for other families.

    Raises:
        ConfigError: this version of transformers has other classes.
    """
    family = family_of_type(model_type)
    if family is None or model_type.removesuffix("_text") != family.name:  # gemma4_unified has classes of its own
        return {}
    names = (family.lean_norm, family.lean_mlp, family.lean_attention, family.lean_layer)
    parts: tuple[Part, ...] = ("norm", "mlp", "attention", "layer")
    return known_classes(family.name, tuple((part, name) for part, name in zip(parts, names, strict=True) if name))


def _computes_as_expected(module: Any, part: Part) -> bool:
    """Whether a module has the settings that its lean form assumes."""
    if part == "mlp":
        return bool(module.config.hidden_activation == "gelu_pytorch_tanh")
    if part == "attention":
        return attention_implementation(module.config) == "sdpa" and not module.attention_dropout
    return True


def takes_spans(model: LanguageModel) -> bool:
    """Whether the attention of a model takes `Spans` as its mask."""
    return getattr(model, "takes_spans", False)

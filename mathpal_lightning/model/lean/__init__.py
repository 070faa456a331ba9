"""The same numbers with less memory traffic, on a CPU: norms, MLPs, LoRA layers and attention that keep and move less.

A training step of a small Gemma on a CPU is bound by what it moves, not by what it multiplies. transformers' RMSNorm keeps four
float32 copies of its input for the backward pass, the gated MLP a product that is quickly formed again, PEFT moves each layer's
output four more times, and attention works through a whole row where documents are a third as long. On a GPU the backends bring
kernels of their own.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from typing import Any, cast

from mathpal_lightning.families import all_of
from mathpal_lightning.model.lean.attention import Spans, attention_layer, document_spans
from mathpal_lightning.model.lean.kernels import EAGER, compiled_kernels
from mathpal_lightning.model.lean.layer import decoder_layer
from mathpal_lightning.model.lean.lora import adapted_product, cast_unless_autocast_does, lora_linear
from mathpal_lightning.model.lean.mlp import gated_mlp
from mathpal_lightning.model.lean.norm import rms_norm

__all__ = ["Spans", "adapted_product", "document_spans", "make_lean", "takes_spans"]

_PREPARED = "256"
"""Matrix products that oneDNN keeps prepared, one for each shape and about 1 MB each with AMX, where its own default is 1,024:
documents have many lengths, and half a gigabyte more made no step faster."""
_ONE_PLUS_WEIGHT, _GATED = all_of("lean_norm"), all_of("lean_mlp")
_ATTENTION, _LAYER = all_of("lean_attention"), all_of("lean_layer")


def make_lean(model: Any, compiled: bool = False) -> None:
    """Let the decoder layers of a model, their norms, attention, MLPs and LoRA compute leanly, in place.

    Args:
        model: A transformers or PEFT model.
        compiled: Compile the elementwise work of norms and MLPs.

    Raises:
        ConfigError: there is nothing to compile with.
    """
    from peft.tuners.lora import LoraLayer

    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _PREPARED)  # read at the first product
    kernels = compiled_kernels() if compiled else EAGER
    model.takes_spans = False
    modules: Iterable[Any] = model.modules()
    for module in modules:
        name = type(module).__name__
        if name in _ONE_PLUS_WEIGHT:
            module.forward = functools.partial(rms_norm, module, kernels)
        elif name in _LAYER:
            module.forward = functools.partial(decoder_layer, module, kernels)
        elif name in _GATED and module.config.hidden_activation == "gelu_pytorch_tanh":
            module.forward = functools.partial(gated_mlp, module, kernels)
        elif name in _ATTENTION and module.config._attn_implementation == "sdpa" and not module.attention_dropout:
            module.forward = functools.partial(attention_layer, module, kernels)
            model.takes_spans = True
        elif isinstance(module, LoraLayer):
            module = cast("Any", module)
            module.forward = functools.partial(lora_linear, module)
            module._cast_input_dtype = cast_unless_autocast_does


def takes_spans(model: Any) -> bool:
    """Whether the attention of a model takes `Spans` for its masks."""
    return getattr(model, "takes_spans", False)

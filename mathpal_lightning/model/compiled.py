"""Decoder layers compiled by torch.compile on a GPU: a few fused kernels in place of hundreds of small ones.

A layer of Gemma 3 with LoRA launches 172 operations forward and 370 backward. On a fast card the small models wait for these
launches, not for arithmetic. All layers of a type run the same code, so torch compiles it once for each type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

from mathpal_lightning.compat.torch import allow_recompiles
from mathpal_lightning.compat.transformers import replace_forward
from mathpal_lightning.families import family_of_type
from mathpal_lightning.model.generate import text_decoder

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

_KINDS = 32
"""Graphs of one layer's code: sliding and full, training and evaluation, the first width and all others, with room to spare.
Torch's own limit is 8, behind which it goes on without compiling."""


def compile_layers(model: LanguageModel) -> None:
    """Compile the decoder layers of a transformers or PEFT model, in place; they stay as they are for solving.

    A cache grows by a token a step, so a compiled layer would be compiled again and again while it solves.
    """
    allow_recompiles(_KINDS)
    layers = text_decoder(model).layers
    compiled = torch.compile(type(layers[0]).forward)
    for layer in layers:
        replace_forward(layer, _forward, compiled)


def can_compile(model_type: str) -> bool:
    """Whether a family's layers are compiled: those that have lean forms on a CPU, so that `model.compile` means the same.

    The layers of Gemma 3n and 4 hand keys and values to one another in a dictionary.
    """
    family = family_of_type(model_type)
    return family is not None and bool(family.lean_layer)


def _forward(layer: Any, compiled: Callable[..., Any], *arguments: Any, past_key_values: Any = None, **options: Any) -> Any:
    if past_key_values is None:
        return compiled(layer, *arguments, **options)
    return type(layer).forward(layer, *arguments, past_key_values=past_key_values, **options)

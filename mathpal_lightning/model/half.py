"""Float16 products between float32 sums: the arithmetic of cards without bfloat16, for the transformers backend.

    frozen linear layers, in 4, 8 or 16 bits    weight and product in float16, output in float32
    embedding                                   rows in float16 (the loss reads them as the head), output in float32
    attention                                   queries, keys and values in float16; SDPA sums and exponentiates in float32
    residual, norms, LoRA, everything else      float32

Autocast cannot do this: it hands float16 on to Gemma's norms, and those give float16 back, where the largest values overflow.
Unsloth does the same in its own way, so its models are left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from mathpal_lightning.compat.bitsandbytes import is_4bit
from mathpal_lightning.compat.transformers import attend_in_half, replace_forward
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.quantization import stays_whole

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel


def compute_in_half(model: LanguageModel) -> None:
    """Let a base that was loaded in float16 compute as above, in place.

    Args:
        model: a transformers model without an adapter; what is put on it later computes in its own dtype.
    """
    for name, module in text_decoder(model).named_modules():
        if isinstance(module, nn.Embedding):
            replace_forward(module, _rows)
        elif type(module) is nn.Linear and not stays_whole(name):
            replace_forward(module, _product)
        elif not isinstance(module, nn.Linear) or stays_whole(name):  # a quantised layer computes in float16 by itself
            for weight in module.parameters(recurse=False):
                weight.data = weight.data.float()
    attend_in_half(text_decoder(model))


def compute_in_full(model: LanguageModel) -> None:
    """Let a model that was loaded in float16 compute in float32 with the very same weights, in place.

    The products of a CPU are several times slower in float16, and those of `compute_in_half` differ from these by rounding.

    Args:
        model: a transformers model; its quantised layers keep their bits.
    """
    hold_in(model, torch.float32)


def hold_in(model: LanguageModel, dtype: torch.dtype) -> None:
    """Give the weights that are not quantised, and the products of 4-bit layers, another dtype, in place."""
    for module in model.modules():
        if is_4bit(module):
            module.compute_dtype = dtype
        for weight in module.parameters(recurse=False):
            if weight.is_floating_point():
                weight.data = weight.data.to(dtype)


def _product(module: nn.Linear, hidden: Tensor) -> Tensor:
    return nn.functional.linear(hidden.to(module.weight.dtype), module.weight, module.bias).to(torch.float32)


def _rows(module: nn.Embedding, input_ids: Tensor) -> Tensor:
    """The rows of the embedding times the scale that most families have."""
    rows = nn.functional.embedding(input_ids, module.weight, module.padding_idx).to(torch.float32)
    scaled: Tensor = rows * getattr(module, "embed_scale", 1.0)
    return scaled

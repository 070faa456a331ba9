"""Private parts of PEFT: the forward pass of its LoRA layers is replaced, and their cast of the input."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mathpal_lightning.compat.guard import gone, require

if TYPE_CHECKING:
    from peft import PeftModel

LIBRARY = "peft"
_CAST = "_cast_input_dtype"
_PURPOSE = "fast LoRA layers on a CPU"
_MERGING = "merging an adapter for generation"


class AdaptedLinear(torch.nn.Module):
    """A linear layer with LoRA, PEFT's `LoraLayer`, as type checkers see it. It only stands in annotations."""

    r: Mapping[str, int]
    lora_A: Mapping[str, torch.nn.Linear]
    lora_B: Mapping[str, torch.nn.Linear]
    lora_dropout: Mapping[str, torch.nn.Module]
    lora_bias: Mapping[str, bool]
    lora_variant: Mapping[str, object]
    lora_magnitude_vector: Mapping[str, torch.nn.Linear]
    use_dora: Mapping[str, bool]
    scaling: Mapping[str, float]
    active_adapters: Sequence[str]
    merged: bool
    disable_adapters: bool
    in_features: int
    out_features: int
    get_base_layer: Callable[[], torch.nn.Linear]
    get_delta_weight: Callable[[str], Tensor]


_STATE = {
    "lora_A", "lora_B", "lora_embedding_A", "lora_embedding_B", "lora_magnitude_vector",
    "r", "lora_alpha", "scaling", "lora_dropout", "use_dora", "use_rslora", "lora_bias",
}  # fmt: skip
"""Everything that PEFT 0.21 keeps for an adapter in a LoRA layer, by its own lists."""
_READ = ("lora_A", "lora_B", "lora_dropout", "lora_bias", "lora_variant", "scaling", "merged", "disable_adapters")


def replace_lora(layer: torch.nn.Module, forward: Callable[..., Tensor], cast: Callable[..., Tensor]) -> None:
    """Replace the forward pass of a LoRA layer, and the cast that PEFT's own forward pass does first, in place.

    Args:
        layer: a `LoraLayer`.
        forward: called with the layer and the arguments of the forward pass.
        cast: called with the input and the dtype of the adapter; PEFT casts every input to float32 otherwise.

    Raises:
        ConfigError: PEFT's layer has other parts than version 0.21: our forward pass would silently leave out
            what such a part does.
    """
    require_known_layer(type(layer))  # type: ignore[arg-type]  # mypy takes a class of modules for unhashable
    for name in _READ:
        require(layer, name, LIBRARY, _PURPOSE)
    layer.forward = functools.partial(forward, layer)
    setattr(layer, _CAST, cast)  # an attribute of the object hides the method of the class


@functools.cache
def require_known_layer(kind: type) -> None:
    """Refuse a LoRA layer with parts that the fast forward pass does not know, or without those that it reads.

    Raises:
        ConfigError: what is new, or gone.
    """
    lists = [require(kind, name, LIBRARY, _PURPOSE) for name in ("adapter_layer_names", "other_param_names")]
    if unknown := {name for names in lists for name in names} - _STATE:
        raise gone(f"no other parts of a LoRA layer than in 0.21 (new: {', '.join(sorted(unknown))})", LIBRARY, _PURPOSE)
    if list(inspect.signature(require(kind, _CAST, LIBRARY, _PURPOSE)).parameters) != ["self", "x", "dtype"]:
        raise gone("LoraLayer._cast_input_dtype(x, dtype)", LIBRARY, _PURPOSE)


def is_lora_layer(module: torch.nn.Module) -> bool:
    """Whether PEFT has put LoRA on a layer."""
    from peft.tuners.lora import LoraLayer

    return isinstance(module, LoraLayer)


def set_dropout(model: PeftModel, dropout: float) -> None:
    """Change the dropout of a loaded adapter, in its layers and in the config that is saved with it."""
    for layer in filter(is_lora_layer, model.modules()):
        dropouts = require(layer, "lora_dropout", LIBRARY, "another dropout than the adapter was trained with")
        for name in dropouts:
            dropouts[name] = torch.nn.Dropout(dropout) if dropout else torch.nn.Identity()
    for config in model.peft_config.values():
        require(config, "lora_dropout", LIBRARY, "another dropout than the adapter was trained with")
        config.lora_dropout = dropout  # type: ignore[attr-defined]  # the base class of PEFT's configs has none


def unmerged_part(layer: AdaptedLinear) -> str:
    """What a LoRA layer computes besides its update and DoRA's magnitude: a merge would leave it out. Empty for nothing."""
    if any(require(layer, "lora_bias", LIBRARY, _MERGING).values()):
        return "lora_bias"
    kinds = {type(kind).__name__ for kind in require(layer, "lora_variant", LIBRARY, _MERGING).values()}
    return next((kind for kind in sorted(kinds) if "Dora" not in kind), "")


def dequantized_weight(layer: torch.nn.Module) -> Tensor:
    """The weight [out, in] of the layer below a LoRA layer, de-quantised where it is held in 4 or 8 bits."""
    try:
        from peft.utils.integrations import dequantize_module_weight
    except ImportError:
        raise gone("utils.integrations.dequantize_module_weight", LIBRARY, _MERGING) from None
    return dequantize_module_weight(layer)


def pattern_of(patterns: Sequence[str], path: str) -> str:
    """Which key of a config's `alpha_pattern` or `rank_pattern` PEFT takes for a module; the path itself where none fits."""
    try:
        from peft.utils.other import get_pattern_key
    except ImportError:
        raise gone("utils.other.get_pattern_key", LIBRARY, "merging adapters with an alpha for each layer") from None
    return str(get_pattern_key(patterns, path))

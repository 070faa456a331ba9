"""A PEFT adapter folder -> a model with exactly its weights.

PEFT only warns where names do not match: the adapter then starts from zero, whole or in part, and training goes on with another
model than was asked for. Here every weight of the file has to arrive, and every weight of the model has to come from the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from peft import PeftConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from safetensors import SafetensorError, safe_open
from torch import Tensor
from transformers import AutoModelForCausalLM

from mathpal_lightning.compat.peft import AdaptedLinear, is_lora_layer, unmerged_part
from mathpal_lightning.errors import ModelError
from mathpal_lightning.model.targets import SHARED
from mathpal_lightning.model.text_core import base_config
from mathpal_lightning.records import ADAPTER_CONFIG, ADAPTER_WEIGHTS, require_whole

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

_ITS_BASE = "Give the adapter of this base model, as PEFT or mathpal wrote it; a renamed or cut copy cannot be loaded."


def load_adapter(model: LanguageModel, adapter: Path, *, trainable: bool) -> PeftModel:
    """Put an adapter on its base.

    Args:
        model: the base, a transformers model.
        adapter: a PEFT folder.
        trainable: whether training goes on with it.

    Raises:
        ExportError: the adapter changed since it was written.
        ModelError: it is no PEFT folder, belongs to another base, or not exactly its weights arrived in the model; or
            one of them is not finite; or it changes the embedding or the head, or has a part that no merge keeps.
    """
    names = adapter_names(adapter)
    require_whole(adapter)
    try:
        loaded = PeftModel.from_pretrained(model, str(adapter), is_trainable=trainable)
    except (ValueError, RuntimeError, KeyError) as error:  # no such layers in the base; other shapes; half-known settings
        found = f"no weight {error}" if isinstance(error, KeyError) else _first_fault(error)
        raise ModelError(f"an adapter for this {type(model).__name__} in {adapter}", found, _ITS_BASE) from error
    weights = get_peft_model_state_dict(loaded, save_embedding_layers=False)
    require_same_names(names, list(weights), adapter)
    require_finite(weights, adapter)
    require_effect(vars(loaded.peft_config["default"]), adapter)
    require_mergeable_layers(loaded, adapter)
    return loaded


def require_mergeable_layers(model: torch.nn.Module, adapter: Path) -> None:
    """Refuse LoRA on layers to which the loss applies none, and LoRA with parts that are lost where solutions are written.

    Solutions are written with merged weights (`merged_linears`), and an export refuses such adapters too.

    Args:
        model: the PEFT model.
        adapter: its folder.

    Raises:
        ModelError: with the layer.
    """
    for name, layer in model.named_modules():
        if not is_lora_layer(layer):
            continue
        last = name.rpartition(".")[2]
        if last in SHARED:
            raise ModelError(
                f"LoRA on linear layers of attention and MLP in {adapter}",
                f"LoRA on {last}",
                "Train one without it: in Gemma embedding and head are one weight, and the loss applies no LoRA to it.",
            )
        if part := unmerged_part(cast(AdaptedLinear, layer)):
            raise ModelError(
                f"LoRA, rsLoRA or DoRA in {adapter}",
                f"{part} in {last}",
                "Train one without it: it is lost when the adapter is merged, as it is to write solutions and to be exported.",
            )


def require_effect(settings: Mapping[str, Any], adapter: Path) -> None:
    """Refuse an adapter whose updates are multiplied by 0: it changes nothing, and learns nothing.

    Args:
        settings: PEFT's, of the adapter.
        adapter: its folder.

    Raises:
        ModelError: with the setting.
    """
    alphas = {"lora_alpha": settings.get("lora_alpha"), **(settings.get("alpha_pattern") or {})}
    if without := next((name for name, alpha in alphas.items() if alpha == 0), None):
        way_out = "Give an adapter that was trained with an alpha above 0."
        raise ModelError(f"an adapter {adapter} with an effect", f"{without}: 0 in {ADAPTER_CONFIG}", way_out)


def require_finite(weights: Mapping[str, Tensor], adapter: Path) -> None:
    """Refuse weights with NaN or infinity: every answer of the model would be nonsense, and every check of it would be NaN.

    Raises:
        ModelError: with the name of the first such weight.
    """
    if broken := next((name for name, weight in weights.items() if not weight.float().isfinite().all()), None):
        raise ModelError(
            f"finite numbers in the adapter {adapter}",
            f"NaN or infinity in {broken}",
            "Its training diverged, or the file is damaged: take an earlier checkpoint, or train with a lower learning rate.",
        )


def _first_fault(error: Exception) -> str:
    """The first line of a message that says something: torch lists its faults below a heading that ends in a colon."""
    lines = [line.strip() for line in str(error).strip().splitlines()]
    return next((line for line in lines if not line.endswith(":")), lines[0] if lines else type(error).__name__)[:300].rstrip(
        "."
    )


def adapter_names(adapter: Path) -> list[str]:
    """The names of the weights in an adapter folder, without the base's own, which PEFT stores beside a changed embedding.

    Raises:
        ModelError: a file is missing, cut off or empty.
    """
    if not (adapter / ADAPTER_CONFIG).is_file():
        raise ModelError(f"a PEFT folder with {ADAPTER_CONFIG}", f"none at {adapter}", "Correct `model.adapter`.")
    file = adapter / ADAPTER_WEIGHTS
    if not file.is_file():
        raise ModelError(
            f"an {ADAPTER_WEIGHTS}",
            f"none in {adapter}",
            "Weights in a pickle (.bin) may hold a program and are never loaded: convert them where you trust them.",
        )
    try:
        with safe_open(file, framework="pt") as weights:
            return [name for name in weights.keys() if not name.endswith(".base_layer.weight")]  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError) as error:
        raise ModelError(f"the weights of an adapter in {file}", str(error), "Copy the adapter again.") from error


def expected_names(adapter: Path, base: Path, model_class: str = "") -> list[str] | None:
    """The names that the weights of an adapter must have by its settings and its base; no weights are loaded.

    None if the class is not known and the class that loads the base lacks the adapter's layers: a text model's folder can take
    an adapter of the class that also reads images, whose module names begin differently.

    Args:
        adapter: a PEFT folder.
        base: the folder of its base model.
        model_class: the class of transformers that held the base in training; by default the one that loads it.

    Raises:
        ModelError: the class `model_class` does not take the adapter.
    """
    import transformers

    config = base_config(base)
    kind: Any = getattr(transformers, model_class) if model_class else None
    if kind is not None and not isinstance(config, kind.config_class):
        config = config.get_text_config()  # the text model's class, on a folder of the whole model
    with torch.device("meta"):
        held = kind(config) if kind is not None else AutoModelForCausalLM.from_config(config)
        try:
            model = get_peft_model(held, PeftConfig.from_pretrained(str(adapter)))
        except ValueError as error:
            if not model_class:
                return None
            raise ModelError(f"an adapter for {model_class} in {adapter}", str(error)[:300], _ITS_BASE) from error
    return list(get_peft_model_state_dict(model, save_embedding_layers=False))


def require_same_names(found: Sequence[str], expected: Sequence[str], adapter: Path) -> None:
    """Refuse an adapter whose weights are not exactly those that the model expects of it.

    Raises:
        ModelError: how many and which names are missing or unknown.
    """
    wanted, there = set(expected), set(found)
    wrong = {"missing": sorted(wanted - there), "unknown": sorted(there - wanted)}
    said = [f"{len(names)} {what}, such as {names[0]}" for what, names in wrong.items() if names]
    if said:
        raise ModelError(f"the {len(wanted)} weights that {adapter} must hold by its settings", "; ".join(said), _ITS_BASE)

"""A model folder and the settings of a run -> the model that is trained, on its device."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch

from mathpal_lightning.model.half import compute_in_half
from mathpal_lightning.model.lean import make_lean
from mathpal_lightning.model.load import Lora, add_lora, checkpoint_activations, keep_dequantized, load_base
from mathpal_lightning.model.loss_scale import FLOAT16_MIXED
from mathpal_lightning.model.precision import base_dtype
from mathpal_lightning.model.settings import ModuleSettings


def build_model(
    folder: Path,
    backend: Literal["unsloth", "transformers"],
    settings: ModuleSettings,
    lora: Lora,
    precision: str,
    device: torch.device,
) -> object:
    """Load the base, put the adapter on it, and prepare it for training.

    Args:
        folder: the base model's.
        backend: the one that loads it.
        settings: the arguments of MathPalModule.
        lora: the adapter to make.
        precision: the arithmetic, as `resolve_precision` names it.
        device: where the weights are put.

    Returns:
        A PEFT model; with `finetune: full` the transformers model itself.
    """
    base = load_base(folder, backend, settings.bits, base_dtype(precision), str(device))
    in_half = precision == FLOAT16_MIXED
    if in_half and backend == "transformers":
        compute_in_half(base)
    if settings.keep_dequantized:
        keep_dequantized(base)
    if settings.finetune == "full":
        model = base.requires_grad_(True)
    else:
        model = add_lora(base, backend, lora, Path(settings.adapter) if settings.adapter else None)
    if device.type == "cpu" and not in_half:
        make_lean(model, compiled=settings.compile)
    model.train()  # a loaded model is in eval mode, in which checkpointing does nothing
    checkpoint_activations(model, settings.gradient_checkpointing)
    return model

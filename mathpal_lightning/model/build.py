"""A model folder and the settings of a run -> the model that is trained, on its device."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import torch

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.lean import make_lean
from mathpal_lightning.model.load import Lora, add_lora, checkpoint_activations, keep_dequantized, load_base


def base_dtype(precision: str) -> torch.dtype:
    """The dtype of the base's weights for a Trainer's precision.

    Raises:
        ConfigError: float16, in which Gemma 3 and later overflow.
    """
    if precision.startswith("16"):
        raise ConfigError(
            "`trainer.precision` bf16-mixed, bf16-true or 32-true",
            f"{precision}",
            "Gemma 3 and later overflow in float16. Use bf16-mixed, or 32-true on a GPU without bfloat16 (T4).",
        )
    return torch.bfloat16 if precision.startswith("bf16") else torch.float32


def build_model(
    folder: Path,
    backend: Literal["unsloth", "transformers"],
    settings: Any,
    lora: Lora,
    dtype: torch.dtype,
    device: torch.device,
) -> object:
    """Load the base, put the adapter on it, and prepare it for training.

    Args:
        folder: the base model's.
        backend: the one that loads it.
        settings: the arguments of MathPalModule.
        lora: the adapter to make.
        dtype: of the weights that are not quantised.
        device: where the weights are put.

    Returns:
        A PEFT model; with `finetune: full` the transformers model itself.
    """
    base = load_base(folder, backend, settings.bits, dtype, str(device))
    if settings.keep_dequantized:
        keep_dequantized(base)
    if settings.finetune == "full":
        model = base.requires_grad_(True)
    else:
        model = add_lora(base, backend, lora, Path(settings.adapter) if settings.adapter else None)
    if device.type == "cpu":
        make_lean(model, compiled=settings.compile)
    model.train()  # a loaded model is in eval mode, in which checkpointing does nothing
    checkpoint_activations(model, settings.gradient_checkpointing)
    return model

"""A MathPalModule in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mathpal_lightning.model.module import MathPalModule


def description(module: MathPalModule) -> str:
    """`MathPalModule(offline-gemma, 4 bits, LoRA of rank 16, sft: weights not loaded yet)`.

    Args:
        module: a MathPalModule.
    """
    settings = module.settings
    how = f"LoRA of rank {settings.lora_r}" if settings.finetune == "lora" else "all weights"
    state = "weights not loaded yet"
    if module.model is not None:
        trained = sum(weight.numel() for weight in module.trained_weights().values())
        state = f"{trained / 1e6:.2f} M weights to train"
    return f"MathPalModule({settings.model_name}, {settings.bits} bits, {how}, {settings.objective}: {state})"

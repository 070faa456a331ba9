"""Which settings of MathPalModule cannot work together."""

from __future__ import annotations

from typing import Any

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.losses.dpo import check_preference
from mathpal_lightning.model.policy import Policy
from mathpal_lightning.model.reference import Preference
from mathpal_lightning.schema import Objective


def needs_reference(objective: Objective, preference: Preference, policy: Policy) -> bool:
    """Whether the loss compares with the policy as it was before training."""
    return (objective == "dpo" and preference.needs_reference) or (objective == "grpo" and policy.kl > 0)


def check_settings(settings: Any, preference: Preference) -> None:
    """Refuse combinations that cannot work, when the config is read.

    Args:
        settings: the arguments of MathPalModule, by name.
        preference: those of the preference losses.

    Raises:
        ConfigError: which setting, what it is, what it may be.
    """
    if settings.finetune == "full" and settings.bits != 16:
        raise ConfigError(
            "16-bit weights for `model.finetune: full`",
            f"`model.bits: {settings.bits}`",
            "Quantised weights have no gradient: set `model.bits: 16`, or `model.finetune: lora`.",
        )
    if settings.keep_dequantized and settings.bits != 4:
        raise ConfigError(
            "4-bit weights for `model.keep_dequantized: true`", f"`model.bits: {settings.bits}`", "Leave one of them out."
        )
    if settings.finetune == "full" and settings.adapter:
        raise ConfigError(
            "no adapter for `model.finetune: full`",
            f"`model.adapter: {settings.adapter}`",
            "Merge it first (mathpal export) and name the merged folder as `model.model_name`.",
        )
    for name, low, high in (("lora_dropout", 0.0, 1.0), ("warmup_share", 0.0, 1.0)):
        if not low <= settings[name] < high:
            raise ConfigError(f"`model.{name}` in [{low:g}, {high:g})", f"{settings[name]}", "Change it.")
    if settings.objective == "dpo":
        try:
            check_preference(preference.weights, preference.beta, preference.label_smoothing)
        except ValueError as error:
            raise ConfigError("settings in `model.preference` that fit together", str(error), "Correct them.") from error
    for name in ("lora_r", "learning_rate", "loss_chunk", "max_new_tokens", "generation_batch_size"):
        if settings[name] <= 0:
            raise ConfigError(f"`model.{name}` above 0", f"{settings[name]}", "Change it.")

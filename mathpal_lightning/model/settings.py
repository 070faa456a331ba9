"""Which settings of MathPalModule cannot work together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Literal, Protocol, TypeAlias, get_args, get_origin, get_type_hints

from mathpal_lightning.errors import ConfigError, require_one_of
from mathpal_lightning.losses.dpo import check_preference
from mathpal_lightning.model.load import Backend, Bits, Lora
from mathpal_lightning.model.precision import Wanted
from mathpal_lightning.model.reference import Preference
from mathpal_lightning.schema import Objective

Compile: TypeAlias = bool | Literal["auto"]
MAY_CHANGE_ON_RESUME = frozenset(
    {"backend", "keep_dequantized", "gradient_checkpointing", "compile", "loss_chunk"}
    | {"max_new_tokens", "generation_batch_size"}  # but see `free_on_resume`
    | {"precision"}  # `require_same_precision` compares the arithmetic that results from it
    | {"adapter"}  # the checkpoint has its weights, and its digest if it is the reference
)
"""Arguments of MathPalModule that may change on resume; all others must match the checkpoint."""


def free_on_resume(objective: Objective) -> frozenset[str]:
    """The arguments that may change on resume: with `grpo` the length of a solution decides its reward, so it may not."""
    return MAY_CHANGE_ON_RESUME - ({"max_new_tokens"} if objective == "grpo" else set())


def lora_of(settings: ModuleSettings) -> Lora:
    """The adapter that the arguments of MathPalModule describe.

    Only `sft` has dropout: `dpo` and `grpo` compare with what the reference or the sampler gave without it, so its noise
    would count as a difference between the two.
    """
    numbers = (settings.lora_r, settings.lora_alpha, settings.lora_dropout if settings.objective == "sft" else 0.0)
    return Lora(*numbers, tuple(settings.lora_targets), settings.lora_rslora, settings.lora_dora)


class ModuleSettings(Protocol):
    """The arguments of MathPalModule, by name; the module's docstring says what each does."""

    model_name: str
    adapter: str | None
    objective: Objective
    backend: Backend
    bits: Bits
    keep_dequantized: bool
    finetune: Literal["lora", "full"]
    lora_r: int
    lora_alpha: float
    lora_dropout: float
    lora_targets: Sequence[str]
    lora_rslora: bool
    lora_dora: bool
    gradient_checkpointing: bool
    compile: Compile
    learning_rate: float
    optimizer: Literal["adamw", "adamw_8bit"]
    weight_decay: float
    betas: tuple[float, float]
    schedule: Literal["cosine", "linear", "constant"]
    warmup_share: float
    loss_chunk: int
    max_new_tokens: int
    generation_batch_size: int
    vocabulary: str
    precision: Wanted

    def items(self) -> Iterable[tuple[str, object]]:
        """Every argument with its value."""


def check_settings(settings: ModuleSettings, preference: Preference) -> None:
    """Refuse combinations that cannot work, when the config is read.

    Args:
        settings: the arguments of MathPalModule, by name.
        preference: those of the preference losses.

    Raises:
        ConfigError: which setting, what it is, what it may be.
    """
    for name, type_of in get_type_hints(ModuleSettings).items():
        if get_origin(type_of) is Literal:
            require_one_of(f"model.{name}", getattr(settings, name), get_args(type_of))
    _check_weights(settings)
    for name, share in (("lora_dropout", settings.lora_dropout), ("warmup_share", settings.warmup_share)):
        if not 0 <= share < 1:
            raise ConfigError(f"`model.{name}` in [0, 1)", f"{share}", "Change it.")
    if settings.objective == "dpo":
        try:
            check_preference(preference.weights, preference.beta, preference.label_smoothing, preference.simpo_margin)
        except ValueError as error:
            raise ConfigError("settings in `model.preference` that fit together", str(error), "Correct them.") from error
    counts = {
        "lora_r": settings.lora_r,
        "lora_alpha": settings.lora_alpha,  # at 0 the adapter changes nothing, and learns nothing
        "learning_rate": settings.learning_rate,
        "loss_chunk": settings.loss_chunk,
        "max_new_tokens": settings.max_new_tokens,
        "generation_batch_size": settings.generation_batch_size,
    }
    for name, number in counts.items():
        if not 0 < number < inf:
            raise ConfigError(f"a finite `model.{name}` above 0", f"{number}", "Change it.")
    if not 0 <= settings.weight_decay < inf:
        raise ConfigError("a finite `model.weight_decay` of at least 0", f"{settings.weight_decay}", "Change it.")
    if not all(0 <= beta < 1 for beta in settings.betas):
        raise ConfigError("`model.betas` of two numbers in [0, 1)", f"{list(settings.betas)}", "Try [0.9, 0.95].")


def _check_weights(settings: ModuleSettings) -> None:
    """Refuse combinations of what is trained with how the base's weights are held."""
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

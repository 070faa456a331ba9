"""The arithmetic of a run: what `model.precision` asks for, what the card has, and one answer that everything else uses.

    resolved         weights of the base   products of the base   residual, norms, softmax, LoRA, loss
    bf16-mixed       bfloat16              bfloat16               Lightning's autocast decides
    bf16-true        bfloat16              bfloat16               bfloat16, LoRA in float32
    float16-mixed    float16               float16                float32   (`half.py`, and `loss_scale.py` for its gradients)
    32-true          float32               float32                float32

`auto` keeps what `trainer.precision` says, with one exception: a GPU before Ampere only emulates bfloat16, several times
slower than its float16, so there bfloat16 becomes float16-mixed. Plain float16 is refused: the residual of Gemma 3 reaches
104,021, and float16 ends at 65,504.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.plugins.precision import MixedPrecision, Precision

from mathpal_lightning.compat.lightning import attached_trainer
from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.families import family_of_type
from mathpal_lightning.model.folder import model_type
from mathpal_lightning.model.loss_scale import FLOAT16_MIXED, Float16Products

if TYPE_CHECKING:
    from mathpal_lightning.model.module import MathPalModule

Wanted = Literal["auto", "bf16", "float16-mixed", "float32"]
_FIRST_WITH_BF16 = (8, 0)
"""Compute capability of Ampere, the first CUDA cards with bfloat16 products."""
_NAMES = {"bf16": "bf16-mixed", "float16-mixed": FLOAT16_MIXED, "float32": "32-true"}


def resolve_precision(wanted: Wanted, trainer_precision: str, device: torch.device, backend: str, family: str) -> str:
    """The arithmetic of a run.

    Args:
        wanted: `model.precision`.
        trainer_precision: the Trainer's ("bf16-mixed").
        device: where training is.
        backend: the one that loads the base.
        family: the base's; "" for an unknown one.

    Returns:
        A name from the first column of the table above.

    Raises:
        ConfigError: plain float16, float64, or float32 products from Unsloth on a card on which it computes them in float16.
    """
    if wanted == "auto" and trainer_precision.startswith("16"):
        raise ConfigError(
            "`trainer.precision` bf16-mixed, bf16-true or 32-true",
            f"{trainer_precision}",
            "Gemma 3 and later overflow in float16. Set `model.precision: float16-mixed`: only products are in float16.",
        )
    if wanted == "auto" and trainer_precision.startswith("64"):
        raise ConfigError(
            "`trainer.precision` bf16-mixed, bf16-true or 32-true",
            f"{trainer_precision}",
            "Gemma's weights hold no more than float32: set `trainer.precision: 32-true`.",
        )
    emulated = emulates_bf16(device)
    resolved = _NAMES.get(wanted, trainer_precision)
    if wanted == "bf16" and trainer_precision == "bf16-true":
        resolved = trainer_precision
    if wanted == "auto" and resolved.startswith("bf16") and emulated:
        resolved = FLOAT16_MIXED
    # Unsloth computes every Gemma but 2 in float16 on such a card, between float32 sums, whatever dtype it is asked for.
    if resolved == "32-true" and emulated and backend == "unsloth" and family != "gemma2":
        if wanted == "float32":
            raise ConfigError(
                "`model.backend: transformers` for `model.precision: float32` on this GPU",
                "Unsloth, whose products are in float16 here",
                "Set it, or `model.precision: auto`, which takes float16 products and is five times faster.",
            )
        resolved = FLOAT16_MIXED
    return resolved


def precision_of(module: MathPalModule) -> str:
    """The arithmetic of a MathPalModule; without a Trainer it solves in bfloat16 where the device has it."""
    trainer = attached_trainer(module)
    given = "bf16-mixed" if trainer is None else str(trainer.precision)
    return resolve_precision(module.settings.precision, given, home_of(module), module._backend, family_in(module.folder))


def family_in(folder: Path) -> str:
    """The name of the family of the model in a folder; "" for an unknown one."""
    family = family_of_type(model_type(folder))
    return family.name if family else ""


def home_of(module: LightningModule) -> torch.device:
    """Where training is, or was."""
    trainer = attached_trainer(module)
    return torch.device(module.device if trainer is None else trainer.strategy.root_device)


def has_bf16(device: torch.device) -> bool:
    """Whether a CUDA card multiplies in bfloat16; torch's own test also accepts cards that emulate it."""
    return tuple(torch.cuda.get_device_capability(device)) >= _FIRST_WITH_BF16


def emulates_bf16(device: torch.device) -> bool:
    """Whether a device multiplies in float16 several times faster than in bfloat16: a CUDA card before Ampere."""
    return device.type == "cuda" and not has_bf16(device)


def base_dtype(resolved: str) -> torch.dtype:
    """The dtype of the base's weights, which is that of its products."""
    if resolved.startswith("bf16"):
        return torch.bfloat16
    return torch.float16 if resolved == FLOAT16_MIXED else torch.float32


def use_precision(trainer: Trainer, resolved: str) -> None:
    """Give a Trainer the plugin of a precision, where it has another one.

    Called before its strategy is set up, so that plugin and optimizer meet, and before a checkpoint restores its state.
    """
    if str(trainer.precision) == resolved:
        return
    plugin: Precision = Precision()
    if resolved == FLOAT16_MIXED:
        plugin = Float16Products()
    elif resolved == "bf16-mixed":
        plugin = MixedPrecision("bf16-mixed", trainer.strategy.root_device.type)
    trainer.strategy.precision_plugin = plugin


def require_same_precision(then: str | None, now: str, wanted: Wanted) -> None:
    """Refuse to go on in another arithmetic than a run began with, unless the user sets it.

    Args:
        then: the checkpoint's; None in one of an older version.
        now: the run's.
        wanted: `model.precision`; anything but `auto` is the user's own word.

    Raises:
        CheckpointError: the card, or the Trainer's setting, is another one than then.
    """
    if then is not None and then != now and wanted == "auto":
        names = {resolved: name for name, resolved in _NAMES.items()}
        raise CheckpointError(
            f"a run in {now}, which this machine and these settings give",
            f"a checkpoint trained in {then}",
            f"Go on as it began with --model.precision {names.get(then, 'bf16')}, or accept the change with --model.precision "
            f"{names.get(now, 'bf16')}.",
        )

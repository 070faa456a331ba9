"""AdamW over the trained weights, and the learning rate of each step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.optim.lr_scheduler import LRScheduler

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.settings import ModuleSettings


def optimizer_of(weights: Sequence[torch.nn.Parameter], settings: ModuleSettings) -> torch.optim.Optimizer:
    """AdamW, or bitsandbytes' 8-bit AdamW.

    Args:
        weights: the trained ones.
        settings: `learning_rate`, `betas`, `weight_decay` and `optimizer` of MathPalModule.
    """
    if settings.optimizer == "adamw_8bit":
        from bitsandbytes.optim import AdamW8bit

        eight_bit: torch.optim.Optimizer = AdamW8bit(
            weights, lr=settings.learning_rate, betas=settings.betas, weight_decay=settings.weight_decay
        )
        return eight_bit
    return torch.optim.AdamW(weights, lr=settings.learning_rate, betas=settings.betas, weight_decay=settings.weight_decay)


def schedule_of(optimizer: torch.optim.Optimizer, settings: ModuleSettings, steps: int | float) -> LRScheduler:
    """The learning rate of each optimizer step: it rises from zero, then falls to zero or stays.

    Args:
        optimizer: with the highest learning rate.
        settings: `schedule` and `warmup_share` of MathPalModule.
        steps: of the whole run; Lightning says infinity where nothing ends it.

    Raises:
        ConfigError: the run has no end.
    """
    from transformers import get_scheduler

    if not isinstance(steps, int):
        raise ConfigError("a run that ends", "neither max_steps nor max_epochs", "Set `trainer.max_steps` or `max_epochs`.")
    name = "constant_with_warmup" if settings.schedule == "constant" else settings.schedule
    warm_up = round(settings.warmup_share * steps)
    schedule: LRScheduler = get_scheduler(name, optimizer, num_warmup_steps=warm_up, num_training_steps=steps)
    return schedule

"""AdamW over the trained weights, and the learning rate of each step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.optim.lr_scheduler import LRScheduler

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.settings import ModuleSettings


def optimizer_of(weights: Sequence[torch.nn.Parameter], settings: ModuleSettings) -> torch.optim.Optimizer:
    """AdamW, or bitsandbytes' 8-bit AdamW; over float32 copies where the weights themselves have 16 bits.

    Args:
        weights: the trained ones: an adapter's are float32, a whole model's as its arithmetic wants them.
        settings: `learning_rate`, `betas`, `weight_decay` and `optimizer` of MathPalModule.
    """
    if all(weight.dtype == torch.float32 for weight in weights):
        return _adamw(weights, settings)
    return OnFloatCopies(weights, lambda copies: _adamw(copies, settings))


def _adamw(weights: Sequence[torch.nn.Parameter], settings: ModuleSettings) -> torch.optim.Optimizer:
    if settings.optimizer == "adamw_8bit":
        from bitsandbytes.optim import AdamW8bit

        eight_bit: torch.optim.Optimizer = AdamW8bit(
            weights, lr=settings.learning_rate, betas=settings.betas, weight_decay=settings.weight_decay
        )
        return eight_bit
    return torch.optim.AdamW(weights, lr=settings.learning_rate, betas=settings.betas, weight_decay=settings.weight_decay)


class OnFloatCopies(torch.optim.Optimizer):
    """Another optimizer on float32 copies of weights in 16 bits, which are rounded from them after each step.

    Between 0.03 and 0.06 two neighbours of bfloat16 are 2.4e-4 apart. A step of 2e-5, usual where all weights are trained,
    would be rounded away, each time. This is the mixed precision of Micikevicius et al. 2018, arXiv:1710.03740, section 3.1.

    Args:
        weights: the model's, in 16 bits.
        make: makes the optimizer of the copies.
    """

    def __init__(
        self,
        weights: Sequence[torch.nn.Parameter],
        make: Callable[[Sequence[torch.nn.Parameter]], torch.optim.Optimizer],
    ):
        self.copies = [torch.nn.Parameter(weight.detach().float()) for weight in weights]
        self.inner = make(self.copies)
        super().__init__(weights, self.inner.defaults)

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]  # torch has two overloads
        """Move the copies by the weights' gradients, and round the weights from them."""
        with torch.enable_grad():
            loss = closure() if closure else None
        settings = {name: value for name, value in self.param_groups[0].items() if name != "params"}
        self.inner.param_groups[0].update(settings)
        pairs = list(zip(self.param_groups[0]["params"], self.copies, strict=True))
        for weight, copy in pairs:
            copy.grad, weight.grad = None if weight.grad is None else weight.grad.float(), None
        self.inner.step()
        for weight, copy in pairs:
            weight.copy_(copy)
            copy.grad = None
        return loss

    def state_dict(self) -> dict[str, Any]:
        """The inner optimizer's state, and the copies: the weights alone would not say how they go on."""
        copies = [copy.detach() for copy in self.copies]
        return {**super().state_dict(), "inner": self.inner.state_dict(), "copies": copies}

    @torch.no_grad()
    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take up a state of `state_dict`, or one that an earlier version wrote, which had no copies."""
        super().load_state_dict({"state": {}, "param_groups": state_dict["param_groups"]})
        self.inner.load_state_dict(state_dict.get("inner", state_dict))
        weights = self.param_groups[0]["params"]
        for copy, saved in zip(self.copies, state_dict.get("copies", weights), strict=True):
            copy.copy_(saved)


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

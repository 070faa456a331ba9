"""Lightning's precision plugin for float16 products: a loss scale, halved when gradients overflow and kept in checkpoints.

Forward, everything between the products of the base is float32 (`half.py`), so no autocast is needed. Backward, the gradient of
each product passes through float16, which knows nothing below 6e-8 and ends at 65,504. The loss is therefore multiplied by a
scale before the backward pass, and the gradients divided by it afterwards. (Micikevicius et al. 2018, arXiv:1710.03740.)

The scale never grows: our loss is a sum over tokens whose gradients have the same size at every step, so one that fits once
fits always, and a run repeats bit for bit.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.plugins.precision import Precision
from torch import Tensor
from torch.optim import Optimizer

from mathpal_lightning.compat.lightning import after_closure
from mathpal_lightning.compat.torch import multiply_each

FLOAT16_MIXED = "float16-mixed"
SCALE = 8.0
"""On the real 270M the gradients of products, of the loss summed over a row, reach 552: eight times that leaves room for
another 15. Times 256 they overflow. At 1, 4 % of them round to zero, and the gradients of the embeddings are off by 0.6 %."""
_SMALLEST = 2.0**-14
log = logging.getLogger(__name__)


class Float16Products(Precision):
    """Scales the loss; skips a step whose gradients are not finite, and halves the scale.

    Args:
        scale: what the loss is multiplied by at first.
    """

    precision = FLOAT16_MIXED  # type: ignore[assignment]  # Lightning lists only its own names

    def __init__(self, scale: float = SCALE):
        super().__init__()
        self.scale, self.skipped = scale, 0

    def pre_backward(  # type: ignore[override]  # Lightning's stub takes any module
        self, tensor: Tensor, module: LightningModule
    ) -> Tensor:
        """Scale the loss."""
        scaled: Tensor = super().pre_backward(tensor * self.scale, module)
        return scaled

    def optimizer_step(  # type: ignore[override]  # Lightning's stub takes any module and optimizer
        self, optimizer: Optimizer, model: LightningModule, closure: Callable[[], object], **kwargs: Any
    ) -> object:
        """Step with the gradients of the unscaled loss, or not at all.

        The scale is taken out before `on_before_optimizer_step`, so hooks and clipping see true gradients; where some are not
        finite they see zeros, and the weights and the optimizer's state stay as they are.
        """
        closure_result = closure()
        gradients = [weight.grad for group in optimizer.param_groups for weight in group["params"] if weight.grad is not None]
        overflow = not _all_finite(gradients, model)
        if overflow:
            for gradient in gradients:
                gradient.zero_()
        else:
            multiply_each(gradients, 1 / self.scale)
        after_closure(self, model, optimizer)
        if not overflow:
            optimizer.step(**kwargs)
            return closure_result
        self.skipped += 1
        self.scale = max(self.scale / 2, _SMALLEST)
        log.warning(
            "Gradients overflowed in float16: this step is skipped, and the loss is scaled by %g from now on (skipped: %d)",
            self.scale,
            self.skipped,
        )
        return closure_result

    def state_dict(self) -> dict[str, float]:
        """The scale, and how many steps were skipped."""
        return {"scale": self.scale, "skipped": self.skipped}

    def load_state_dict(self, state_dict: dict[str, float]) -> None:
        """Go on with the scale of a checkpoint: gradients of an unfinished accumulation window carry it."""
        self.scale, self.skipped = float(state_dict["scale"]), int(state_dict["skipped"])


def _all_finite(gradients: list[Tensor], module: LightningModule) -> bool:
    """Whether all gradients of all processes are finite; one number is read from the device."""
    # The largest magnitude is infinite or NaN exactly when an element is.
    worst = torch.stack([gradient.abs().max() for gradient in gradients]).max()
    trainer = module.trainer
    if trainer.world_size > 1:
        finite = trainer.strategy.reduce(worst.isfinite().float(), reduce_op="sum")
        return bool(finite == trainer.world_size)
    return bool(worst.isfinite())

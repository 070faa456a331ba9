"""The gradients that several batches add up before one optimizer step: their mean, and how a checkpoint keeps them.

These batches are an accumulation window. A checkpoint may be saved in the middle of one. Until the window ends, the processes
have different gradients, because these are not averaged yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import Tensor, nn

from mathpal_lightning.compat.lightning import attached_trainer
from mathpal_lightning.compat.torch import multiply_each
from mathpal_lightning.errors import TrainingError
from mathpal_lightning.schema import Held


def average_in_place(weights: Iterable[nn.Parameter], count: int, trainer: Trainer, device: torch.device) -> None:
    """Scale summed gradients to those of the mean over all terms of the accumulation window, over all processes.

    Lightning has divided the gradients by `accumulate_grad_batches`, and DDP by the number of processes. Both are undone. Where
    there was no term, the gradients are zero and stay so.

    Args:
        weights: the trained ones; their gradients are changed in place.
        count: supervised tokens, pairs or solutions of this process.
        trainer: knows the other processes.
        device: of this process.

    Raises:
        TrainingError: a gradient is not finite. The weights have not changed.
    """
    total = torch.tensor(float(count), device=device)
    if trainer.world_size > 1:
        total = cast(Tensor, trainer.strategy.reduce(total, reduce_op="sum"))
    scale = trainer.accumulate_grad_batches * trainer.world_size / max(total.item(), 1.0)
    gradients = [weight.grad for weight in weights if weight.grad is not None]
    multiply_each(gradients, scale)
    norm = torch.nn.utils.get_total_norm(gradients)
    norm = getattr(norm, "full_tensor", lambda: norm)()  # sharded gradients give the norm of one part first
    if not torch.isfinite(norm):
        raise TrainingError(
            "finite gradients", f"a norm of {norm.item()} before step {trainer.global_step + 1}", "Lower `model.learning_rate`."
        )


def accumulated_so_far(
    weights: Mapping[str, nn.Parameter], count: int, broadcast: Callable[[Held, int], Held], processes: int, divisor: int
) -> list[Held] | None:
    """The sums and counts of every process in the accumulation window, by rank. None between two windows.

    All processes must call it.

    Args:
        weights: the trained ones, with the gradients so far.
        count: of this process.
        broadcast: the strategy's: sends an object of process `src` to all.
        processes: their number.
        divisor: `accumulate_grad_batches`, by which Lightning has divided the gradients.
    """
    gradients = {name: weight.grad.cpu() for name, weight in weights.items() if weight.grad is not None and count}
    own: Held = {"divisor": divisor, "count": count, "gradients": gradients}
    held = [broadcast(own, rank) for rank in range(processes)]
    return held if any(each["count"] for each in held) else None


def window_of(module: LightningModule, count: int) -> dict[str, list[Held]]:
    """`{"window": ...}` for a checkpoint in the middle of an accumulation window; empty between two windows.

    Args:
        module: the one that is saved. A Trainer can also save a module that it never trained, which has no window.
        count: supervised tokens, or pairs, of this process so far.
    """
    trainer = attached_trainer(module)
    if trainer is None:
        return {}
    weights = {name: weight for name, weight in module.named_parameters() if weight.requires_grad}
    held = accumulated_so_far(weights, count, trainer.strategy.broadcast, trainer.world_size, trainer.accumulate_grad_batches)
    return {"window": held} if held else {}


def take_up(held: Sequence[Held], weights: Mapping[str, nn.Parameter], trainer: Trainer) -> int:
    """Give the weights the gradients that this process had when the checkpoint was saved.

    If the number of processes changed, rank 0 takes the summed gradients; only the total matters. If `accumulate_grad_batches`
    changed, the gradients are scaled to what division by the new number would have left of them.

    Args:
        held: what each process held.
        weights: the trained ones.
        trainer: knows the processes and the number now.

    Returns:
        The count that belongs to the gradients.
    """
    nothing: Held = {"count": 0, "gradients": {}}
    given = held if len(held) == trainer.world_size else [summed(held), *[nothing] * (trainer.world_size - 1)]
    own, divisor = given[trainer.global_rank], trainer.accumulate_grad_batches
    before = own.get("divisor", divisor)
    for name, gradient in own["gradients"].items():
        scaled = gradient if before == divisor else gradient * (before / divisor)
        weights[name].grad = scaled.to(weights[name].device)
    return own["count"]


def summed(held: Sequence[Held]) -> Held:
    """The sums and counts of all processes together, as if one process had computed them."""
    gradients: dict[str, Tensor] = {}
    for each in held:
        for name, gradient in each["gradients"].items():
            gradients[name] = gradients[name] + gradient if name in gradients else gradient
    return {**held[0], "count": sum(each["count"] for each in held), "gradients": gradients}

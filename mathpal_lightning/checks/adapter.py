"""The adapter before its first step: which layers have one, and that a new adapter changes nothing yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from peft import PeftModel
from peft.tuners.lora import LoraLayer

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.errors import ModelError
from mathpal_lightning.export.merge.deltas import require_mergeable_model

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

EQUAL = 1e-2
"""Relative difference of two losses that are equal up to rounding. With B = 0 a new adapter adds exact zeros, but fused kernels
round the sum differently: by 0.12 % in bfloat16 on an H200 with kernels made by torch.compile."""

_ANOTHER_BACKEND = "The backend does not start the adapter at zero: use another model.backend."


def check_targets(model: LanguageModel, targets: Sequence[str], merged: bool = False) -> Finding:
    """Which layers are trained, and how large a share of all weights that is.

    Args:
        model: the one that is trained.
        targets: the names of linear layers in the config.
        merged: whether the adapter will be merged at the end of the run.

    Raises:
        ExportError: the adapter could not be merged.
        ModelError: nothing is trained.
    """
    trained = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    if not trained:
        raise ModelError("weights to train", "none that requires a gradient", "Correct `model.lora_targets`.")
    layers = Counter(name.rpartition(".")[2] for name, module in model.named_modules() if isinstance(module, LoraLayer))
    share = trained / _numel(model)
    found = f"{trained / 1e6:.2f} M of {_numel(model) / 1e6:,.0f} M weights ({share:.2%})"
    if not isinstance(model, PeftModel):
        return Finding("trained weights", found)
    if merged:
        require_mergeable_model(model)
    found += ": LoRA on " + ", ".join(f"{count} {name}" for name, count in layers.items())
    if missing := [name for name in targets if name not in layers]:
        wanted, names = f"layers for each of {', '.join(targets)}", ", ".join(missing)
        return Finding(
            "trained weights", found, "warning", wanted, f"There are none named {names}: correct model.lora_targets."
        )
    return Finding("trained weights", found)


def check_first_loss(model: PeftModel, loss: Callable[[], float], new: bool) -> Finding:
    """The loss with the adapter and without it; equal for a new adapter, which begins at zero.

    Args:
        model: with an adapter, in eval mode.
        loss: the mean loss of a fixed batch.
        new: whether the adapter is new, rather than one to go on training.

    Raises:
        ModelError: a new adapter does not begin at zero or changes the loss, or the loss is not finite.
    """
    if new and (trained := _not_at_zero(model)):
        raise ModelError("a new adapter that adds zero: B = 0", f"other values in {trained}", _ANOTHER_BACKEND)
    adapted = loss()
    with model.disable_adapter():
        bare = loss()
    if not abs(adapted) < float("inf"):
        raise ModelError(
            "a finite loss before the first step", f"{adapted}", "Use bf16-mixed or 32-true; fp16 overflows on Gemma."
        )
    difference = abs(adapted - bare) / abs(bare)
    if new and difference > EQUAL:
        raise ModelError(
            f"the bare base's loss {bare:.4f} from a new adapter",
            f"{adapted:.4f}",
            _ANOTHER_BACKEND,
        )
    how = "a new adapter and the bare base" if new else f"the given adapter; {bare:.4f} of the bare base"
    return Finding("loss before the first step", f"{adapted:.4f} nats a token with {how}")


def _not_at_zero(model: PeftModel) -> str:
    """The first matrix B of a LoRA layer that is not zero; "" where all are."""
    weights = (name for name, weight in model.named_parameters() if "lora_B" in name and weight.count_nonzero())
    return next(weights, "")


def _numel(model: LanguageModel) -> int:
    """The number of weights, also where bitsandbytes packs several into one byte."""
    total = 0
    for weight in model.parameters():
        state = getattr(weight, "quant_state", None)
        total += state.shape.numel() if state is not None else weight.numel()
    return total

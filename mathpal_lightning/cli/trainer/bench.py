"""`mathpal bench`: how fast this machine trains a config, and the time of each part of a step; nothing is saved."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any, cast

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from rich.table import Table

from mathpal_lightning.estimate.ceiling import base_dtype, ceiling
from mathpal_lightning.estimate.rates import Stopwatch, batch_counts, peak_memory_gb
from mathpal_lightning.model.generate import generate_ids, text_decoder
from mathpal_lightning.schema import Batch, Prompt

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel
    from mathpal_lightning.model import MathPalModule

WARM_UP = 2
"""Steps that are taken first and not counted."""
ACTIVITIES = ("data", "reference", "forward", "loss", "backward", "optimizer")
_GENERATED = 64
"""Tokens after which a solution is cut."""


@dataclass(slots=True)
class Step:
    """One optimizer step with all its micro-batches."""

    seconds: dict[str, float]
    positions: int = 0
    tokens: int = 0
    supervised: int = 0
    flops: int = 0

    @property
    def total(self) -> float:
        """Seconds."""
        return sum(self.seconds.values())


class Laps(Callback):
    """Times each part of each step. On a GPU it waits for the device at the end of each part."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.rows = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Watch the decoder: its own time is the forward pass; from its return to the backward pass is the loss."""
        if pl_module.device.type == "cuda":
            torch.cuda.reset_peak_memory_stats()
        decoder = text_decoder(cast("LanguageModel", pl_module.model))
        self._hooks = [decoder.register_forward_pre_hook(self._enter), decoder.register_forward_hook(self._leave)]
        self._step = Step(dict.fromkeys(ACTIVITIES, 0.0))
        self._stopwatch = Stopwatch(pl_module.device, "data")

    def _enter(self, *_: object) -> None:
        self._stopwatch.switch("forward" if torch.is_grad_enabled() else "reference")

    def _leave(self, *_: object) -> None:
        if torch.is_grad_enabled():
            self._stopwatch.switch("loss")

    def on_train_batch_start(self, trainer: Trainer, pl_module: LightningModule, batch: object, batch_idx: int) -> None:
        """The batch is here."""
        self._stopwatch.switch("forward")

    def on_before_backward(self, trainer: Trainer, pl_module: LightningModule, loss: torch.Tensor) -> None:
        """The loss is computed."""
        self._stopwatch.switch("backward")

    def on_after_backward(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """The gradients are computed."""
        self._stopwatch.switch("optimizer")

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: object, batch: Batch, batch_idx: int
    ) -> None:
        """Add the batch to its step."""
        self._stopwatch.switch("data")
        for activity, seconds in self._stopwatch.read().items():
            self._step.seconds[activity] += seconds
        flops: Any = pl_module.flops
        positions, tokens, supervised, *pairs = batch_counts(batch, flops.sliding_windows).tolist()
        self.rows = max(self.rows, positions)
        self._step.positions += positions
        self._step.tokens += tokens
        self._step.supervised += supervised
        reference: Any = pl_module.reference
        self._step.flops += flops.needed(tokens, supervised, pairs, reference is not None and reference.asked)
        if trainer.global_step > len(self.steps):
            self.steps.append(self._step)
            self._step = Step(dict.fromkeys(ACTIVITIES, 0.0))
        self._stopwatch = Stopwatch(pl_module.device, "data")  # the counting above is not time of the data

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Leave the decoder as it was."""
        for hook in self._hooks:
            hook.remove()


def spread(values: Sequence[float]) -> dict[str, float]:
    """The median and the interquartile range."""
    low, _, high = quantiles(values, method="inclusive") if len(values) > 1 else (values[0],) * 3
    return {"median": median(values), "low": low, "high": high}


def training_figures(laps: Laps, module: MathPalModule, precision: str, processes: int) -> dict[str, object]:
    """Rates, the share of the ceiling, and the seconds of each part of a step.

    Args:
        laps: the times of a finished fit.
        module: the MathPalModule that was trained.
        precision: the Trainer's.
        processes: how many train together; rates are those of all, the other figures those of this process.
    """
    steps, device = laps.steps[WARM_UP:], module.device
    dtype = base_dtype(precision)
    most, source = ceiling(module.flops.shapes, min(laps.rows, 4096), dtype, device)
    return {
        "steps": len(steps),
        "seconds_per_step": spread([step.total for step in steps]),
        "tokens_per_second": spread([processes * step.tokens / step.total for step in steps]),
        "supervised_tokens_per_second": spread([processes * step.supervised / step.total for step in steps]),
        "packing_density": sum(step.tokens for step in steps) / sum(step.positions for step in steps),
        "needed_gflops_per_step": median(step.flops for step in steps) / 1e9,
        "mfu": spread([step.flops / step.total / most for step in steps]),
        "ceiling": {"gflops_per_second": most / 1e9, "from": source},
        "seconds": {name: spread([step.seconds[name] for step in steps]) for name in ACTIVITIES},
        "peak_memory_gb": peak_memory_gb(),
    }


def generation_figures(module: MathPalModule, questions: Sequence[Prompt]) -> dict[str, float]:
    """How fast an evaluation generates: one batch of questions, solutions cut after 64 tokens."""
    settings = module.settings
    longest, asked = min(settings.max_new_tokens, _GENERATED), list(questions[: settings.generation_batch_size])
    started = time.perf_counter()
    solutions = generate_ids(module.model, module.tokenizer, asked, longest, settings.generation_batch_size)
    seconds = time.perf_counter() - started
    tokens = sum(map(len, solutions))
    figures = {"problems": len(asked), "tokens": tokens, "seconds": seconds, "tokens_per_second": tokens / seconds}
    return figures | {"peak_memory_gb": peak_memory_gb()}


def bench_table(title: str, training: dict[str, Any], generation: dict[str, float]) -> Table:
    """All figures as a table."""
    table = Table(title=title, title_justify="left")
    for column in ("", "median", "interquartile range", ""):
        table.add_column(column, justify="left" if column == "" else "right")

    def add(name: str, values: dict[str, float], digits: int, note: str = "") -> None:
        middle, low, high = (f"{values[which]:,.{digits}f}" for which in ("median", "low", "high"))
        table.add_row(name, middle, f"{low} to {high}", note)

    add("tokens/s", training["tokens_per_second"], 0, f"{training['packing_density']:.1%} of the positions are tokens")
    add("supervised tokens/s", training["supervised_tokens_per_second"], 0)
    most = training["ceiling"]
    percent = {name: 100 * value for name, value in training["mfu"].items()}
    add("MFU in %", percent, 1, f"of {most['gflops_per_second']:,.0f} GFLOP/s: {most['from']}")
    step = training["seconds_per_step"]
    needed = f"{training['needed_gflops_per_step']:,.0f} GFLOP needed; {training['steps']} steps after {WARM_UP} to warm up"
    add("seconds a step", step, 3, needed)
    for name, values in training["seconds"].items():
        if values["median"] or name != "reference":
            add(f"  {name}", values, 3, f"{values['median'] / step['median']:.1%}")
    table.add_row(
        "peak memory in GB", f"{training['peak_memory_gb']:.2f}", "", f"{generation['peak_memory_gb']:.2f} with evaluation"
    )
    what = f"{generation['problems']} problems at a time, {generation['tokens']:,} tokens in {generation['seconds']:.1f} s"
    table.add_row("evaluation tokens/s", f"{generation['tokens_per_second']:,.0f}", "", what)
    return table

"""What a run is going to do, as plain values: its largest training step, and its largest batch of problems to solve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from mathpal_lightning.checks.rows import Length
from mathpal_lightning.data import MathDataModule
from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.solving_memory import Solving
from mathpal_lightning.formats import rows
from mathpal_lightning.model.attention import attention_of
from mathpal_lightning.model.compiled import can_compile, is_long, uses_kernels
from mathpal_lightning.model.generate import prompt_ids
from mathpal_lightning.model.loss_scale import FLOAT16_MIXED
from mathpal_lightning.model.precision import base_dtype, family_in
from mathpal_lightning.model.reference import needs_reference
from mathpal_lightning.schema import Row

if TYPE_CHECKING:
    from lightning.pytorch import Trainer
    from transformers import PreTrainedTokenizerBase

    from mathpal_lightning.model import MathPalModule

_LONG_ROWS = 16
"""The longest held-out rows, whose questions are tokenised: the longest row need not have the longest question."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a Trainer and its callbacks, as plain values."""

    folder: Path
    """The run folder."""
    device: torch.device
    precision: str
    length: Length
    processes: int = 1
    """Of the run on this machine."""
    checkpoints: int = 1
    """How many are kept."""
    formats: Sequence[str] = ()
    verify: bool = True
    problems: int = 0
    """How many are solved at the end; at a validation no more."""
    own_problems: Sequence[Row] | None = None
    """Rows that are solved in the place of held-out rows of the data module."""
    max_new_tokens: int | None = None
    """Where their solutions are cut; None: where the module's are."""
    repo: str | None = None
    private: bool = True
    resumed: bool = False
    """The weights are a checkpoint's."""


def is_merged(formats: Sequence[str]) -> bool:
    """Whether merged weights are among the artefacts of an export, or on the way to them."""
    return any("merged" in form.artefacts for form in rows(formats))


def planned_step(module: MathPalModule, data: MathDataModule, plan: Plan) -> Step:
    """The step that needs the most memory: a full batch, with the average share of supervised tokens."""
    settings = module.settings
    rows, length, share, group = _shape(module, data)
    family, asked = family_in(module.folder), (settings.bits, plan.precision, plan.device, is_long(module))
    kernels = uses_kernels(settings.compile, module._backend, family, *asked)
    return Step(
        rows=rows,
        length=length,
        supervised=max(1, round(rows * length * share)),
        longest=min(data.report.longest, length),
        bits=settings.bits,
        dtype=base_dtype(plan.precision),
        mixed=plan.precision == "bf16-mixed",
        keep_dequantized=settings.keep_dequantized,
        full=settings.finetune == "full",
        lora_r=settings.lora_r,
        lora_targets=tuple(settings.lora_targets),
        lora_dora=settings.lora_dora,
        gradient_checkpointing=settings.gradient_checkpointing,
        optimizer=settings.optimizer,
        loss_chunk=settings.loss_chunk,
        reference=needs_reference(settings.objective, module.preference, module.policy),
        half_products=plan.precision == FLOAT16_MIXED,
        attention=attention_of(module._backend, family, plan.device, kernels),
        fused=kernels and can_compile(family),
        device_type=plan.device.type,
        lean=plan.device.type == "cpu" and plan.precision != FLOAT16_MIXED,
        groups=data.batch_size if group else 0,
        group_tokens=group,
    )


def _shape(module: MathPalModule, data: MathDataModule) -> tuple[int, int, float, int]:
    """The rows of a batch, their positions, the share of these that is supervised; of a batch of groups the tokens of one."""
    report = data.report
    length = data.settings.max_length if data.settings.packing else report.longest
    if module.settings.objective != "grpo":
        share = report.supervised_tokens / max(report.tokens, 1) * (report.density if data.settings.packing else 1.0)
        return data.batch_size, length, share, 0
    # A batch is groups: the prompt and k solutions, all of them of the greatest length.
    prompt = report.longest - report.supervised_tokens // max(report.kept, 1)
    group = max(1, prompt) + module.policy.group_size * module.settings.max_new_tokens
    length = max(length, group)
    return -(-data.batch_size * group // length), length, 1.0, group


def planned_solving(module: MathPalModule, data: MathDataModule, plan: Plan) -> Solving:
    """The largest batch of problems: the most at a time, with the longest questions and the longest solutions."""
    solved = rows_to_solve(data, plan)
    own = plan.own_problems is not None
    longest = range(len(solved)) if own else np.argsort(data.lengths("validation"))[-_LONG_ROWS:].tolist()
    questions = prompt_ids(tokenizer_of(data), [solved[number].prompt for number in longest])
    rows = min(module.settings.generation_batch_size, plan.problems, len(solved))
    return Solving(rows, max(map(len, questions)), plan.max_new_tokens or module.settings.max_new_tokens)


def rows_to_solve(data: MathDataModule, plan: Plan) -> Sequence[Row]:
    """The rows that an evaluation takes its problems from."""
    return data.validation_rows if plan.own_problems is None else plan.own_problems


def tokenizer_of(data: MathDataModule) -> PreTrainedTokenizerBase:
    """The tokenizer that a data module uses: its own, or the module's."""
    return cast("PreTrainedTokenizerBase", data.tokenizer or cast("Trainer", data.trainer).lightning_module.tokenizer)

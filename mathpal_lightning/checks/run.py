"""All checks of one run: those before the weights load, and those of the loaded model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, cast

import numpy as np
from torch import Tensor

from mathpal_lightning.checks.adapter import check_first_loss, check_targets
from mathpal_lightning.checks.device import check_device
from mathpal_lightning.checks.disk import check_disk
from mathpal_lightning.checks.draws import PROBLEMS, check_draws
from mathpal_lightning.checks.finding import Checks, Finding
from mathpal_lightning.checks.leak import LAW_5, check_documents, check_pairs
from mathpal_lightning.checks.masks import check_masks
from mathpal_lightning.checks.memory import check_export, check_memory, check_solving
from mathpal_lightning.checks.parts import check_conversion, check_formats, check_push
from mathpal_lightning.checks.place import check_place
from mathpal_lightning.checks.plan import Plan, is_merged, planned_solving, planned_step, rows_to_solve, tokenizer_of
from mathpal_lightning.checks.rows import row_findings, step_finding
from mathpal_lightning.checks.small_runs import small_run_findings
from mathpal_lightning.checks.speed import check_speed
from mathpal_lightning.data import MathDataModule, collate, encode_group
from mathpal_lightning.estimate.counted import needed_memory
from mathpal_lightning.estimate.disk import checkpoint_bytes, export_bytes
from mathpal_lightning.formats import rows
from mathpal_lightning.model.generate import evaluation_mode, training_mode
from mathpal_lightning.model.scoring import score_solutions
from mathpal_lightning.schema import IGNORE_INDEX, DrawnGroup, DrawnSolution, Encoded, EncodedGroup, EncodedPair, PackedBatch

if TYPE_CHECKING:
    from lightning.pytorch import LightningModule

    from mathpal_lightning.model import MathPalModule

Precision = Callable[[], AbstractContextManager[None]]
_MASKED_ROWS = 16
_DOCUMENTS = 3
_TIMED_BATCHES = 4


def as_ours(pl_module: LightningModule, data: object) -> tuple[MathPalModule, MathDataModule]:
    """A module and its data, typed as our classes. The caller has checked that they offer what the checks use."""
    return cast("MathPalModule", pl_module), cast(MathDataModule, data)


def data_checks(data: MathDataModule, plan: Plan) -> Checks:
    """Checks of the rows, of the number of steps, and of the masks of some rows."""
    return {
        "rows": lambda: row_findings(data.reports.values()),
        "steps": lambda: step_finding(plan.length),
        "size": lambda: size_findings(data, plan),
        "masks": lambda: check_some_masks(data),
    }


def size_findings(data: MathDataModule, plan: Plan) -> list[Finding]:
    """Warnings of too few rows, steps and held-out problems."""
    kept = {split: report.kept for split, report in data.reports.items()}
    held_out = len({row.prompt for row in rows_to_solve(data, plan)})
    return small_run_findings(kept.get("train", 0), held_out, plan.length.steps, plan.problems)


def check_some_masks(data: MathDataModule) -> Finding:
    """`check_masks` on training rows spread over all of them.

    Raises:
        DataError: a mask or a BOS is wrong.
    """
    rows = data.train_rows
    numbers = np.unique(np.linspace(0, len(rows) - 1, _MASKED_ROWS).round().astype(int)).tolist()
    documents = [data.document("train", number) for number in numbers]
    return check_masks(tokenizer_of(data), [rows[number] for number in numbers], documents, data.settings.supervise)


def resource_checks(module: MathPalModule, data: MathDataModule, plan: Plan) -> Checks:
    """The device, memory and disk, and whether the base can be converted, before any weights load."""
    step, place = planned_step(module, data, plan), (plan.device, plan.processes)
    solving = planned_solving(module, data, plan) if plan.problems and rows_to_solve(data, plan) else None
    steps, own = (plan.length.accumulate, plan.length.updates), held_on_gpu(module)
    checks: dict[str, Callable[[], Finding | Sequence[Finding]]] = {
        "device": lambda: check_device(plan.device),
        "memory": lambda: check_memory(module.folder, step, *place, *steps, own),
    }
    if solving:
        checks["memory of evaluation"] = lambda: check_solving(module.folder, step, solving, *place, own)
    if is_merged(plan.formats):
        checks["memory of export"] = lambda: check_export(module.folder, step, solving, plan.verify, *place)

    def disk() -> Finding:
        needed = needed_memory(module.folder, step)
        checkpoints = checkpoint_bytes(needed.trained, needed.optimizer, plan.checkpoints)
        return check_disk(plan.folder, checkpoints, export_bytes(plan.formats, needed.parameters, needed.trained))

    checks["disk"] = disk
    if any("gguf" in form.artefacts for form in rows(plan.formats)):
        checks["conversion"] = lambda: check_conversion(module.folder)
    return checks


def held_on_gpu(module: MathPalModule) -> int:
    """Bytes of the weights that a module which has solved before its fit, as in a notebook, holds on a GPU."""
    return sum(weight.nbytes for weight in module.parameters() if weight.device.type == "cuda")


def part_checks(plan: Plan) -> Checks:
    """What the end of the run needs: a folder that can be written, the tools of the export, and the Hub."""
    return {
        "folder": lambda: check_place(plan.folder),
        "export": lambda: check_formats(plan.formats, plan.verify),
        "push": lambda: check_push(plan.repo, plan.private),
    }


def model_checks(module: MathPalModule, data: MathDataModule, plan: Plan, precision: Precision) -> Checks:
    """Checks of the loaded model: trained weights, law 5 (docs/architecture.md) and the first loss.

    Weights, modes and random states stay as they are.

    Args:
        module: a MathPalModule with its weights on the device.
        data: set up for a fit.
        plan: of the run.
        precision: the Trainer's, around a forward pass.
    """
    settings, documents = module.settings, some_documents(data)
    lora = settings.finetune == "lora"

    def without_training(check: Callable[..., Finding], *arguments: object) -> Callable[[], Finding]:
        def run() -> Finding:
            with precision(), evaluation_mode(module.model):
                return check(*arguments)

        return run

    def law_5() -> Finding:
        with precision(), training_mode(module.model):  # some backends train with other code than they evaluate with
            return _check_law_5(module, data, documents)

    targets = settings.lora_targets if lora and not settings.adapter else ()
    checks: dict[str, Callable[[], Finding]] = {
        "trained weights": lambda: check_targets(module.model, targets, is_merged(plan.formats)),
        LAW_5: law_5,
    }
    if lora:
        new = not settings.adapter and not plan.resumed
        loss = partial(_mean_loss, module, data, documents)
        checks["loss before the first step"] = without_training(check_first_loss, module.model, loss, new)
    return checks


def draw_checks(module: MathPalModule, data: MathDataModule, plan: Plan, precision: Precision) -> Checks:
    """Whether `objective: grpo` has something to learn from: some of its first solutions are right, and not all of them."""
    if module.settings.objective != "grpo" or plan.resumed:
        return {}
    numbers = np.unique(np.linspace(0, len(data.train_rows) - 1, PROBLEMS).round().astype(int)).tolist()
    solutions = (plan.length.batches or 0) * data.batch_size * module.policy.group_size // module.policy.updates

    def draws() -> Finding:
        with precision(), evaluation_mode(module.model):
            return check_draws(module, [data.train_rows[number] for number in numbers], solutions)

    return {"draws": draws}


def time_checks(module: MathPalModule, data: MathDataModule, plan: Plan, precision: Precision) -> Checks:
    """The time of a few steps on the first batches, and so of the run."""
    total = plan.length.batches
    if not total:
        return {}
    if module.settings.objective == "grpo":
        return draw_checks(module, data, plan, precision)
    return {"time": lambda: check_speed(module, islice(data.train_dataloader(), _TIMED_BATCHES), precision, total)}


def some_documents(data: MathDataModule) -> list[Encoded | EncodedPair]:
    """Three training documents of the lower quartile of lengths: long enough to leak, short enough to take a second."""
    order = np.argsort(data.lengths("train"), kind="stable")
    first = min(len(order) // 4, max(0, len(order) - _DOCUMENTS))
    numbers = np.resize(order[first : first + _DOCUMENTS], _DOCUMENTS).tolist()
    return [data.document("train", number) for number in numbers]


def _check_law_5(module: MathPalModule, data: MathDataModule, documents: Sequence[Encoded | EncodedPair]) -> Finding:
    pad = tokenizer_of(data).pad_token_id
    if pairs := [document for document in documents if isinstance(document, EncodedPair)]:
        return check_pairs(module, pairs, pad, module._backend)
    rows = [Encoded(document.input_ids, document.labels) for document in documents]
    if module.settings.objective == "grpo":
        return check_pairs(module, [_made_up_group(rows)], pad, module._backend)
    if not data.settings.packing:
        return Finding(LAW_5, "each row holds one document: nothing to leak")
    return check_documents(module, rows, pad, data.batch_size, data.settings.max_length)


def _made_up_group(documents: Sequence[Encoded]) -> EncodedGroup:
    """The solutions of some documents behind the prompt of the first."""
    prompt = [token for token, label in zip(*documents[0], strict=True) if label == IGNORE_INDEX]
    solutions = [[label for label in document.labels if label != IGNORE_INDEX] for document in documents]
    written = DrawnGroup(prompt, [DrawnSolution(ids, [0.0] * len(ids), "", True) for ids in solutions])
    return encode_group(written)


def _mean_loss(module: MathPalModule, data: MathDataModule, documents: Sequence[Encoded | EncodedPair]) -> float:
    """Nats a supervised token of documents in rows of their own."""
    rows = [[Encoded(document.input_ids, document.labels)] for document in documents[:1]]
    width = data.settings.max_length if module.device.type == "cuda" and data.settings.packing else None  # see checks/leak.py
    batch = PackedBatch(*(_on(module, tensor) for tensor in collate(rows, tokenizer_of(data).pad_token_id, width)))
    loss, count = score_solutions(module.model, batch, chunk_size=module.settings.loss_chunk)
    return (loss / count).item()


def _on(module: MathPalModule, tensor: Tensor) -> Tensor:
    return tensor.to(module.device)

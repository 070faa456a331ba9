"""The last act of a run: the best adapter becomes merged weights and a GGUF, and each is verified."""

from __future__ import annotations

import logging
from pathlib import Path

from lightning.pytorch import Callback, LightningModule, Trainer

from mathpal_lightning.callbacks.checkpoint import checkpoint_of, chosen_weights
from mathpal_lightning.callbacks.evaluate_solutions import EvaluateSolutions, best_weights
from mathpal_lightning.callbacks.summary import write_summary
from mathpal_lightning.compat.lightning import callbacks_of, is_dev_run
from mathpal_lightning.export import (
    DEFAULT_FORMATS,
    ExportedVocabulary,
    MergeInto,
    export_adapter,
    export_full,
    format_list,
    require_formats,
    write_adapter,
)
from mathpal_lightning.export.adapter import find_peft_model
from mathpal_lightning.export.merge.best import read_problems
from mathpal_lightning.export.merge.deltas import require_mergeable_model
from mathpal_lightning.run import RunFolder

log = logging.getLogger(__name__)


class ExportModel(Callback):
    """Export at the end of a fit, from disk, once the accelerator is free; works with any module that holds a PEFT model.

    Takes the adapter folder beside the best checkpoint (`step=100.adapter` beside `step=100.ckpt`); where checkpoints have
    none, the module's adapter with the best checkpoint's weights. Of MathPalModule with `finetune: full` it takes the best
    checkpoint itself. Writes `adapter/`, `merged/`, `merged_4bit/`, `gguf/`, `web/` into the Trainer's `default_root_dir`, and
    the figures into its summary.json under `export`. A run that was interrupted or failed exports nothing.

    Args:
        formats: As a list or with commas between: adapter, merged_16bit, merged_4bit (NF4), gguf: followed by a type of
            llama.cpp, such as gguf:q8_0 or gguf:q4_k_m (mathpal_lightning/formats.py lists all), and web, a page that solves
            problems in a browser. An empty list exports nothing.
        merge_into: `trained`: into the weights that training saw (4-bit ones de-quantised), the trained model itself;
            `original`: into the base as published, which may score better or worse; `best`: both are scored on the held-out
            problems of samples.jsonl, and the better one is kept.
        verify: Compare every artefact with the trained model; one outside its bounds fails the run and is kept.
        base: The base model's folder or name; None: what the model was loaded from.
        problems: Held-out problems for `best`, jsonl with question and solution; None: the run's samples.jsonl.
        vocabulary: Of merged weights and GGUFs after training with `model.vocabulary: small`: `trained` keeps it small, `full`
            takes the base's own. The adapter always belongs to the full base.

    Raises:
        ExportError: The module holds neither a PEFT model nor one of `finetune: full`: before training, not after.
        ConfigError: An unknown format, a converter that is not installed, or nothing to score `best` on: before training.
    """

    def __init__(
        self,
        formats: list[str] | str | None = None,
        merge_into: MergeInto = "trained",
        verify: bool = True,
        base: str | None = None,
        problems: str | None = None,
        vocabulary: ExportedVocabulary = "trained",
    ):
        self.formats = format_list(DEFAULT_FORMATS if formats is None else formats)
        self.merge_into: MergeInto = merge_into
        self.verify = verify
        self.base = base
        self.problems = problems
        self.vocabulary: ExportedVocabulary = vocabulary

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Look for the tools, and for what `best` is scored on, before any weights load."""
        if stage != "fit" or not self.formats:
            return
        RunFolder.of(trainer.default_root_dir)  # refuses an address now, not after the training
        require_formats(self.formats, verify=self.verify)
        evaluations = [each for each in callbacks_of(trainer) if isinstance(each, EvaluateSolutions)]
        if self.merge_into == "best" and not any(each.has_problems(trainer) for each in evaluations):
            read_problems(self.problems)

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Refuse a model that cannot be exported now, not after hours of training."""
        if self.formats and not _is_full(trainer, pl_module):
            model = find_peft_model(pl_module)
            if set(self.formats) != {"adapter"}:
                require_mergeable_model(model)

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Export and verify, on the first process only."""
        self.export(trainer, pl_module)

    def export(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Export and verify now what the run of a Trainer has learned.

        Raises:
            ExportError: an artefact is outside its bounds.
        """
        if not self.formats or not trainer.is_global_zero or trainer.interrupted or is_dev_run(trainer):
            return
        out, chosen = Path(trainer.default_root_dir), chosen_weights(trainer)
        is_saved = chosen is not None and (chosen.adapter is not None or _is_full(trainer, pl_module))
        is_best = getattr(checkpoint_of(trainer), "monitor", None) is not None
        log.info("export: %s", chosen.line if chosen and (is_saved or is_best) else "the weights after the last step")
        if _is_full(trainer, pl_module):
            assert chosen is not None
            assert chosen.checkpoint is not None
            export = export_full(chosen.checkpoint, out, self.formats, self.verify, self.base, log.info)
        else:
            tokenizer = getattr(pl_module, "tokenizer", None)
            adapter = chosen.adapter if chosen else None
            if adapter is None:  # checkpoints of another ModelCheckpoint have none beside them
                with best_weights(trainer, pl_module):
                    name = self.base or pl_module.hparams.get("model_name")
                    adapter = write_adapter(pl_module, RunFolder(out).adapter, tokenizer, name)
            export = export_adapter(
                *(adapter, out, self.formats, self.merge_into, self.verify, self.base, tokenizer, log.info, self.problems),
                vocabulary=self.vocabulary,
            )
        write_summary(trainer, "export", export.as_dict())
        if export.verification is not None:
            export.verification.require()


def _is_full(trainer: Trainer, pl_module: LightningModule) -> bool:
    """Whether all weights are trained, by a module whose checkpoints can be read again."""
    return pl_module.hparams.get("finetune") == "full" and checkpoint_of(trainer) is not None

"""The last act of a run: the best adapter becomes merged weights and a GGUF, and each is verified."""

from __future__ import annotations

import logging
from pathlib import Path

from lightning.pytorch import Callback, LightningModule, Trainer

from mathpal_lightning.callbacks.summary import write_summary
from mathpal_lightning.export import MergeInto, export_adapter, require_formats, write_adapter
from mathpal_lightning.export.adapter import find_peft_model

log = logging.getLogger(__name__)


class ExportModel(Callback):
    """Export at the end of a fit, from disk, once the accelerator is free; works with any module that holds a PEFT model.

    Takes the adapter folder beside the best checkpoint (`step=100.adapter` beside `step=100.ckpt`); where checkpoints have
    none, the live model's adapter. Writes `adapter/`, `merged/` and `gguf/` into the Trainer's `default_root_dir`, and the
    figures into its summary.json under `export`. A run that was interrupted or failed exports nothing.

    Args:
        formats: Among adapter, merged_16bit and gguf:q8_0, gguf:f16, gguf:bf16, gguf:f32; an empty list exports nothing.
        merge_into: `trained`: into the weights that training saw (4-bit ones de-quantised), the trained model itself;
            `original`: into the base as published, which may score better or worse.
        verify: Compare every artefact with the trained model; one outside its bounds fails the run and is kept.
        base: The base model's folder or name; None: what the model was loaded from.

    Raises:
        ExportError: The module holds no PEFT model (`finetune: full`): before training, not after.
        ConfigError: An unknown format, or a converter that is not installed: before training, not after.
    """

    def __init__(
        self,
        formats: list[str] | None = None,
        merge_into: MergeInto = "trained",
        verify: bool = True,
        base: str | None = None,
    ):
        self.formats = formats if formats is not None else ["adapter", "merged_16bit", "gguf:q8_0"]
        self.merge_into: MergeInto = merge_into
        self.verify = verify
        self.base = base

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Look for the tools before any weights load."""
        if stage == "fit" and self.formats:
            require_formats(self.formats, verify=self.verify)

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Refuse a model without an adapter now, not after hours of training."""
        if self.formats:
            find_peft_model(pl_module)

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Export and verify, on the first process only."""
        if not self.formats or not trainer.is_global_zero or trainer.interrupted or trainer.fast_dev_run:  # type: ignore[attr-defined]
            return
        out = Path(trainer.default_root_dir)
        tokenizer = getattr(pl_module, "tokenizer", None)
        adapter = best_adapter(trainer) or write_adapter(pl_module, out / "adapter", tokenizer, self.base)
        export = export_adapter(adapter, out, self.formats, self.merge_into, self.verify, self.base, tokenizer, log.info)
        write_summary(trainer, "export", export.as_dict())
        if export.verification is not None:
            export.verification.require()


def best_adapter(trainer: Trainer) -> Path | None:
    """The adapter folder beside the best checkpoint; None where there is no such folder."""
    best = getattr(trainer.checkpoint_callback, "best_model_path", "")
    folder = Path(best).with_suffix(".adapter") if best else None
    return folder if folder and folder.is_dir() else None

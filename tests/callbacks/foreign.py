"""Somebody else's Trainer and module: a PEFT model inside a LightningModule that knows nothing of ours."""

from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback
from peft import LoraConfig, get_peft_model
from torch.utils.data import DataLoader
from transformers import AutoModelForCausalLM

from mathpal_lightning.schema import PackedBatch


class ForeignModule(LightningModule):
    """Plain causal language modelling on a PEFT model."""

    def __init__(self, folder: Path):
        super().__init__()
        base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        self.language_model = get_peft_model(base, LoraConfig(r=2, target_modules=["q_proj", "v_proj"]))

    def training_step(self, batch: PackedBatch, batch_idx: int) -> Any:
        return self.language_model(input_ids=batch.input_ids, labels=batch.labels, use_cache=False).loss

    def validation_step(self, batch: PackedBatch, batch_idx: int) -> None:
        self.log("score", self.global_step % 4)  # best at step 3

    def generate_solutions(self, questions: list[str]) -> list[str]:
        return [f"Đáp số: {len(question)}" for question in questions]

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.AdamW([weight for weight in self.parameters() if weight.requires_grad], lr=1e-2)


def foreign_trainer(folder: Path, *callbacks: Callback, **settings: Any) -> Trainer:
    options = {"max_epochs": 1, "logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    return Trainer(default_root_dir=folder, accelerator="cpu", callbacks=list(callbacks), **options | settings)


def batches(number: int) -> DataLoader:
    ids = torch.arange(10, 30)[None]
    batch = PackedBatch(ids, ids.clone(), torch.arange(20)[None])
    return DataLoader([batch] * number, batch_size=None)  # type: ignore[arg-type]

"""Every family of Gemma in 4 and in 8 bits, for SFT and for DPO: one training step, an evaluation, an export.

On the transformers backend; Unsloth patches a whole process, so its part runs in processes of its own (tests/gpu).
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Trainer
from safetensors.torch import load_file

from mathpal_lightning import MathDataModule, MathPalModule
from mathpal_lightning.callbacks import ExportModel
from mathpal_lightning.schema import Objective
from tests.tiny import FAMILIES, Family

BITS_AND_OBJECTIVES: tuple[tuple[int, Objective], ...] = ((4, "sft"), (8, "dpo"))
SUMS = [f"{a} + {b} = {a + b}" for a in (1, 2, 3, 4) for b in (2, 5)]
ROWS = {
    "sft": [{"question": f"{each[:5]} = ?", "solution": f"{each}\nĐáp số: {each[8:]}"} for each in SUMS],
    "dpo": [{"question": f"{each[:5]} = ?", "chosen": f"{each}\nĐáp số: {each[8:]}", "rejected": "Đáp số: 9"} for each in SUMS],
}


@pytest.mark.parametrize(("bits", "objective"), BITS_AND_OBJECTIVES)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_step_an_evaluation_and_an_export(
    family: Family, bits: Any, objective: Objective, gemma_folder: Callable[[Family], Path], tmp_path: Path
):
    module = MathPalModule(
        str(gemma_folder(family)),
        objective=objective,
        backend="transformers",
        bits=bits,
        lora_r=4,
        learning_rate=1e-2,
        warmup_share=0.0,
        max_new_tokens=4,
    )
    data = MathDataModule(ROWS[objective], objective=objective, max_length=128, batch_size=2, validation_share=0.2)
    export = ExportModel(formats=["adapter"], verify=False)
    trainer = Trainer(
        max_steps=1, accelerator="cpu", precision="bf16-mixed", logger=False, enable_checkpointing=False,
        default_root_dir=tmp_path, enable_progress_bar=False, enable_model_summary=False, num_sanity_val_steps=0,
        limit_val_batches=1, val_check_interval=1, callbacks=[export],
    )  # fmt: skip
    trainer.fit(module, datamodule=data)
    learned = [weight for name, weight in module.trained_weights().items() if "lora_B" in name]
    assert any(weight.any() for weight in learned), "the step changed the adapter"
    assert all(weight.isfinite().all() for weight in learned)
    assert torch.isfinite(trainer.callback_metrics["val/loss"])
    assert len(module.generate_solutions(["2 + 3 = ?"])) == 1
    exported = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    assert len(exported) == len(module.trained_weights())
    record = json.loads((tmp_path / "adapter" / "mathpal.json").read_text(encoding="utf-8"))
    assert [group["bits"] for group in record["quantized"]] == [bits]

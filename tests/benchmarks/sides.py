"""What the comparisons with other trainers share: one adapter for all sides, a clock, a fresh process for each, its peak."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from torch.utils.data import DataLoader

Result = tuple[list[float], list[float]]
"""Seconds and mean loss of each step."""
TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LEARNING_RATE = 1e-5
DTYPE = {"bfloat16": torch.bfloat16, "float32": torch.float32}


def write_adapter(model: Path, out: Path) -> None:
    """An adapter that is not the base, for all sides to go on from."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.bfloat16)
    peft_model = get_peft_model(base, LoraConfig(r=16, lora_alpha=32, target_modules=TARGETS))
    for name, weight in peft_model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.002)
    peft_model.save_pretrained(out)


def adapted_model(arguments: argparse.Namespace, folder: Path) -> Any:
    """Transformers' model in the dtype and bits of a comparison, with the adapter of `write_adapter`."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    four = BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=torch.bfloat16
    )
    base = AutoModelForCausalLM.from_pretrained(
        arguments.model, dtype=DTYPE[arguments.dtype], quantization_config=four if arguments.bits == 4 else None
    )
    return PeftModel.from_pretrained(base, folder / "adapter", is_trainable=True)


def fit_ours(
    module: LightningModule, batches: list[Any], device: str, dtype: str, folder: Path
) -> tuple[list[float], list[float]]:
    """Seconds and loss of each step of our module, under Lightning's Trainer."""
    seconds, losses = [], []

    class Clock(Callback):
        def on_train_batch_start(self, *_: Any) -> None:
            self.started = now(device)

        def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
            seconds.append(now(device) - self.started)
            losses.append(float(trainer.callback_metrics["train/loss"]))

    trainer = Trainer(
        max_epochs=1,
        precision="bf16-mixed" if dtype == "bfloat16" else "32-true",
        gradient_clip_val=1.0,
        accelerator=device,
        callbacks=[Clock()],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
    )
    trainer.fit(module, DataLoader(batches, batch_size=None))  # type: ignore[arg-type]
    return seconds, losses


def now(device: str) -> float:
    """The clock, when the device has done what it was told."""
    if device != "cpu":
        torch.cuda.synchronize()
    return time.perf_counter()


def print_result(seconds: list[float], losses: list[float], **more: Any) -> None:
    """What `alone` reads, with the peak: of this process, imports and all, on a GPU of its allocator."""
    from mathpal_lightning.estimate.rates import peak_memory_gb

    print(json.dumps({"seconds": seconds, "losses": losses, "peak_gb": peak_memory_gb(), **more}))


def alone(
    script: str, side: str, folder: Path, arguments: argparse.Namespace, names: list[str], trl: str | None
) -> dict[str, Any]:
    """Run one side of a script in a fresh process.

    Args:
        script: its path.
        side: the value of its `--side`.
        folder: the value of its `--folder`, with what all sides read.
        arguments: its own; those called `names` are handed on.
        names: of arguments with values.
        trl: a folder with another TRL than the installed one.
    """
    command = [sys.executable, script, str(arguments.source), "--side", side, "--folder", str(folder)]
    for name in names:
        command += [f"--{name}", str(getattr(arguments, name))]
    command += ["--trl-checkpointing"] if getattr(arguments, "trl_checkpointing", False) else []
    path = os.pathsep.join([*filter(None, [trl, os.environ.get("PYTHONPATH")]), "."])
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": path}
    finished = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, encoding="utf-8")
    return json.loads(finished.stdout.splitlines()[-1])

"""Preference training: ours against TRL's DPOTrainer, on the same pairs, base, adapter, order, dtype and batch size.

    python tests/benchmarks/bench_dpo.py ROWS.json --model offline-gemma --pairs 24 --batch 4

ROWS.json is a list of {"question", "solution"}; the rejected side of a pair is the solution with its numbers changed. Both
sides go on from one adapter (LoRA on the seven projections, B not zero) with the reference asked at every step, and see the
same pairs in the same order: the losses of each step stand beside the times. In float32 (`--dtype float32`) they must agree to
four digits; in bfloat16 a step of 1e-5 is lost in the rounding of either side. Each runs alone in a fresh process; sides take
turns for `--rounds`. The first step, which allocates, is not counted. TRL 1.15's DPOTrainer needs Triton, which needs a GPU:
on a CPU put a TRL 1.16 on the PYTHONPATH (pip install --no-deps --target FOLDER trl==1.16.0).
"""

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LEARNING_RATE, BETA = 1e-5, 0.1
DTYPE = {"bfloat16": torch.bfloat16, "float32": torch.float32}


def write_pairs(rows: Path, model: Path, number: int, max_length: int, out: Path) -> None:
    """Real questions and solutions, and the solutions with other numbers, as texts in the chat format of the model."""
    from mathpal_lightning.chat import chat_format, generation_prompt, load_tokenizer
    from mathpal_lightning.schema import Turn
    from mathpal_lightning.text import normalize_text

    tokenizer = load_tokenizer(model)
    form = chat_format(tokenizer)
    drawn = json.loads(rows.read_text())
    random.Random(0).shuffle(drawn)
    with out.open("w") as lines:
        for row in drawn:
            chosen = normalize_text(row["solution"])
            rejected = re.sub(r"\d+", lambda digits: str(int(digits[0]) + 1), chosen)
            prompt = generation_prompt(form, [Turn("user", normalize_text(row["question"]))])
            pair = {"prompt": prompt, "chosen": chosen + form.end_of_turn, "rejected": rejected + form.end_of_turn}
            length = len(tokenizer("".join(pair.values()))["input_ids"])
            if chosen != rejected and 100 <= length <= max_length and number:
                lines.write(json.dumps(pair, ensure_ascii=False) + "\n")
                number -= 1


def write_adapter(model: Path, out: Path) -> None:
    """An adapter that is not the base, so that the reference has to be held apart from both."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    peft_model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(model, dtype=torch.bfloat16),
        LoraConfig(r=16, lora_alpha=32, target_modules=TARGETS),
    )
    for name, weight in peft_model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.002)
    peft_model.save_pretrained(out)


def train_ours(pairs: list[dict[str, str]], arguments: argparse.Namespace, folder: Path) -> tuple[list[float], list[float]]:
    """Seconds and loss of each step."""
    from lightning.pytorch import Callback, Trainer
    from torch.utils.data import DataLoader

    from mathpal_lightning import MathPalModule
    from mathpal_lightning.data.collate import collate_pairs
    from mathpal_lightning.model.reference import Preference
    from mathpal_lightning.schema import IGNORE_INDEX, EncodedPair

    module = MathPalModule(
        str(arguments.model),
        adapter=str(folder / "adapter"),
        objective="dpo",
        preference=Preference(beta=BETA, cache_reference=False),
        backend="transformers",
        bits=16,
        learning_rate=LEARNING_RATE,
        schedule="constant",
        warmup_share=0.0,
    )

    def encode(pair: dict[str, str]) -> EncodedPair:
        prompt, chosen, rejected = (
            module.tokenizer(pair[name], add_special_tokens=name == "prompt")["input_ids"]
            for name in ("prompt", "chosen", "rejected")
        )
        labels = [IGNORE_INDEX] * len(prompt) + chosen + rejected
        return EncodedPair(prompt + chosen + rejected, labels, [0] * len(prompt) + [1] * len(chosen) + [2] * len(rejected))

    documents = [encode(pair) for pair in pairs]
    batches = [collate_pairs([documents[i : i + arguments.batch]], 0) for i in range(0, len(pairs), arguments.batch)]
    seconds, losses = [], []

    class Clock(Callback):
        def on_train_batch_start(self, *_: Any) -> None:
            self.started = time.perf_counter()

        def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
            seconds.append(time.perf_counter() - self.started)
            losses.append(float(trainer.callback_metrics["train/loss"]))

    trainer = Trainer(
        max_epochs=1,
        precision="bf16-mixed" if arguments.dtype == "bfloat16" else "32-true",
        gradient_clip_val=1.0,
        accelerator=arguments.device,
        callbacks=[Clock()],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
    )
    trainer.fit(module, DataLoader(batches, batch_size=None))
    return seconds, losses


def train_trl(pairs: list[dict[str, str]], arguments: argparse.Namespace, folder: Path) -> tuple[list[float], list[float]]:
    """Seconds and loss of each step."""
    from datasets import Dataset
    from peft import PeftModel
    from torch.utils.data import SequentialSampler
    from transformers import AutoModelForCausalLM, TrainerCallback
    from trl import DPOConfig, DPOTrainer

    from mathpal_lightning.chat import chat_format, load_tokenizer

    tokenizer = load_tokenizer(arguments.model)
    tokenizer.eos_token = chat_format(tokenizer).end_of_turn  # else TRL appends another token to each completion
    model = AutoModelForCausalLM.from_pretrained(arguments.model, dtype=DTYPE[arguments.dtype])
    seconds, losses = [], []

    class Clock(TrainerCallback):
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            self.started = time.perf_counter()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            seconds.append(time.perf_counter() - self.started)

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
            if "loss" in logs:
                losses.append(logs["loss"])

    class InOrder(DPOTrainer):
        def _get_train_sampler(self, dataset: Any = None) -> Any:
            return SequentialSampler(self.train_dataset)

    settings = DPOConfig(
        output_dir=str(folder / "trl"),
        per_device_train_batch_size=arguments.batch,
        num_train_epochs=1,
        learning_rate=LEARNING_RATE,
        lr_scheduler_type="constant",
        max_grad_norm=1.0,
        adam_beta2=0.95,
        beta=BETA,
        bf16=arguments.dtype == "bfloat16",
        gradient_checkpointing=arguments.trl_checkpointing,
        max_length=None,
        use_cpu=arguments.device == "cpu",
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )
    trainer = InOrder(
        model=PeftModel.from_pretrained(model, folder / "adapter", is_trainable=True),
        args=settings,
        train_dataset=Dataset.from_list(pairs),
        processing_class=tokenizer,
        callbacks=[Clock()],
    )
    trainer.train()
    return seconds, losses


def peak_gb(device: str) -> float:
    """The high-water mark of this process, imports and all; on a GPU that of its allocator."""
    if device != "cpu":
        return torch.cuda.max_memory_allocated() / 1e9
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024 / 1e9  # type: ignore[index]


def alone(side: str, folder: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Run one side in a fresh process."""
    command = [sys.executable, __file__, str(arguments.source), "--side", side, "--folder", str(folder)]
    command += ["--model", str(arguments.model), "--batch", str(arguments.batch), "--device", arguments.device]
    command += ["--dtype", arguments.dtype]
    command += ["--trl-checkpointing"] if arguments.trl_checkpointing else []
    path = os.pathsep.join([*filter(None, [os.environ.get("PYTHONPATH")]), "."])
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": path}
    finished = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(finished.stdout.splitlines()[-1])


def main() -> None:
    """Print one line a side and round, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--model", default="offline-gemma", help="a folder, or offline-gemma")
    parser.add_argument("--pairs", type=int, default=24)
    parser.add_argument("--batch", type=int, default=4, help="pairs of a step")
    parser.add_argument("--max-length", type=int, default=1024, help="tokens of prompt, chosen and rejected together")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--dtype", choices=list(DTYPE), default="bfloat16")
    parser.add_argument("--trl-checkpointing", action="store_true", help="TRL's default: slower, less memory")
    parser.add_argument("--side", choices=["ours", "trl"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        pairs = [json.loads(line) for line in (arguments.folder / "pairs.jsonl").open()]
        seconds, losses = {"ours": train_ours, "trl": train_trl}[arguments.side](pairs, arguments, arguments.folder)
        print(json.dumps({"seconds": seconds, "losses": losses, "peak_gb": peak_gb(arguments.device)}))
        return
    from mathpal_lightning.model.resolve import resolve_model

    arguments.model = resolve_model(arguments.model)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_pairs(arguments.source, arguments.model, arguments.pairs, arguments.max_length, folder / "pairs.jsonl")
        write_adapter(arguments.model, folder / "adapter")
        rates: dict[str, list[float]] = {"trl": [], "ours": []}
        peaks: dict[str, list[float]] = {"trl": [], "ours": []}
        for _ in range(arguments.rounds):
            for side in rates:
                result = alone(side, folder, arguments)
                rates[side].append(arguments.batch * len(result["seconds"][1:]) / sum(result["seconds"][1:]))
                peaks[side].append(result["peak_gb"])
                losses = " ".join(f"{loss:.4f}" for loss in result["losses"])
                print(f"{side}: {rates[side][-1]:.4f} pairs/s, {peaks[side][-1]:.2f} GB, losses {losses}", flush=True)
        rate, peak = ({side: statistics.median(figures[side]) for side in rates} for figures in (rates, peaks))
        print(f"ratios: {rate['ours'] / rate['trl']:.2f} of TRL's pairs/s, {peak['ours'] / peak['trl']:.2f} of its peak memory")


if __name__ == "__main__":
    main()

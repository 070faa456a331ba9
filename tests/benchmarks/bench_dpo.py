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
import random
import re
import statistics
import tempfile
from pathlib import Path
from typing import Any

from sides import DTYPE, LEARNING_RATE, adapted_model, alone, fit_ours, now, print_result, write_adapter

BETA = 0.1
HANDED_ON = ["model", "batch", "device", "dtype", "bits"]


def write_pairs(rows: Path, model: Path, number: int, max_length: int, out: Path) -> None:
    """Real questions and solutions, and the solutions with other numbers, as texts in the chat format of the model."""
    from mathpal_lightning.chat import chat_format, generation_prompt, load_tokenizer
    from mathpal_lightning.schema import Turn
    from mathpal_lightning.text import normalize_text

    tokenizer = load_tokenizer(model)
    form = chat_format(tokenizer)
    drawn = json.loads(rows.read_text(encoding="utf-8"))
    random.Random(0).shuffle(drawn)
    with out.open("w", encoding="utf-8") as lines:
        for row in drawn:
            chosen = normalize_text(row["solution"])
            rejected = re.sub(r"\d+", lambda digits: str(int(digits[0]) + 1), chosen)
            prompt = generation_prompt(form, [Turn("user", normalize_text(row["question"]))])
            pair = {"prompt": prompt, "chosen": chosen + form.end_of_turn, "rejected": rejected + form.end_of_turn}
            length = len(tokenizer("".join(pair.values()))["input_ids"])
            if chosen != rejected and 100 <= length <= max_length and number:
                lines.write(json.dumps(pair, ensure_ascii=False) + "\n")
                number -= 1


def train_ours(pairs: list[dict[str, str]], arguments: argparse.Namespace, folder: Path) -> tuple[list[float], list[float]]:
    """Seconds and loss of each step."""
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
        bits=arguments.bits,
        keep_dequantized=arguments.bits == 4 and arguments.device == "cpu",
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
    return fit_ours(module, batches, arguments.device, arguments.dtype, folder)


def train_trl(pairs: list[dict[str, str]], arguments: argparse.Namespace, folder: Path) -> tuple[list[float], list[float]]:
    """Seconds and loss of each step."""
    from datasets import Dataset
    from torch.utils.data import SequentialSampler
    from transformers import TrainerCallback
    from trl import DPOConfig, DPOTrainer

    from mathpal_lightning.chat import chat_format, load_tokenizer

    tokenizer = load_tokenizer(arguments.model)
    tokenizer.eos_token = chat_format(tokenizer).end_of_turn  # else TRL appends another token to each completion
    seconds, losses = [], []

    class Clock(TrainerCallback):
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            self.started = now(arguments.device)

        def on_step_end(self, *_: Any, **__: Any) -> None:
            seconds.append(now(arguments.device) - self.started)

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
        model=adapted_model(arguments, folder),
        args=settings,
        train_dataset=Dataset.from_list(pairs),
        processing_class=tokenizer,
        callbacks=[Clock()],
    )
    trainer.train()
    return seconds, losses


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
    parser.add_argument("--bits", type=int, choices=[4, 16], default=16)
    parser.add_argument("--trl-checkpointing", action="store_true", help="TRL's default: slower, less memory")
    parser.add_argument("--side", choices=["ours", "trl"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        pairs = [json.loads(line) for line in (arguments.folder / "pairs.jsonl").open(encoding="utf-8")]
        seconds, losses = {"ours": train_ours, "trl": train_trl}[arguments.side](pairs, arguments, arguments.folder)
        print_result(seconds, losses)
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
                result = alone(__file__, side, folder, arguments, HANDED_ON, trl=None)
                rates[side].append(arguments.batch * len(result["seconds"][1:]) / sum(result["seconds"][1:]))
                peaks[side].append(result["peak_gb"])
                losses = " ".join(f"{loss:.4f}" for loss in result["losses"])
                print(f"{side}: {rates[side][-1]:.4f} pairs/s, {peaks[side][-1]:.2f} GB, losses {losses}", flush=True)
        rate, peak = ({side: statistics.median(figures[side]) for side in rates} for figures in (rates, peaks))
        print(f"ratios: {rate['ours'] / rate['trl']:.2f} of TRL's pairs/s, {peak['ours'] / peak['trl']:.2f} of its peak memory")


if __name__ == "__main__":
    main()

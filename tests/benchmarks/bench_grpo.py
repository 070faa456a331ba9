"""Reinforcement learning: ours against TRL's GRPOTrainer, on the same base, adapter, problems, group size and reward.

    python tests/benchmarks/bench_grpo.py PROBLEMS.jsonl --adapter outputs/quickstart/adapter --model offline-gemma --trl FOLDER

PROBLEMS.jsonl comes from `mathpal data generate`. Each step draws `--group` solutions for each of `--problems` problems with
the policy as it is, at temperature 1, and makes one optimizer step. The reward is the length of the solution, so that every
group teaches on both sides, and a step costs what drawing and training cost: the judge takes less than a hundredth of it. Each
side draws from its own random numbers, so the tokens that it drew stand beside its times. That the losses are equal on equal
samples is shown by tests/losses/test_policy.py against TRL's own code.

Each side runs alone in a fresh process. The first step, which allocates, is not counted. TRL 1.15's trainers need Triton, which
needs a GPU: on a CPU give a TRL 1.16 (pip install --no-deps --target FOLDER trl==1.16.0).
"""

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sides import DTYPE, LEARNING_RATE, alone, print_result

HANDED_ON = ["model", "adapter", "problems", "group", "steps", "tokens", "dtype"]


def length_reward(question: str, gold: str, solution: str) -> float:
    """Longer is better: no two solutions of a group are equal, so that every group teaches."""
    return len(solution) / 100


def train_ours(rows: list[dict[str, Any]], arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Seconds of each step, and the tokens drawn in it."""
    from lightning.pytorch import Callback, Trainer

    from mathpal_lightning import MathDataModule, MathPalModule

    seconds: list[float] = []
    tokens: list[int] = []

    class Clock(Callback):
        def on_train_start(self, *_: Any) -> None:
            self.started = time.perf_counter()

        def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, number: int) -> None:
            seconds.append(time.perf_counter() - self.started)
            self.started = time.perf_counter()
            drawn = trainer.datamodule.drawing.graded
            tokens.append(sum(len(solution.ids) for one in drawn for solution in one.group.solutions))

    module = MathPalModule(
        arguments.model,
        adapter=arguments.adapter,
        objective="grpo",
        policy={"group_size": arguments.group, "rewards": {"bench_grpo.length_reward": 1.0}},
        backend="transformers",
        bits=16,
        learning_rate=LEARNING_RATE,
        schedule="constant",
        warmup_share=0.0,
        max_new_tokens=arguments.tokens,
        generation_batch_size=arguments.problems * arguments.group,
    )
    data = MathDataModule(rows, objective="grpo", max_length=1024, batch_size=arguments.problems, validation_share=0.05)
    trainer = Trainer(
        max_steps=arguments.steps,
        precision="bf16-mixed" if arguments.dtype == "bfloat16" else "32-true",
        gradient_clip_val=1.0,
        accelerator="cpu",
        callbacks=[Clock()],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        limit_val_batches=0,
        default_root_dir=folder,
    )
    trainer.fit(module, datamodule=data)
    return {"seconds": seconds, "losses": [], "tokens": tokens}


def train_trl(rows: list[dict[str, Any]], arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Seconds of each step, and the tokens drawn in it."""
    from datasets import Dataset
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    from mathpal_lightning.chat import chat_format, generation_prompt, load_tokenizer
    from mathpal_lightning.schema import Turn

    tokenizer = load_tokenizer(arguments.model)
    form = chat_format(tokenizer)
    tokenizer.eos_token = form.end_of_turn
    seconds: list[float] = []
    tokens: list[int] = []

    def reward(completions: list[str], completion_ids: list[list[int]], **_: Any) -> list[float]:
        tokens.append(sum(map(len, completion_ids)))
        return [len(text) / 100 for text in completions]

    class Clock(TrainerCallback):
        def on_step_begin(self, *_: Any, **__: Any) -> None:
            self.started = time.perf_counter()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            seconds.append(time.perf_counter() - self.started)

    prompts = [{"prompt": generation_prompt(form, [Turn("user", row["question"])])} for row in rows]
    settings = GRPOConfig(
        output_dir=str(folder / "trl"),
        per_device_train_batch_size=arguments.problems * arguments.group,
        num_generations=arguments.group,
        max_completion_length=arguments.tokens,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        beta=0.0,
        loss_type="dr_grpo",
        scale_rewards="none",
        max_steps=arguments.steps,
        learning_rate=LEARNING_RATE,
        lr_scheduler_type="constant",
        max_grad_norm=1.0,
        bf16=arguments.dtype == "bfloat16",
        gradient_checkpointing=arguments.trl_checkpointing,
        use_cpu=True,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )
    base = AutoModelForCausalLM.from_pretrained(arguments.model, dtype=DTYPE[arguments.dtype])
    trainer = GRPOTrainer(
        model=PeftModel.from_pretrained(base, arguments.adapter, is_trainable=True),
        reward_funcs=reward,
        args=settings,
        train_dataset=Dataset.from_list(prompts),
        processing_class=tokenizer,
        callbacks=[Clock()],
    )
    trainer.train()
    return {"seconds": seconds, "losses": [], "tokens": tokens}


def main() -> None:
    """Print one line a side and round, and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--model", default="offline-gemma", help="a folder, or offline-gemma")
    parser.add_argument("--adapter", required=True, help="of an SFT run, so that solutions end by themselves")
    parser.add_argument("--problems", type=int, default=4, help="of a step")
    parser.add_argument("--group", type=int, default=8, help="solutions of a problem")
    parser.add_argument("--tokens", type=int, default=160, help="at which a solution is cut")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--dtype", choices=list(DTYPE), default="bfloat16")
    parser.add_argument("--trl", help="a folder with another TRL than the installed one")
    parser.add_argument("--trl-checkpointing", action="store_true", help="TRL's default: slower, less memory")
    parser.add_argument("--side", choices=["ours", "trl"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        rows = [json.loads(line) for line in arguments.source.open(encoding="utf-8")]
        print_result(**{"ours": train_ours, "trl": train_trl}[arguments.side](rows, arguments, arguments.folder))
        return
    from mathpal_lightning.model.resolve import resolve_model

    arguments.model = resolve_model(arguments.model)
    rates: dict[str, list[float]] = {"trl": [], "ours": []}
    peaks: dict[str, list[float]] = {"trl": [], "ours": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.rounds):
            for side in rates:
                result = alone(__file__, side, Path(folder), arguments, HANDED_ON, trl=arguments.trl if side == "trl" else None)
                steps = result["seconds"][1:]
                rates[side].append(arguments.problems * arguments.group * len(steps) / sum(steps))
                peaks[side].append(result["peak_gb"])
                drawn = sum(result["tokens"][1:]) / (arguments.problems * arguments.group * len(steps))
                print(
                    f"{side}: {rates[side][-1]:.3f} solutions/s, {peaks[side][-1]:.2f} GB, {drawn:.0f} tokens a solution",
                    flush=True,
                )
    rate, peak = ({side: statistics.median(figures[side]) for side in rates} for figures in (rates, peaks))
    print(f"ratios: {rate['ours'] / rate['trl']:.2f} of TRL's solutions/s, {peak['ours'] / peak['trl']:.2f} of its peak memory")


if __name__ == "__main__":
    main()

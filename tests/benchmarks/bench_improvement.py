"""Three ways to go on from one adapter, for the same seconds of training: SFT on fresh problems, DPO on own pairs, GRPO.

    mathpal fit --config configs/quickstart.yaml
    python tests/benchmarks/bench_improvement.py outputs/quickstart/adapter --out outputs/improvement --seed 1

All three read the problems of one file, which the start has not seen. SFT trains once on the first `--rows` of them: 1,100
take about half an hour on one core. Its seconds are the limit of the others; for DPO the time of drawing counts too. No run
validates, and the last weights of each are scored. Then the start and the three solve the same 600 test problems, and `mathpal
compare` pairs each with the start. A stage that has ended is not run again, so a stopped call goes on with the next one. Repeat
it with other seeds: a seed decides the order of the rows and the draws (`data.seed`); the problems stay.

What GRPO does differently from configs/grpo.yaml, and why (RESULTS.md, "Reinforcement learning (GRPO) beside more supervised
training"). None of it was measured yet.

    learning_rate 3e-5, updates 2   2e-5 moved too little in 33 steps, 1e-4 forgot. Drawing takes most of a step's time, so
                                    that a second, clipped update on each draw costs little
    batch_size 16                   about half of the groups teach, so a step has the gradient of 8 groups instead of 4
    clip 0.2, 0.28                  DAPO's: right solutions that were unlikely may become likelier faster
    pass_rate 0.1 to 0.9            few topics are exchanged. Where many were, the policy forgot those that it no longer drew

From the quickstart's adapter take levels 1 and 2: of levels 2 and 3 it solves too few problems to begin. For these, start from
an adapter that SFT has trained on them, and give --levels '[2,3]'.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

TOPICS = "sum_and_difference,division_with_remainder,rectangle_perimeter,linear_equation,percent_of_number,price_of_several"
NO_VALIDATION = {
    "data.validation": "null",
    "data.validation_share": 0,
    "evaluation.problems": 0,
    "evaluation.sample": 0,
    "checkpoint.monitor": "null",
    "export.formats": '["adapter"]',
    "export.verify": "false",
    "trainer.limit_val_batches": 0,
    "trainer.callbacks": "null",
}
GRPO = {
    "learning_rate": 3e-5,
    "policy.updates": 2,
    "policy.clip": "[0.2, 0.28]",
    "policy.pass_rate": "[0.1, 0.9]",
    "max_new_tokens": 200,
}
PROBLEMS_OF_PAIRS = 150


def mathpal(*words: object, **flags: object) -> float:
    """Run a verb; the seconds that it took."""
    started = time.monotonic()
    command = [sys.executable, "-m", "mathpal_lightning", *map(str, words)]
    subprocess.run([*command, *(f"--{name}={value}" for name, value in flags.items())], check=True)
    return time.monotonic() - started


def fit(config: str, start: Path, run: Path, flags: Mapping[str, object], seconds: float | None = None) -> float:
    """Train from the start's adapter; the seconds of training."""
    limit = {} if seconds is None else {"trainer.max_time": f"00:{time.strftime('%H:%M:%S', time.gmtime(max(1.0, seconds)))}"}
    place = {"output_dir": run.parent, "name": run.name, "model.adapter": start}
    if not (run / "adapter").exists():
        mathpal("fit", "--config", config, "--no_comet", "--overwrite", **place, **NO_VALIDATION, **flags, **limit)
    trained: float = json.loads((run / "summary.json").read_text(encoding="utf-8"))["training"]["training_seconds"]
    return trained


def first_lines(source: Path, number: int, out: Path) -> Path:
    """The first rows of a file in a file of their own."""
    out.write_text("".join(source.read_text(encoding="utf-8").splitlines(keepends=True)[:number]), encoding="utf-8")
    return out


def main() -> None:
    """Draw the problems, train three times, score four times, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("start", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=1100)
    parser.add_argument("--levels", default="[1,2]")
    arguments = parser.parse_args()
    start, out, seed = arguments.start.resolve(), arguments.out.resolve(), {"data.seed": arguments.seed}
    out.mkdir(parents=True, exist_ok=True)
    pool, test = out / "pool.jsonl", out / "test.jsonl"
    for file, split, count in ((pool, "train", 4000), (test, "test", 600)):
        if not file.exists():
            how = {"split": split, "count": count, "seed": 18, "levels": arguments.levels, "topics": f"[{TOPICS}]"}
            mathpal("data", "generate", file, **how)
    runs = {name: out / f"{name}-{arguments.seed}" for name in ("sft", "dpo", "grpo")}

    rows = first_lines(pool, arguments.rows, out / "fresh.jsonl")
    slow = {"model.learning_rate": 3e-4, "data.max_length": 512, "trainer.max_epochs": 1}
    seconds = fit("configs/quickstart.yaml", start, runs["sft"], {"data.train": rows, **slow, **seed})

    problems, pairs = first_lines(pool, PROBLEMS_OF_PAIRS, out / "asked.jsonl"), out / f"pairs-{arguments.seed}.jsonl"
    timed = pairs.with_suffix(".seconds")
    if not timed.exists():
        asked = {"problems": problems, "model": start, "out": pairs, "samples": 8, "max_new_tokens": 200, "batch_size": 64}
        took = mathpal("data", "pairs", "--overwrite", **asked, seed=arguments.seed)
        timed.write_text(str(took), encoding="utf-8")
    left = seconds - float(timed.read_text(encoding="utf-8"))
    fit("configs/dpo.yaml", start, runs["dpo"], {"data.train": pairs, "trainer.max_epochs": 4, **seed}, left)

    recipe = {f"model.{name}": value for name, value in GRPO.items()}
    fit("configs/grpo.yaml", start, runs["grpo"], {"data.train": pool, "data.batch_size": 16, **recipe, **seed}, seconds)

    scores = {"start": start} | {name: run / "adapter" for name, run in runs.items()}
    for name, adapter in scores.items():
        place = {
            "output_dir": out,
            "name": f"{name}-{arguments.seed}-score",
            "model.adapter": adapter,
            "model.max_new_tokens": 200,
        }
        asked = {"data.train": "null", "data.test": test, "evaluation.problems": 600, "trainer.limit_test_batches": 1}
        if not (out / place["name"] / "test_samples.jsonl").exists():
            mathpal("test", "--config", "configs/quickstart.yaml", "--no_comet", **place, **asked)
    for name in runs:
        mathpal("compare", out / f"start-{arguments.seed}-score", out / f"{name}-{arguments.seed}-score")


if __name__ == "__main__":
    main()

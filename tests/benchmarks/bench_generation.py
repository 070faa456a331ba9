"""Solutions for evaluation: ours against transformers' `generate`, on the same trained run and problems.

    python tests/benchmarks/bench_generation.py outputs/quickstart --problems 100 --rounds 2
    python tests/benchmarks/bench_generation.py            no run: decode rates with random weights (generation_rates.py)

Three ways in one process, in turns: `generate` with the adapter on top of the base, `generate` on merged weights, and ours as
evaluation does it (merged for the time being, batches by length, finished rows leave). Prints tokens/s, exact match, and on how
many problems the verdicts agree with those of the first way.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from mathpal_lightning.chat import stop_token_ids
from mathpal_lightning.evaluation import grade
from mathpal_lightning.model.generate import evaluation_mode, generate_ids, merged_linears, prompt_ids
from mathpal_lightning.model.module import MathPalModule
from tests.benchmarks.generation_rates import CASES, SHAPES, print_rates

Generate = Callable[[Any, Any, list[str], int, int], list[list[int]]]


def with_transformers(model: Any, tokenizer: Any, questions: list[str], most: int, batch_size: int) -> list[list[int]]:
    """Greedy ids by transformers, batches by length."""
    prompts = prompt_ids(tokenizer, questions)
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    found: list[list[int]] = [[] for _ in prompts]
    stops = set(stop_token_ids(tokenizer))
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        padded = tokenizer.pad({"input_ids": [prompts[index] for index in batch]}, padding_side="left", return_tensors="pt")
        with evaluation_mode(model):
            out = model.generate(**padded, max_new_tokens=most, do_sample=False, use_cache=True, eos_token_id=list(stops))
        for index, ids in zip(batch, out[:, padded["input_ids"].shape[1] :].tolist(), strict=True):
            end = next((place for place, token in enumerate(ids) if token in stops), len(ids))
            found[index] = ids[:end]
    return found


def merged_with_transformers(model: Any, *arguments: Any) -> list[list[int]]:
    """The same on merged weights."""
    with merged_linears(model):
        return with_transformers(model, *arguments)


WAYS: dict[str, Generate] = {
    "transformers, adapter": with_transformers,
    "transformers, merged": merged_with_transformers,
    "ours": generate_ids,
}


def main() -> None:
    """Print a line a way and round, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path, nargs="?", help="the output folder of a fit")
    parser.add_argument("--problems", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=50)
    parser.add_argument("--max-new-tokens", type=int, default=160)
    parser.add_argument("--ways", nargs="+", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--vocabulary", default="full", choices=["full", "small"], help="of the base under the adapter")
    rates_of = parser.add_argument_group("without a run")
    rates_of.add_argument("--cases", nargs="+", default=list(CASES), help=f"shape (of {', '.join(SHAPES)})/backend/bits")
    rates_of.add_argument("--rows", nargs="+", type=int, default=[50])
    rates_of.add_argument("--seconds", type=float, default=45.0, help="after which no further case begins")
    arguments = parser.parse_args()
    if arguments.run is None:
        print_rates(arguments.cases, arguments.rows, arguments.seconds)
        return
    problems = problems_of(arguments.run, arguments.problems)
    module = MathPalModule(
        adapter=str(arguments.run / "adapter"), vocabulary=arguments.vocabulary, backend="transformers", keep_dequantized=True
    )
    module.configure_model()
    verdicts: dict[str, list[str]] = {}
    rates: dict[str, list[float]] = {way: [] for way in arguments.ways}
    for _ in range(arguments.rounds):
        for way in arguments.ways:
            started = time.perf_counter()
            with torch.no_grad():
                ids = WAYS[way](
                    module.model,
                    module.tokenizer,
                    [problem["question"] for problem in problems],
                    arguments.max_new_tokens,
                    arguments.batch_size,
                )
            seconds, tokens = time.perf_counter() - started, sum(map(len, ids)) + len(ids)
            texts = [module.tokenizer.decode(solution, skip_special_tokens=True).strip() for solution in ids]
            verdicts[way] = [
                grade(problem["question"], problem["gold"], text)[0] for problem, text in zip(problems, texts, strict=True)
            ]
            rates[way].append(tokens / seconds)
            print(f"{way}: {tokens} tokens in {seconds:.0f} s, {rates[way][-1]:.0f} tokens/s", flush=True)
    first = verdicts[arguments.ways[0]]
    for way in arguments.ways:
        right = verdicts[way].count("correct") / len(problems)
        agreeing = sum(own == other for own, other in zip(verdicts[way], first, strict=True))
        print(f"{way}: {statistics.median(rates[way]):.0f} tokens/s, {right:.1%} right, {agreeing} of {len(problems)} agree")


def problems_of(run: Path, number: int) -> list[dict[str, str]]:
    """The first of the problems that the run was evaluated on after training, with their reference solutions."""
    samples = map(json.loads, (run / "samples.jsonl").read_text(encoding="utf-8").splitlines())
    return [sample for sample in samples if sample["moment"] == "after"][:number]


if __name__ == "__main__":
    main()

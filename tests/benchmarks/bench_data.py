"""Rows -> packed batches: our preparation against TRL's, the same rows, tokenizer and number of processes.

    python tests/benchmarks/bench_data.py ROWS.json --rows 100000 --max-length 512

ROWS.json is a list of {"question", "solution"}, resampled to `--rows` and numbered so that no two are equal. Ours reads,
normalises, checks, tokenises, caches and packs; TRL's SFTTrainer reads, renders, tokenises, masks and packs (prompt and
completion, as messages). Each runs alone in a fresh process with empty caches; import and model are not counted. The
sides take turns for `--rounds`, and the fastest of each counts; seconds of the processor (all threads) are less noisy than
those of the clock on a shared machine, but do not show that ours uses both cores.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np


def write_rows(source: Path, number: int, folder: Path) -> dict[str, Path]:
    """Resample the rows to `number`, and write them as jsonl in the columns of each side."""
    rows = json.loads(source.read_text(encoding="utf-8"))
    chosen = np.random.default_rng(0).integers(len(rows), size=number)
    paths = {"ours": folder / f"ours{number}.jsonl", "trl": folder / f"trl{number}.jsonl"}
    with paths["ours"].open("w", encoding="utf-8") as ours, paths["trl"].open("w", encoding="utf-8") as trl:
        for i, row in enumerate(chosen):
            question, solution = f"Bài {i}. {rows[row]['question']}", rows[row]["solution"]
            prompt = [{"role": "user", "content": question}]
            completion = [{"role": "assistant", "content": solution}]
            ours.write(json.dumps({"question": question, "solution": solution}, ensure_ascii=False) + "\n")
            trl.write(json.dumps({"prompt": prompt, "completion": completion}, ensure_ascii=False) + "\n")
    return paths


def prepare_ours(path: Path, tokenizer_folder: str, max_length: int, folder: Path) -> dict[str, float]:
    """Time MathDataModule.setup on an empty cache."""
    from mathpal_lightning import MathDataModule
    from mathpal_lightning.chat import load_tokenizer

    data = MathDataModule(
        str(path),
        tokenizer=load_tokenizer(tokenizer_folder),
        max_length=max_length,
        validation_share=0.0,
        drop_picture_rows=False,
        max_refused_share=1.0,
        cache_dir=str(folder / "ours"),
    )
    start, cpu_start = time.perf_counter(), time.process_time()
    data.setup("fit")
    seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "tokens": data.report.tokens,
        "rows": data.report.kept,
        "density": data.report.density,
    }


def prepare_trl(path: Path, tokenizer_folder: str, max_length: int, folder: Path) -> dict[str, float]:
    """Time SFTTrainer's preparation with packing on an empty cache; what an empty data set costs is taken off."""
    from datasets import load_dataset
    from trl import SFTConfig, SFTTrainer

    from mathpal_lightning.chat import load_tokenizer
    from tests.tiny import tiny_gemma

    tokenizer, model = load_tokenizer(tokenizer_folder), tiny_gemma("gemma3")
    settings = SFTConfig(
        output_dir=str(folder / "trl"),
        packing=True,
        max_length=max_length,
        report_to=[],
        use_cpu=True,
        bf16=False,
        dataset_num_proc=None,
    )

    def prepare(rows: Path) -> tuple[float, float, SFTTrainer]:
        start, cpu_start = time.perf_counter(), time.process_time()
        data = load_dataset("json", data_files=str(rows), split="train")
        trainer = SFTTrainer(model=model, args=settings, train_dataset=data, processing_class=tokenizer)
        return time.perf_counter() - start, time.process_time() - cpu_start, trainer

    few = folder / "few.jsonl"
    few.write_text("".join(path.open(encoding="utf-8").readlines(20_000)[:8]), encoding="utf-8")
    overhead, cpu_overhead, _ = prepare(few)
    seconds, cpu_seconds, trainer = prepare(path)
    tokens = sum(len(ids) for ids in trainer.train_dataset.with_format("arrow")["input_ids"])
    return {
        "seconds": seconds - overhead,
        "cpu_seconds": cpu_seconds - cpu_overhead,
        "tokens": tokens,
        "density": tokens / (len(trainer.train_dataset) * max_length),
    }


def densities(source: Path, tokenizer_folder: str, number: int = 100_000) -> dict[int, tuple[float, float]]:
    """Pack `number` lengths, resampled from the encoded rows: {capacity: (density, seconds)}."""
    from mathpal_lightning.chat import load_tokenizer
    from mathpal_lightning.data.encode import encode_rows
    from mathpal_lightning.data.packing import best_fit_packs, density
    from mathpal_lightning.data.rows import Columns, read_rows
    from mathpal_lightning.data.sources import Generator, open_source
    from mathpal_lightning.schema import Row

    records = open_source(str(source), "train", Generator()).records()
    rows = [row for row in read_rows(records, Columns(), drop_picture_rows=False) if isinstance(row, Row)]
    lengths = np.array([len(document.input_ids) for document in encode_rows(load_tokenizer(tokenizer_folder), rows)])
    print(f"real rows: {len(lengths)}, {lengths.mean():.1f} tokens on average, {(lengths > 512).mean():.1%} over 512")
    found = {}
    for capacity in (512, 2048):
        sample = np.random.default_rng(0).choice(lengths[lengths <= capacity], number)
        start = time.perf_counter()
        packs = best_fit_packs(sample, capacity)
        found[capacity] = density(sample, packs, capacity), time.perf_counter() - start
    return found


def alone(side: str, path: Path, arguments: argparse.Namespace) -> dict[str, float]:
    """Run one side in a fresh process; adds its peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"HF_DATASETS_CACHE": f"{folder}/datasets", "HF_HUB_OFFLINE": "1", "PYTHONPATH": "."}
        command = [sys.executable, __file__, str(path), "--side", side, "--folder", folder]
        command += ["--tokenizer", arguments.tokenizer, "--max-length", str(arguments.max_length)]
        finished = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, encoding="utf-8")
    return json.loads(finished.stdout.splitlines()[-1])


def main() -> None:
    """Print one line a side, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--max-length", type=int, default=512)
    parser.add_argument("--tokenizer", default="offline-gemma", help="a folder, or offline-gemma")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only-ours", action="store_true")
    parser.add_argument("--side", choices=["ours", "trl"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        prepare = {"ours": prepare_ours, "trl": prepare_trl}[arguments.side]
        result = prepare(arguments.source, arguments.tokenizer, arguments.max_length, arguments.folder)
        print(json.dumps(result | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return
    if arguments.tokenizer == "offline-gemma":
        from mathpal_lightning.model.resolve import resolve_model

        arguments.tokenizer = str(resolve_model("offline-gemma"))
    for capacity, (full, seconds) in densities(arguments.source, arguments.tokenizer).items():
        print(f"packing 100000 real lengths into {capacity}: {full:.2%} full, {seconds:.2f} s", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for number in arguments.rows:
            paths = write_rows(arguments.source, number, Path(folder))
            sides = ["ours"] if arguments.only_ours else ["trl", "ours"]
            rounds = [{side: alone(side, paths[side], arguments) for side in sides} for _ in range(arguments.rounds)]
            fastest = {}
            for side in sides:
                least = {name: min(one[side][name] for one in rounds) for name in ("seconds", "cpu_seconds")}
                fastest[side] = rounds[0][side] | least
                figures = ", ".join(f"{name} {value:.5g}" for name, value in fastest[side].items())
                print(f"{side}: {number} rows, {figures}", flush=True)
            if not arguments.only_ours:
                clock, cpu = (fastest["trl"][name] / fastest["ours"][name] for name in ("seconds", "cpu_seconds"))
                print(f"ratio: {clock:.2f} by the clock, {cpu:.2f} by the processor", flush=True)


if __name__ == "__main__":
    main()

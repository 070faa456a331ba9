"""What the Throughput callback costs a step: microseconds inside its hooks, on a tiny Gemma and beside the whole step.

python tests/benchmarks/bench_throughput.py --batches 200
"""

import argparse
import functools
import statistics
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.loggers import CSVLogger
from torch.utils.data import DataLoader

from mathpal_lightning import MathPalModule
from mathpal_lightning.callbacks import Throughput
from mathpal_lightning.schema import PackedBatch

HOOKS = ("on_train_batch_start", "on_before_backward", "on_after_backward", "on_train_batch_end")


def timed(callback: Throughput, spent: list[float]) -> None:
    """Add the seconds of each step's hooks to a list that has one entry a step."""

    def clock(hook: Any, *arguments: Any) -> None:
        started = time.perf_counter()
        hook(*arguments)
        spent[-1] += time.perf_counter() - started

    for name in HOOKS:
        setattr(callback, name, functools.partial(clock, getattr(callback, name)))


def main() -> None:
    """Train the tiny Gemma 3 on rows of 2 x 512 and print the medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=200)
    parser.add_argument("--log_every", type=int, default=5)
    asked = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.tiny import tiny_gemma_folder

    ids = torch.randint(10, 400, (2, 512))
    batch = PackedBatch(ids, ids, (torch.arange(512) % 128).repeat(2, 1))
    with tempfile.TemporaryDirectory() as folder:
        module = MathPalModule(str(tiny_gemma_folder(Path(folder) / "tiny", "gemma3")), backend="transformers", bits=16)
        callback, spent = Throughput(), [0.0]
        timed(callback, spent)
        began: list[float] = []

        class Mark(Callback):
            def on_train_batch_start(self, *arguments: Any) -> None:
                began.append(time.perf_counter())
                spent.append(0.0)

        trainer = Trainer(
            max_steps=asked.batches, accelerator="cpu", precision="bf16-mixed", default_root_dir=folder,
            logger=CSVLogger(folder), log_every_n_steps=asked.log_every, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False, callbacks=[Mark(), callback],
        )  # fmt: skip
        trainer.fit(module, DataLoader([batch] * asked.batches, batch_size=None))  # type: ignore[arg-type]
    steps = [later - earlier for earlier, later in pairwise(began)]
    microseconds = sorted(1e6 * seconds for seconds in spent[10:])
    print(f"callback: median {statistics.median(microseconds):.0f} us a step, mean {statistics.mean(microseconds):.0f} us")
    print(f"step: median {1e3 * statistics.median(steps[10:]):.1f} ms")


if __name__ == "__main__":
    main()

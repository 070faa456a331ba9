"""Seconds from the shell to the first training step of `mathpal fit`, and where they go: one fresh process for each backend.

    python tests/benchmarks/bench_start.py configs/quickstart.yaml --model.backend transformers

The arguments are those of `mathpal fit --config`; the process leaves at the end of its first batch. Run it twice: the first
run of a model prepares it, its data and its preflight.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lightning.pytorch import Callback

ROOT = Path(__file__).parents[2]


class Milestones(Callback):
    """Prints the seconds since the process was started at each hook on the way to the first step, then leaves."""

    def __init__(self) -> None:
        self.at = {"imports and config": self._since_start()}

    @staticmethod
    def _since_start() -> float:
        return time.time() - float(os.environ["STARTED"])

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:
        self.at["data"] = self._since_start()

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        self.at["model"] = self._since_start()

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self.at["preflight, loaders"] = self._since_start()

    def on_train_batch_start(self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int) -> None:
        self.at["first batch"] = self._since_start()

    def on_train_batch_end(self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int) -> None:
        self.at["first step"] = self._since_start()
        before = 0.0
        for name, seconds in self.at.items():
            print(f"{name:<22}{seconds - before:6.1f} s   {seconds:6.1f} s", file=sys.stderr)
            before = seconds
        os._exit(0)


def main() -> None:
    """Start `mathpal fit` in a fresh process and a fresh run folder."""
    config, *flags = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mathpal_lightning", "fit", "--config", config, "--output_dir", folder, "--no_comet"]
        command += ["--evaluation.sample", "0", "--trainer.callbacks+=tests.benchmarks.bench_start.Milestones", *flags]
        environment = os.environ | {"STARTED": str(time.time()), "PYTHONPATH": str(ROOT)}
        subprocess.run(command, check=True, env=environment)


if __name__ == "__main__":
    main()

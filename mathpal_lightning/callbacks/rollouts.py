"""What a policy drew: every solution and its reward in rollouts.jsonl, means in the log, warnings where training goes wrong."""

from __future__ import annotations

import json
import logging
from collections import deque
from itertools import chain
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer

from mathpal_lightning.compat.lightning import data_of, is_dev_run, of_all_processes
from mathpal_lightning.files import text_lines, whole_objects, write_json_lines
from mathpal_lightning.run import RunFolder

log = logging.getLogger(__name__)
_FAR = 0.3
"""Nats a token from the policy as it began; the entropy of worked arithmetic is 0.01 to 0.1."""
_LONGER = 2.0
"""How much longer solutions may become on average, or shorter by the same factor."""


class KeepRollouts(Callback):
    """Keeps what `objective: grpo` draws, so that a person can read what was rewarded.

    Each line of rollouts.jsonl is one problem: question, reference, and each solution with its reward. A file that has grown
    beyond `megabytes` becomes rollouts.1.jsonl (the next one rollouts.2.jsonl), and a new one begins.

    Logged at each draw: `train/reward`, `train/pass_rate`, `train/signal` (share of groups whose rewards differ),
    `train/length` and `train/cut` (share of solutions that were cut). With any other objective the callback does nothing.

    Args:
        megabytes: Size at which a new file begins.
        window: Draws that a warning looks at.
    """

    def __init__(self, megabytes: float = 50.0, window: int = 20):
        self.megabytes = megabytes
        self._signals: deque[float] = deque(maxlen=window)
        self._lengths: deque[float] = deque(maxlen=window)
        self._first_length = 0.0  # of the first whole window since the run began or went on
        self._warned: set[str] = set()

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Forget the draws of an earlier fit."""
        if stage == "fit":
            self._signals.clear()
            self._lengths.clear()
            self._warned.clear()
            self._first_length = 0.0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Drop what a run that goes on drew after its checkpoint: it is drawn again."""
        if trainer.ckpt_path and trainer.is_global_zero:
            drop_later(RunFolder.of(trainer.default_root_dir), trainer.global_step)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: object, batch: object, batch_idx: int
    ) -> None:
        """Log and keep the last draw."""
        drawing: Any = getattr(data_of(trainer), "drawing", None)
        if not drawing or not drawing.graded:
            return
        figures: dict[str, float] = drawing.figures()
        for name, value in figures.items():
            on_bar, number = name in ("pass_rate", "signal"), len(drawing.graded)
            pl_module.log(f"train/{name}", value, prog_bar=on_bar, batch_size=number, sync_dist=True)
        self._warn(trainer, figures)
        lines = list(chain.from_iterable(of_all_processes(trainer, drawing.lines(trainer.global_step))))
        if trainer.is_global_zero and not is_dev_run(trainer):
            self._write(RunFolder.of(trainer.default_root_dir), lines)

    def _write(self, run: RunFolder, lines: list[dict[str, object]]) -> None:
        run.rollouts.parent.mkdir(parents=True, exist_ok=True)
        if run.rollouts.exists() and run.rollouts.stat().st_size > self.megabytes * 1e6:
            number = 1 + len(list(run.path.glob("rollouts.*.jsonl")))
            run.rollouts.rename(run.rollouts.with_name(f"rollouts.{number}.jsonl"))
        with run.rollouts.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def _warn(self, trainer: Trainer, figures: dict[str, float]) -> None:
        """Say once what goes wrong: nothing to learn from, a sampler that is not the trained policy, lengths that run away."""
        self._signals.append(figures["signal"])
        self._lengths.append(figures["length"])
        metrics = trainer.callback_metrics
        full = len(self._signals) == self._signals.maxlen
        length = sum(self._lengths) / len(self._lengths)
        self._first_length = self._first_length or (length if full else 0.0)
        times = length / self._first_length if self._first_length else 1.0
        kl = float(metrics.get("train/kl", 0.0))
        sampler_kl = abs(float(metrics.get("train/sampler_kl", 0.0)))
        surprise = float(metrics.get("train/surprise", 1.0))
        signal = sum(self._signals) / len(self._signals)
        found = {
            "signal": full and signal < 0.1,
            "sampler": sampler_kl > 0.1,
            "cut": figures["cut"] > 0.5,
            "entropy": full and surprise < 0.01 and signal < 0.25,
            "length": not 1 / _LONGER < times < _LONGER,
            "kl": kl > _FAR,
        }
        texts = {
            "signal": "In the last draws fewer than a tenth of the groups had solutions of different rewards: hardly "
            "anything to learn. If few are right, train longer with `objective: sft` first; if most are, give harder problems.",
            "sampler": f"The merged weights that draw differ from the trained ones by {sampler_kl:.2f} nats a token. "
            "Try `model.bits: 16`, or `model.precision: float32`.",
            "cut": "More than half of the solutions were cut before they ended. Raise `model.max_new_tokens`.",
            "entropy": "The policy has become nearly certain of every token, and most groups hold equal rewards. Stop here, "
            "or lower `model.learning_rate`.",
            "length": f"Solutions had {self._first_length:.0f} tokens on average and now have {length:.0f}. "
            "Read rollouts.jsonl: a reward may pay for the length alone.",
            "kl": f"The policy is {kl:.2f} nats a token away from the policy as it began. "
            "Lower `model.learning_rate`, or raise `model.policy.kl`.",
        }
        for name in sorted(name for name, holds in found.items() if holds and name not in self._warned):
            self._warned.add(name)
            log.warning(texts[name])


def drop_later(run: RunFolder, step: int) -> None:
    """Drop lines of later steps, and half a line, from the files of rollouts; a file that held no other is removed."""
    for file in run.path.glob("rollouts*.jsonl"):
        kept = [line for line in whole_objects(file) if line["step"] <= step]
        if not kept:
            file.unlink()
        elif len(kept) < len(text_lines(file, errors="replace")):
            write_json_lines(file, kept)

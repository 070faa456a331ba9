"""Exact match on held-out problems: before training, at each validation, after training, and in `mathpal test`."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.strategies import ModelParallelStrategy

from mathpal_lightning.callbacks.checkpoint import checkpoint_of, chosen_weights
from mathpal_lightning.callbacks.problems import each_once, held_out, own_rows
from mathpal_lightning.callbacks.summary import exact_match_line, write_summary
from mathpal_lightning.callbacks.votes import keep_attempts, read_attempts, vote_lines, vote_scores
from mathpal_lightning.compat.lightning import data_of, dev_batches, is_dev_run, of_all_processes
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.evaluation.scores.graded import graded, scores_of
from mathpal_lightning.evaluation.scores.problem_set import change, verdicts_of, warn_of_few
from mathpal_lightning.run import RunFolder, read_checkpoint, require_local
from mathpal_lightning.run.figures import Change, Scores, VoteFigures
from mathpal_lightning.run.folder import OF_A_FIT, SAMPLES
from mathpal_lightning.run.samples import keep_samples
from mathpal_lightning.schema import GradedSample, Row, Solver

log = logging.getLogger(__name__)

Own = TypeVar("Own")


class EvaluateSolutions(Callback):
    """Lets the model solve held-out problems and judges the answers by their mathematics.

    The problems are the first ones of a fixed shuffle of the validation rows (in `mathpal test`: of the test rows). The
    module must have `generate_solutions(questions) -> list[str]`; a question is a text, or the turns of a conversation
    where a row has a system text or earlier turns, as in training. Every sample is kept: one line of samples.jsonl.

    Logged at validations: `val/exact_match`, `val/exact_match_stderr`, `val/no_answer`; EarlyStopping and
    AdapterCheckpoint can monitor them. summary.json holds the scores before and after. The scores after are those of
    the weights that will be exported: the best checkpoint's, where one is monitored. The scores of every moment are also in
    `trainer.callback_metrics`: `evaluation/after`, with its interval `evaluation/after_low` and `evaluation/after_high`.

    Args:
        problems: Problems of the last evaluation and of `mathpal test`; 0 switches evaluation off.
        sample: Problems before training and at each validation; 0 skips those.
        max_new_tokens: Where a solution is cut; None: the module's own limit.
        file: The name of the file of samples. That of `mathpal test` has `test_` before it.
        votes: Attempts at each problem in `mathpal test`: one greedy solution and `votes - 1` sampled ones. Their scores by
            each rule that chooses one of them are noted in summary.json, the attempts in test_attempts.jsonl.
        votes_temperature: The temperature at which the other attempts are drawn.
        rows: Problems of your own, [{"question": ..., "solution": ..., "topic": ...}], in the place of held-out rows of the
            data module; the topic may be missing.
        folder: Where the files of samples and attempts are written; None: the run folder. summary.json says where they are.
    """

    def __init__(
        self,
        problems: int = 200,
        sample: int = 50,
        max_new_tokens: int | None = None,
        file: str = SAMPLES,
        votes: int = 1,
        votes_temperature: float = 0.6,
        rows: list[dict[str, str]] | None = None,
        folder: str | None = None,
    ):
        if votes < 1:
            raise ConfigError("`evaluation.votes` of 1 or more", str(votes), "At 1 each problem is solved once.")
        if problems < 0 or sample < 0:
            raise ConfigError(
                "`evaluation.problems` and `evaluation.sample` of 0 or more", f"{problems}, {sample}", "Raise it."
            )
        if Path(file).name != file or file in ("", "..", "."):
            raise ConfigError("a file name in the run folder for `evaluation.file`", repr(file), "Leave the folders out.")
        self.problems, self.sample, self.max_new_tokens, self.file = problems, min(sample, problems), max_new_tokens, file
        self.votes, self.votes_temperature = votes, votes_temperature
        self.rows = None if rows is None else own_rows(rows)
        self.folder = folder
        self.scores: dict[str, Scores] = {}
        self._solved_before: dict[str, bool] = {}

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Forget the scores of an earlier fit, and refuse sharded weights: all processes would have to generate together.

        Raises:
            ConfigError: problems to solve, and a strategy that shards or a module that cannot solve; or a run folder that is an
                address.
        """
        require_local("default_root_dir", trainer.default_root_dir)
        require_local("evaluation.folder", self.folder)
        if stage == "fit":
            self.scores, self._solved_before = {}, {}
        if not self.problems or stage not in ("fit", "test"):
            return
        if not hasattr(pl_module, "generate_solutions"):
            raise ConfigError(
                "a module with `generate_solutions(questions) -> list[str]` for EvaluateSolutions",
                f"{type(pl_module).__name__} without it",
                "Write that method, or leave the callback out.",
            )
        if isinstance(trainer.strategy, ModelParallelStrategy):
            raise ConfigError(
                "`evaluation.problems: 0` with ModelParallelStrategy",
                f"{self.problems}",
                "Set it, and score afterwards in one process: mathpal test --config RUN/config.yaml --ckpt_path last "
                "--trainer.strategy auto --trainer.devices 1 --evaluation.problems N.",
            )

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Score the untrained model, unless the run resumes from a checkpoint.

        Raises:
            ConfigError: the data module has no `validation_rows`. One that has held out no row is only warned of.
        """
        if not self.problems:
            return
        rows = self._problems(trainer, "validation", self.sample)
        if not rows and not self.has_problems(trainer) and trainer.is_global_zero:
            log.warning(
                "There are no validation rows, so this run is not scored. It trains and exports all the same. For scores, give "
                "`data.validation` or raise `data.validation_share`; without this warning: `evaluation.problems: 0`."
            )
        elif rows and trainer.global_step == 0:
            self._score(trainer, pl_module, "before", rows)

    def on_validation_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Score on the sample and log it, so that others can monitor it."""
        if not self.sample or trainer.sanity_checking or trainer.state.fn != "fit":
            return
        if not (rows := self._problems(trainer, "validation", self.sample)):
            return
        scores = self._score(trainer, pl_module, "during", rows)
        pl_module.log("val/exact_match", scores["accuracy"], prog_bar=True, sync_dist=True)
        pl_module.log("val/exact_match_stderr", scores["standard_error"], sync_dist=True)
        pl_module.log("val/no_answer", scores["no_answer"], sync_dist=True)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Score the weights that will be exported, on all problems."""
        if self.has_problems(trainer):
            with best_weights(trainer, pl_module):
                self._score(trainer, pl_module, "after", self._problems(trainer, "validation", self.problems))

    def on_test_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Score on the test rows."""
        if self.problems:
            scores = self._score(trainer, pl_module, "test", self._problems(trainer, "test", self.problems))
            pl_module.log("test/exact_match", scores["accuracy"], sync_dist=True)

    def has_problems(self, trainer: Trainer) -> bool:
        """Whether a fit is scored at its end: problems are asked for, and there are rows to take them from."""
        return bool(self.problems and self._problems(trainer, "validation", 1))

    def _problems(self, trainer: Trainer, split: str, number: int) -> list[Row]:
        """The given rows, else held-out ones of the data module; each problem once."""
        return held_out(trainer, split, number) if self.rows is None else each_once(self.rows, number)

    def state_dict(self) -> dict[str, object]:
        """The scores so far, so that a resumed run still has those from before training."""
        return {"scores": self.scores, "solved_before": self._solved_before}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore them."""
        self.scores = state_dict["scores"]
        self._solved_before = state_dict.get("solved_before", {})

    def _score(self, trainer: Trainer, pl_module: LightningModule, moment: str, rows: Sequence[Row]) -> Scores:
        """Solve and judge the rows, keep the samples and log the scores; every process solves a share of the rows."""
        started = time.perf_counter()
        rows = rows[: dev_batches(trainer) or None]  # a `fast_dev_run` solves as few as it has batches
        own = rows[trainer.global_rank :: trainer.world_size]
        options = {"max_new_tokens": self.max_new_tokens} if self.max_new_tokens else {}
        solutions = cast(Solver, pl_module).generate_solutions([row.prompt for row in own], **options)
        samples = [graded(row, solution, trainer.global_step) for row, solution in zip(own, solutions, strict=True)]
        samples = _of_all_processes(trainer, samples, len(rows))
        if trainer.is_global_zero and not is_dev_run(trainer):
            keep_samples(self._file(trainer, moment), moment, samples)
        scores = cast(Scores, scores_of(samples) | {"samples": self._noted(trainer, moment)})
        if moment in ("after", "test"):
            warn_of_few(scores["topic_counts"])
        if moment == "before":
            self._solved_before = verdicts_of(samples)
        elif moment == "after" and (changed := change(self._solved_before, verdicts_of(samples))):
            scores["change"] = cast(Change, changed)
        if moment == "test" and getattr(data_of(trainer), "test_is_validation", False):
            scores["rows"] = "validation"
        self.scores[moment] = {**scores, "step": trainer.global_step}
        if moment == "test" and self.votes > 1:
            self.scores["test"]["votes"] = self._vote(trainer, pl_module, rows, samples)
        if moment == "test":  # the scores of the fit stay: a checkpoint from before its end lacks the last of them
            fitted = RunFolder.of(trainer.default_root_dir).read_summary().get("evaluation", {})
            self.scores = fitted | {"test": self.scores["test"]}
        write_summary(trainer, "evaluation", self.scores)
        _log_scores(trainer, moment, scores, time.perf_counter() - started)
        return scores

    def _vote(
        self, trainer: Trainer, pl_module: LightningModule, rows: Sequence[Row], samples: Sequence[GradedSample]
    ) -> VoteFigures:
        """Draw the other attempts, judge and keep them, and log the scores of each rule."""
        started = time.perf_counter()
        mine = slice(trainer.global_rank, None, trainer.world_size)
        own, first = rows[mine], [sample.solution for sample in samples[mine]]
        temperature, cut = self.votes_temperature, self.max_new_tokens
        drawn = cast(Solver, pl_module).draw_solutions([row.prompt for row in own], self.votes - 1, temperature, cut)
        attempts = [read_attempts(row, [greedy, *others]) for row, greedy, others in zip(own, first, drawn, strict=True)]
        attempts = _of_all_processes(trainer, attempts, len(rows))
        figures = vote_scores(attempts)
        figures["temperature"] = self.votes_temperature
        figures["seconds"] = round(time.perf_counter() - started, 1)
        if trainer.is_global_zero:
            if not is_dev_run(trainer):
                keep_attempts(self._file(trainer, "test").with_name("test_attempts.jsonl"), rows, attempts)
            log.info("Several attempts at each problem (%.0f s):\n%s", figures["seconds"], "\n".join(vote_lines(figures)))
        return figures

    def _file(self, trainer: Trainer, moment: str) -> Path:
        """The file that gets the samples of a moment."""
        folder = Path(self.folder) if self.folder else RunFolder.of(trainer.default_root_dir).path
        return folder / (self.file if moment in OF_A_FIT else f"test_{self.file}")

    def _noted(self, trainer: Trainer, moment: str) -> str:
        """This file from the run folder, so that a run that is moved keeps its samples; elsewhere its whole path."""
        file, run = self._file(trainer, moment).resolve(), RunFolder.of(trainer.default_root_dir).path.resolve()
        return (file.relative_to(run) if file.is_relative_to(run) else file).as_posix()


def _of_all_processes(trainer: Trainer, own: Sequence[Own], count: int) -> list[Own]:
    """What every process made of its share, every n-th row, in the order of the rows."""
    shares = of_all_processes(trainer, own)
    return [shares[number % len(shares)][number // len(shares)] for number in range(count)]


def _log_scores(trainer: Trainer, moment: str, scores: Scores, seconds: float) -> None:
    """Hand the scores to the Trainer and its loggers, and log a line."""
    low, high = scores["interval"]
    metrics = {"": scores["accuracy"], "_low": low, "_high": high}
    shown = {f"evaluation/{moment}{name}": torch.tensor(value) for name, value in metrics.items()}
    trainer.callback_metrics.update(shown)
    for logger in trainer.loggers if moment != "during" else ():
        logger.log_metrics({f"evaluation/{moment}": scores["accuracy"]}, step=trainer.global_step)
    if trainer.is_global_zero:
        of = f"{moment} (on the validation rows)" if "rows" in scores else moment
        log.info("Evaluation %s: %s (%.0f s)", of, exact_match_line(scores), seconds)


@contextmanager
def best_weights(trainer: Trainer, pl_module: LightningModule) -> Iterator[None]:
    """Put the best checkpoint's weights into the module for the block, where a metric says which is best."""
    best = chosen_weights(trainer) if getattr(checkpoint_of(trainer), "monitor", None) else None
    if best is None or best.checkpoint is None:
        yield
        return
    last = {name: weight.clone() for name, weight in pl_module.state_dict().items()}
    saved = read_checkpoint(best.checkpoint, pl_module.device, unsealed=True)["state_dict"]
    pl_module.load_state_dict(saved, strict=False)
    try:
        yield
    finally:
        pl_module.load_state_dict(last, strict=False)

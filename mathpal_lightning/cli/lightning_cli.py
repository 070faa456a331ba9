"""MathPalCLI: LightningCLI with our module, data module, callbacks and run folder."""

from __future__ import annotations

import json as jsons
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import lightning.pytorch as pl
import torch
from jsonargparse import Namespace
from lightning.pytorch import Callback
from lightning.pytorch.callbacks import ProgressBar, RichProgressBar
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI
from lightning.pytorch.loggers import CometLogger, Logger

from mathpal_lightning.callbacks import (
    AdapterCheckpoint,
    EvaluateSolutions,
    ExportModel,
    KeepRollouts,
    Preflight,
    PushToHub,
    RunSummary,
    SaveOnInterruption,
    StopOnDivergence,
    Throughput,
    WriteSolutions,
)
from mathpal_lightning.callbacks.earlier_run import ForgetEarlierRun
from mathpal_lightning.callbacks.resume import require_same_settings
from mathpal_lightning.callbacks.step_lines import StepLines
from mathpal_lightning.checks.finding import Finding, as_json, attempt_checks, exit_status, findings_table
from mathpal_lightning.checks.parts import check_comet
from mathpal_lightning.cli.comet import loggers
from mathpal_lightning.cli.config import MathPalArgumentParser, parse
from mathpal_lightning.cli.errors.libraries import refused_setting
from mathpal_lightning.cli.errors.memory import is_out_of_memory, memory_limit_error
from mathpal_lightning.cli.keys import OWN
from mathpal_lightning.cli.processes import end_together, is_first_process, require_agreement
from mathpal_lightning.cli.quiet import quiet
from mathpal_lightning.cli.run_config import SaveRunConfig, forget_settings_of_other_calls
from mathpal_lightning.cli.run_folder import find_checkpoint, keep_metrics, prepare_run_folder, require_free
from mathpal_lightning.cli.signals import name_of
from mathpal_lightning.cli.trainer import MathPalTrainer
from mathpal_lightning.cli.trainer.bench import bench_table
from mathpal_lightning.cli.trainer.settings import set_an_end
from mathpal_lightning.compat.lightning import SteeredCLI
from mathpal_lightning.data import MathDataModule
from mathpal_lightning.errors import RunInterrupted
from mathpal_lightning.files import OUTPUTS
from mathpal_lightning.messages import speak
from mathpal_lightning.model import MathPalModule
from mathpal_lightning.report.words import Language
from mathpal_lightning.run import RunFolder, read_checkpoint
from mathpal_lightning.terminal import plain_console

WRITE_NOTHING = ("preflight", "bench")
"""Verbs that leave the run folder alone."""

log = logging.getLogger(__name__)


class MathPalCLI(SteeredCLI):
    """Lightning's verbs on MathPalModule and MathDataModule.

    Beside Lightning's sections `trainer`, `model` and `data`, a config has `checkpoint`, `evaluation`, `export` and `push`
    (the arguments of AdapterCheckpoint, EvaluateSolutions, ExportModel and PushToHub) and the keys `name`, `output_dir`,
    `comet`, `lang`.
    """

    def __init__(self, args: list[str]):
        quiet()  # again, because Lightning raises its own log level when it is imported
        if asked := {verb: skipped for verb, skipped in self.subcommands().items() if verb in args[:1]}:
            # Only the parser of the verb that runs: each takes half a second.
            self.subcommands = lambda: asked  # type: ignore[method-assign]  # a static method that Lightning asks `self` for
        super().__init__(
            MathPalModule,
            MathDataModule,
            args=args,
            trainer_class=MathPalTrainer,
            parser_class=MathPalArgumentParser,
            parser_kwargs={verb: {"allow_abbrev": False} for verb in self.subcommands()} | {"allow_abbrev": False},
            save_config_callback=SaveRunConfig,
            seed_everything_default=0,
            auto_configure_optimizers=False,
            load_from_checkpoint_support=False,
        )

    @staticmethod
    def subcommands() -> dict[str, set[str]]:
        """Lightning's verbs, `preflight` and `bench`."""
        return LightningCLI.subcommands() | {verb: {"model", "datamodule"} for verb in WRITE_NOTHING}

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Add the keys of ours."""
        parser.add_argument("--name", type=str, default="run", help=OWN["name"])
        parser.add_argument("--output_dir", type=str, default=OUTPUTS, help=OWN["output_dir"])
        parser.add_argument("--overwrite", type=bool, default=False, help=OWN["overwrite"])
        parser.add_argument("--comet", type=Literal["auto", "offline", "off"], default="auto", help=OWN["comet"])
        parser.add_argument("--lang", type=Language, default="en", help=OWN["lang"])
        parser.add_lightning_class_args(EvaluateSolutions, "evaluation")
        parser.add_lightning_class_args(AdapterCheckpoint, "checkpoint")
        parser.add_lightning_class_args(ExportModel, "export")
        parser.link_arguments("model.objective", "data.objective")
        parser.add_lightning_class_args(PushToHub, "push")
        parser.link_arguments(("output_dir", "name"), "trainer.default_root_dir", compute_fn=_joined)

    def parse_arguments(self, parser: LightningArgumentParser, args: list[str]) -> None:  # type: ignore[override]  # of our `__init__`
        """Parse the arguments, and only them: Lightning compares them with sys.argv when both are there."""
        self.config = parse(parser, args)
        forget_settings_of_other_calls(self.config[self.config.subcommand], args)

    def before_instantiate_classes(self) -> None:
        """Make the run folder ready, in the language that is asked for."""
        settings = self.config[self.subcommand]
        speak(settings.lang)
        run = RunFolder.named(settings.output_dir, settings.name)
        if self.subcommand in ("fit", *WRITE_NOTHING):
            set_an_end(settings.trainer)
        if self.subcommand in WRITE_NOTHING:
            self.save_config_callback = None
            settings.model.preference.cache_reference = False  # the first epoch's steps are timed, nothing is kept
            return
        first = is_first_process()
        if first:
            self._lock = run.hold(str(self.subcommand))
        settings.ckpt_path = find_checkpoint(checkpoints_of(run, settings), settings.ckpt_path)
        if self.subcommand == "fit" and first:
            ready = require_free if settings.trainer.fast_dev_run else prepare_run_folder  # the first replaces nothing
            ready(run, overwrite=settings.overwrite, resume=settings.ckpt_path is not None)
        elif self.subcommand != "fit":
            if self.subcommand == "test" and settings.lang != "en":
                settings.verbose = False  # RunSummary prints a table of its own
            self.save_config_callback = None  # config.yaml stays that of the fit
            if settings.ckpt_path is None:
                say_what_is_asked(run, settings.model.adapter)

    def preflight(self, model: pl.LightningModule, datamodule: object, ckpt_path: str | None, json: bool) -> None:
        """Print the findings of `MathPalTrainer.preflight`, run folder and Comet; exit with the status of the first error."""
        settings = self.config[self.subcommand]
        run = RunFolder.named(settings.output_dir, settings.name)

        def run_folder_is_ready() -> Finding:
            resumed = find_checkpoint(checkpoints_of(run, settings), ckpt_path)
            require_free(run, overwrite=settings.overwrite, resume=resumed is not None)
            return Finding("run folder", f"{run.path}{f', going on from {resumed}' if resumed else ''}")

        findings = attempt_checks({"run folder": run_folder_is_ready})
        findings += self.trainer.preflight(model, datamodule, ckpt_path)  # type: ignore[attr-defined]  # a MathPalTrainer
        findings += attempt_checks({"comet": lambda: check_comet(settings.comet)})
        if json:
            print(jsons.dumps(as_json(findings), ensure_ascii=False, indent=2))
        else:
            plain_console().print(findings_table(f"Preflight of {run.path.name}", findings))
        sys.exit(exit_status(findings))

    def bench(self, model: pl.LightningModule, datamodule: object, steps: int, json: bool) -> None:
        """Print the figures of `MathPalTrainer.bench`."""
        settings = self.config[self.subcommand]
        figures = self.trainer.bench(model, datamodule, steps)  # type: ignore[attr-defined]  # a MathPalTrainer
        if not self.trainer.is_global_zero:
            return
        if json:
            print(jsons.dumps(figures, ensure_ascii=False, indent=2))
        else:
            what = f"{settings.model.model_name} in {settings.model.bits} bits, {settings.model.objective}"
            where = (
                f"{model.device.type}, {torch.get_num_threads()} threads"
                if model.device.type == "cpu"
                else torch.cuda.get_device_name(model.device)
            )
            title = f"Bench of {settings.name}: {what}, {settings.trainer.precision}, {where}"
            plain_console().print(bench_table(title, figures["training"], figures["evaluation"]))

    def figures(self) -> dict[str, object]:
        """What `--json` of test, validate and predict prints: the metrics, and of a test its scores by topic."""
        metrics = {name: value.item() for name, value in self.trainer.callback_metrics.items()}
        scores = RunFolder.of(self.trainer.default_root_dir).read_summary().get("evaluation", {}).get(str(self.subcommand))
        told: dict[str, object] = {"run": self.trainer.default_root_dir, "metrics": metrics}
        return told | ({"scores": scores} if scores else {})

    @contextmanager
    def around(self, subcommand: str) -> Iterator[None]:
        """Say what to change where the memory was not enough, and leave no process of a failed run behind."""
        try:
            yield
        except BaseException as error:
            end_together(self.trainer)
            if isinstance(error, MemoryError | RuntimeError | SystemError) and is_out_of_memory(error):
                raise memory_limit_error(error, self.config[subcommand]) from error
            if isinstance(error, SystemExit) and isinstance(error.__context__, KeyboardInterrupt):  # Lightning leaves with 1
                found = f"{name_of(error.__context__)} at step {self.trainer.global_step}"
                raise RunInterrupted("the run to end by itself", found, self.way_on()) from None
            raise
        finally:
            if subcommand == "fit" and self.trainer.is_global_zero:
                keep_metrics(RunFolder.of(self.trainer.default_root_dir))

    def way_on(self) -> str:
        """How a stopped call goes on, by what it has left in the run folder."""
        settings = self.config[self.subcommand]
        run = RunFolder.named(settings.output_dir, settings.name)
        if self.subcommand != "fit" or run.is_empty:
            return "Run the same command again."
        if any(checkpoints_of(run, settings).glob("*.ckpt")):
            return "Go on with the same command and --ckpt_path last."
        return "There is no checkpoint yet. Begin again: the same command with --overwrite."

    def instantiate_classes(self) -> None:
        """Make module, data and Trainer; say which setting Lightning or a tracker's package refuses.

        Raises:
            ConfigError: a value that Lightning does not take, or a package that is not installed.
        """
        try:
            super().instantiate_classes()
        except (ValueError, TypeError, ImportError) as error:  # MathPalError is none of these
            raise refused_setting(error) from error

    def before_fit(self) -> None:
        """Refuse a checkpoint of other settings before any weights load."""
        if checkpoint := self.config[self.subcommand].ckpt_path:
            require_same_settings(read_checkpoint(checkpoint), self.model, self.datamodule)

    def after_fit(self) -> None:
        """Close Comet's experiment: Lightning leaves it open, and an offline archive is written when it ends."""
        for logger in self.trainer.loggers:
            if isinstance(logger, CometLogger):
                logger.experiment.end()

    def instantiate_trainer(self, **kwargs: object) -> pl.Trainer:
        """Add our loggers to those of the config."""
        settings = self.config_init[self.subcommand]
        given = settings.trainer.logger
        others = given if isinstance(given, list) else [given] if isinstance(given, Logger) else []
        run = RunFolder.named(settings.output_dir, settings.name)
        bar, options = progress_of(settings.trainer)
        kwargs.update(options)
        if settings.trainer.enable_model_summary is None:
            kwargs["enable_model_summary"] = False  # MathPalModule says in one line what it trains
        watchers = [Preflight(), Throughput(), SaveOnInterruption(), StopOnDivergence(), ForgetEarlierRun(), KeepRollouts()]
        summary = RunSummary(settings.lang, started=time.monotonic())  # the data is read before a callback hears of the run
        self.trainer_defaults = {"callbacks": [*watchers, *bar, summary]}
        own = [] if self.subcommand in WRITE_NOTHING else loggers(run, str(self.subcommand), settings.comet)
        trainer = super().instantiate_trainer(**kwargs, logger=[*own, *others])
        require_agreement(trainer.num_devices, trainer.num_nodes)
        # A push comes last: what it cannot send is then in the summary, the card and the trackers already.
        trainer.callbacks.sort(key=lambda callback: isinstance(callback, PushToHub))  # type: ignore[attr-defined]  # a MathPalTrainer
        if self.subcommand == "predict":
            trainer.callbacks.append(WriteSolutions(language=settings.lang))  # type: ignore[attr-defined]  # a MathPalTrainer
        return trainer


def progress_of(settings: Namespace) -> tuple[list[Callback], dict[str, object]]:
    """A bar where a person watches, else lines: a bar in a file would be one long line of control characters.

    Args:
        settings: the section `trainer`.

    Returns:
        Our callbacks, and arguments of the Trainer.
    """
    given = settings.callbacks if isinstance(settings.callbacks, list) else [settings.callbacks]
    if settings.enable_progress_bar is False or any(isinstance(callback, ProgressBar) for callback in given):
        return [], {}
    if sys.stdout.isatty():
        return [RichProgressBar()], {}
    return [StepLines()], {"enable_progress_bar": False}


def say_what_is_asked(run: RunFolder, adapter: str | None) -> None:
    """Say which weights are meant where no checkpoint is named: the run's exported adapter, another one, or the bare base."""
    if adapter and Path(adapter).resolve() == run.adapter.resolve():
        log.info("The run has no checkpoint, so its exported adapter is used.")
        return
    with_adapter = f" with the adapter {adapter}" if adapter else ""
    log.warning("No --ckpt_path is given: this is the base model%s, without the run's training.", with_adapter)


def checkpoints_of(run: RunFolder, settings: Namespace) -> Path:
    """Where this config keeps the checkpoints of a run."""
    return Path(settings.checkpoint.dirpath) if settings.checkpoint.dirpath else run.own_checkpoints


def _joined(output_dir: str, name: str) -> str:
    return str(Path(output_dir) / name)

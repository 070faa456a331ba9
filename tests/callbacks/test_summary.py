"""RunSummary: the seconds of a run are those of its fit, or of the command that began it."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from lightning.pytorch.loggers import CometLogger

from mathpal_lightning.callbacks import RunSummary, Throughput, summary
from tests.callbacks.foreign import batches, foreign_trainer
from tests.callbacks.test_health import Losses


@pytest.mark.parametrize(("started", "seconds"), [(None, 0.0), (990.0, 10.0)])
def test_the_seconds_begin_with_the_fit_or_with_the_command(
    started: float | None, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    clock = [0.0]
    monkeypatch.setattr(summary, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(summary, "report", lambda trainer, language: None)
    callback = RunSummary(started=started)
    clock[0] = 1000.0  # what a notebook does between its cells is no part of the run
    foreign_trainer(tmp_path, callback, enable_checkpointing=False).fit(Losses([1.0]), batches(1))
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["seconds"] == seconds


def test_a_dev_run_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    callbacks = (Throughput(), RunSummary())
    foreign_trainer(tmp_path, *callbacks, fast_dev_run=True).fit(Losses([1.0]), batches(1))
    assert not list(tmp_path.iterdir())
    assert "Run " not in capsys.readouterr().out


def test_a_module_whose_arithmetic_nobody_knows_gets_a_report(tmp_path: Path):
    callbacks = (Throughput(), RunSummary())
    foreign_trainer(tmp_path, *callbacks, enable_checkpointing=False).fit(Losses([1.0]), batches(1))
    assert "mfu" not in json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["training"]
    assert (tmp_path / "report.html").is_file()


class Experiment:
    def __init__(self) -> None:
        self.tags: list[str] = []

    def add_tags(self, tags: list[str]) -> None:
        assert tags, "Comet prints an error of an empty list"
        self.tags += tags

    def log_asset(self, *file: str, **named: str) -> None:
        """Nothing to send it to."""


class OwnComet(CometLogger):
    """A person's own logger, without a connection."""

    experiment = Experiment()  # type: ignore[assignment]  # of Comet it is a property

    def __init__(self) -> None:
        """Nothing to connect to."""
        type(self).experiment = Experiment()  # type: ignore[assignment]  # as above


@pytest.mark.parametrize(("config", "tags"), [("", []), ("model: {objective: sft, model_name: base}", ["sft", "base"])])
def test_a_comet_experiment_is_tagged_where_there_is_a_config(config: str, tags: list[str], tmp_path: Path):
    (tmp_path / "config.yaml").write_text(config, encoding="utf-8")
    logger = OwnComet()
    summary.log_to_comet(SimpleNamespace(default_root_dir=tmp_path, loggers=[logger]))  # type: ignore[arg-type]
    assert logger.experiment.tags == tags


def test_the_seconds_of_a_run_that_went_on_are_those_of_all_its_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    clock = [1000.0]
    monkeypatch.setattr(summary, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(summary, "report", lambda trainer, language: None)
    first = RunSummary(started=900.0)
    trainer = foreign_trainer(tmp_path, first, enable_checkpointing=False)
    trainer.fit(Losses([1.0]), batches(1))
    trainer.save_checkpoint(tmp_path / "last.ckpt")
    clock[0] = 9000.0  # the machine was off
    again = foreign_trainer(tmp_path, RunSummary(started=8960.0), enable_checkpointing=False)
    again.fit(Losses([1.0]), batches(1), ckpt_path=tmp_path / "last.ckpt")
    assert json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["seconds"] == 140.0

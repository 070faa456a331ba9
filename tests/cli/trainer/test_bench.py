"""`mathpal bench`: where the time of a step goes, and nothing is written into the run folder."""

import json
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import yaml
from lightning.pytorch import LightningDataModule, LightningModule

from mathpal_lightning import MathPalModule
from mathpal_lightning.cli.main import main
from mathpal_lightning.cli.trainer import MathPalTrainer, trainer
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.estimate import rates
from mathpal_lightning.model.compiled import is_long
from tests.cli.test_lightning_cli import tiny_config


def bench(config: dict, folder: Path, *flags: str) -> None:
    (folder / "given.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    main(["bench", "--config", str(folder / "given.yaml"), "--output_dir", str(folder / "outputs"), "--no_comet", *flags])


@pytest.mark.parametrize("objective", ["sft", "dpo"])
def test_the_parts_of_a_step_make_the_step_and_nothing_is_written(
    objective: str, gemma3_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(rates, "time", SimpleNamespace(perf_counter=count(1.0).__next__))  # every part lasts a second
    config = tiny_config(
        gemma3_folder,
        model={"objective": objective, "bits": 16},
        data={"max_length": 2048},
        trainer={"accumulate_grad_batches": 2, "max_steps": -1, "max_epochs": 1},
    )
    bench(config, tmp_path, "--json", "--steps", "4")
    figures = json.loads(capsys.readouterr().out)
    training, evaluation = figures["training"], figures["evaluation"]
    assert training["steps"] == 4
    parts = {name: values["median"] for name, values in training["seconds"].items()}
    assert all(parts[name] > 0 for name in ("data", "forward", "loss", "backward", "optimizer"))
    assert (parts["reference"] > 0) == (objective == "dpo")
    assert sum(parts.values()) == training["seconds_per_step"]["median"]
    assert 0 < training["supervised_tokens_per_second"]["median"] < training["tokens_per_second"]["median"]
    assert 0 < training["mfu"]["median"] < 1
    assert evaluation["problems"] == 10
    assert 0 < evaluation["tokens"] <= 10 * 8
    assert {path.name for path in tmp_path.iterdir()} == {"given.yaml", "cache"}
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {"data"}


def test_a_person_sees_one_table(gemma3_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    bench(tiny_config(gemma3_folder), tmp_path, "--steps", "1")
    out = capsys.readouterr().out
    rows = ["tokens/s", "supervised tokens/s", "MFU in %", "seconds a step", "data", "forward", "loss", "backward", "optimizer"]
    assert all(row in out for row in [*rows, "peak memory in GB", "evaluation tokens/s"])
    assert "reference" not in out


@pytest.mark.parametrize(("steps", "long"), [(20, False), (1000, True), (-1, True)])
def test_preflight_and_bench_compute_as_the_fit_that_they_stand_for(steps: int, long: bool, monkeypatch: pytest.MonkeyPatch):
    module, found = LightningModule(), []

    def stop(*_: object) -> None:
        found.append(is_long(module))
        raise InterruptedError

    monkeypatch.setattr(MathPalTrainer, "fit", stop)
    monkeypatch.setattr(trainer, "plan_of", stop)
    monkeypatch.setattr(trainer, "attempt_checks", lambda checks: [])
    for verb in ("preflight", "bench"):
        started = MathPalTrainer(max_steps=steps, max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False)
        module.trainer = started
        assert not is_long(module), "as in a validation alone"
        with pytest.raises(InterruptedError):
            getattr(started, verb)(module, LightningDataModule())
    assert found == [long, long]


def test_a_config_that_draws_solutions_is_refused():
    module = MathPalModule("no/such-model", objective="grpo")
    with pytest.raises(ConfigError, match="`model.objective: sft` or `dpo` for a bench, but found grpo"):
        MathPalTrainer(accelerator="cpu", logger=False).bench(module, None)


def test_no_steps_are_refused(gemma3_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as status:
        bench(tiny_config(gemma3_folder), tmp_path, "--steps", "0")
    assert status.value.code == 2
    assert "1 or more" in capsys.readouterr().err


def test_figures_are_taken_where_training_was(monkeypatch: pytest.MonkeyPatch):
    """Lightning moves a module to the CPU after a fit: on a card the ceiling and the decode rate were those of the CPU."""
    module, places = torch.nn.Linear(2, 2), []
    monkeypatch.setattr(trainer, "as_ours", lambda *_: (module, SimpleNamespace(validation_rows=[], train_rows=[])))
    monkeypatch.setattr(trainer, "home_of", lambda _: torch.device("meta"))
    for name in ("training_figures", "generation_figures"):
        monkeypatch.setattr(trainer, name, lambda *_: places.append(module.weight.device.type) or {})
    monkeypatch.setattr(MathPalTrainer, "fit", lambda *_: None)
    MathPalTrainer(accelerator="cpu", logger=False, enable_checkpointing=False).bench(module, None)
    assert places == ["meta", "meta"]

"""`mathpal preflight` and `fit --dry_run`: all problems in one table, the status of the worst, nothing written."""

import json
from pathlib import Path

import pytest
import yaml
from lightning.pytorch import LightningDataModule, LightningModule, Trainer
from lightning.pytorch.cli import LightningArgumentParser

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.cli.main import main
from mathpal_lightning.cli.trainer import MathPalTrainer
from tests.cli.test_lightning_cli import tiny_config


def preflight(verb: str, config: dict, folder: Path, *flags: str) -> int:
    (folder / "given.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    with pytest.raises(SystemExit) as status:
        main([verb, "--config", str(folder / "given.yaml"), "--output_dir", str(folder / "outputs"), "--no_comet", *flags])
    assert isinstance(status.value.code, int)
    return status.value.code


@pytest.mark.parametrize(("verb", "flag"), [("preflight", "--json"), ("fit", "--dry-run")])
@pytest.mark.parametrize("objective", ["sft", "dpo"])
def test_a_sound_run_is_described_and_nothing_is_written(
    verb: str, flag: str, objective: str, gemma3_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    config = tiny_config(gemma3_folder, model={"objective": objective}, data={"max_length": 2048})
    assert preflight(verb, config, tmp_path, flag) == 0
    names = ["run folder", "train rows", "steps", "masks", "memory", "disk", "export", "trained weights",
             "packed equals separate", "loss before the first step", "time", "comet"]  # fmt: skip
    out = capsys.readouterr().out
    if flag == "--json":
        findings = {finding["name"]: finding for finding in json.loads(out)["findings"]}
        assert [name for name in findings if name in names] == names
        assert findings["steps"]["found"].startswith("3 optimizer steps")
        assert ("one prompt for all completions" in findings["packed equals separate"]["found"]) == (objective == "dpo")
    else:
        assert all(name in out for name in names)
    assert not (tmp_path / "outputs").exists()


def test_two_processes_of_this_machine_are_counted(gemma3_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    two = ("--trainer.devices", "2", "--trainer.strategy", "ddp")
    assert preflight("preflight", tiny_config(gemma3_folder), tmp_path, "--json", *two) == 0
    findings = {finding["name"]: finding["found"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert "free for each of 2 processes" in findings["memory"]


def test_every_problem_is_in_the_table_at_once(gemma3_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    config = tiny_config(gemma3_folder, data={"train": "no/such.jsonl"}, export={"formats": ["gguf:q99"]})
    (tmp_path / "outputs/tiny").mkdir(parents=True)
    (tmp_path / "outputs/tiny/photo.jpg").write_text("mine", encoding="utf-8")
    assert preflight("preflight", config, tmp_path, "--json") == 2
    errors = {one["name"]: one for one in json.loads(capsys.readouterr().out)["findings"] if one["level"] == "error"}
    assert {"run folder", "rows", "export"} <= set(errors)
    assert all(one["expected"] and one["way_out"] for one in errors.values())


def test_a_misspelt_target_and_a_missing_model_are_found(
    gemma3_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    config = tiny_config(gemma3_folder, model={"lora_targets": ["q_proj", "gate_prj"]})
    assert preflight("preflight", config, tmp_path) == 0
    assert "gate_prj" in capsys.readouterr().out
    config = tiny_config(tmp_path / "nowhere")
    assert preflight("preflight", config, tmp_path) == 4


def test_a_training_without_an_end_is_one_epoch(gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Lightning would take 1,000 epochs."""
    epochs = []

    def preflight_of(
        self: MathPalTrainer,
        model: LightningModule,
        datamodule: LightningDataModule | None = None,
        ckpt_path: str | None = None,
        json: bool = False,
    ) -> list[Finding]:
        epochs.append(self.max_epochs)
        return []

    monkeypatch.setattr(MathPalTrainer, "preflight", preflight_of)
    config = tiny_config(gemma3_folder)
    del config["trainer"]["max_steps"]
    for end in ((), ("--trainer.max_time", "00:00:01:00"), ("--max_steps", "3"), ("--max_epochs", "4")):
        assert preflight("preflight", config, tmp_path, *end) == 0
    assert epochs == [1, 1, None, 4]


@pytest.mark.parametrize(("written", "read"), [("1", 1), ("0", 0), ("2", 2), ("1.0", 1.0), ("0.5", 0.5)])
def test_a_whole_number_of_batches_stays_one(written: str, read: float):
    """For Lightning 1 is one batch and 1.0 all of them; its own parser reads 1 as 1.0.

    Lightning's own Trainer is read first: Python then keeps its `float | int | None` for an equal union of another order.
    """
    LightningArgumentParser().add_lightning_class_args(Trainer, "trainer")
    parser = LightningArgumentParser()
    parser.add_lightning_class_args(MathPalTrainer, "trainer")
    limits = [f"limit_{stage}_batches" for stage in ("train", "val", "test", "predict")]
    for name in [*limits, "overfit_batches", "val_check_interval"]:
        value = parser.parse_args([f"--trainer.{name}={written}"]).trainer[name]
        assert (value, type(value)) == (read, type(read)), name

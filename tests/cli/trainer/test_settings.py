"""Values that cannot work are refused when the config is read: one line that names the key, nothing written."""

from pathlib import Path

import pytest
import torch

from mathpal_lightning.cli.lightning_cli import MathPalCLI
from mathpal_lightning.cli.main import long_flags, main
from mathpal_lightning.cli.trainer.settings import BOUNDS
from tests.test_public_names import keys_of_verbs


@pytest.mark.parametrize(
    ("flag", "value", "said"),
    [
        ("--trainer.accumulate_grad_batches", "0", "`trainer.accumulate_grad_batches` of 1 or more, but found 0"),
        ("--seed_everything", "-1", "`seed_everything` from 0 to 4294967295, but found -1"),
        ("--seed_everything", "4294967296", "from 0 to 4294967295"),
        ("--trainer.val_check_interval", "0", "but found 0"),
        ("--trainer.val_check_interval", "1.5", "as a share of an epoch"),
        ("--trainer.check_val_every_n_epoch", "0", "of 1 or more"),
        ("--trainer.limit_train_batches", "-3", "whole number of batches"),
        ("--trainer.max_steps", "-5", "-1 for no limit"),
        ("--trainer.gradient_clip_val", "-1", "of 0 or more"),
        ("--checkpoint.keep", "-2", "-1 for all"),
        ("--evaluation.max_new_tokens", "0", "of 1 or more"),
        ("--name", "n" * 300, "at most 200 bytes, but found 300 bytes"),
        ("--name", "bài-tập-" * 20, "at most 200 bytes, but found 220 bytes"),
        ("--trainer.accelerator", "quantum", "invalid accelerator name"),
        ("--trainer.devices", "-3", "`devices` selected with"),
        ("--trainer.strategy", "nonsense", "invalid strategy name"),
        ("--trainer.strategy", "deepspeed", "pip install deepspeed"),
        ("--trainer.logger", "WandbLogger", "pip install wandb"),
        ("--trainer.logger", "Nonsense", "Given value: Nonsense"),
        ("--trainer.max_time", "yesterday", "not a valid duration"),
    ],
)
def test_a_value_that_cannot_work_is_refused_in_one_line(
    flag: str, value: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit) as status:
        main(
            ["fit", "--data.train", "generated", "--output_dir", str(tmp_path / "outputs")]
            + ["--trainer.accelerator", "cpu", "--no_comet", flag, value]
        )
    assert status.value.code == 2
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("mathpal:")]
    assert said in line
    assert len(line) < 800
    assert not list(tmp_path.glob("outputs/*/checkpoints"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_said_and_what_to_take_instead(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as status:
        main(["fit", "--data.train", "generated", "--output_dir", str(tmp_path), "--trainer.accelerator", "cuda"])
    assert status.value.code == 2
    assert "--trainer.accelerator auto" in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags",
    [
        ["--quick_test"],
        ["--trainer.limit_val_batches", "2"],
        ["--trainer.limit_train_batches", "0.5"],
        ["--trainer.limit_val_batches", "0"],
        ["--trainer.val_check_interval", "100"],
        ["--trainer.val_check_interval", "0.25"],
        ["--trainer.max_epochs", "-1"],
        ["--trainer.fast_dev_run", "true"],
        ["--seed_everything", "4294967295"],
        ["--seed_everything", "true"],
    ],
)
def test_values_that_work_are_taken(flags: list[str], tmp_path: Path):
    arguments = ["fit", "--output_dir", str(tmp_path), "--trainer.accelerator", "cpu", *flags]
    OnlyMade(long_flags(arguments))


class OnlyMade(MathPalCLI):
    """Make the Trainer, the module and the data, and run nothing."""

    def _run_subcommand(self, subcommand: str) -> None:
        """Run nothing."""


def test_every_bound_is_of_a_key_that_there_is():
    keys = keys_of_verbs("fit")["fit"]
    assert len(BOUNDS) > 15
    assert set(BOUNDS) <= set(keys)

"""A disk that is really full, or really read-only: one line, nothing half written, and the run goes on when there is room."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import yaml
from lightning.pytorch import Callback, LightningModule, Trainer

from tests.cli.test_lightning_cli import tiny_config


class FillDisk(Callback):
    """Somebody else's file: it leaves room for one checkpoint of the tiny model, not for two."""

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        disk = Path(trainer.default_root_dir).parent
        (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - 480_000))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A tmpfs with room for a whole run, which preflight sees to."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=10m", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fit(base: Path, disk: Path, *flags: str, fill: bool = False) -> subprocess.CompletedProcess[str]:
    config = tiny_config(base, evaluation={"problems": 0}, export={"formats": []}, data={"max_length": 512})
    config["trainer"]["callbacks"] = [{"class_path": "tests.cli.test_full_disk.FillDisk"}] if fill else []
    file = disk.parent / "config.yaml"
    file.write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "mathpal_lightning", "fit", "--config", str(file), "--output_dir", str(disk), "--no_comet"]
    return subprocess.run([*command, *flags], capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})


def test_a_full_disk_loses_nothing_and_the_run_goes_on(gemma3_folder: Path, disk: Path):
    done = fit(gemma3_folder, disk, fill=True)
    assert done.returncode == 10, done.stderr
    assert "No space left on device" in done.stderr
    assert "--ckpt_path last" in done.stderr
    assert "Traceback" not in done.stderr
    checkpoints = list((disk / "tiny" / "checkpoints").glob("*.ckpt"))
    assert [path.name for path in checkpoints] == ["step=3.ckpt"]
    assert torch.load(checkpoints[0], weights_only=True)["global_step"] == 3
    assert not [path for path in disk.rglob("*") if path.name.endswith((".tmp", ".old"))]
    subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
    again = fit(gemma3_folder, disk, "--ckpt_path", "last", "--max_steps", "5")
    assert again.returncode == 0, again.stderr
    assert torch.load(disk / "tiny/checkpoints/last.ckpt", weights_only=True)["global_step"] == 5


def test_a_read_only_folder_is_said_in_one_line(gemma3_folder: Path, disk: Path):
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = fit(gemma3_folder, disk)
    assert done.returncode == 10, done.stderr
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr

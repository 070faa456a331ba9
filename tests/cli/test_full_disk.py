"""A disk that is really full, or really read-only: one line, nothing half written, and the run goes on when there is room."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import yaml
from lightning.pytorch import Callback, LightningModule, Trainer

from tests.cli.test_lightning_cli import tiny_config
from tests.runs import Run, Runs


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


def fit(runs: Runs, base: Path, disk: Path, *flags: str, fill: bool = False) -> Run:
    config = tiny_config(base, evaluation={"problems": 0}, export={"formats": []}, data={"max_length": 512})
    config["trainer"]["callbacks"] = [{"class_path": "tests.cli.test_full_disk.FillDisk"}] if fill else []
    (disk.parent / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    flags = ("--config", "config.yaml", "--output_dir", str(disk), "--no_comet", *flags)
    return runs.mathpal("fit", *flags, cwd=disk.parent)


def test_a_full_disk_loses_nothing_and_the_run_goes_on(runs: Runs, gemma3_folder: Path, disk: Path):
    done = fit(runs, gemma3_folder, disk, fill=True)
    assert done.status == 10, done.stderr
    assert f"No space left on device at {disk / 'tiny/checkpoints/last'}" in done.stderr
    assert "--ckpt_path last" in done.stderr
    assert "Traceback" not in done.stderr
    checkpoints = list((disk / "tiny" / "checkpoints").glob("*.ckpt"))
    assert [path.name for path in checkpoints] == ["step=3.ckpt"]
    assert torch.load(checkpoints[0], weights_only=True)["global_step"] == 3
    assert not [path for path in disk.rglob("*") if path.name.endswith((".tmp", ".old"))]
    subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
    again = fit(runs, gemma3_folder, disk, "--ckpt_path", "last", "--max_steps", "5")
    assert again.status == 0, again.stderr
    assert torch.load(disk / "tiny/checkpoints/last.ckpt", weights_only=True)["global_step"] == 5


def test_a_disk_that_filled_since_the_last_fit_is_noticed_before_the_first_step(runs: Runs, gemma3_folder: Path, disk: Path):
    assert fit(runs, gemma3_folder, disk).status == 0
    (disk / "ballast").write_bytes(bytes(shutil.disk_usage(disk).free - 100_000))
    done = fit(runs, gemma3_folder, disk, "--name", "second")
    assert done.status == 10, done.stderr
    assert f"free for {disk / 'second'} (checkpoints" in done.stderr
    assert not (disk / "second" / "metrics.csv").exists()


def test_a_read_only_folder_is_said_in_one_line(runs: Runs, gemma3_folder: Path, disk: Path):
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = fit(runs, gemma3_folder, disk)
    assert done.status == 10, done.stderr
    assert f"{disk}, on a disk that can only be read. Choose another --output_dir" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("room", ["100k", "600k"])
def test_a_full_disk_under_the_cache_is_said_and_leaves_nothing_there(
    room: str, runs: Runs, gemma3_folder: Path, disk: Path, tmp_path: Path
):
    """The documents of the training rows take a megabyte: numpy and Arrow both meet the end of the disk."""
    subprocess.run(["mount", "-o", f"remount,size={room}", str(disk)], check=True)
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, export={"formats": []}, data={"max_length": 512})
    config["data"]["generator"] = {"count": 3000, "validation_count": 5, "test_count": 5}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    flags = ("--config", "config.yaml", "--no_comet", "--output_dir", str(tmp_path / "outputs"))
    done = runs.mathpal("fit", *flags, cwd=tmp_path, env={"MATHPAL_CACHE": str(disk / "cache")})
    assert done.status == 10, done.stderr
    assert f"No space left on device at {disk / 'cache'}" in done.stderr
    assert "MATHPAL_CACHE names another" in done.stderr
    assert "Traceback" not in done.stderr
    assert not [path for path in disk.rglob("*") if path.name.endswith((".tmp", ".arrow"))]

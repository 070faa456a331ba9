"""A disk that is really full, or really read-only: one line, nothing half written, and the run goes on when there is room."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import yaml

from tests.cli.test_lightning_cli import tiny_config


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A tmpfs of half a megabyte: one checkpoint of the tiny model fits, two do not."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", str(folder)], capture_output=True).returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fit(base: Path, disk: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    config = tiny_config(base, evaluation={"problems": 0}, export={"formats": []}, data={"max_length": 512})
    file = disk.parent / "config.yaml"
    file.write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "mathpal_lightning", "fit", "--config", str(file), "--output_dir", str(disk), "--no_comet"]
    return subprocess.run([*command, *flags], capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})


def test_a_full_disk_loses_nothing_and_the_run_goes_on(gemma3_folder: Path, disk: Path):
    early = fit(gemma3_folder, disk)
    assert early.returncode == 10, early.stderr
    assert "checkpoint.keep" in early.stderr  # preflight sees that the checkpoints will not fit
    assert not list(disk.rglob("*.ckpt"))
    fit(gemma3_folder, disk.parent / "roomy")  # now these settings have been seen, and the disk fills up in the run
    done = fit(gemma3_folder, disk, "--overwrite")
    assert done.returncode == 10, done.stderr
    assert "No space left on device" in done.stderr
    assert "--ckpt_path last" in done.stderr
    assert "Traceback" not in done.stderr
    checkpoints = list((disk / "tiny" / "checkpoints").glob("*.ckpt"))
    assert [path.name for path in checkpoints] == ["step=3.ckpt"]
    assert torch.load(checkpoints[0], weights_only=True)["global_step"] == 3
    assert not [path for path in disk.rglob("*") if path.name.endswith((".tmp", ".old"))]
    subprocess.run(["mount", "-o", "remount,size=10m", str(disk)], check=True)
    again = fit(gemma3_folder, disk, "--ckpt_path", "last", "--max_steps", "5")
    assert again.returncode == 0, again.stderr
    assert torch.load(disk / "tiny/checkpoints/last.ckpt", weights_only=True)["global_step"] == 5


def test_a_read_only_folder_is_said_in_one_line(gemma3_folder: Path, disk: Path):
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = fit(gemma3_folder, disk)
    assert done.returncode == 10, done.stderr
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr

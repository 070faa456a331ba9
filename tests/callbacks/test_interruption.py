"""A real SIGINT and SIGTERM to a real `mathpal fit`: it saves, says how to go on, and goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml

from tests.cli.test_lightning_cli import tiny_config
from tests.runs import Runs


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_the_run_goes_on(number: signal.Signals, gemma3_folder: Path, tmp_path: Path):
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, data={"max_length": 512}, export={"formats": []})
    config["trainer"] |= {"max_steps": 400, "max_epochs": 400, "limit_val_batches": 0}
    config["model"] |= {"schedule": "constant"}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    command = [sys.executable, "-m", "mathpal_lightning", "fit", "--config", "config.yaml", "--no_comet"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, env=environment, encoding="utf-8")
    metrics = tmp_path / "outputs/tiny/metrics.csv"
    while process.poll() is None and not (metrics.exists() and metrics.stat().st_size > 100):
        pass
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 9, errors
    assert "--ckpt_path last" in errors
    assert "Traceback" not in errors
    last = tmp_path / "outputs/tiny/checkpoints/last.ckpt"
    step = torch.load(last, weights_only=True)["global_step"]
    assert 0 < step < 400
    again = [*command, "--ckpt_path", "last", "--max_steps", str(step + 2)]
    subprocess.run(again, cwd=tmp_path, check=True, env=environment, capture_output=True)
    assert torch.load(last, weights_only=True)["global_step"] == step + 2


@pytest.mark.parametrize("hook", ["on_fit_start", "on_fit_end"])
def test_ctrl_c_outside_of_the_steps_says_so(hook: str, runs: Runs, gemma3_folder: Path, tmp_path: Path):
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, export={"formats": []})
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    before = "import signal\nfrom mathpal_lightning.callbacks.throughput import Throughput\n"
    before += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    before += f"Throughput.{hook} = lambda *_: (signal.raise_signal(signal.SIGINT), signal.raise_signal(signal.SIGINT))"
    done = runs.mathpal("fit", "--config", "config.yaml", "--no_comet", cwd=tmp_path, before=before)
    assert done.status == 9, done.stderr
    assert "found Ctrl-C" in done.stderr
    assert "Traceback" not in done.stderr

"""A real SIGINT, SIGTERM and SIGHUP to a real `mathpal fit`: it saves, says how to go on, and goes on."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest
import torch
import yaml
from lightning.pytorch import LightningModule
from torch.utils.data import DataLoader

from mathpal_lightning.callbacks.interruption import SaveOnInterruption
from mathpal_lightning.errors import RunInterrupted
from tests.callbacks.foreign import foreign_trainer
from tests.cli.test_faults import AT_STEP
from tests.cli.test_lightning_cli import tiny_config
from tests.runs import Runs

COMMAND = [sys.executable, "-m", "mathpal_lightning", "fit", "--config", "config.yaml", "--no_comet"]


def write_config(gemma3_folder: Path, folder: Path) -> None:
    """A config of 400 quick steps."""
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, data={"max_length": 512}, export={"formats": []})
    config["trainer"] |= {"max_steps": 400, "max_epochs": 400, "limit_val_batches": 0}
    config["model"] |= {"schedule": "constant"}
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")


def wait_for_steps(process: subprocess.Popen, folder: Path) -> None:
    """Return when the run has taken some steps."""
    metrics = folder / "outputs/tiny/metrics.csv"
    while process.poll() is None and not (metrics.exists() and metrics.stat().st_size > 100):
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_saves_and_the_run_goes_on(name: str, runs: Runs, gemma3_folder: Path, tmp_path: Path):
    write_config(gemma3_folder, tmp_path)
    command = ("fit", "--config", "config.yaml", "--no_comet")
    before = AT_STEP.format(step=3, do=f"import os, signal; os.kill(os.getpid(), signal.{name})")
    stopped = runs.mathpal(*command, cwd=tmp_path, before=before)
    assert stopped.status == 9, stopped.stderr
    assert "--ckpt_path last" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    last = tmp_path / "outputs/tiny/checkpoints/last.ckpt"
    assert torch.load(last, weights_only=True)["global_step"] == 4, "the step came to its end"
    again = runs.mathpal(*command, "--ckpt_path", "last", "--max_steps", "6", cwd=tmp_path)
    assert again.status == 0, again.stderr
    assert again.moments["step"] == 2
    assert torch.load(last, weights_only=True)["global_step"] == 6


def test_a_closed_terminal_saves_and_ends_the_run(gemma3_folder: Path, tmp_path: Path):
    write_config(gemma3_folder, tmp_path)
    terminal, end = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "--trainer.enable_progress_bar=true"],
        cwd=tmp_path,
        stdin=end,
        stdout=end,
        stderr=end,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(end)
    reader = threading.Thread(target=_read_all, args=(terminal,))
    reader.start()
    wait_for_steps(process, tmp_path)
    hangup = os.open(os.devnull, os.O_RDONLY)
    os.dup2(hangup, terminal)  # the terminal's last descriptor is gone: the kernel sends SIGHUP
    assert process.wait(timeout=120) == 9
    reader.join()
    assert 0 < torch.load(tmp_path / "outputs/tiny/checkpoints/last.ckpt", weights_only=True)["global_step"] < 400


def _read_all(terminal: int) -> None:
    """Read what is printed, so that the run never waits for a reader."""
    while os.read(terminal, 65536):
        pass


def test_nohup_outlives_its_terminal(monkeypatch: pytest.MonkeyPatch):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        callback = SaveOnInterruption()
        callback.on_train_start(None, None)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) == callback._note
        callback.teardown(None, None, "fit")
        assert signal.getsignal(signal.SIGTERM) != callback._note
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("hook", ["on_fit_start", "on_fit_end"])
@pytest.mark.parametrize(("sent", "said"), [("SIGINT", "Ctrl-C"), ("SIGTERM", "SIGTERM"), ("SIGHUP", "SIGHUP")])
def test_a_signal_outside_of_the_steps_says_so(
    hook: str, sent: str, said: str, runs: Runs, gemma3_folder: Path, tmp_path: Path
):
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, export={"formats": []})
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    before = "import signal\nfrom mathpal_lightning.callbacks.throughput import Throughput\n"
    before += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    before += f"Throughput.{hook} = lambda *_: (signal.raise_signal(signal.{sent}), signal.raise_signal(signal.{sent}))"
    done = runs.mathpal("fit", "--config", "config.yaml", "--no_comet", cwd=tmp_path, before=before)
    assert done.status == 9, done.stderr
    assert f"found {said}" in done.stderr
    assert "Traceback" not in done.stderr
    way_on = ["--overwrite"] if hook == "on_fit_start" else ["--ckpt_path", "last"]
    assert f"the same command {'with' if hook == 'on_fit_start' else 'and'} {' '.join(way_on)}." in done.stderr
    if sent == "SIGTERM":  # all signals leave the same run folder
        again = runs.mathpal("fit", "--config", "config.yaml", "--no_comet", *way_on, cwd=tmp_path)
        assert again.status == 0, again.stderr
        assert (tmp_path / "outputs/tiny/metrics.csv").is_file(), "also where the run that went on took no step"


class Stopped(LightningModule):
    """Sends itself Ctrl-C at its third step, once."""

    def __init__(self, stops: bool = True):
        super().__init__()
        self.weight, self.stops = torch.nn.Parameter(torch.ones(1)), stops

    def training_step(self, batch: torch.Tensor, batch_idx: int) -> torch.Tensor:
        if self.stops and self.global_step == 2:
            self.stops = False
            os.kill(os.getpid(), signal.SIGINT)
        return (self.weight * batch).sum()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def test_a_notebook_goes_on_with_the_same_callback(tmp_path: Path):
    """Lightning calls no teardown after an exception, and the noted signal stopped the next fit after one step."""
    trainer, module, rows = foreign_trainer(tmp_path, SaveOnInterruption()), Stopped(), DataLoader(torch.ones(8, 1))
    with pytest.raises(RunInterrupted):
        trainer.fit(module, rows)
    assert trainer.global_step == 3
    trainer.fit(module, rows, ckpt_path=tmp_path / "checkpoints/last.ckpt")
    assert trainer.global_step == 8


def test_a_fit_outside_of_the_main_thread_listens_to_no_signals(tmp_path: Path):
    """Python hands signals to its main thread only, and refuses handlers elsewhere."""
    trainer = foreign_trainer(tmp_path, SaveOnInterruption(), enable_checkpointing=False)
    thread = threading.Thread(target=trainer.fit, args=(Stopped(stops=False), DataLoader(torch.ones(8, 1))))
    thread.start()
    thread.join()
    assert trainer.global_step == 8

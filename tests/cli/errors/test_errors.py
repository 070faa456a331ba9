"""Errors of other libraries end in one line with a status; an error that nobody expected names its place and keeps a report."""

import errno
import json
import os
import re
from pathlib import Path

import pytest
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from safetensors import SafetensorError
from yaml import YAMLError

from mathpal_lightning.cli import main as front_door
from mathpal_lightning.cli.errors import as_one_of_ours
from mathpal_lightning.cli.errors.memory import is_out_of_memory
from mathpal_lightning.cli.streams import reader_is_gone
from mathpal_lightning.commands import doctor
from mathpal_lightning.errors import ConfigError, DataError, MathPalError, MemoryLimitError, ModelError, WriteError


def raising(error: BaseException, monkeypatch: pytest.MonkeyPatch, *flags: str) -> None:
    """Let `mathpal doctor` raise an error."""

    def diagnose(environment: object) -> object:
        raise error

    monkeypatch.setattr(doctor, "diagnose", diagnose)
    front_door(["doctor", *flags])


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (DataError("rows", "none", "Give some."), DataError, "Expected rows"),
        (MisconfigurationException("`max_time` is odd\nand more"), ConfigError, "found `max_time` is odd."),
        (SafetensorError("Error while deserializing header: HeaderTooSmall"), ModelError, "HeaderTooSmall"),
        (YAMLError("mapping values are not allowed here"), ConfigError, "mapping values"),
        (ModuleNotFoundError("No module named 'wandb'", name="wandb.sdk"), ConfigError, "pip install wandb"),
        (ValueError("Requirement 'mlflow>=1.0.0' not met. HINT: Try"), ConfigError, "pip install mlflow"),
        (ModuleNotFoundError("No module named '_lzma'", name="_lzma"), ConfigError, "one without its own module _lzma"),
        (
            Exception("Failed to launch worker thread: Resource temporarily unavailable"),
            ConfigError,
            "ulimit -u",
        ),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), ConfigError, "data.num_workers: 0"),
        (OSError(errno.ENOSPC, "No space left on device"), WriteError, "No space left"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), MemoryLimitError, "CUDA out of memory"),
        (torch.OutOfMemoryError("out of memory"), MemoryLimitError, "memory"),
        (RuntimeError("could not create a primitive"), MemoryLimitError, "a primitive"),
        (SystemError("<built-in function x> returned NULL without setting an exception"), MemoryLimitError, "NULL"),
        (MemoryError(), MemoryLimitError, "MemoryError"),
    ],
)
def test_an_error_of_a_library_becomes_one_of_ours(error: Exception, kind: type, said: str):
    ours = as_one_of_ours(error)
    assert type(ours) is kind
    assert said in str(ours)


def test_words_about_memory_in_a_value_error_say_nothing_about_memory():
    assert not is_out_of_memory(ValueError("a text about memory: out of memory"))


UNEXPECTED = [KeyError("gold"), ZeroDivisionError("integer modulo by zero"), json.JSONDecodeError("x", "", 0)]


@pytest.mark.parametrize("error", UNEXPECTED)
def test_an_unexpected_error_is_one_line_with_its_place_and_a_report(
    error: Exception, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecretsecret")
    monkeypatch.setattr("sys.argv", ["mathpal", "doctor", "--key", "hf_secretsecretsecret"])
    with pytest.raises(SystemExit) as status:
        raising(error, monkeypatch)
    assert status.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(rf"{type(error).__name__} at mathpal_lightning/commands/doctor.py:\d+: ", line)
    assert "Please report it" in line
    (report,) = (tmp_path / "errors").iterdir()
    assert str(report) in line
    text = report.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "hf_secretsecretsecret" not in text


def test_a_report_that_cannot_be_written_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "file"))
    with pytest.raises(SystemExit):
        raising(KeyError("gold"), monkeypatch)
    said = capsys.readouterr().err
    assert "KeyError" in said
    assert "--debug" in said


def test_debug_shows_the_error_itself(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(KeyError):
        raising(KeyError("gold"), monkeypatch, "--debug")


def test_a_reader_that_is_gone_is_no_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setitem(front_door.__globals__, "stdout_is_closed", lambda: True)
    with pytest.raises(SystemExit) as status:
        raising(BrokenPipeError(errno.EPIPE, "Broken pipe"), monkeypatch)
    assert status.value.code == 141
    assert capsys.readouterr().err == ""


def test_the_end_of_a_reader_is_seen_without_a_kept_back_byte():
    """With PYTHONUNBUFFERED, a flush after the failed write finds nothing to write."""
    reads, writes = os.pipe()
    assert not reader_is_gone(writes)
    os.close(reads)
    assert reader_is_gone(writes)
    os.close(writes)


def test_every_kind_of_error_has_a_status_of_its_own():
    kinds = MathPalError.__subclasses__()
    assert len(kinds) > 8
    assert len({kind.exit_code for kind in kinds}) == len(kinds)
    assert all(1 < kind.exit_code < 126 for kind in kinds)

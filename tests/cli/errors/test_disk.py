"""A full disk in the words of every library that writes files: one status, the path, and the way out."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest
from safetensors import SafetensorError

from mathpal_lightning.cli.errors import as_one_of_ours
from mathpal_lightning.files import is_disk_full, whole_file, whole_folder

FULL = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EDQUOT, "Disk quota exceeded"),
    OSError("750000 requested and 262144 written"),  # numpy
    RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 576 vs 534"),  # torch.save
    SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"),
    Exception("No space left on device (os error 28)"),  # tokenizers
    sqlite3.OperationalError("database or disk is full"),
]


@pytest.mark.parametrize("error", FULL, ids=str)
def test_each_library_is_understood(error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "cache"))
    assert is_disk_full(error)
    refused = as_one_of_ours(error)
    assert refused.exit_code == 10
    for part in ("Free some space", "--output_dir", "`checkpoint.keep: 1`", str(tmp_path / "cache"), "MATHPAL_CACHE"):
        assert part in str(refused)


@pytest.mark.parametrize("error", FULL, ids=str)
@pytest.mark.parametrize("writing", [whole_file, whole_folder])
def test_whoever_writes_a_file_of_ours_names_it(error: Exception, writing, tmp_path: Path):
    def write() -> None:
        with writing(tmp_path / "rows"):
            raise error

    with pytest.raises(OSError, match="rows") as raised:
        write()
    assert raised.value.errno in (errno.ENOSPC, errno.EDQUOT)
    assert list(tmp_path.iterdir()) == [], "nothing half written is left"


@pytest.mark.parametrize("error", [ValueError("pos 3"), OSError(errno.ENOENT, "No such file", "a"), RuntimeError("written")])
def test_other_errors_are_left_alone(error: Exception, tmp_path: Path):
    assert as_one_of_ours(error).exit_code != 10
    with pytest.raises(type(error)) as raised, whole_file(tmp_path / "a"):
        raise error
    assert raised.value is error


@pytest.mark.parametrize(
    ("number", "status", "way_out"),
    [
        (errno.EMFILE, 2, "ulimit -n 4096"),
        (errno.EFBIG, 10, "FAT32"),
        (errno.EIO, 10, "still mounted"),
        (errno.ESTALE, 10, "still mounted"),
    ],
)
def test_limits_and_disks_that_fail_are_no_fault_of_the_program(number: int, status: int, way_out: str):
    refused = as_one_of_ours(OSError(number, os.strerror(number)))
    assert refused.exit_code == status
    assert os.strerror(number) in refused.found
    assert way_out in refused.way_out

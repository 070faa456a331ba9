"""A run that could not be written where it should go is refused before it trains."""

import os
import stat
from pathlib import Path

import pytest

from mathpal_lightning.checks.place import LONGEST_BELOW, check_place
from mathpal_lightning.errors import ConfigError, WriteError


def test_a_folder_that_can_be_made_is_not_made(tmp_path: Path):
    folder = tmp_path / "outputs" / "lớp 5"
    assert check_place(folder).level == "ok"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a" * 256, "ớ" * 90])
def test_a_name_that_no_file_system_takes_is_refused(name: str, tmp_path: Path):
    with pytest.raises(ConfigError, match="at most 255 bytes"):
        check_place(tmp_path / name / "run")


def test_a_path_that_leaves_no_room_for_the_files_of_a_run_is_refused(tmp_path: Path):
    path = tmp_path
    while len(os.fsencode(path)) < 4095 - LONGEST_BELOW - 50:
        path /= "x" * 40
    assert check_place(path).level == "ok"
    with pytest.raises(ConfigError, match="at most 4095 bytes"):
        check_place(path / ("y" * 60))


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path):
    (tmp_path / "outputs").write_text("a file", encoding="utf-8")
    with pytest.raises(ConfigError, match="a folder at"):
        check_place(tmp_path / "outputs" / "run")


def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)  # root may write everywhere
    try:
        with pytest.raises(WriteError, match="to which this user may not write. Give this user the right"):
            check_place(tmp_path / "run")
    finally:
        tmp_path.chmod(stat.S_IRWXU)

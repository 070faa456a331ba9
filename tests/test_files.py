"""Files that are there whole or not at all, locks that exclude, digests of contents."""

import fcntl
import hashlib
import os
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from mathpal_lightning.errors import DataError
from mathpal_lightning.files import (
    as_stored,
    cache_folder,
    in_home,
    locked,
    read_objects,
    sha256_of,
    whole_file,
    whole_folder,
    whole_objects,
    write_json_lines,
)


def fail_after_writing(path: Path) -> float:
    return path.write_text("half", encoding="utf-8") / 0


def test_a_file_appears_when_the_block_ends(tmp_path: Path):
    path = tmp_path / "new" / "file.txt"
    with whole_file(path) as temporary:
        temporary.write_text("whole", encoding="utf-8")
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "whole"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_block_leaves_the_older_file_and_no_temporary(tmp_path: Path):
    path = tmp_path / "file.txt"
    path.write_text("older", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), whole_file(path) as temporary:
        fail_after_writing(temporary)
    assert path.read_text(encoding="utf-8") == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_replaces_the_older_one_whole(tmp_path: Path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old").write_text("old", encoding="utf-8")
    with whole_folder(folder) as temporary:
        (temporary / "new").write_text("new", encoding="utf-8")
        assert (folder / "old").exists()
    assert [path.name for path in folder.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("is_folder", [True, False])
def test_what_a_killed_process_left_is_removed_by_the_next_one(is_folder: bool, tmp_path: Path):
    def leave(number: int, seconds_ago: float) -> Path:
        left = tmp_path / f".model [1].{number}.tmp"
        (left / "weights" if is_folder else left).parent.mkdir(exist_ok=True)
        (left / "weights" if is_folder else left).write_text("half", encoding="utf-8")
        for part in (left, *left.rglob("*")):
            os.utime(part, (time.time() - seconds_ago,) * 2)
        return left

    nobody = 2**22 + 1  # above the largest number of a process
    left, other = leave(nobody, 3600), leave(os.getppid(), 3600)
    with whole_folder(tmp_path / "model [1]") if is_folder else whole_file(tmp_path / "model [1]") as temporary:
        assert not left.exists()
        assert other.exists(), "that process still writes"
        left = leave(nobody, 0)
        if not is_folder:
            temporary.touch()
    with whole_file(tmp_path / "model [1].json") as temporary:
        temporary.touch()
    assert left.exists(), "written just now, perhaps by another machine"


def test_files_of_a_folder_are_as_open_as_the_umask_lets_new_files_be(tmp_path: Path):
    plain = tmp_path / "plain.txt"
    plain.touch()
    with whole_folder(tmp_path / "merged") as temporary:
        save_file({"a": torch.zeros(1)}, temporary / "model.safetensors")  # writes it for one user only
    assert (tmp_path / "merged" / "model.safetensors").stat().st_mode == plain.stat().st_mode


def test_a_failed_block_leaves_the_older_folder(tmp_path: Path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "old").write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), whole_folder(folder) as temporary:
        fail_after_writing(temporary / "half")
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_lock_excludes_others_until_the_block_ends(tmp_path: Path):
    path = tmp_path / "lock"
    with locked(path), path.open(encoding="utf-8") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with path.open(encoding="utf-8") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_digest_is_that_of_the_contents_in_order(tmp_path: Path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_bytes(b"x" * 3_000_000)
    second.write_bytes(b"y")
    assert sha256_of(first, second) == hashlib.sha256(b"x" * 3_000_000 + b"y").hexdigest()
    assert sha256_of(second, first) != sha256_of(first, second)


def test_the_cache_folder_follows_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", "/somewhere")
    assert cache_folder() == Path("/somewhere")
    monkeypatch.delenv("MATHPAL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert cache_folder() == Path("/cache/mathpal")


def test_a_path_is_found_however_its_letters_are_composed(tmp_path: Path):
    stored = tmp_path / unicodedata.normalize("NFD", "Bài tập lớp 5") / unicodedata.normalize("NFD", "đề số 1.csv")
    stored.parent.mkdir()
    stored.touch()
    typed = tmp_path / "Bài tập lớp 5" / "đề số 1.csv"
    assert typed != stored
    assert as_stored(typed) == stored
    assert as_stored(stored) == stored
    assert as_stored(tmp_path / "đề số 2.csv") == tmp_path / "đề số 2.csv"


def test_only_a_known_user_has_a_home(monkeypatch: pytest.MonkeyPatch):
    """Excel keeps a lock file of this name beside an open workbook."""
    monkeypatch.setenv("HOME", "/home/lan")
    assert in_home("~/problems.xlsx") == Path("/home/lan/problems.xlsx")
    assert in_home("~$problems.xlsx") == Path("~$problems.xlsx")


def _read_by_report(file: Path) -> int:
    return len(list(whole_objects(file)))


def _read_by_export(file: Path) -> int:
    from mathpal_lightning.export.merge.best import read_problems

    return len(read_problems(str(file)))


def _read_by_improve(file: Path) -> int:
    from mathpal_lightning.commands.stages import lines_of

    return len(lines_of(file))


@pytest.mark.parametrize("read", [_read_by_report, _read_by_export, _read_by_improve])
def test_a_sample_with_any_line_separator_is_one_line(read: Callable[[Path], int], tmp_path: Path):
    """What a base model writes may hold U+2028 or U+0085, which JSON does not escape."""
    samples = [{"question": f"{n} + 1 = ?", "gold": "1", "solution": "a\u2028b\u0085c\u2029d\n"} for n in range(3)]
    write_json_lines(tmp_path / "samples.jsonl", samples)
    assert "\u2028" in (tmp_path / "samples.jsonl").read_text(encoding="utf-8")
    assert read(tmp_path / "samples.jsonl") == 3


def test_rows_that_somebody_saved_in_notepad_are_read(tmp_path: Path):
    (tmp_path / "rows.jsonl").write_bytes('\ufeff{"a": "số\u2028\u0085"}\r\n\r\n  \r\n{"a": 2}'.encode())
    assert read_objects(tmp_path / "rows.jsonl", "Mend it.") == [{"a": "số\u2028\u0085"}, {"a": 2}]


@pytest.mark.parametrize(
    ("line", "found"), [(b'{"a": ', "line 3: Expecting"), (b"[1]", "line 3: list"), (b'"s\xe8"', "line 3: .*utf-8")]
)
def test_a_row_that_cannot_be_read_is_named(line: bytes, found: str, tmp_path: Path):
    (tmp_path / "rows.jsonl").write_bytes(b'{"a": 1}\n\n' + line + b"\n")
    with pytest.raises(DataError, match=rf"rows\.jsonl, but found {found}.*Mend it\."):
        read_objects(tmp_path / "rows.jsonl", "Mend it.")


@pytest.mark.parametrize("read", [_read_by_report, _read_by_export])
def test_a_sample_that_a_killed_evaluation_left_half_is_passed_over(read: Callable[[Path], int], tmp_path: Path):
    write_json_lines(tmp_path / "samples.jsonl", [{"question": "1 + 1 = ?", "gold": "2"}])
    with (tmp_path / "samples.jsonl").open("ab") as file:
        file.write('{"question": "2 + 2 = ?", "gold": "đ'.encode()[:-1])
    assert read(tmp_path / "samples.jsonl") == 1

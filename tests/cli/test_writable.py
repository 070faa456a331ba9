"""A folder that may not be written to is refused before anything heavy is imported, with another place to name."""

import errno
import os
from pathlib import Path

import pytest

from mathpal_lightning import files
from mathpal_lightning.cli import early
from mathpal_lightning.cli.early import refuse_early
from mathpal_lightning.cli.errors.disk import refused_by_system
from mathpal_lightning.cli.main import flags_of_command
from mathpal_lightning.cli.sweep_flags import read_sweep_flags, refuse_trials
from mathpal_lightning.cli.writable import require_writable_for
from mathpal_lightning.errors import WriteError
from mathpal_lightning.records import ADAPTER_CONFIG
from mathpal_lightning.sweep.space import read_space


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a run in it, and a cache; what is named `locked` may not be written, not even by root."""
    for folder in ("locked/lop5", "outputs/lop6", "cache/data"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "config.yaml").write_text("name: x\n", encoding="utf-8")
        (tmp_path / folder / "adapter").mkdir()
        (tmp_path / folder / "adapter" / ADAPTER_CONFIG).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(files.os, "access", lambda path, mode: "locked" not in str(path) or not mode & os.W_OK)
    return tmp_path


@pytest.mark.parametrize(
    ("verb", "flags", "said"),
    [
        ("fit", ["--output_dir=locked", "--name=new"], r"the run new .*locked, to which .*Choose another --output_dir"),
        ("fit", ["--output_dir=locked/deep/er"], "locked, to which"),
        ("test", ["--output_dir=locked", "--name=lop5"], "Copy the run .*cp -r locked/lop5 FOLDER"),
        ("predict", ["--output_dir=locked", "--name=lop5", "--data.predict=generated"], "Copy the run"),
        ("fit", ["--data.cache_dir=locked/cache"], "Set another data.cache_dir"),
    ],
)
def test_a_run_that_cannot_be_written_is_refused_at_once(verb: str, flags: list[str], said: str, desk: Path):
    with pytest.raises(WriteError, match=said):
        refuse_early(verb, ["--data.train=generated", *flags])


def test_a_cache_that_cannot_be_written_is_refused_unless_reading_will_do(desk: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(desk / "locked"))
    for verb in ("fit", "preflight", "test"):
        with pytest.raises(WriteError, match=r"encoded rows .*locked, to which.*export MATHPAL_CACHE=FOLDER"):
            refuse_early(verb, ["--data.train=generated"])
    (desk / "locked" / "data").mkdir()
    refuse_early("test", ["--data.train=generated"])
    refuse_early("fit", ["--data.train=generated", "--print_config"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "locked/lop5"], "--out report.html"),
        (["report", "outputs/lop6", "--out", "locked/page.html"], "--out report.html"),
        (["export", "locked/lop5"], "--out FOLDER"),
        (["export", "locked/lop5", "--formats", "adapter", "--push", "a/b"], "--out FOLDER"),
        (["export", "outputs/lop6", "--out=locked/x"], "--out FOLDER"),
        (["export", "locked/lop5/adapter"], "--out FOLDER"),
        (["improve", "locked/lop5"], "Copy the run .*cp -r locked/lop5 FOLDER"),
        (["data generate", "locked/rows.jsonl", "--count", "5"], "mathpal data generate FILE"),
        (["data catalogue", "locked/topics.html"], "mathpal data catalogue FILE"),
        (["data pairs", "--out", "locked/pairs.jsonl"], "--out FILE"),
        (["data pairs", "--sft=locked/right.jsonl"], "--out FILE"),
        (["vocabulary", "generated", "--out", "locked/tokens"], "--out FILE"),
        (["migrate", "cache/config.yaml", "--out=locked/new.yaml"], "--out FILE"),
        (["rehearse", "--out", "locked/deep/rehearsal"], "--out FOLDER"),
        (["vocabulary", "generated"], ""),
        (["migrate", "cache/config.yaml"], ""),
        (["report", "locked/lop5", "--json"], ""),
        (["report", "locked/lop5", "--out", "page.html"], ""),
        (["report", "locked/lop5", "outputs/lop6"], ""),  # comparison.html is written here
        (["export", "locked/lop5", "--out", "outputs/exported"], ""),
        (["export", "locked/lop5", "--push", "a/b"], ""),
    ],
)
def test_what_a_command_writes_is_looked_at_first(words: list[str], said: str, desk: Path):
    verb, _, function = words[0].partition(" ")
    if not said:
        assert flags_of_command(words[0], verb, function or verb, words[1:])
        return
    with pytest.raises(WriteError, match=f"locked.*, to which this user may not write.*{said}"):
        flags_of_command(words[0], verb, function or verb, words[1:])


def test_improve_and_a_sweep_need_a_cache_too(desk: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(desk / "locked"))
    with pytest.raises(WriteError, match="MATHPAL_CACHE"):
        flags_of_command("improve", "improve", "improve", ["outputs/lop6"])
    with pytest.raises(WriteError, match="MATHPAL_CACHE"):
        refuse_sweep("--config=quickstart")


def test_a_sweep_that_cannot_be_written_is_refused_at_once(desk: Path):
    with pytest.raises(WriteError, match=r"the run rates .*locked, to which this user may not write.*--output_dir"):
        refuse_sweep("--config=quickstart", "--output_dir=locked", "--name=rates")


def refuse_sweep(*flags: str) -> None:
    own, given = read_sweep_flags([*flags, "--space=configs/spaces/sweep.yaml"])
    refuse_trials(own, given, read_space(own.space))


def test_a_report_on_rows_needs_a_cache(desk: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(desk / "locked"))
    with pytest.raises(WriteError, match="MATHPAL_CACHE"):
        require_writable_for("data report", ["rows.jsonl"])


def test_a_disk_that_can_only_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files.os, "access", lambda path, mode: False)
    if hasattr(os, "statvfs"):
        status = os.statvfs(tmp_path)
        read_only = os.statvfs_result([*status[:8], os.ST_RDONLY, status[9]])
        monkeypatch.setattr(files.os, "statvfs", lambda path: read_only)
        assert files.why_not_writable(tmp_path / "new" / "run") == f"{tmp_path}, on a disk that can only be read"
    assert early.require_writable_run("validate", tmp_path) is None


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES])
def test_what_fails_later_names_the_place_that_can_be_changed(number: int, desk: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    of_cache = refused_by_system(OSError(number, "no", str(desk / "cache" / "data" / "x")))
    of_run = refused_by_system(OSError(number, "no", str(desk / "outputs" / "lop6" / "x")))
    assert "export MATHPAL_CACHE=FOLDER" in str(of_cache)
    assert "--output_dir" not in str(of_cache)
    assert "Another place: --output_dir of a run" in str(of_run)

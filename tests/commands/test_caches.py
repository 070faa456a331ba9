"""`mathpal doctor --cache`: sound caches stay, damaged ones and leftovers of dead processes go."""

import json
import os
from pathlib import Path

import pytest

from mathpal_lightning.commands.caches import prune, report
from mathpal_lightning.commands.doctor import doctor
from mathpal_lightning.sealed import seal


def cached(folder: Path, name: str) -> Path:
    entry = folder / name
    entry.mkdir(parents=True)
    (entry / "input_ids.i32").write_bytes(b"1234" * 100)
    seal(entry)
    return entry


def dead_process() -> int:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child


def test_what_is_damaged_or_left_behind_goes_and_the_rest_stays(tmp_path: Path):
    sound, damaged, model = (cached(tmp_path, name) for name in ("data/a", "data/b", "models/gemma-c"))
    (damaged / "input_ids.i32").write_bytes(b"1234" * 99 + b"123\x00")
    dead = dead_process()
    left, in_use = tmp_path / f"models/.gemma-d.{dead}.tmp", tmp_path / f"data/.e.{os.getpid()}.tmp"
    left.mkdir()
    (left / "model.safetensors").write_bytes(b"x" * 5_000_000)
    in_use.mkdir()
    (tmp_path / "data/a.lock").write_text("", encoding="utf-8")
    lines = report(tmp_path)
    assert [path.exists() for path in (sound, model, in_use, damaged, left)] == [True, True, True, False, False]
    text = "\n".join(lines)
    assert "encoded rows: 1 sound" in text
    assert f"removed .gemma-d.{dead}.tmp (5.0 MB): left behind by process {dead}, which is gone" in text
    assert "removed b (0.0 MB): damaged: input_ids.i32 has other bytes than were written" in text
    assert prune(tmp_path) == []


def test_what_lies_in_a_folder_that_is_not_mathpals_stays(tmp_path: Path):
    dead = dead_process()
    foreign, ours = tmp_path / f"thesis/.notes.{dead}.tmp", tmp_path / f"errors/.notes.{dead}.tmp"
    for file in (foreign, ours):
        file.parent.mkdir()
        file.write_text("x", encoding="utf-8")
    assert [one.path for one in prune(tmp_path)] == [ours]
    assert foreign.exists()


def test_doctor_prints_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "none"))
    doctor(cache=True)
    assert "Nothing was damaged or left behind." in capsys.readouterr().out
    doctor(cache=True, json=True)
    assert json.loads(capsys.readouterr().out)[-1] == "Nothing was damaged or left behind."

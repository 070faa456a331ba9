"""What is free, as the machine and its container say."""

import mmap
from pathlib import Path

import pytest

from mathpal_lightning.estimate import machine
from mathpal_lightning.estimate.machine import available_bytes, resident_bytes


def test_the_machines_own_figures():
    before = resident_bytes()
    with mmap.mmap(-1, 50_000_000) as held:  # an allocator might have had as much at hand
        held.write(b"1" * 50_000_000)
        assert resident_bytes() - before > 40_000_000
    assert 0 < available_bytes() < 1 << 50


def test_the_limit_of_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    files = {"memory.max": "8000\n", "memory.current": "5000\n", "memory.stat": "anon 3000\ninactive_file 1000\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert available_bytes() == 4000
    (tmp_path / "memory.max").write_text("max\n", encoding="utf-8")
    assert available_bytes() > 4000

"""Cores, memory and quotes on every system."""

import os
import resource
import signal
import sys
from types import SimpleNamespace

import psutil
import pytest

from mathpal_lightning.compat import system


def test_only_cores_that_this_process_may_use_are_counted():
    assert system.usable_cores() == len(os.sched_getaffinity(0))


def test_all_cores_count_where_the_system_knows_no_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace())  # macOS
    assert system.usable_cores() == os.cpu_count()


def test_memory_is_in_bytes():
    resident, peak = system.resident_bytes(), system.peak_resident_bytes()
    assert 10**7 < resident <= peak * 1.01
    assert peak == pytest.approx(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, rel=0.05)
    assert resident / 100 < system.available_bytes() < psutil.virtual_memory().total


@pytest.mark.parametrize(("platform", "unit"), [("darwin", 1), ("freebsd", 1024)])
def test_the_peak_without_proc(platform: str, unit: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(system, "Path", lambda path: SimpleNamespace(exists=lambda: False))
    monkeypatch.setattr(sys, "platform", platform)
    assert system.peak_resident_bytes() == resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    monkeypatch.setattr(system, "resource", None)
    monkeypatch.setattr(psutil, "Process", lambda: SimpleNamespace(memory_info=lambda: SimpleNamespace(peak_wset=7)))
    assert system.peak_resident_bytes() == 7


def test_the_signals_that_ask_to_stop():
    assert set(system.STOP_SIGNALS) == {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    assert signal.SIGKILL == system.KILL


def test_the_shells_of_windows_get_double_quotes(monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patched:
        patched.setattr(os, "name", "nt")
        said = [system.quoted(word) for word in ("C:\\bài\\12.xlsx", "bài 12.xlsx", "[a.xlsx, b.xlsx]")]
    assert said == ["C:\\bài\\12.xlsx", '"bài 12.xlsx"', '"[a.xlsx, b.xlsx]"']

"""Locks exclude other processes, end with their process, and have a stand-in on disks that know no locks."""

import errno
import fcntl
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mathpal_lightning.compat import locks
from mathpal_lightning.errors import WriteError
from mathpal_lightning.files import hold, locked

TRY = "import sys; from mathpal_lightning.files import hold; sys.exit(0 if hold(sys.argv[1]) else 3)"
TRY_WITHOUT_FCNTL = "import sys; sys.modules['fcntl'] = None; " + TRY


def taken_elsewhere(path: Path, script: str = TRY) -> bool:
    """Whether another process finds the lock taken."""
    status = subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode
    assert status in (0, 3)
    return status == 3


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch):
    """Let locks below a folder fail with an errno, as its disk would."""

    def refuse(folder: Path, number: int) -> None:
        real = {name: getattr(fcntl, name) for name in ("flock", "lockf")}

        def call(name: str, handle, flags: int) -> None:
            descriptor = handle if isinstance(handle, int) else handle.fileno()
            if os.path.realpath(f"/proc/self/fd/{descriptor}").startswith(str(folder)):
                raise OSError(number, os.strerror(number))
            real[name](handle, flags)

        for name in real:
            monkeypatch.setattr(fcntl, name, lambda handle, flags, name=name: call(name, handle, flags))

    return refuse


def test_a_held_lock_keeps_other_processes_out_until_it_is_closed(tmp_path: Path):
    lock = hold(tmp_path / "new" / "lock")
    assert lock is not None
    assert taken_elsewhere(tmp_path / "new" / "lock")
    lock.close()
    assert not taken_elsewhere(tmp_path / "new" / "lock")


def test_a_held_lock_ends_with_its_process_and_not_with_forked_children(tmp_path: Path):
    script = (
        "import os, sys, time; from mathpal_lightning.files import hold; lock = hold(sys.argv[1]); child = os.fork()\n"
        "if child == 0: os.close(1); time.sleep(60); os._exit(0)\n"
        "print(child, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "lock")], stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False
    )
    child = int(done.stdout)
    assert not taken_elsewhere(tmp_path / "lock")
    os.kill(child, 9)


def test_without_fcntl_the_lock_is_still_exclusive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(locks, "fcntl", None)  # as on Windows
    lock = hold(tmp_path / "lock")
    assert lock is not None
    assert hold(tmp_path / "lock") is None
    lock.close()
    again = hold(tmp_path / "lock")
    assert again is not None
    again.close()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_a_disk_without_locks_gets_a_stand_in_that_excludes_on_this_machine(
    number: int, refuse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(locks.tempfile, "gettempdir", lambda: str(tmp_path / "local"))
    refuse(tmp_path / "shared", number)
    with caplog.at_level(logging.WARNING):
        lock = hold(tmp_path / "shared" / "lock")
    assert lock is not None
    assert len(caplog.records) == 1
    assert f"has no file locks ({os.strerror(number)})" in caplog.text
    (stand_in,) = (tmp_path / "local").rglob("*.lock")
    assert taken_elsewhere(stand_in)
    assert locks._stand_in(tmp_path / "shared" / "other") != stand_in
    lock.close()
    with locked(tmp_path / "shared" / "lock"):
        assert stand_in.exists()


def test_a_machine_without_any_locks_is_one_line_with_a_way_out(refuse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(locks.tempfile, "gettempdir", lambda: str(tmp_path / "local"))
    refuse(tmp_path, errno.ENOLCK)
    with pytest.raises(WriteError, match="a disk with file locks for .*none there .*TMPDIR"):
        hold(tmp_path / "lock")
    with pytest.raises(WriteError, match="a disk with file locks"), locked(tmp_path / "lock"):
        pass


def test_other_errors_pass(refuse, tmp_path: Path):
    refuse(tmp_path, errno.EIO)
    with pytest.raises(OSError, match="Input/output error"):
        hold(tmp_path / "lock")

"""A child ends with its parent, even when SIGKILL ends the parent."""

import subprocess
import sys

import psutil
import pytest

from mathpal_lightning.compat import child
from mathpal_lightning.compat.child import command_of_child

SLEEPER = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"]
WATCH = (
    "import sys; from mathpal_lightning.compat import child; child._SECONDS = 0.05; "
    "child._watch(sys.argv[2:], int(sys.argv[1]))"
)
"""What the script does on macOS."""


def test_status_output_and_arguments_are_those_of_the_program():
    script = "import sys; print(sys.argv[1:]); sys.exit(7)"
    done = subprocess.run(
        command_of_child([sys.executable, "-c", script, "a b", "--flag"]), capture_output=True, text=True, encoding="utf-8"
    )
    assert (done.returncode, done.stdout) == (7, "['a b', '--flag']\n")


@pytest.mark.parametrize("system", ["linux", "macos"])
def test_a_killed_parent_takes_its_child_along(system: str):
    start = f"""
import os, subprocess, sys
from mathpal_lightning.compat import child
command = child.command_of_child({SLEEPER!r})
if {system!r} == "macos":
    command = [sys.executable, "-c", {WATCH!r}, str(os.getpid()), *{SLEEPER!r}]
subprocess.Popen(command)
sys.stdin.read()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert parent.stdout is not None
    sleeper = psutil.Process(int(parent.stdout.readline()))
    assert sleeper.is_running()
    parent.kill()
    parent.wait()
    sleeper.wait(timeout=60)
    assert not sleeper.is_running()


def test_windows_runs_the_command_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(child.os, "name", "nt")
    assert command_of_child(["program", "argument"]) == ["program", "argument"]

"""SIGTERM and SIGHUP outside of the training steps: one line and status 9, as Ctrl-C; an ignored signal stays ignored."""

import os
import signal
import subprocess
import sys

import pytest

WAITING = """
import os, signal, sys
from mathpal_lightning.cli import main
from mathpal_lightning.commands import doctor
def diagnose(environment):
    os.kill(os.getpid(), signal.{name})
    print("went on")
    sys.exit(0)
doctor.diagnose = diagnose
main(["doctor"])
"""


@pytest.mark.parametrize(("name", "said"), [("SIGTERM", "SIGTERM"), ("SIGHUP", "SIGHUP"), ("SIGINT", "Ctrl-C")])
def test_a_signal_ends_a_command_with_one_line_and_status_9(name: str, said: str):
    script = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n" + WAITING.format(name=name)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 9, done.stderr
    line = f"mathpal: Expected the command to end by itself, but found {said}. Run the same command again."
    assert done.stderr.splitlines()[-1] == line
    assert "Traceback" not in done.stderr
    assert "went on" not in done.stdout


def test_nohup_is_obeyed():
    script = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + WAITING.format(name="SIGHUP")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stdout) == (0, "went on\n"), done.stderr


def test_the_handlers_are_given_back():
    from mathpal_lightning.cli import main

    before = signal.getsignal(signal.SIGTERM)
    main(["--version"])
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii"])
def test_an_encoding_without_vietnamese_stops_nothing(encoding: str):
    script = "import sys\nfrom mathpal_lightning.cli import main\nmain(['--version'])\nprint('Đáp số: ½ ┏━┓')"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHONIOENCODING", "PYTHONUTF8"))}
    chosen = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, env=environment | {"PYTHONIOENCODING": encoding}, check=True
    )
    assert b"p s" in chosen.stdout
    redirect = f"import io, sys; sys.stdout = io.TextIOWrapper(sys.stdout.buffer, {encoding!r})\n"
    found = subprocess.run([sys.executable, "-c", redirect + script], capture_output=True, env=environment, check=True)
    assert "Đáp số: ½ ┏━┓" in found.stdout.decode("utf-8")

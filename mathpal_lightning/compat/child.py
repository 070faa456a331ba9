"""Run a program that ends when this process ends, even when SIGKILL ends it: converters and servers leave no orphans.

`command_of_child` puts this file, run as a script, in front of a command. On Linux the script asks the kernel for a SIGTERM at
its parent's death (prctl(2), PR_SET_PDEATHSIG, which outlasts exec) and becomes the program. On macOS it starts the program and
watches the parent. On Windows the command stays as it is. (subprocess's `preexec_fn` may deadlock where threads run.)
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_SECONDS = 1.0
"""How often the parent is looked at where the kernel does not tell of its death."""


def command_of_child(command: Sequence[str | Path]) -> list[str]:
    """The command that runs `command` until it ends, or until the calling process does (not on Windows)."""
    # -P: the folder of this file, whose modules are named after libraries, stays out of sys.path.
    words = list(map(str, command))
    return words if os.name == "nt" else [sys.executable, "-P", __file__, str(os.getpid()), *words]


def _become(command: list[str], parent: int) -> None:
    """Become the program, with a SIGTERM ordered for the parent's death."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it died before the order
        sys.exit(1)
    os.execvp(command[0], command)


def _watch(command: list[str], parent: int) -> int:
    """Run the program, and end it when the parent is gone; its exit status."""
    import psutil

    started = psutil.Process(parent).create_time() if psutil.pid_exists(parent) else None
    with subprocess.Popen(command) as program:
        signal.signal(signal.SIGTERM, lambda *_: program.terminate())
        while program.poll() is None:
            if not (psutil.pid_exists(parent) and psutil.Process(parent).create_time() == started):
                program.terminate()
            try:
                program.wait(_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        return program.returncode


if __name__ == "__main__":
    if sys.platform.startswith("linux"):
        _become(sys.argv[2:], int(sys.argv[1]))
    sys.exit(_watch(sys.argv[2:], int(sys.argv[1])))

"""What Linux, macOS and Windows do differently: cores, memory, signals, and the quotes of their shells."""

from __future__ import annotations

import os
import re
import shlex
import signal
import stat
import sys
from pathlib import Path
from types import ModuleType

import psutil

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None

STOP_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Signals that ask a process to stop: Ctrl-C, a scheduler, a terminal that is closed (SIGHUP; on Windows SIGBREAK)."""
KILL: signal.Signals = getattr(signal, "SIGKILL", signal.SIGTERM)
"""The signal that no process can ignore; Windows has one way only to end another process, which it calls SIGTERM."""

_PLAIN = re.compile(r"[\w@%+=:,./-]+")
"""Words that every shell takes as they are; Vietnamese letters are none of its signs."""


def quoted(word: str | Path) -> str:
    """A word of a command that a person copies, in quotes where a shell needs them; cmd.exe knows only double ones.

    >>> quoted("outputs/lớp5"), quoted("bài 12.xlsx")
    ('outputs/lớp5', "'bài 12.xlsx'")
    """
    word = str(word)
    if os.name == "nt":
        return word if _PLAIN.fullmatch(word.replace("\\", "/")) else f'"{word}"'
    return word if _PLAIN.fullmatch(word) else shlex.quote(word)


def is_hangup(number: int) -> bool:
    """Whether a signal says that the terminal is closed."""
    return number == getattr(signal, "SIGHUP", None)


def is_ignored_hangup(number: int) -> bool:
    """Whether the process was started to outlive its terminal, as `nohup` starts it."""
    return is_hangup(number) and signal.getsignal(number) == signal.SIG_IGN


def leave_terminal() -> None:
    """Let what is printed from now on go nowhere where it went to a terminal: writing to a closed one is an error."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        if stat.S_ISCHR(os.fstat(descriptor).st_mode):
            os.dup2(nowhere, descriptor)
    os.close(nowhere)


def usable_cores() -> int:
    """How many processor cores this process may use; all of them on macOS, which knows no such limit."""
    process = psutil.Process()
    return len(process.cpu_affinity()) if hasattr(process, "cpu_affinity") else os.cpu_count() or 1


def resident_bytes() -> int:
    """The memory that this process holds now: its imports, and what it loaded."""
    return int(psutil.Process().memory_info().rss)


def available_bytes() -> int:
    """The memory of the machine that processes can still get without swapping; a container's limit is not counted."""
    return int(psutil.virtual_memory().available)


def peak_resident_bytes() -> int:
    """The most memory that this process ever held, by the operating system's own record."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    if resource is not None:  # macOS counts in bytes, other systems without /proc in units of 1,024
        return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * (1 if sys.platform == "darwin" else 1024)
    return int(psutil.Process().memory_info().peak_wset)  # Windows

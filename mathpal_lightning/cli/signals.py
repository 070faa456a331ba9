"""SIGTERM and SIGHUP outside of training steps end a command as Ctrl-C does: with one line and a status, not in silence.

SLURM and Kubernetes send SIGTERM, and a closed terminal SIGHUP. During training steps `SaveOnInterruption` takes over: it
finishes the step and saves.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from mathpal_lightning.compat.system import STOP_SIGNALS, is_hangup, leave_terminal


class Stopped(KeyboardInterrupt):
    """A signal asked this process to stop. Whoever handles Ctrl-C handles it too."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)


@contextmanager
def signals_stop_as_ctrl_c() -> Iterator[None]:
    """Turn the signals into `Stopped` for the block. A signal that is ignored (nohup ignores SIGHUP) stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
    for number, handler in before.items():
        if handler == signal.SIG_DFL:
            signal.signal(number, _stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler == signal.SIG_DFL:
                signal.signal(number, signal.SIG_DFL)


def name_of(stop: BaseException) -> str:
    """What stopped the command: "SIGTERM", or "Ctrl-C"."""
    return str(stop) if isinstance(stop, Stopped) else "Ctrl-C"


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    if is_hangup(number):
        leave_terminal()
    raise Stopped(number)

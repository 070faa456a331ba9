"""Bounds of time that hold on any machine: seconds of a processor as the machine counts them on which the bounds were set.

    assert seconds(lambda: judge(question, gold, text), enough=0.4) < 0.4

What is guarded is how the time grows: code that became quadratic takes many times its bound. A slower processor, or one whose
core another program shares, must not look like that.
"""

import math
import time
from collections.abc import Callable

_STEPS, _STEPS_S = 200_000, 0.007
"""Steps of the loop below, and what they took on the machine of the bounds (Python 3.11, a Xeon of 2023)."""


def seconds(work: Callable[[], object], enough: float, tries: int = 6) -> float:
    """The least processor time of several tries.

    Args:
        work: what is timed.
        enough: a try that takes less than these seconds is the last one.
        tries: at most so many.

    Returns:
        Seconds of the machine of the bounds. A faster machine's own seconds are not made longer.
    """
    least = math.inf
    for _ in range(tries):
        spent = _spent(work)
        if spent >= enough:
            spent /= max(1.0, _spent(_count) / _STEPS_S)  # asked each time: other programs come and go
        least = min(least, spent)
        if least < enough:
            break
    return least


def _count() -> int:
    """Plain Python: where it takes twice as long, so does what is timed."""
    number = 0
    for each in range(_STEPS):
        number += each & 3
    return number


def _spent(work: Callable[[], object]) -> float:
    started = time.thread_time()  # of this thread alone: a server of another test may live on in the process
    work()
    return time.thread_time() - started

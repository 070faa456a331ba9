"""Lines that say how far slow work is: none in its first two seconds, then one every ten.

    solving: 40 of 300 problems in 12 s, about 78 s left

They go through the log, so they look the same in a terminal, in a notebook and in a file.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

FIRST = 2.0
"""Seconds before the first line; shorter work says nothing."""
EVERY = 10.0
"""Seconds between two lines."""
FORECAST = 0.1
"""Share of the work that is done before a line says how much time is left. The first of thirty problems tells too little."""

Item = TypeVar("Item")
log = logging.getLogger(__name__)


class Progress:
    """How far one piece of work is.

    Args:
        what: what is done, as a participle: "solving".
        unit: what is counted: "problems".
        total: how many there are; None where nobody knows.
        clock: seconds that only rise.
    """

    def __init__(self, what: str, unit: str, total: int | None = None, clock: Callable[[], float] = time.monotonic):
        self.what, self.unit, self.total, self._clock = what, unit, total, clock
        self.done = 0
        self._started = clock()
        self._next = self._started + FIRST

    def advance(self, count: int = 1) -> None:
        """Count what is done, and say so where a line is due."""
        self.done += count
        now = self._clock()
        if now >= self._next and self.done != self.total:
            self._next = now + EVERY
            log.info(self.line(now - self._started))

    def line(self, seconds: float) -> str:
        """`solving: 40 of 300 problems in 12 s, about 78 s left`."""
        if self.total is None:
            return f"{self.what}: {self.done:,} {self.unit} in {seconds:.0f} s"
        line = f"{self.what}: {self.done:,} of {self.total:,} {self.unit} in {seconds:.0f} s"
        if self.done < FORECAST * self.total:
            return line
        return f"{line}, about {seconds * (self.total - self.done) / self.done:.0f} s left"


def with_progress(items: Iterable[Item], what: str, unit: str, total: int | None = None) -> Iterator[Item]:
    """The items, with a line now and then that says how many are done."""
    progress = Progress(what, unit, total)
    for item in items:
        yield item
        progress.advance()

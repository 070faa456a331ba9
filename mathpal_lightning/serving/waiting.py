"""The queue in front of llama.cpp: fair among those who ask, and everybody can see their place.

llama.cpp computes a few requests at a time, which share one context. A request goes in when a slot is free and its tokens
surely fit beside the others'. Those who ask take turns: a second request of the same one waits until everybody else's first
one has gone in, so that a program with a hundred requests does not keep a class waiting. While a long one waits for room, short
ones go in before it, a bounded number of times.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import chain, zip_longest

MOST_WAITING = 2_000
MOST_PASSED = 16
"""How many go in before a request for which there is no room yet; then all others wait for it."""
_LOOK_EVERY_S = 0.5
_TOLD_A_SECOND = 100
"""Places told to all together: 300 pupils told twice a second took a slow machine more time than their answers."""


class TooManyWaiting(Exception):
    """The queue is full."""


class Ticket:
    """One request's place in the queue, then its slot."""

    def __init__(self, who: str, tokens: int):
        self.who, self.tokens = who, tokens
        self.called = asyncio.Event()
        self.called_at: float | None = None
        self.passed = 0


class WaitingLine:
    """Who waits and who is being answered.

    Args:
        slots: requests answered at a time.
        context: tokens that they share.
    """

    def __init__(self, slots: int, context: int):
        self.slots, self.context = slots, context
        self.answered: set[Ticket] = set()
        self._waiting: dict[str, deque[Ticket]] = {}
        self._places: dict[Ticket, int] | None = None

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return sum(map(len, self._waiting.values()))

    @property
    def look_again_s(self) -> float:
        """How long a place that was told stands, in seconds: longer in a long line."""
        return max(_LOOK_EVERY_S, self.waiting / _TOLD_A_SECOND)

    def join(self, who: str, tokens: int) -> Ticket:
        """Stand in line.

        Args:
            who: those with the same name share a turn.
            tokens: an upper bound of prompt and answer; more than the whole context counts as all of it.

        Raises:
            TooManyWaiting: the line is full.
        """
        if self.waiting >= MOST_WAITING:
            raise TooManyWaiting
        ticket = Ticket(who, min(tokens, self.context))
        self._waiting.setdefault(who, deque()).append(ticket)
        self._call_next()
        return ticket

    async def places(self, ticket: Ticket) -> AsyncIterator[int]:
        """How many are in front, each time that it changes, until the ticket is called."""
        last = -1
        while not ticket.called.is_set():
            if (place := self.place(ticket)) != last:
                last = place
                yield place
            # Not asyncio.wait_for: in Python 3.11 it loses a cancellation that comes at the moment of the call.
            with suppress(TimeoutError):
                async with asyncio.timeout(self.look_again_s):
                    await ticket.called.wait()

    def place(self, ticket: Ticket) -> int:
        """How many stand in front of this ticket."""
        if self._places is None:
            rounds = chain.from_iterable(zip_longest(*self._waiting.values()))
            self._places = {one: place for place, one in enumerate(one for one in rounds if one)}
        return self._places[ticket]

    def leave(self, ticket: Ticket) -> None:
        """Free the ticket's slot, or its place in the line; whoever can go in does."""
        self.answered.discard(ticket)
        line = self._waiting.get(ticket.who)
        if line and ticket in line:
            line.remove(ticket)
            if not line:
                del self._waiting[ticket.who]
        self._call_next()

    def _call_next(self) -> None:
        self._places = None
        while (who := self._next()) is not None:
            line = self._waiting.pop(who)
            ticket = line.popleft()
            if line:
                self._waiting[who] = line  # behind everybody else
            self.answered.add(ticket)
            ticket.called_at = time.monotonic()
            ticket.called.set()

    def _next(self) -> str | None:
        """Whose ticket goes in now: the foremost that fits, unless one in front of it was passed often enough."""
        if len(self.answered) >= self.slots:
            return None
        room, passed = self.context - sum(one.tokens for one in self.answered), list[Ticket]()
        for who, line in self._waiting.items():
            ticket = line[0]
            if ticket.tokens <= room:
                for one in passed:
                    one.passed += 1
                return who
            if ticket.passed >= MOST_PASSED:
                return None
            passed.append(ticket)
        return None

"""The desk at which requests wait for a slot of llama.cpp, are answered, and are counted."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Protocol

import httpx

from mathpal_lightning.errors import DataError
from mathpal_lightning.llama_cpp import LlamaCpp
from mathpal_lightning.llama_cpp.stream import open_answer, open_http
from mathpal_lightning.serving.metrics import Metrics
from mathpal_lightning.serving.waiting import Ticket, WaitingLine

ANSWER_S = 900.0
"""How long one answer may take, from its slot on; the time in the queue does not count."""
_START_S, _POLL_S = 120.0, 0.05
_TEMPLATE_TOKENS = 64
"""Room for the turn tokens around a text."""
_SHORT = 1_024
"""Bytes of texts whose tokens are not counted. No token is shorter than a byte."""


class Llama(Protocol):
    """What the desk needs of llama.cpp; `llama_cpp.WatchedLlama` has it."""

    @property
    def client(self) -> LlamaCpp | None:
        """For requests to the llama.cpp of now; None while one is being started."""


class Desk:
    """One server's queue, its llama.cpp and its counts."""

    llama: Llama
    """Set before the first request."""
    http: httpx.AsyncClient
    """Open while `opened`."""

    def __init__(self, slots: int, context: int):
        self.line = WaitingLine(slots, context)
        self.metrics = Metrics()
        self.metrics.watch("mathpal_waiting", "Requests in the queue.", lambda: self.line.waiting)
        self.metrics.watch("mathpal_answering", "Requests in a slot of llama.cpp.", lambda: len(self.line.answered))
        self.metrics.watch("mathpal_ready", "1 if llama.cpp answers, 0 while it is started.", lambda: self.is_ready())
        self.metrics.watch("mathpal_restarts", "Replaced llama.cpp processes.", lambda: getattr(self.llama, "restarts", 0))

    def is_ready(self) -> bool:
        """Whether questions are answered now."""
        return self.llama.client is not None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Hold the connections to llama.cpp open for the block."""
        async with open_http() as self.http:
            yield

    @contextmanager
    def ticket(self, who: str, tokens: int) -> Iterator[Ticket]:
        """Stand in line for the block, and after being called keep a slot until its end; see `WaitingLine.join`."""
        joined = time.monotonic()
        ticket = self.line.join(who, tokens)
        try:
            yield ticket
        finally:
            self.line.leave(ticket)
            if ticket.called_at is not None:
                self.metrics.waited.observe(ticket.called_at - joined)
                self.metrics.answering.observe(time.monotonic() - ticket.called_at)

    async def tokens_for(self, texts: Sequence[str], answer: int) -> int:
        """The most tokens of the context that texts and their answer take; of long texts llama.cpp counts them.

        Args:
            texts: those of the messages, or one raw prompt.
            answer: tokens of the longest answer asked for.

        Raises:
            DataError: the texts alone do not fit.
        """
        text = "\n".join(texts)
        tokens = len(text.encode())
        if tokens > _SHORT and self.is_ready():
            with suppress(ConnectionError):  # it breaks off now: bytes are a bound as well
                tokens = await self._count(text)
        return tokens + _TEMPLATE_TOKENS * len(texts) + answer

    async def _count(self, text: str) -> int:
        async with open_answer(self.http, self.client, "POST", "/tokenize", {"content": text}) as answer:
            tokens = len(json.loads(await answer.aread()).get("tokens", text.encode()))
        if tokens > self.line.context:
            found, way_out = f"one of {tokens:,} tokens", "Shorten it, or serve with a larger --context."
            raise DataError(f"a question of fewer tokens than the context has ({self.line.context:,})", found, way_out)
        return tokens

    @asynccontextmanager
    async def slot(self, who: str, texts: Sequence[str], answer: int) -> AsyncIterator[None]:
        """Wait for a slot, and keep it for the block.

        Args:
            who: who asks; see `WaitingLine.join`.
            texts: what llama.cpp reads; see `tokens_for`.
            answer: tokens of the longest answer.

        Raises:
            DataError: the texts do not fit the context.
            TooManyWaiting: the line is full.
            TimeoutError: the block takes longer than ANSWER_S.
        """
        with self.ticket(who, await self.tokens_for(texts, answer)) as ticket:
            await ticket.called.wait()
            async with asyncio.timeout(ANSWER_S):
                yield

    async def client(self) -> LlamaCpp:
        """For requests to the llama.cpp of now, waiting while one is started.

        Raises:
            ConnectionError: there is none after two minutes.
        """
        until = time.monotonic() + _START_S
        while (client := self.llama.client) is None:
            if time.monotonic() > until:
                raise ConnectionError("llama.cpp does not start")
            await asyncio.sleep(_POLL_S)
        return client

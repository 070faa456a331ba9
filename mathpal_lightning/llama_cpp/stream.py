"""Requests to llama.cpp from asynchronous code, which a cancelled task breaks off: llama.cpp then stops writing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from mathpal_lightning.llama_cpp.client import TIMEOUT_S, Ending, LlamaCpp, SolutionReader, chat_request, refused
from mathpal_lightning.schema import Prompt


def open_http() -> httpx.AsyncClient:
    """Connections to llama.cpp, as many as are asked for; plain HTTP on loopback needs neither proxies nor certificates."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=8)
    return httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False, verify=False, limits=limits)


@asynccontextmanager
async def open_answer(
    http: httpx.AsyncClient, llama: LlamaCpp, method: str, path: str, body: dict[str, Any] | None = None
) -> AsyncIterator[httpx.Response]:
    """Send a request; its answer is read inside of the block, as it arrives.

    Raises:
        ConnectionError: nothing answers, or llama.cpp ended during the answer.
    """
    try:
        async with http.stream(method, llama.address + path, json=body, headers=llama.headers) as response:
            yield response
    except httpx.TransportError as error:
        raise ConnectionError(f"llama.cpp broke off: {error}") from error


async def solve(http: httpx.AsyncClient, llama: LlamaCpp, question: Prompt) -> AsyncIterator[str | Ending]:
    """Write a solution piece by piece, then how it ended, as `LlamaCpp.solve` does.

    Raises:
        DataError: llama.cpp refuses the question, mostly for its length.
        ConnectionError: nothing answers, or llama.cpp ended during the solution.
    """
    reader = SolutionReader()
    async with open_answer(http, llama, "POST", "/v1/chat/completions", chat_request(question)) as response:
        if response.status_code != 200:
            raise refused(await response.aread())
        async for line in response.aiter_lines():
            for piece in reader.read(line):
                yield piece
    yield reader.ending()

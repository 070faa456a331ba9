"""Requests to llama.cpp from asynchronous code, which a cancelled task breaks off: llama.cpp then stops writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress

import httpx

from mathpal_lightning.llama_cpp.client import TIMEOUT_S, Ending, LlamaCpp, SolutionReader, chat_request, refused
from mathpal_lightning.schema import Prompt

CurrentLlama = Callable[[], Awaitable[LlamaCpp]]
"""Gives the llama.cpp that answers now, and waits for one while it is started."""
_TRIES, _PAUSE_S = 10, 0.1


def open_http() -> httpx.AsyncClient:
    """Connections to llama.cpp, as many as are asked for; plain HTTP on loopback needs neither proxies nor certificates.

    Each request has a connection of its own: one that is kept from an earlier request may lead to a process that was killed
    meanwhile, and whether llama.cpp had begun with the request could then not be told.
    """
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    return httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False, verify=False, limits=limits)


@asynccontextmanager
async def open_answer(
    http: httpx.AsyncClient, current: CurrentLlama, method: str, path: str, body: dict[str, object] | None = None
) -> AsyncIterator[httpx.Response]:
    """Send a request; its answer is read inside of the block, as it arrives.

    Where nothing listens or answers, it is tried again for a second: a process that dies lets go of its port a little before
    the system says that it is dead, and `current` names its successor. A request that breaks off is not sent again, because
    llama.cpp may have begun with it.

    Raises:
        ConnectionError: nothing answers, or llama.cpp ended during the answer.
    """
    try:
        response = await _send(http, current, method, path, body)
        async with aclosing(response):
            yield response
    except httpx.TransportError as error:
        raise ConnectionError(f"llama.cpp broke off: {error}") from error


async def _send(
    http: httpx.AsyncClient, current: CurrentLlama, method: str, path: str, body: dict[str, object] | None
) -> httpx.Response:
    for _ in range(_TRIES - 1):
        llama = await current()
        with suppress(httpx.ConnectError):
            if await _is_alive(http, llama):
                return await _send_once(http, llama, method, path, body)
        await asyncio.sleep(_PAUSE_S)
    return await _send_once(http, await current(), method, path, body)


async def _is_alive(http: httpx.AsyncClient, llama: LlamaCpp) -> bool:
    """Whether it answers at all. The port of a process that dies still takes connections, which then break off."""
    try:
        await http.get(f"{llama.address}/health")  # any status is an answer
    except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
        return False
    return True


async def _send_once(
    http: httpx.AsyncClient, llama: LlamaCpp, method: str, path: str, body: dict[str, object] | None
) -> httpx.Response:
    request = http.build_request(method, llama.address + path, json=body, headers=llama.headers)
    return await http.send(request, stream=True)


async def solve(
    http: httpx.AsyncClient, current: CurrentLlama, question: Prompt, settings: Mapping[str, object] | None = None
) -> AsyncGenerator[str | Ending]:
    """Write a solution piece by piece, then how it ended, as `LlamaCpp.solve` does.

    Raises:
        DataError: llama.cpp refuses the question, mostly for its length.
        ConnectionError: nothing answers, or llama.cpp ended during the solution.
    """
    reader = SolutionReader()
    body = chat_request(question, settings)
    async with open_answer(http, current, "POST", "/v1/chat/completions", body) as response:
        if response.status_code != 200:
            raise refused(await response.aread())
        async for line in response.aiter_lines():
            for piece in reader.read(line):
                yield piece
    yield reader.ending()

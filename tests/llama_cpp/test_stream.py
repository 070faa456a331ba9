"""A request meets a process that is dying: its port takes the connection, which breaks off without an answer."""

import asyncio

import pytest

from mathpal_lightning.llama_cpp import LlamaCpp
from mathpal_lightning.llama_cpp.stream import open_answer, open_http

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


async def asked(breaks: int) -> tuple[bytes, int]:
    """What is answered by a server that breaks off so many requests first, and how many requests it saw."""
    seen = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        seen += 1
        if seen > breaks:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_ANSWER)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    llama = LlamaCpp(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "key")

    async def current() -> LlamaCpp:
        return llama

    async with server, open_http() as http, open_answer(http, current, "GET", "/health") as response:
        return await response.aread(), seen


def test_a_request_waits_while_a_dying_process_takes_connections_and_breaks_them_off():
    assert asyncio.run(asked(breaks=2)) == (b"{}", 4)  # two that broke off, one that found it alive, the request


def test_a_request_to_what_never_answers_breaks_off():
    with pytest.raises(ConnectionError, match=r"llama\.cpp broke off"):
        asyncio.run(asked(breaks=100))

"""One connection of a client, with deadlines: uvicorn's protocol knows none for a request that never ends.

    reading   a request must have arrived whole READ_S after its connection opened, or after its first byte
    writing   a client must take what was written within WRITE_S
    number    at most MOST_CONNECTIONS, and MOST_PER_CLIENT of one address

The time that a request spends in the queue, or in llama.cpp, is not limited here.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from mathpal_lightning.compat.uvicorn import http_protocol

READ_S, WRITE_S = 20.0, 30.0
MOST_CONNECTIONS, MOST_PER_CLIENT = 1_000, 600
"""A class may share one address, that of its school's router."""
MOST_HEADER_BYTES = 16_384


class Connection(H11Protocol):
    """uvicorn's HTTP/1.1 protocol with the limits above."""

    _reading: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Refuse a connection too many, and start the deadline of its first request."""
        super().connection_made(transport)
        # pause_writing is called as soon as the client has not taken everything. Not 0: asyncio's TLS transport compares with
        # >=, so it would pause where nothing waits, and a response could hang until WRITE_S.
        transport.set_write_buffer_limits(high=1)
        mine = sum(isinstance(one, Connection) and one._address() == self._address() for one in self.connections)
        if len(self.connections) > MOST_CONNECTIONS or mine > MOST_PER_CLIENT:
            self._refuse(503, "Service Unavailable", "Too many connections. Try again later.")
        else:
            self._keep_reading_deadline()

    def data_received(self, data: bytes) -> None:
        """Read on; whatever is not HTTP/1.1 ends the connection."""
        if self.transport.is_closing():
            return
        try:
            super().data_received(data)
        except h11.ProtocolError:  # uvicorn answers 400, which is against the protocol where an answer is under way
            self.transport.abort()
        self._keep_reading_deadline()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP as the API answers a bad request."""
        if self.conn.our_state is h11.IDLE:
            self._refuse(400, "Bad Request", msg)
        else:
            self.transport.abort()

    def on_response_complete(self) -> None:
        """Go on with the next request, whose first bytes may have arrived."""
        super().on_response_complete()
        self._keep_reading_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the deadlines."""
        self._stop_reading_deadline()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client has not taken everything: start its deadline."""
        super().pause_writing()
        self._writing = self._writing or self.loop.call_later(WRITE_S, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has taken everything."""
        if self._writing:
            self._writing.cancel()
            self._writing = None
        super().resume_writing()

    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def _keep_reading_deadline(self) -> None:
        """Start the deadline where a request is incomplete, unless it runs; stop it where the request is whole.

        Between two requests uvicorn's own, shorter limit of an idle connection counts.
        """
        incomplete = self.conn.their_state is h11.SEND_BODY or (
            self.conn.their_state is h11.IDLE and (self.cycle is None or bool(self.conn.trailing_data[0]))
        )
        if not incomplete or self.transport.is_closing():
            self._stop_reading_deadline()
        elif self._reading is None:
            self._reading = self.loop.call_later(READ_S, self._read_too_long)

    def _stop_reading_deadline(self) -> None:
        if self._reading:
            self._reading.cancel()
            self._reading = None

    def _read_too_long(self) -> None:
        if self.cycle is None and not self.conn.trailing_data[0]:
            self.transport.close()  # nothing was ever sent: there is nothing to answer
        elif self.conn.our_state is h11.IDLE or (self.conn.our_state is h11.SEND_RESPONSE and not self.cycle.response_started):
            self._refuse(408, "Request Timeout", f"The request did not arrive whole within {READ_S:g} s.")
        else:
            self.transport.abort()

    def _refuse(self, status: int, phrase: str, message: str) -> None:
        """Answer without the application, and close."""
        self._stop_reading_deadline()
        body = json.dumps({"error": {"message": message, "type": "invalid_request_error", "code": status}}).encode()
        head = f"HTTP/1.1 {status} {phrase}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n" + body)
        self.transport.close()


def settings() -> dict[str, Any]:
    """The settings of uvicorn that belong to these limits.

    Raises:
        ConfigError: this uvicorn lacks what `Connection` relies on.
    """
    assert issubclass(Connection, http_protocol())
    return {"http": Connection, "ws": "none", "h11_max_incomplete_event_size": MOST_HEADER_BYTES, "timeout_keep_alive": 5}

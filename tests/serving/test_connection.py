"""Raw bytes over real sockets: requests that never end or are no HTTP, garbage between them, clients that do not read."""

import contextlib
import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mathpal_lightning.serving import connection as module
from mathpal_lightning.serving.web import PageServer
from tests.serving.conftest import Steady, certificate_of_localhost, page_server, serving_thread
from tests.serving.scripted import ScriptedLlama, scripted_llama

GET = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /solve HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
PATIENCE_S = 60
"""What a busy machine may take for what happens at once."""


@pytest.fixture
def llama() -> Iterator[ScriptedLlama]:
    with scripted_llama(["5"]) as scripted:
        yield scripted


@pytest.fixture
def page(llama: ScriptedLlama) -> Iterator[PageServer]:
    """A server with the deadlines of the product: a busy machine does not reach them."""
    with page_server(llama.llama) as server:
        yield server


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deadlines that come soon."""
    monkeypatch.setattr(module, "READ_S", 0.3)
    monkeypatch.setattr(module, "WRITE_S", 0.3)


@pytest.mark.usefixtures("soon")
def test_over_tls_every_response_arrives_at_once(llama: ScriptedLlama, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "READ_S", 20)
    tls = certificate_of_localhost(tmp_path)
    trusting = ssl.create_default_context(cafile=str(tls.certificate))
    with serving_thread(Steady(llama.llama), tls=tls) as server:
        for _ in range(30):  # about one of ten hung until WRITE_S ended its connection
            connection = http.client.HTTPSConnection(*server.server_address, context=trusting, timeout=PATIENCE_S)
            connection.request("GET", "/health")
            assert connection.getresponse().status == 200
            connection.close()


@contextlib.contextmanager
def line(page: PageServer) -> Iterator[socket.socket]:
    with socket.create_connection(page.server_address, timeout=PATIENCE_S) as opened:
        yield opened


def read_all(opened: socket.socket) -> bytes:
    """Everything until the server closes."""
    read = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := opened.recv(1 << 16):
            read += piece
    return read


def answers(page: PageServer, sent: bytes) -> bytes:
    with line(page) as opened:
        with contextlib.suppress(ConnectionError):  # the server may refuse and close before everything is sent
            opened.sendall(sent)
        return read_all(opened)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HT",
        GET,
        POST + b"Content-Length: 100\r\n\r\n",
        POST + b'Content-Length: 100\r\n\r\n{"question": "1',
        POST + b"Expect: 100-continue\r\nContent-Length: 100\r\n\r\n",
    ],
)
def test_a_request_that_does_not_come_to_its_end_is_given_up(page: PageServer, sent: bytes):
    started = time.monotonic()
    answer = answers(page, sent)
    assert 0.2 < time.monotonic() - started < module.READ_S + PATIENCE_S
    assert answer.removeprefix(b"HTTP/1.1 100 \r\n\r\n").startswith((b"HTTP/1.1 408 ", b"HTTP/1.1 100 Continue"))
    assert b"did not arrive whole" in answer


@pytest.mark.usefixtures("soon")
def test_a_connection_that_says_nothing_is_closed_without_a_word(page: PageServer):
    assert answers(page, b"") == b""


@pytest.mark.usefixtures("soon")
def test_a_slow_trickle_does_not_lengthen_the_time(page: PageServer):
    sent = 0
    with line(page) as opened, contextlib.suppress(ConnectionError):
        for byte in GET * 100:
            opened.sendall(bytes([byte]))
            sent += 1
            time.sleep(0.02)  # a slow client is what is tested
    assert sent < 20 * module.READ_S / 0.02, "bytes that arrive do not move the deadline"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01", 400),
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\n\r\n", 400),  # no Host
        (GET + b"Host: again\r\n\r\n", 400),
        (GET + b"A: b\r\n" * 20_000, 400),
        (GET + b"A: " + b"b" * 100_000, 400),
        (b"GET /" + b"a" * 100_000, 400),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n", 400),
        (POST + b"Content-Length: 5, 6\r\n\r\n", 400),
        (POST + b"Content-Length: 1e3\r\n\r\n", 400),
    ],
)
def test_what_is_no_http_is_answered_400_and_closed(page: PageServer, sent: bytes, status: int):
    assert answers(page, sent).startswith(f"HTTP/1.1 {status} ".encode())


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"400\r\n" + b" " * 1024 + b"\r\n", 413),
        (POST + b"Content-Length: 99999999999999999\r\n\r\n" + b" " * 10_000, 413),
        (POST + b"\r\n", 413),
        (POST.replace(b"application/json", b"text/xml") + b"Content-Length: 2\r\n\r\n{}", 415),
        (POST.replace(b"application/json", b"application/json; charset=utf-16") + b"Content-Length: 2\r\n\r\n{}", 415),
        (POST.replace(b"application/json", b"multipart/form-data; boundary=x") + b"Content-Length: 2\r\n\r\n{}", 415),
        (POST + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415),
    ],
)
def test_a_body_that_is_not_wanted_is_refused_and_the_connection_ends(page: PageServer, sent: bytes, status: int):
    answer = answers(page, sent.replace(b"\r\nContent-Type", b"\r\nConnection: close\r\nContent-Type"))
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == status


def test_pipelined_requests_are_answered_in_their_order(page: PageServer):
    answer = answers(page, GET + b"\r\n" + GET.replace(b"/health", b"/nothing") + b"\r\n" + GET + b"Connection: close\r\n\r\n")
    assert [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"200"]


def test_http_1_0_is_answered_and_closed_with_keep_alive_or_not(page: PageServer):
    for wish in (b"", b"Connection: keep-alive\r\n"):
        answer = answers(page, GET.replace(b"1.1", b"1.0") + wish + b"\r\n")
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.endswith(b'{"status":"ok"}')


@pytest.mark.parametrize(("method", "path", "status"), [("HEAD", "/", 200), ("OPTIONS", "/solve", 405), ("TRACE", "/", 405),
                                                        ("DELETE", "/v1/models", 405), ("GET", "/solve", 405),
                                                        ("HEAD", "/nothing", 404), ("PRI", "*", 404)])  # fmt: skip
def test_other_methods(page: PageServer, method: str, path: str, status: int):
    sent = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
    head, _, body = answers(page, sent).partition(b"\r\n\r\n")
    assert f" {status} ".encode() in head
    assert (body == b"") == (method == "HEAD")
    assert (b"allow:" in head.lower()) == (status == 405)


def test_a_second_request_that_is_garbage_ends_the_connection_only(page: PageServer, capsys: pytest.CaptureFixture[str]):
    body = b'{"question": "1 + 1"}'
    answer = answers(page, POST + f"Content-Length: {len(body)}\r\n\r\n".encode() + body + b"garbage\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 ")
    assert answers(page, GET + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.usefixtures("soon")
def test_a_client_that_does_not_read_is_given_up_and_its_slot_freed():
    with scripted_llama(["5" * 4_000 + "\n"] * 9_000) as scripted, page_server(scripted.llama) as page, line(page) as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        body = b'{"question": "1 + 1"}'
        deaf.sendall(POST + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        assert scripted.reader_left.wait(60), "llama.cpp is told to stop"


def test_one_address_cannot_take_every_connection(page: PageServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "READ_S", 2 * PATIENCE_S)
    monkeypatch.setattr(module, "MOST_PER_CLIENT", 3)
    with line(page), line(page), line(page):
        until = time.monotonic() + PATIENCE_S
        while b" 503 " not in (answer := answers(page, GET + b"Connection: close\r\n\r\n")):
            assert time.monotonic() < until, answer
    until = time.monotonic() + PATIENCE_S
    while b" 200 " not in (answer := answers(page, GET + b"Connection: close\r\n\r\n")):
        assert time.monotonic() < until, answer

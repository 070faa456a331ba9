"""The page server over real HTTP: who is let in, what passes through, and when."""

import asyncio
import http.client
import json
import re
import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.llama_cpp import LlamaCpp
from mathpal_lightning.serving.guard import API_KEY_VARIABLE
from mathpal_lightning.serving.web import PageServer, bind
from tests.serving.conftest import Steady, page_server
from tests.serving.scripted import scripted_llama

QUESTION = {"messages": [{"role": "user", "content": "Tính: 2 + 3"}]}
BODIES: dict[str, dict[str, Any]] = {
    "/solve": {"question": "2 + 3 = ?"},
    "/v1/chat/completions": QUESTION | {"stream": True, "max_tokens": 1},
    "/v1/completions": {"prompt": "1", "max_tokens": 1},
}


@pytest.fixture
def page(llama: LlamaCpp) -> Iterator[PageServer]:
    with page_server(llama) as server:
        yield server


def send(
    page: PageServer, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    """One request; a dict goes as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", page.server_address[1], timeout=30)
    data = json.dumps(body) if isinstance(body, dict) else body
    connection.request(method, path, data, headers or {})
    return connection.getresponse()


def events(response: http.client.HTTPResponse) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in response.read().decode().split("\n") if line]


def test_the_api_is_llama_cpps_own(page: PageServer, llama: LlamaCpp):
    models = json.load(send(page, "GET", "/v1/models"))
    assert [model["id"] for model in models["data"]] == ["lop5"]
    assert "/" not in json.dumps(models), "no path of this machine is told"
    body = QUESTION | {"max_tokens": 5}
    through = json.load(send(page, "POST", "/v1/chat/completions", body))
    direct = llama.post("/v1/chat/completions", body)
    assert through["choices"] == direct["choices"]
    assert through["usage"]["completion_tokens"] == 5
    raw = json.load(send(page, "POST", "/v1/completions", {"prompt": "2 + 3 =", "max_tokens": 2}))
    assert raw["object"] == "text_completion"
    assert send(page, "GET", "/health").status == 200


def test_a_stream_passes_through_byte_by_byte(page: PageServer):
    response = send(page, "POST", "/v1/chat/completions", QUESTION | {"stream": True, "max_tokens": 5})
    assert response.headers["Content-Type"].startswith("text/event-stream")
    text = response.read().decode()
    assert text.count("data: {") >= 5
    assert text.endswith("data: [DONE]\n\n")


def test_each_token_leaves_before_the_next_is_written():
    with scripted_llama(["1", "2", "3"], free=False) as scripted, page_server(scripted.llama) as page:
        api = send(page, "POST", "/v1/chat/completions", QUESTION | {"stream": True})
        for piece in scripted.pieces:
            scripted.may_write.release()
            assert json.loads(api.readline()[6:])["choices"][0]["delta"]["content"] == piece
            api.readline()
        solve = send(page, "POST", "/solve", {"question": "2 + 3 = ?"})
        assert json.loads(solve.readline()[6:]) == {"question": "<p>2 + 3 = ?</p>"}
        for grown in ("1", "12", "123"):
            solve.readline()
            scripted.may_write.release()
            assert json.loads(solve.readline()[6:])["html"] == grown


@pytest.mark.parametrize("path", ["/solve", "/v1/chat/completions"])
def test_when_the_reader_leaves_llama_cpp_is_stopped(path: str):
    with scripted_llama(["1"] * 9000, free=False) as scripted, page_server(scripted.llama) as page:
        response = send(page, "POST", path, BODIES[path])
        scripted.may_write.release()
        while b'"line"' not in (line := response.readline()) and b"choices" not in line:
            assert line, "the answer has ended"
        response.close()
        assert scripted.misses_its_reader()


def test_a_solution_comes_as_lines(page: PageServer):
    with scripted_llama(["Số kg:\n1/", "2 kg", "\nĐáp số: <b>", "$x$"]) as scripted, page_server(scripted.llama) as own:
        got = events(send(own, "POST", "/solve", {"question": "Xem hình vẽ, tính 1/2"}))
        assert scripted.asked[0]["messages"] == [{"role": "user", "content": "Xem hình vẽ, tính 1/2"}]
    half = "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>"
    assert got[0] == {"question": f"<p>Xem hình vẽ, tính {half}</p>"}
    assert "cần hình vẽ" in got[1]["note"]
    shown = {event["line"]: (event["html"], event["answer"]) for event in got if "line" in event}
    assert shown[0] == ("Số kg:", False)
    assert shown[1] == (f"{half} kg", False)
    assert shown[2] == ("Đáp số: <math><mi>x</mi></math>", True)
    assert got[-1] == {"end": 50.0}


def test_what_goes_wrong_is_said_in_the_pupils_language(page: PageServer):
    assert "dài quá" in events(send(page, "POST", "/solve", {"question": "1 + " * 3000}))[-1]["error"]
    with scripted_llama(["1"], finish_reason="length") as scripted, page_server(scripted.llama) as own:
        assert "bị cắt" in events(send(own, "POST", "/solve", {"question": "1 + 1"}))[-2]["note"]
    with scripted_llama(["1"], finish_reason="break off") as scripted, page_server(scripted.llama) as own:
        assert "trục trặc" in events(send(own, "POST", "/solve", {"question": "1 + 1"}))[-1]["error"]
    with page_server(LlamaCpp("http://127.0.0.1:1", "nobody")) as own:
        assert "trục trặc" in events(send(own, "POST", "/solve", {"question": "1 + 1"}))[-1]["error"]
        assert send(own, "GET", "/v1/models").status == 502


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "/slots", None, 404, "no GET /slots"),
        ("GET", "/../guard.py", None, 404, ""),
        ("GET", "/page/index.html", None, 404, ""),
        ("POST", "/v1/chat/completions", "{", 400, "a JSON object"),
        ("POST", "/v1/chat/completions", "[]", 400, "but found list"),
        ("POST", "/v1/chat/completions", {"messages": "x"}, 400, "array"),
        ("POST", "/v1/chat/completions", {"messages": [{"role": "user", "content": "<eos>"}]}, 400, "control tokens"),
        ("POST", "/solve", {"question": "  "}, 400, "an empty text"),
        ("POST", "/solve", {}, 400, "'question' is a required property"),
        ("POST", "/solve", {"question": "\ud800"}, 400, "a surrogate without its pair"),
    ],
)
def test_a_bad_request_is_answered_as_the_api_does(
    page: PageServer, method: str, path: str, body: Any, status: int, message: str
):
    response = send(page, method, path, body)
    assert response.status == status
    assert message in json.load(response)["error"]["message"]


@pytest.mark.parametrize("length", ["Transfer-Encoding: chunked", "Content-Length: 1048577", "X: y"])
def test_a_body_of_no_length_or_too_much_is_not_read(page: PageServer, length: str):
    with socket.create_connection(page.server_address[:2]) as line:
        line.sendall(f"POST /solve HTTP/1.1\r\nHost: localhost\r\n{length}\r\n\r\n".encode())
        assert b" 413 " in line.recv(1000)


@pytest.mark.parametrize("path", ["/", "/page.js", "/page.css", "/icon.svg", "/v1/models", "/nothing"])
def test_every_answer_forbids_what_the_page_does_not_need(page: PageServer, path: str):
    headers = send(page, "GET", path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/page.js", "/page.css", "/icon.svg"])
def test_the_page_loads_nothing_from_elsewhere(page: PageServer, path: str):
    text = send(page, "GET", path).read().decode().replace("http://www.w3.org/2000/svg", "")
    assert text
    assert not re.search(r"https?:|//\w|@import|data:", text.replace("data: ", ""))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "localhost:8080"}, 200),
        ({"Host": "[::1]:8080"}, 200),
        ({"Host": "127.0.0.1", "Origin": "http://127.0.0.1"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": "127.0.0.1", "Origin": "http://evil.example"}, 403),
        ({"Host": "127.0.0.1", "Origin": "null"}, 403),
        ({"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:9090"}, 403),
    ],
)
def test_another_website_reaches_nothing(page: PageServer, headers: dict[str, str], status: int):
    assert send(page, "GET", "/v1/models", headers=headers).status == status
    assert send(page, "POST", "/v1/completions", {"prompt": "1", "max_tokens": 1}, headers).status == status


PATHS = [("GET", "/"), ("GET", "/page.js"), ("GET", "/v1/models"), ("GET", "/metrics"), ("GET", "/openapi.json")]
PATHS += [("POST", "/solve"), ("POST", "/v1/chat/completions"), ("POST", "/v1/completions")]


@pytest.fixture
def guarded(llama: LlamaCpp, monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    """Reachable from other machines, with a key of the environment."""
    monkeypatch.setenv(API_KEY_VARIABLE, "chìa khóa")
    with page_server(llama, "0.0.0.0") as server:
        yield server


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize("shown", [{}, {"Authorization": "Bearer wrong"}, {"Cookie": "mathpal=wrong"}, {"Cookie": "a=;;=b"}])
def test_without_the_key_nothing_is_answered(guarded: PageServer, method: str, path: str, shown: dict[str, str]):
    assert send(guarded, method, path, BODIES.get(path), shown).status == 401


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_with_the_key_everything_is(guarded: PageServer, method: str, path: str):
    shown = {"Authorization": "Bearer chìa khóa".encode().decode("latin-1"), "Host": "lop5.truong.example"}
    assert send(guarded, method, path, BODIES.get(path), shown).status == 200


def test_a_browser_logs_in_and_keeps_no_key(guarded: PageServer):
    page = send(guarded, "GET", "/")
    assert page.status == 401
    form = page.read().decode()
    assert 'action="/login"' in form
    assert "role=" not in form
    wrong = send(guarded, "POST", "/login", "key=sai")
    assert wrong.status == 401
    assert "Mã này chưa đúng" in wrong.read().decode()
    opened = send(guarded, "GET", "/login")
    assert (opened.status, opened.headers["Location"]) == (303, "/")
    answer = send(guarded, "POST", "/login", "key=ch%C3%ACa+kh%C3%B3a")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly; SameSite=Strict" in cookie
    assert "kh" not in cookie.split(";")[0]
    assert send(guarded, "GET", "/", headers={"Cookie": cookie.split(";")[0]}).status == 200


def test_a_key_is_made_where_other_machines_reach_us_and_only_there(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(API_KEY_VARIABLE, raising=False)
    with bind("0.0.0.0", 0) as one, bind("0.0.0.0", 0) as other, bind("localhost", 0) as local:
        assert one.guard.made_key
        assert re.fullmatch(r"[0-9a-f]{16}", str(one.guard.key))
        assert one.guard.key != other.guard.key
        assert local.guard.key is None
    monkeypatch.setenv(API_KEY_VARIABLE, "my own key")
    with bind("127.0.0.1", 0) as local:
        assert (local.guard.key, local.guard.made_key) == ("my own key", False)


def test_a_taken_port_and_a_foreign_address_are_refused_with_the_way_out():
    with bind("127.0.0.1", 0) as first, pytest.raises(ConfigError, match=r"Address already in use.*--port 0"):
        bind("127.0.0.1", first.server_address[1])
    for host, port in (("192.0.2.1", 8080), ("no.such.host.invalid", 8080), ("127.0.0.1", 70000)):
        with pytest.raises(ConfigError, match=f"a free address of this machine.*{host}:{port}"):
            bind(host, port)


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_ipv6_is_served_too(llama: LlamaCpp, host: str):
    with page_server(llama, host) as page:
        assert (page.guard.key is None) == (host == "::1")
        assert page.url.startswith("http://[::1]:" if host == "::1" else "http://")
        connection = http.client.HTTPConnection("::1", page.server_address[1], timeout=30)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200


def test_a_wrong_key_is_looked_at_ever_more_slowly(guarded: PageServer):
    wrong, right = {"Authorization": "Bearer wrong key"}, {"Authorization": "Bearer chìa khóa".encode().decode("latin-1")}
    cookie = send(guarded, "POST", "/login", "key=ch%C3%ACa+kh%C3%B3a").headers["Set-Cookie"].split(";")[0]
    assert [send(guarded, "GET", "/v1/models", headers=wrong).status for _ in range(6)] == [401] * 6
    slowed = send(guarded, "GET", "/v1/models", headers=right)
    assert (slowed.status, slowed.headers["Retry-After"]) == (429, "1"), "even the right one waits"
    page = send(guarded, "POST", "/login", "key=sai")
    assert page.status == 429
    assert "Em đợi 1 giây" in page.read().decode(), "a person is told on the page"
    assert send(guarded, "GET", "/", headers={"Cookie": cookie}).status == 200, "who is in stays in"
    assert send(guarded, "GET", "/health").status == 200


def test_health_asks_for_no_key_and_says_while_llama_cpp_is_started(guarded: PageServer, llama: LlamaCpp):
    assert json.load(send(guarded, "GET", "/health")) == {"status": "ok"}
    guarded.llama = Steady(None)
    answer = send(guarded, "GET", "/health")
    assert (answer.status, json.load(answer)) == (503, {"status": "starting"})


def test_a_reader_who_leaves_at_once_is_no_error(page: PageServer, capsys: pytest.CaptureFixture[str]):
    for sent in (b"", b"GET / HTTP/1.1\r\n", b"\x16\x03\x01\x02"):
        with socket.create_connection(page.server_address[:2]) as line:
            line.sendall(sent)
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    assert send(page, "GET", "/health").status == 200
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_ctrl_c_while_the_loop_is_made_ends_it_in_order(at: str, monkeypatch: pytest.MonkeyPatch):
    loops: list[asyncio.AbstractEventLoop] = []

    def make() -> asyncio.AbstractEventLoop:
        if at == "before":
            signal.raise_signal(signal.SIGINT)
        loops.append(asyncio.new_event_loop())
        if at == "after":
            signal.raise_signal(signal.SIGINT)
        return loops[0]

    monkeypatch.setattr(uvicorn.Config, "get_loop_factory", lambda _: make)
    with bind("127.0.0.1", 0) as server, pytest.raises(KeyboardInterrupt):
        server.serve_forever()
    assert [loop.is_closed() for loop in loops] == [True]

"""A class at once, and a llama.cpp that dies under it: everybody is answered or told to try again, and nothing is left over."""

import asyncio
import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from mathpal_lightning.llama_cpp import LlamaCpp, LlamaSettings, WatchedLlama, watch_llama
from mathpal_lightning.serving import SLOTS, fields
from mathpal_lightning.serving.body import Refused
from mathpal_lightning.serving.web import PageServer
from tests.serving.conftest import Steady, page_server, serving_thread
from tests.serving.scripted import QUESTION, scripted_llama

PUPILS = 300
LONG = 8_192
"""Tokens of an answer that takes the tiny model more than a second, so that things can happen in the middle of it."""
CONTEXT = 3 * LONG
KILLS = 5
"""Tries of a kill in the middle of an answer: on a busy machine the answer may be whole before it."""
CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "Tính: 2 + 3"}]}


def until(happens: Callable[[], bool]) -> None:
    """Wait for something that the server does by itself."""
    end = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def watched(run_folder: Path) -> Iterator[WatchedLlama]:
    gguf = run_folder / "gguf" / "model-q8_0.gguf"
    with watch_llama(LlamaSettings(gguf, "lop5", CONTEXT, SLOTS, shared=True, threads=1)) as started:
        yield started


@pytest.fixture(scope="module")
def page(watched: WatchedLlama) -> Iterator[PageServer]:
    with serving_thread(watched, context=CONTEXT) as server:
        yield server


def send(page: PageServer, path: str, body: Any) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(*page.server_address, timeout=60)
    connection.request("POST", path, json.dumps(body) if isinstance(body, dict) else body)
    return connection.getresponse()


def events(response: Any) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in response.read().decode().split("\n") if line.startswith("data: {")]


def test_three_hundred_pupils_at_once_are_all_answered():
    async def ask(client: httpx.AsyncClient, number: int) -> list[dict[str, Any]]:
        answer = await client.post("/solve", json={"question": f"{number} + 1 = ?", "pupil": str(number)})
        return [json.loads(line[6:]) for line in answer.text.split("\n") if line]

    async def together(url: str) -> list[list[dict[str, Any]]]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits, trust_env=False) as client:
            return await asyncio.gather(*(ask(client, number) for number in range(PUPILS)))

    with scripted_llama(["Đáp số: ", QUESTION]) as scripted, serving_thread(Steady(scripted.llama), context=20_000) as page:
        answers = asyncio.run(together(page.url))
        assert len(scripted.asked) == PUPILS
    assert all("end" in answer[-1] for answer in answers)
    last = [[event["text"] for event in answer if "text" in event][-1] for answer in answers]
    assert last == [f"Đáp số: {number} + 1 = ?" for number in range(PUPILS)], "everybody gets the answer to the own question"
    queued = [event["queue"] for answer in answers for event in answer if "queue" in event]
    assert max(queued) > 200, "they see where they stand"


def test_three_pupils_at_once_get_their_own_answers_and_nobody_waits_for_the_others_last(page: PageServer):
    pupils, numbers = (1, 2, 3), (4, 5, 6, 7, 8, 9)

    def ask(pupil: int, number: int) -> tuple[str, float]:
        """The answer, and the smallest lead of a token before the next one, in nats."""
        body = {"messages": [{"role": "user", "content": f"Tính: {pupil} + {number}"}], "max_tokens": 16, "user": str(pupil)}
        choice = json.load(send(page, "/v1/chat/completions", body | {"logprobs": True, "top_logprobs": 2}))["choices"][0]
        best = [[entry["logprob"] for entry in token["top_logprobs"]] for token in choice["logprobs"]["content"]]
        return choice["message"]["content"], min(first - second for first, second in best)

    alone = {(pupil, number): ask(pupil, number) for pupil in pupils for number in numbers}
    together, finished, start = dict[tuple[int, int], str](), list[int](), threading.Barrier(len(pupils))

    def ask_all(pupil: int) -> None:
        start.wait()
        for number in numbers:
            together[pupil, number], _ = ask(pupil, number)
            finished.append(pupil)

    with ThreadPoolExecutor(len(pupils)) as class_room:
        list(class_room.map(ask_all, pupils))
    # Sequences that share a step change the last bits of the logits: the same answer is due where every token leads clearly.
    clear = {asked: answer for asked, (answer, lead) in alone.items() if lead > 0.1}
    assert len(set(clear.values())) > 1, "the model does not write the same for every question"
    assert {asked: together[asked] for asked in clear} == clear
    others_answers = 2 * len(numbers)
    assert set(finished[:others_answers]) == set(pupils), "everybody has an answer before two others have all of theirs"


@pytest.mark.parametrize(
    ("path", "body", "reader"),
    [
        ("/solve", {"question": "1 + 1"}, "read_solve"),
        ("/check", {"work": "1 + 1 = 2"}, "read_work"),
        ("/v1/chat/completions", CHAT, "read_chat"),
        ("/v1/completions", {"prompt": "1"}, "read_completion"),
    ],
)
def test_while_a_long_request_is_read_others_are_answered(path: str, body: Any, reader: str, monkeypatch: pytest.MonkeyPatch):
    others_are_answered = threading.Event()

    def slow(*_: object) -> None:
        assert others_are_answered.wait(20), "the loop that answers everybody stands still"
        raise Refused(400, "read")

    monkeypatch.setattr(fields, reader, slow)
    with scripted_llama(["5"]) as scripted, page_server(scripted.llama) as page, ThreadPoolExecutor(1) as pool:
        long = pool.submit(send, page, path, body)
        time.sleep(0.2)
        assert httpx.get(f"{page.url}/health", trust_env=False, timeout=10).status_code == 200
        others_are_answered.set()
        assert long.result().status == 400


def test_a_pupil_in_the_queue_sees_the_place_and_leaves_it_by_leaving():
    with scripted_llama(["5"], free=False) as scripted, page_server(scripted.llama) as page:
        writing = [send(page, "/solve", {"question": "1 + 1", "pupil": str(number)}) for number in range(4)]
        waiting = [send(page, "/solve", {"question": "1 + 1", "pupil": f"w{number}"}) for number in range(2)]
        seen = b""
        while b"queue" not in (seen := waiting[1].readline()):
            assert seen
        assert json.loads(seen[6:])["queue"] >= 1
        line = page._desk.line
        before = line.waiting
        waiting[1].close()
        until(lambda: line.waiting == before - 1)
        for response in (*writing, waiting[0]):
            response.close()
        until(lambda: not line.waiting and not line.answered)


def test_a_killed_llama_cpp_is_told_to_the_pupil_who_can_try_again(page: PageServer, watched: WatchedLlama):
    for _ in range(KILLS):
        response = send(page, "/solve", {"question": "Tính: 2 + 3"})
        while b'"line"' not in response.readline():
            pass
        os.kill(watched.pid, signal.SIGKILL)
        last = events(response)[-1]
        again = events(send(page, "/solve", {"question": "Tính: 2 + 3"}))
        assert "end" in again[-1], "the next question waits until llama.cpp is back"
        if "error" in last:
            break
    assert "trục trặc" in last["error"]
    assert "Giải lại" in last["error"]


def test_programs_learn_of_it_too(page: PageServer, watched: WatchedLlama):
    for _ in range(KILLS):
        stream = send(page, "/v1/chat/completions", CHAT | {"stream": True, "max_tokens": LONG})
        assert stream.readline().startswith(b"data: {")
        whole = http.client.HTTPConnection(*page.server_address, timeout=60)
        whole.request("POST", "/v1/chat/completions", json.dumps(CHAT | {"max_tokens": LONG}))
        until(lambda: len(page._desk.line.answered) != 1)  # both are answered, or none any more
        os.kill(watched.pid, signal.SIGKILL)
        last, answer = events(stream)[-1], whole.getresponse()
        body = json.load(answer)
        after = send(page, "/v1/chat/completions", CHAT | {"max_tokens": 2})
        assert json.load(after)["usage"]["completion_tokens"] == 2
        if answer.status != 200 and "error" in last:
            break
    assert "llama.cpp broke off" in last["error"]["message"]
    assert (answer.status, body["error"]["type"]) == (502, "server_error")


def slots_at_work(llama: LlamaCpp) -> int:
    answer = httpx.get(f"{llama.address}/slots", headers=llama.headers, trust_env=False)
    return sum(slot["is_processing"] for slot in answer.json())


@pytest.mark.parametrize("stream", [True, False])
def test_a_request_whose_client_leaves_is_no_longer_computed(page: PageServer, watched: WatchedLlama, stream: bool):
    llama = watched.wait_for_client()
    connection = http.client.HTTPConnection(*page.server_address, timeout=60)
    connection.request("POST", "/v1/completions", json.dumps({"prompt": "1", "max_tokens": LONG, "stream": stream}))
    until(lambda: slots_at_work(llama) == 1)
    connection.close()
    until(lambda: slots_at_work(llama) == 0)
    assert not page._desk.line.answered


POISON = [
    ("/v1/chat/completions", CHAT | {"grammar": "root ::= " + "(" * 30_000}),
    ("/v1/chat/completions", CHAT | {"json_schema": {"type": "string", "pattern": "^" + "(" * 30_000 + "$"}}),
    ("/v1/chat/completions", CHAT | {"response_format": {"type": "json_object", "schema": {"pattern": "(" * 30_000}}}),
    ("/v1/chat/completions", CHAT | {"top_logprobs": 262_144, "logprobs": True}),
    ("/v1/completions", {"prompt": "1", "logprobs": 262_144}),
    ("/v1/completions", {"prompt": "1", "n_probs": 262_144}),
    ("/v1/completions", {"prompt": "1", "repeat_last_n": 2**31 - 1}),
    ("/v1/completions", {"prompt": ["1"] * 10_000}),
    ("/v1/completions", {"prompt": [[1, 2], [3]]}),
    ("/v1/completions", {"prompt": {"prompt_string": "1", "multimodal_data": ["x"]}}),
    ("/v1/completions", {"prompt": "1", "lora": [{"id": 0, "scale": 1e30}]}),
    ("/v1/chat/completions", "[" * 500_000),
    ("/v1/chat/completions", '{"messages": ' + '{"a":' * 150_000),
    ("/v1/chat/completions", '{"seed": ' + "9" * 5_000 + "}"),
    ("/v1/chat/completions", CHAT | {"chat_template_kwargs": {"x": "1"}}),
    ("/v1/chat/completions", CHAT | {"tools": [{"type": "function", "function": {"name": "x"}}]}),
]


@pytest.mark.parametrize(("path", "body"), POISON, ids=range(len(POISON)))
def test_what_would_stop_or_fill_llama_cpp_does_not_reach_it(page: PageServer, watched: WatchedLlama, path: str, body: Any):
    watched.wait_for_client()
    before = watched.pid
    answer = send(page, path, body)
    assert answer.status == 400, answer.read()
    assert json.load(answer)["error"]["type"] == "invalid_request_error"
    assert watched.pid == before
    assert watched.client


def test_health_and_counts_tell_of_it(page: PageServer, watched: WatchedLlama):
    def get(path: str) -> tuple[int, str]:
        answer = httpx.get(page.url + path, trust_env=False)
        return answer.status_code, answer.text

    assert get("/health") == (200, '{"status":"ok"}')
    status, counts = get("/metrics")
    assert status == 200
    assert f"mathpal_restarts {watched.restarts}.0" in counts
    assert 'mathpal_requests_total{path="/v1/completions",status="400"}' in counts
    assert "mathpal_waiting 0.0" in counts
    assert "Tính" not in counts

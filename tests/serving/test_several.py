"""Several answers to one request: each is what llama.cpp gives alone, the client sees one, and none breaks off another."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mathpal_lightning.errors import DataError
from mathpal_lightning.llama_cpp import LlamaCpp
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.web import PageServer
from tests.serving.conftest import Steady, page_server

CHAT, RAW = "/v1/chat/completions", "/v1/completions"
ASKED = [{"role": "user", "content": "Lan có 20 cái kẹo, mẹ cho thêm 7 cái. Hỏi Lan có mấy cái kẹo?"}]
"""Each token of its greedy answer leads clearly."""
TOKENS = 3


@pytest.fixture(scope="module")
def page(llama: LlamaCpp) -> Iterator[PageServer]:
    with page_server(llama) as server:
        yield server


@pytest.fixture(scope="module")
def prompts(llama: LlamaCpp) -> list[str]:
    """Two that are continued otherwise, by tokens that lead clearly: what else is computed changes the logits' last bits."""
    clear = {}
    for prompt in (f"Tính: {first} + {second} =" for first in range(2, 9) for second in range(2, 9)):
        written = llama.written(llama.tokenize(prompt), TOKENS)
        if written.tokens and min(lead for _, lead in written.tokens) > 0.2:
            clear[written.text] = prompt
    return list(clear.values())[:2]


def post(page: PageServer, path: str, **body: Any) -> httpx.Response:
    return httpx.post(page.url + path, json=body, trust_env=False, timeout=120)


def test_each_choice_is_what_llama_cpp_gives_alone(page: PageServer):
    alone = post(page, CHAT, messages=ASKED, max_tokens=12).json()
    together = post(page, CHAT, messages=ASKED, max_tokens=12, n=3).json()
    assert together["choices"] == [alone["choices"][0] | {"index": place} for place in range(3)]
    read, written = alone["usage"]["prompt_tokens"], 3 * alone["usage"]["completion_tokens"]
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    assert together["usage"] == usage, "the prompt of all counts once"
    assert "timings" not in together


def test_prompts_are_answered_in_their_order(page: PageServer, prompts: list[str]):
    body = post(page, RAW, prompt=prompts, n=2, max_tokens=TOKENS).json()
    one, other = (post(page, RAW, prompt=prompt, max_tokens=TOKENS).json() for prompt in prompts)
    texts = [one["choices"][0]["text"], other["choices"][0]["text"]]
    assert texts[0] != texts[1]
    assert [choice["index"] for choice in body["choices"]] == [0, 1, 2, 3]
    assert [choice["text"] for choice in body["choices"]] == [texts[0], texts[0], texts[1], texts[1]]
    assert body["usage"]["prompt_tokens"] == one["usage"]["prompt_tokens"] + other["usage"]["prompt_tokens"]


@pytest.mark.parametrize("usage", [True, False])
def test_streamed_they_say_which_choice_they_belong_to(page: PageServer, prompts: list[str], usage: bool):
    asked = {"prompt": prompts, "n": 2, "max_tokens": TOKENS}
    whole = post(page, RAW, **asked).json()
    answer = post(page, RAW, stream=True, stream_options={"include_usage": usage}, **asked)
    *lines, done = [line for line in answer.text.split("\n") if line]
    assert done == "data: [DONE]"
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert len({event["id"] for event in events}) == 1
    texts, reasons = defaultdict[int, str](str), dict[int, str]()
    for choice in (choice for event in events for choice in event["choices"]):
        texts[choice["index"]] += choice["text"]
        reasons[choice["index"]] = choice["finish_reason"]
    assert texts == {choice["index"]: choice["text"] for choice in whole["choices"]}
    assert reasons == {choice["index"]: choice["finish_reason"] for choice in whole["choices"]}
    assert events[-1].get("usage") == (whole["usage"] if usage else None)
    assert sum("usage" in event for event in events) == usage


def test_a_chat_is_streamed_so_too(page: PageServer):
    asked = {"messages": ASKED, "n": 2, "max_tokens": 12, "stream": True, "stream_options": {"include_usage": True}}
    events = [json.loads(line[6:]) for line in post(page, CHAT, **asked).text.split("\n") if line.startswith("data: {")]
    choices = [choice for event in events for choice in event["choices"]]
    first, second = (
        "".join(choice["delta"].get("content") or "" for choice in choices if choice["index"] == place) for place in (0, 1)
    )
    assert first == second == post(page, CHAT, messages=ASKED, max_tokens=12).json()["choices"][0]["message"]["content"]
    assert events[-1]["choices"] == []
    assert events[-1]["usage"]["completion_tokens"] == 24


def test_what_llama_cpp_refuses_is_refused_as_a_whole(page: PageServer):
    asked = {"prompt": ["1", "38 17 " * 1200], "max_tokens": 4}
    refused = post(page, RAW, **asked)
    assert refused.status_code == 400
    assert "context" in refused.json()["error"]["message"]
    assert post(page, RAW, stream=True, **asked).text.count('"error"') == 1


def test_answers_that_nearly_fill_the_context_break_nobody_off(page: PageServer):
    """llama.cpp's own `n` answers one in six of these with 500: "Context size has been exceeded"."""

    def ask(number: int) -> int:
        prompt = str(number % 10) * (100 + 150 * (number % 7))
        answers = 1 + number % 4
        body = {"n": answers, "max_tokens": (1900 - len(prompt)) // answers, "temperature": 1.0}
        return post(page, RAW, prompt=prompt, user=str(number % 5), **body).status_code

    with ThreadPoolExecutor(5) as class_room:
        assert set(class_room.map(ask, range(1, 25))) == {200}


def test_a_long_text_takes_the_room_of_its_tokens_and_one_that_cannot_fit_is_refused_at_once(llama: LlamaCpp):
    text = "Đề bài dài. " * 150

    async def room(context: int, client: LlamaCpp | None) -> int:
        desk = Desk(1, context)
        desk.llama = Steady(client)
        async with desk.opened():
            return await desk.tokens_for([text], 10)

    tokens = len(llama.post("/tokenize", {"content": text})["tokens"])
    assert tokens < len(text.encode())
    assert asyncio.run(room(tokens, llama)) == tokens + 64 + 10
    assert asyncio.run(room(tokens, None)) == len(text.encode()) + 64 + 10, "while llama.cpp is started"
    with pytest.raises(DataError, match=r"fewer tokens than the context has.*Shorten it"):
        asyncio.run(room(tokens - 1, llama))


@pytest.mark.parametrize(("path", "asked"), [(CHAT, {"n": 1}), (CHAT, {"n": 2}), (RAW, {"stream": True})])
def test_a_prompt_longer_than_the_context_is_refused_while_others_are_answered(
    path: str, asked: dict[str, Any], page: PageServer
):
    text = "1 + 2 = " * 3_000
    body = {"prompt": text} if path == RAW else {"messages": [{"role": "user", "content": text}]}
    page._desk.line.join("slow", 100)
    answer = post(page, path, **body, **asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "context_length_exceeded")

"""Several answers to one request: each is what llama.cpp gives alone, the client sees one, and none breaks off another."""

import json
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mathpal_lightning.llama_cpp import LlamaCpp
from mathpal_lightning.serving.web import PageServer
from tests.serving.conftest import page_server

CHAT, RAW = "/v1/chat/completions", "/v1/completions"
DRAWN = {"temperature": 1.0, "max_tokens": 1, "seed": 5}
"""One token: of more, the last bits of the logits may decide, which a prompt that is still in the context changes."""
ASKED = [{"role": "user", "content": "Tính: 2 + 3"}]


@pytest.fixture(scope="module")
def page(llama: LlamaCpp) -> Iterator[PageServer]:
    with page_server(llama) as server:
        yield server


def post(page: PageServer, path: str, **body: Any) -> httpx.Response:
    return httpx.post(page.url + path, json=body, trust_env=False, timeout=120)


def test_each_choice_is_what_llama_cpp_gives_alone(page: PageServer):
    alone = [post(page, CHAT, messages=ASKED, **DRAWN | {"seed": seed}).json() for seed in (5, 6, 7)]
    assert len({body["choices"][0]["message"]["content"] for body in alone}) > 1, "the seeds differ"
    together = post(page, CHAT, messages=ASKED, n=3, **DRAWN).json()
    assert together["choices"] == [body["choices"][0] | {"index": place} for place, body in enumerate(alone)]
    usages = [body["usage"] for body in alone]
    written = sum(usage["completion_tokens"] for usage in usages)
    assert together["usage"]["completion_tokens"] == written
    assert together["usage"]["prompt_tokens"] == usages[0]["prompt_tokens"], "the prompt of all counts once"
    assert together["usage"]["total_tokens"] == written + usages[0]["prompt_tokens"]
    assert "timings" not in together


def test_prompts_are_answered_in_their_order(page: PageServer):
    body = post(page, RAW, prompt=["1 + 1", "2 + 5 ="], n=2, **DRAWN).json()
    asked = [(prompt, DRAWN | {"seed": 5 + place}) for place, prompt in enumerate(["1 + 1"] * 2 + ["2 + 5 ="] * 2)]
    alone = [post(page, RAW, prompt=prompt, **drawn).json() for prompt, drawn in asked]
    assert [choice["index"] for choice in body["choices"]] == [0, 1, 2, 3]
    assert [choice["text"] for choice in body["choices"]] == [one["choices"][0]["text"] for one in alone]
    assert body["usage"]["prompt_tokens"] == sum(one["usage"]["prompt_tokens"] for one in alone[::2])


@pytest.mark.parametrize("usage", [True, False])
def test_streamed_they_say_which_choice_they_belong_to(page: PageServer, usage: bool):
    whole = post(page, CHAT, messages=ASKED, n=3, **DRAWN).json()
    answer = post(page, CHAT, messages=ASKED, n=3, stream=True, stream_options={"include_usage": usage}, **DRAWN)
    *lines, done = [line for line in answer.text.split("\n") if line]
    assert done == "data: [DONE]"
    events = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert len({event["id"] for event in events}) == 1
    texts, reasons = defaultdict[int, str](str), dict[int, str]()
    for choice in (choice for event in events for choice in event["choices"]):
        texts[choice["index"]] += choice["delta"].get("content") or ""
        reasons[choice["index"]] = choice["finish_reason"]
    assert texts == {choice["index"]: choice["message"]["content"] for choice in whole["choices"]}
    assert reasons == {choice["index"]: choice["finish_reason"] for choice in whole["choices"]}
    assert events[-1].get("usage") == (whole["usage"] if usage else None)
    assert sum("usage" in event for event in events) == usage


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

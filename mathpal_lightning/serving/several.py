"""A request for several answers: llama.cpp is asked for each by itself, and the client sees one answer.

llama.cpp could write several to one request (its `n`). But a slot that waits there for the prompt of another one keeps its last
answer in the context. Where the context is nearly full, llama.cpp then breaks off what everybody is being answered.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Coroutine, Iterable, Sequence
from typing import Any, TypeVar

from mathpal_lightning.llama_cpp.stream import open_answer
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.fields import Single, prompt_of, texts_and_tokens

T = TypeVar("T")


class NotAnswered(Exception):
    """llama.cpp refuses one of the requests."""

    def __init__(self, status: int, body: dict[str, Any]):
        super().__init__(status)
        self.status, self.body = status, body


async def whole_answer(desk: Desk, who: str, path: str, singles: Sequence[Single]) -> dict[str, Any]:
    """The answers to all requests as one body with a choice for each.

    Args:
        desk: where each waits for a slot of its own, behind the first request of everybody else.
        who: who asks; see `WaitingLine.join`.
        path: the path of llama.cpp's API.
        singles: the requests, as `fields.one_by_one` gives them.

    Raises:
        NotAnswered: llama.cpp refuses one of them.
        DataError: a prompt does not fit the context.
        TooManyWaiting: the line is full.
        ConnectionError: llama.cpp broke off.
        TimeoutError: an answer took longer than ANSWER_S.
    """

    async def ask(single: Single) -> dict[str, Any]:
        slot = desk.slot(who, *texts_and_tokens(single))
        async with slot, open_answer(desk.http, desk.client, "POST", path, single) as answer:
            body: dict[str, Any] = json.loads(await answer.aread())
            if answer.status_code != 200:
                raise NotAnswered(answer.status_code, body)
            return body

    bodies = await _all(map(ask, singles))
    told = {name: value for name, value in bodies[0].items() if name != "timings"}
    choices = [_numbered(body, place)["choices"][0] for place, body in enumerate(bodies)]
    return told | {"choices": choices, "usage": _usage(singles, [body["usage"] for body in bodies])}


async def streamed_answers(desk: Desk, who: str, path: str, singles: Sequence[Single]) -> AsyncGenerator[dict[str, Any]]:
    """The events of all answers as they arrive, each with the number of its choice, and at the end the usage if asked for.

    Arguments and errors are those of `whole_answer`. Closing the generator stops llama.cpp.
    """
    arrived: asyncio.Queue[tuple[int, dict[str, Any]] | None] = asyncio.Queue()

    async def ask(place: int, single: Single) -> None:
        slot = desk.slot(who, *texts_and_tokens(single))
        async with slot, open_answer(desk.http, desk.client, "POST", path, single) as answer:
            if answer.status_code != 200:
                raise NotAnswered(answer.status_code, json.loads(await answer.aread()))
            async for line in answer.aiter_lines():
                if line.startswith("data: {"):
                    arrived.put_nowait((place, json.loads(line[6:])))

    answers = asyncio.ensure_future(_all(ask(place, single) for place, single in enumerate(singles)))
    answers.add_done_callback(lambda _: arrived.put_nowait(None))
    name, usages = dict[str, Any](), dict[int, dict[str, int]]()
    try:
        while next_one := await arrived.get():
            place, event = next_one
            name = name or {field: event[field] for field in ("id", "created") if field in event}
            if usage := event.pop("usage", None):
                usages[place] = usage
            if event.get("choices") != []:
                yield _numbered(event, place) | name
        await answers
    finally:
        answers.cancel()
        await asyncio.wait([answers])
    if singles[0].get("stream_options", {}).get("include_usage") and len(usages) == len(singles):  # not after an error
        told = {field: value for field, value in event.items() if field != "timings"}
        yield told | name | {"choices": [], "usage": _usage(singles, [usages[place] for place in range(len(singles))])}


async def _all(asked: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What all give; where one fails, or this is cancelled, the others are stopped."""
    tasks = [asyncio.ensure_future(one) for one in asked]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _numbered(body: dict[str, Any], place: int) -> dict[str, Any]:
    """An answer or an event to one request -> the same with the number of its choice; an error stays as it is."""
    return body | ({"choices": [choice | {"index": place} for choice in body["choices"]]} if "choices" in body else {})


def _usage(singles: Sequence[Single], usages: Sequence[dict[str, int]]) -> dict[str, int]:
    """Tokens of all answers; a prompt counts once, as in the OpenAI API."""
    prompts = {json.dumps(prompt_of(single)): usage["prompt_tokens"] for single, usage in zip(singles, usages, strict=True)}
    read, written = sum(prompts.values()), sum(usage["completion_tokens"] for usage in usages)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}

"""Further attempts at one problem, drawn at random beside each other; `choosing.py` has one of them chosen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from mathpal_lightning.llama_cpp import Ending
from mathpal_lightning.llama_cpp.stream import solve
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.fields import MOST_TOKENS
from mathpal_lightning.serving.honest import repeats


async def further_solutions(desk: Desk, who: str, question: str, number: int, temperature: float) -> AsyncGenerator[str]:
    """Draw solutions at random; each is given as soon as it is whole. Closing the generator stops the others.

    Args:
        desk: where each attempt waits for a slot of its own, behind the first question of everybody else.
        who: who asks; see `WaitingLine.join`.
        question: the normalised question.
        number: how many are drawn.
        temperature: above 0.

    Raises:
        DataError: the question does not fit the context.
        TooManyWaiting: the line is full.
        ConnectionError: llama.cpp broke off.
        TimeoutError: an attempt took longer than ANSWER_S.
    """
    settings = [{"temperature": temperature, "seed": seed} for seed in range(1, number + 1)]
    tasks = [asyncio.ensure_future(_solution(desk, who, question, one)) for one in settings]
    try:
        for finished in asyncio.as_completed(tasks):
            yield await finished
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _solution(desk: Desk, who: str, question: str, settings: dict[str, float]) -> str:
    """One whole solution, cut where it repeats itself."""
    text = ""
    pieces = solve(desk.http, desk.client, question, settings)
    async with desk.slot(who, [question], MOST_TOKENS), aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Ending):
                desk.metrics.tokens.inc(piece.tokens)
                break
            text += piece
            if repeats(text):
                break
    return text

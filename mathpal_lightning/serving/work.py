"""A pupil's own solution -> the events of a page: each line checked, then its answer judged where the model is sure of one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation.scores.votes import Attempt, read_attempt
from mathpal_lightning.serving.attempts import further_solutions
from mathpal_lightning.serving.choosing import TEMPERATURE
from mathpal_lightning.serving.desk import Desk
from mathpal_lightning.serving.honest import asks_for_mathematics
from mathpal_lightning.serving.own_work import ATTEMPTS, NO_MODEL, NO_QUESTION, computed_verdict, lines_of_work, verdict_of
from mathpal_lightning.serving.waiting import TooManyWaiting
from mathpal_lightning.serving.written import Event


async def work_events(desk: Desk, who: str, question: str, work: str) -> AsyncGenerator[Event]:
    """Check a solution that a pupil has written. Its arithmetic, and the answer of a direct question, need no model.

    Args:
        desk: where the model's own attempts wait and are drawn.
        who: who asks; see `WaitingLine.join`.
        question: the normalised problem; empty where the pupil gives none.
        work: the pupil's normalised solution.

    Yields:
        The events of `lines_of_work`; where the model is asked, {"thinking": attempts made, "of": all}; {"verdict": text,
        "right": true, false or null}; and last {"end": 0.0}.
    """
    # In a thread: a long solution takes seconds, and others are answered meanwhile.
    for event in await asyncio.to_thread(lines_of_work, question, work):
        yield event
    if computed := await asyncio.to_thread(computed_verdict, question, work):
        yield computed
    elif question and asks_for_mathematics(question):
        async with aclosing(_judged(desk, who, question, work)) as events:
            async for event in events:
                yield event
    else:
        yield {"verdict": NO_QUESTION, "right": None}
    yield {"end": 0.0}


async def _judged(desk: Desk, who: str, question: str, work: str) -> AsyncGenerator[Event]:
    if not desk.is_ready():
        yield {"verdict": NO_MODEL, "right": None}
        return
    attempts: list[Attempt] = []
    yield {"thinking": 0, "of": ATTEMPTS}
    try:
        async with aclosing(further_solutions(desk, who, question, ATTEMPTS, TEMPERATURE)) as solutions:
            async for solution in solutions:
                attempts.append(read_attempt(question, solution))
                yield {"thinking": len(attempts), "of": ATTEMPTS}
    except (TooManyWaiting, DataError, ConnectionError, TimeoutError):
        yield {"verdict": NO_MODEL, "right": None}
        return
    yield await asyncio.to_thread(verdict_of, question, work, attempts)

"""A question -> the events of a page: the question typeset, its place in the queue, each line of the solution as it grows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace

from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation.scores.votes import Attempt, read_attempt
from mathpal_lightning.llama_cpp import Ending
from mathpal_lightning.llama_cpp.stream import solve
from mathpal_lightning.serving.attempts import further_solutions
from mathpal_lightning.serving.choosing import Plan, chosen_events
from mathpal_lightning.serving.desk import ANSWER_S, Desk
from mathpal_lightning.serving.fields import MOST_TOKENS
from mathpal_lightning.serving.hints import hints_to_show
from mathpal_lightning.serving.honest import REPEATS, repeats
from mathpal_lightning.serving.waiting import TooManyWaiting
from mathpal_lightning.serving.written import CUT, Event, Written, opening

TOO_LONG = "Đề bài dài quá. Em viết ngắn lại nhé."
TROUBLE = "Máy giải bài vừa gặp trục trặc nên lời giải bị ngắt. Em bấm “Giải lại” nhé."
CROWDED = "Đang có quá nhiều bạn chờ. Em đợi một lát rồi bấm “Giải lại” nhé."


async def solution_events(desk: Desk, who: str, question: str, plan: Plan, hints: bool = False) -> AsyncGenerator[Event]:
    """Solve a normalised question; where the first solution is doubtful, again.

    Args:
        desk: where it waits and is answered.
        who: who asks; see `WaitingLine.join`.
        question: the question.
        plan: how many attempts it may take.
        hints: also say what each line computes, without its result.

    Yields:
        {"question": html}, {"note": text}, {"queue": number in front} while it waits, {"starting": true} while llama.cpp is
        started anew, {"line": number, "html": html, "answer": it states the answer, "sure": and all arithmetic before it was
        computed and is true}, where a number comes again with more of its line, and a last time with {"checked": true} or
        {"wrong": text} if it holds arithmetic, {"checks": text} about what was checked, {"thinking": attempts made, "of": at
        most}, {"attempt": number} before the lines of another attempt, which takes the place of what was shown,
        {"agreement": text}, {"hints": [html of each line]}, {"error": text} after which the pupil may try again, and last
        {"end": tokens per second} if it came to an end.
    """
    first, is_solved = await asyncio.to_thread(opening, question)  # a long one takes a second
    for event in first:
        yield event
    if not is_solved:
        return
    async with aclosing(_solved(desk, who, question, plan, hints)) as events:
        async for event in with_trouble_told(desk, events):
            yield event


async def with_trouble_told(desk: Desk, events: AsyncIterator[Event]) -> AsyncGenerator[Event]:
    """The events, and in the place of an error what the pupil can do."""
    try:
        async for event in events:
            yield event
    except TooManyWaiting:
        yield {"error": CROWDED}
    except DataError:
        yield {"error": TOO_LONG}
    except (ConnectionError, TimeoutError):
        desk.metrics.broken.inc()
        yield {"error": TROUBLE}


async def _solved(desk: Desk, who: str, question: str, plan: Plan, hints: bool) -> AsyncGenerator[Event]:
    written, end = Written(question), 0.0
    doubtful = False
    async with aclosing(_first(desk, who, question, written)) as events:
        async for event in events:
            doubtful |= event.get("note") == REPEATS
            end = float(str(event.pop("end", end)))
            if event:
                yield event
    shown = written.text
    first = read_attempt(question, shown)
    first = replace(first, holds=first.holds and not doubtful)
    if plan.most > 1 and (plan.always or doubtful or written.checked.is_wrong):
        async with aclosing(_thought_again(desk, who, question, plan, first)) as events:
            async for event in events:
                shown = str(event.pop("shown", shown))
                if event:
                    yield event
    if hints:
        yield {"hints": hints_to_show(question, shown)}
    yield {"end": end}


async def _first(desk: Desk, who: str, question: str, written: Written) -> AsyncGenerator[Event]:
    """The greedy solution as it is written, into `written`."""
    with desk.ticket(who, await desk.tokens_for([question], MOST_TOKENS)) as ticket:
        async for place in desk.line.places(ticket):
            yield {"queue": place}
        if not desk.is_ready():
            yield {"starting": True}
        async with asyncio.timeout(ANSWER_S), aclosing(solve(desk.http, desk.client, question)) as pieces:
            async for piece in pieces:
                for event in written.end() if isinstance(piece, Ending) else written.add(piece):
                    yield event
                if isinstance(piece, Ending):
                    desk.metrics.tokens.inc(piece.tokens)
                    if not piece.stopped:
                        yield {"note": CUT}
                    yield {"end": piece.tokens_per_second}
                elif repeats(written.text):
                    yield {"note": REPEATS}
                    return


async def _thought_again(desk: Desk, who: str, question: str, plan: Plan, first: Attempt) -> AsyncGenerator[Event]:
    """Further attempts, and the one to show, as {"shown": text} with its events; nothing of it where the first one stays."""
    attempts = [first]
    yield {"thinking": 1, "of": plan.most}
    async with aclosing(further_solutions(desk, who, question, plan.most - 1, plan.temperature)) as solutions:
        async for solution in solutions:
            attempts.append(read_attempt(question, solution))
            yield {"thinking": len(attempts), "of": plan.most}
            if attempts[-1].holds and not plan.always:
                break
    shown, events = chosen_events(question, attempts, plan)
    yield {"shown": shown}
    for event in events:
        yield event

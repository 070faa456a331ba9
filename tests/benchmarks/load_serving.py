"""A class at one `mathpal serve`: so many pupils at once, each asks again as soon as the answer is read, for so long.

    python -m tests.benchmarks.load_serving --gguf outputs/quickstart/gguf/model-q8_0.gguf --pupils 300 --seconds 3600
    python -m tests.benchmarks.load_serving --gguf ... --every 60                         each pupil asks once a minute
    python -m tests.benchmarks.load_serving --gguf ... --seconds 300 --kill_every 60      llama.cpp is killed once a minute

Printed: how many questions were answered, broken off and refused, how long pupils waited for the first line and for the
whole answer, how fair the turns were, and the memory of the server and of llama.cpp every five minutes and at both ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx
import psutil

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.schema import Problem
from tests.benchmarks.measure_tutor import TOPICS

PROBLEMS = 20
"""Of each pupil; then they begin again."""


@dataclass
class Class:
    """What the pupils saw."""

    answered: Counter[int] = field(default_factory=Counter)
    """Answers, by pupil."""
    broken: int = 0
    """Answers that llama.cpp broke off, with a line that says so."""
    left: int = 0
    """Pupils who still waited at the end."""
    failed: Counter[str] = field(default_factory=Counter)
    """Anything else."""
    first_line_s: list[float] = field(default_factory=list)
    whole_s: list[float] = field(default_factory=list)
    """From the question to the end of its answer."""
    places: list[int] = field(default_factory=list)
    """The first place in the queue that each question was told."""


async def pupil(
    client: httpx.AsyncClient, number: int, problems: Iterator[Problem], until: float, every_s: float, seen: Class
) -> None:
    """Ask one question after the other: the first within `every_s`, a next one not before `every_s` have gone by."""
    await asyncio.sleep(random.Random(number).uniform(0, every_s))
    while time.monotonic() < until:
        question = {"question": next(problems).question, "pupil": f"pupil{number}"}
        asked, kinds = time.monotonic(), set[str]()
        try:
            async with client.stream("POST", "/solve", json=question) as answer:
                async for line in answer.aiter_lines():
                    event = json.loads(line[6:]) if line else {}
                    if "line" in event and "line" not in kinds:
                        seen.first_line_s.append(time.monotonic() - asked)
                    if "queue" in event and "queue" not in kinds:
                        seen.places.append(event["queue"])
                    kinds |= event.keys()
            seen.answered[number] += "end" in kinds
            seen.whole_s += [time.monotonic() - asked] if "end" in kinds else []
            seen.broken += "error" in kinds
            if not kinds & {"end", "error"}:
                seen.failed[f"status {answer.status_code}, {sorted(kinds)}"] += 1
        except httpx.HTTPError as error:
            seen.failed[type(error).__name__] += 1
        await asyncio.sleep(min(asked + every_s, until) - time.monotonic())


async def watch(server: psutil.Process, started: float) -> None:
    """Print the memory every five minutes."""
    while True:
        await asyncio.sleep(300)
        print(f"after {time.monotonic() - started:.0f} s: {memory(server)}", flush=True)


async def killer(server: psutil.Process, every_s: float) -> None:
    """Kill llama.cpp again and again."""
    while every_s:
        await asyncio.sleep(every_s)
        with suppress(psutil.Error, IndexError):
            server.children()[0].send_signal(signal.SIGKILL)


async def load(url: str, server: psutil.Process, asked: argparse.Namespace) -> Class:
    """Let the pupils ask until the time is over, and half a minute later leave the queue."""
    # All of them before the first question: while this process makes problems, it reads no answer and finishes no request.
    problems = [
        cycle(list(generate_problems(PROBLEMS, seed=number, topics=TOPICS, levels=[1], split="test")))
        for number in range(asked.pupils)
    ]
    seen, started = Class(), time.monotonic()
    until = started + asked.seconds
    beside = [asyncio.create_task(killer(server, asked.kill_every)), asyncio.create_task(watch(server, started))]
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=url, timeout=1_800, limits=limits, trust_env=False) as client:
        pupils = [asyncio.create_task(pupil(client, n, its, until, asked.every, seen)) for n, its in enumerate(problems)]
        _, waiting = await asyncio.wait(pupils, timeout=asked.seconds + 30)
        for task in waiting:
            task.cancel()
        seen.left = len(waiting)
    for task in beside:
        task.cancel()
    return seen


def memory(server: psutil.Process) -> str:
    """Resident megabytes of the server and of its llama.cpp."""
    ours, llama = server.memory_info().rss, sum(child.memory_info().rss for child in server.children(recursive=True))
    return f"server {ours / 1e6:.0f} MB, llama.cpp {llama / 1e6:.0f} MB"


def report(seen: Class, seconds: float) -> None:
    """Print the figures."""
    total = sum(seen.answered.values())
    turns = [seen.answered[number] for number in seen.answered]
    print(f"{total} answered in {seconds:.0f} s, {seen.broken} broken off and told so, other failures {dict(seen.failed)}")
    print(f"{seen.left} pupils still waited at the end")
    print(f"pupils with an answer: {len(turns)}; answers of a pupil: {min(turns)} to {max(turns)}")
    for name, waits in (("first line", sorted(seen.first_line_s)), ("whole answer", sorted(seen.whole_s))):
        cuts = [waits[min(len(waits) - 1, int(share * len(waits)))] for share in (0.5, 0.95, 0.99, 1.0) if waits]
        print(f"{name} after (median, 95 %, 99 %, longest): " + ", ".join(f"{cut:.1f} s" for cut in cuts))
    if seen.places:
        print(f"first place told: median {statistics.median(seen.places):.0f}, last {max(seen.places)}")


def main() -> None:
    """Start the server, let the class in, print what it saw."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--gguf", type=Path, required=True)
    arguments.add_argument("--pupils", type=int, default=300)
    arguments.add_argument("--seconds", type=float, default=3_600)
    arguments.add_argument("--every", type=float, default=0)
    arguments.add_argument("--kill_every", type=float, default=0)
    arguments.add_argument("--threads", type=int, default=1)
    asked = arguments.parse_args()
    command = [sys.executable, "-m", "mathpal_lightning", "serve", "--run", str(asked.gguf), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--threads", str(asked.threads)], stdout=subprocess.PIPE, text=True, encoding="utf-8", env=os.environ
    )
    assert process.stdout
    said = ""
    while "Ctrl-C stops." not in said:
        said += process.stdout.readline()
    url = re.search(r"page +(http://\S+)/", said)[1]  # type: ignore[index] # it has just been printed
    server, started = psutil.Process(process.pid), time.monotonic()
    print(f"{asked.pupils} pupils, {asked.seconds:.0f} s. Before: {memory(server)}", flush=True)
    seen = asyncio.run(load(url, server, asked))
    report(seen, time.monotonic() - started)
    counts = httpx.get(f"{url}/metrics", trust_env=False).text
    print(f"After: {memory(server)}; {re.search('(?m)^mathpal_restarts .*', counts)[0]}")  # type: ignore[index] # always there
    process.send_signal(signal.SIGINT)
    print(f"status at Ctrl-C: {process.wait(30)}")


if __name__ == "__main__":
    main()

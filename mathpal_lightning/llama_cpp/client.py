"""Requests to a running llama.cpp server. Its HTTP API: https://github.com/ggml-org/llama.cpp, tools/server/README.md."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mathpal_lightning.errors import DataError
from mathpal_lightning.schema import Prompt, prompt_turns

if TYPE_CHECKING:
    import httpx

TIMEOUT_S = 600
"""How long llama.cpp may stay silent. On a slow machine a long prompt takes minutes before its first token."""
CERTAIN = 1000.0
"""A logit bias that makes a token certain."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a solution ended."""

    stopped: bool
    """At end-of-turn; False where it was cut for its length."""
    tokens: int
    tokens_per_second: float


@dataclass(frozen=True, slots=True)
class Written:
    """A greedy continuation."""

    text: str
    count: int
    """Its tokens, end-of-turn too."""
    stopped: bool
    """At end-of-turn; False where it was cut for its length."""
    tokens: tuple[tuple[int, float], ...]
    """Of each token, where it begins in the text's UTF-8 (bytes), and how far it led before the second likeliest (nats);
    empty where llama.cpp does not report each token."""


@dataclass(frozen=True)
class LlamaCpp:
    """The address and the key of a running llama.cpp server. The key keeps other programs of this machine out."""

    address: str
    """http://host:port"""
    key: str = field(repr=False)
    name: str = "model"
    """What the API calls the model."""

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries."""
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    @cached_property
    def _http(self) -> httpx.Client:
        import httpx

        # Only plain HTTP on loopback: no proxy of the environment, and no certificates, whose loading takes 50 ms. Each request
        # has a connection of its own: a kept one may be closed by llama.cpp at the moment when the next request is sent on it.
        limits = httpx.Limits(max_keepalive_connections=0)
        return httpx.Client(
            base_url=self.address, headers=self.headers, timeout=TIMEOUT_S, trust_env=False, verify=False, limits=limits
        )

    def close(self) -> None:
        """Close the connections. The server goes on."""
        self._http.close()

    def is_ready(self) -> bool:
        """Whether the model is loaded and requests are answered."""
        import httpx

        try:
            return self._http.get("/health").status_code == 200
        except (httpx.TransportError, RuntimeError):  # RuntimeError: the client is closed
            return False

    def is_working(self, seconds: float) -> bool:
        """Whether the loop that computes answers within so many seconds; `is_ready` asks only the threads around it."""
        import httpx

        try:
            self._http.get("/slots", timeout=seconds)  # any status is an answer
        except httpx.TransportError:
            return False
        return True

    def post(self, path: str, body: dict[str, object]) -> dict[str, Any]:
        """Send JSON and read the JSON answer.

        Raises:
            ConnectionError: nothing answers, or llama.cpp ended during the request.
            DataError: llama.cpp refuses the request.
        """
        import httpx

        try:
            response = self._http.post(path, json=body)
        except httpx.TransportError as error:
            raise ConnectionError(f"llama.cpp broke off: {error}") from error
        if response.status_code != 200:
            raise refused(response.content)
        answer: dict[str, object] = response.json()
        return answer

    def tokenize(self, text: str) -> list[int]:
        """The token ids of a text as a prompt: BOS added, special tokens read as such."""
        ids: list[int] = self.post("/tokenize", {"content": text, "add_special": True, "parse_special": True})["tokens"]
        return ids

    def chat_prompt(self, question: Prompt) -> str:
        """A prompt in the chat template that the GGUF carries, as llama.cpp renders it for its chat API."""
        return str(self.post("/apply-template", {"messages": messages(question)})["prompt"])

    def next_token_log_probs(self, ids: Sequence[int], top: int) -> dict[int, float]:
        """Token id -> log-probability (nats, over the whole vocabulary) of the `top` likeliest next tokens.

        The token that is written is forced to be a plain "1", because llama.cpp reports nothing where it is a stop token or
        a part of a character. The reported probabilities are those before any bias.
        """
        settings = {"n_predict": 1, "n_probs": top, "temperature": 0, "logit_bias": [[self.tokenize("1")[-1], CERTAIN]]}
        answer = self.post("/completion", {"prompt": list(ids), **settings})
        return {entry["id"]: entry["logprob"] for entry in answer["completion_probabilities"][0]["top_logprobs"]}

    def complete(self, prompt: str | Sequence[int], max_tokens: int, **settings: object) -> tuple[str, bool]:
        """Continue a text or token ids.

        Args:
            prompt: the text, or its token ids.
            max_tokens: where the continuation is cut.
            settings: fields of llama.cpp's `/completion`.

        Returns:
            The continuation, and whether it ended at a stop token rather than at `max_tokens`.
        """
        prompt = prompt if isinstance(prompt, str) else list(prompt)
        answer = self.post("/completion", {"prompt": prompt, "n_predict": max_tokens, **settings})
        return answer["content"], answer["stop_type"] == "eos"

    def answer(self, ids: Sequence[int], max_tokens: int, bias: Sequence[tuple[int, float]] = ()) -> tuple[str, bool]:
        """Continue token ids greedily; `bias` adds to logits, given as (token id, bias). Returns what `complete` does."""
        return self.complete(ids, max_tokens, temperature=0, logit_bias=[list(pair) for pair in bias])

    def written(self, ids: Sequence[int], max_tokens: int) -> Written:
        """Continue token ids greedily, and tell how clearly each token led."""
        settings = {"n_predict": max_tokens, "temperature": 0, "n_probs": 2}
        answer = self.post("/completion", {"prompt": list(ids), **settings})
        written, tokens = b"", []
        for token in answer.get("completion_probabilities", []):
            first, second = (entry["logprob"] for entry in token["top_logprobs"])
            tokens.append((len(written), first - second))
            written += bytes(token["bytes"])
        told = tokens if written.startswith(answer["content"].encode()) else []  # parts of a character are not reported
        return Written(answer["content"], answer["tokens_predicted"], answer["stop_type"] == "eos", tuple(told))

    def solve(self, question: Prompt, settings: Mapping[str, object] | None = None) -> Generator[str | Ending]:
        """Write the solution of a normalised question, piece by piece, then how it ended.

        Closing the iterator stops llama.cpp.

        Args:
            question: the question.
            settings: further fields of the request, such as a temperature; by default it is greedy.

        Raises:
            DataError: llama.cpp refuses the question, mostly for its length.
            ConnectionError: nothing answers, or llama.cpp ended during the solution.
        """
        import httpx

        reader = SolutionReader()
        try:
            with self._http.stream("POST", "/v1/chat/completions", json=chat_request(question, settings)) as response:
                if response.status_code != 200:
                    raise refused(response.read())
                for line in response.iter_lines():
                    yield from reader.read(line)
        except httpx.TransportError as error:
            raise ConnectionError(f"llama.cpp broke off: {error}") from error
        yield reader.ending()


def messages(question: Prompt) -> list[dict[str, str]]:
    """A prompt as the chat API takes it."""
    return [{"role": turn.role, "content": turn.text} for turn in prompt_turns(question)]


def chat_request(question: Prompt, settings: Mapping[str, object] | None = None) -> dict[str, object]:
    """The body of a streamed chat request; `settings` are further fields of it, such as a temperature."""
    return {"messages": messages(question), "stream": True, "stream_options": {"include_usage": True}} | dict(settings or {})


def refused(answer: bytes) -> DataError:
    """The error of an answer in which llama.cpp refuses a request."""
    try:
        said = json.loads(answer)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        said = answer.decode("utf-8", "replace")[:200]
    return DataError("a question that fits the model's context", said, "Shorten it, or serve with a larger --context.")


class SolutionReader:
    """Reads the server-sent lines of one streamed chat answer. It does no I/O, so blocking and async readers share it."""

    def __init__(self) -> None:
        self._reason = ""
        self._last: dict[str, Any] = {}

    def read(self, line: str) -> Iterable[str]:
        """The pieces of the solution that one line holds."""
        if not line.startswith("data: {"):
            return []
        self._last = json.loads(line[6:])
        choices = self._last.get("choices", [])
        self._reason = next((choice["finish_reason"] for choice in choices if choice["finish_reason"]), self._reason)
        return [piece for choice in choices if (piece := choice["delta"].get("content"))]

    def ending(self) -> Ending:
        """How the solution ended, after the last line.

        Raises:
            ConnectionError: the answer is not complete.
        """
        if "usage" not in self._last:
            raise ConnectionError(f"llama.cpp broke off after {self._last}")
        tokens, rate = self._last["usage"]["completion_tokens"], self._last["timings"]["predicted_per_second"]
        return Ending(self._reason == "stop", tokens, rate)

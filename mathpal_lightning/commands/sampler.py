"""A model's name -> what draws solutions from it: llama.cpp for a .gguf file, transformers for everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from transformers import PreTrainedTokenizerBase

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ModelError
from mathpal_lightning.export import Subject, find_subject, require_gguf_tools
from mathpal_lightning.export.gguf.header import read_header
from mathpal_lightning.export.trained_on import load_trained
from mathpal_lightning.files import in_home
from mathpal_lightning.llama_cpp import LlamaCpp, LlamaSettings, start_llama
from mathpal_lightning.model.half import compute_in_half
from mathpal_lightning.model.load import load_base
from mathpal_lightning.model.precision import emulates_bf16
from mathpal_lightning.model.resolve import resolve_model
from mathpal_lightning.model.sample import Sampling, questions_together, sample_seed, sample_solutions
from mathpal_lightning.records import ADAPTER_CONFIG, base_digest, content_digest, folder_digest, require_whole
from mathpal_lightning.schema import Prompt, Sample, prompt_turns

if TYPE_CHECKING:
    from mathpal_lightning.compat.transformers import LanguageModel

TEMPLATE_TOKENS = 64
"""Room for the turn tokens around the text of a turn."""


@dataclass(frozen=True, slots=True)
class Sampler:
    """A model that is loaded when it first draws."""

    digest: str
    """Of its weights: another model, another digest."""
    together: int
    """Questions that share a batch."""
    draw: Callable[[Sequence[Prompt]], Iterator[list[Sample]]]


def open_sampler(model: str, sampling: Sampling, batch_size: int) -> Sampler:
    """Find a model, without loading it.

    Args:
        model: a run folder or an adapter folder (the trained model: the base as training held it, and the adapter), a
            folder of merged or base weights, a .gguf file, a Hub id or offline-gemma.
        sampling: how to draw.
        batch_size: solutions written at a time.

    Raises:
        CheckpointError: a folder that holds neither weights nor an adapter.
        ConfigError: a .gguf file, and llama.cpp is not installed.
        ModelError: nothing is found under the name, or a GGUF without a chat template.
    """
    path = in_home(model)
    if path.suffix == ".gguf" and path.is_file():
        require_gguf_tools()
        require_whole(path)
        _require_template(path)
        return Sampler(content_digest([path]), 1, partial(_draw_with_llama_cpp, path, sampling, batch_size))
    together = questions_together(batch_size, sampling.samples)
    if path.exists() and not _holds_weights(path):
        subject = find_subject(path)
        if subject.adapter is None:
            way_out = f"Export it (mathpal export --run {quoted(path)}), and give its folder merged/."
            raise ModelError("a run with an adapter, or a folder of weights", f"a full fine-tune in {path}", way_out)
        require_whole(subject.adapter)
        subject = subject.merged_into("trained" if subject.trained_on else "original")  # finds the base, and proves it
        digest = f"{folder_digest(subject.adapter_folder)} on {base_digest(subject.base)}"
        return Sampler(digest, together, partial(_draw, partial(_load_adapter, subject), sampling, batch_size))
    folder = resolve_model(model)
    require_whole(folder)
    return Sampler(base_digest(folder), together, partial(_draw, partial(_load_folder, folder), sampling, batch_size))


def _holds_weights(path: Path) -> bool:
    return (path / "config.json").is_file() and not (path / ADAPTER_CONFIG).is_file()


def _require_template(gguf: Path) -> None:
    if "tokenizer.chat_template" not in read_header(gguf).metadata:
        raise ModelError(
            "a GGUF with a chat template",
            f"none in {gguf}",
            "Export it with `mathpal export`; for a base model give its folder, Hub id or offline-gemma.",
        )


def _draw_with_llama_cpp(gguf: Path, sampling: Sampling, slots: int, questions: Sequence[Prompt]) -> Iterator[list[Sample]]:
    longest = max(map(_positions, questions))
    with start_llama(LlamaSettings(gguf, context=longest + sampling.max_new_tokens, slots=slots)) as llama:
        yield from sample_with_llama_cpp(llama, questions, sampling, slots)


def sample_with_llama_cpp(
    llama: LlamaCpp, questions: Sequence[Prompt], sampling: Sampling, slots: int
) -> Iterator[list[Sample]]:
    """Draw solutions as `model.sample.sample_solutions` does, `slots` at a time, in the order of the questions.

    Each has its own seed. Which of them share a step depends on the clock. On a CPU it makes no difference (measured for f32
    and Q8_0 with 1, 4 and 16 slots). On a GPU it may change the last bits of the logits, and with them a few solutions.
    """
    numbers = range(sampling.samples)
    prompts = [prompt for prompt in map(llama.chat_prompt, questions) for _ in numbers]
    seeds = [sample_seed(sampling.seed, question, number) for question in questions for number in numbers]
    pool = ThreadPoolExecutor(slots)
    try:
        samples = pool.map(partial(_sample, llama, sampling), prompts, seeds)
        for _ in questions:
            yield [next(samples) for _ in numbers]
    finally:
        pool.shutdown(cancel_futures=True)


def _sample(llama: LlamaCpp, sampling: Sampling, prompt: str, seed: int) -> Sample:
    text, stopped = llama.complete(
        prompt,
        sampling.max_new_tokens,
        samplers=["temperature", "top_k", "top_p"],
        temperature=sampling.temperature,
        top_k=sampling.top_k,
        top_p=sampling.top_p,
        seed=seed % (2**32 - 1),  # llama.cpp takes 2**32 - 1 for "a random one"
        cache_prompt=False,  # the end of a reused prompt is computed alone: other last bits, sometimes other solutions
    )
    return Sample(text.strip(), stopped)


def _positions(question: Prompt) -> int:
    """An upper bound of a prompt's tokens: a token stands for at least one character."""
    return sum(len(turn.text) + TEMPLATE_TOKENS for turn in prompt_turns(question))


def _draw(
    load: Callable[[], tuple[LanguageModel, PreTrainedTokenizerBase]],
    sampling: Sampling,
    batch_size: int,
    questions: Sequence[Prompt],
) -> Iterator[list[Sample]]:
    return sample_solutions(*load(), questions, sampling, batch_size)


def _load_adapter(subject: Subject) -> tuple[LanguageModel, PreTrainedTokenizerBase]:
    device = _device()
    half = emulates_bf16(device)
    model = load_trained(subject.adapter_folder, subject.base, subject.trained_on, quantized=True, half=half)
    return cast("LanguageModel", model.to(device)), subject.tokenizer


def _load_folder(folder: Path) -> tuple[LanguageModel, PreTrainedTokenizerBase]:
    device = _device()
    half = emulates_bf16(device)
    model = load_base(folder, "transformers", 16, torch.float16 if half else torch.bfloat16, str(device))
    if half:
        compute_in_half(model)
    return model, load_tokenizer(folder)


def _device() -> torch.device:
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")

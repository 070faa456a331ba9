"""The decode rate of today's loops on a GPU: random weights of the true shapes, every way of writing a token, the same prompts.

    python tests/benchmarks/bench_generation.py                                       a minute on an H100
    python tests/benchmarks/bench_generation.py --cases 4B/unsloth/4 --rows 32 8

One line a case and way: milliseconds a token without the reading of the prompts, tokens/s, the seconds of a first call, and on
how many rows the tokens are those of growing keys. A case that fails is printed, and the next one goes on.
"""

from __future__ import annotations

import logging
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import torch
from transformers import Gemma3ForCausalLM, Gemma3TextConfig

from mathpal_lightning.model.decode import Writing, write_growing
from mathpal_lightning.model.decode_fixed import write_fixed
from mathpal_lightning.model.generate import evaluation_mode, likeliest, merged_linears, text_decoder
from mathpal_lightning.model.load import LORA_TARGETS, Lora, add_lora, load_base, resolve_backend
from tests.tiny import tiny_tokenizer

SHAPES: dict[str, dict[str, int]] = {
    "tiny": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 6, "head_dim": 16, "vocab_size": 512},
    "270M": {"hidden_size": 640, "intermediate_size": 2048, "num_hidden_layers": 18},
    "1B": {"hidden_size": 1152, "intermediate_size": 6912, "num_hidden_layers": 26},
    "4B": {"hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34, "heads": 8, "shared": 4, "window": 1024},
}
CASES = (
    "270M/transformers/16",
    "270M/transformers/4",
    "1B/transformers/16",
    "270M/unsloth/16",
    "270M/unsloth/4",
    "1B/unsloth/4",
)
"""Shape, backend and bits. Unsloth changes transformers for the whole of a process, so it comes last."""
Way = Callable[[Writing, int], Iterator[tuple[int, list[int]]]]
WAYS: dict[str, tuple[bool, Way, int, int]] = {
    "adapter in place, growing": (False, write_growing, 3, 9),
    "adapter in place, recorded": (False, write_fixed, 17, 81),
    "merged, growing": (True, write_growing, 3, 9),
    "merged, fixed": (True, partial(write_fixed, record=False), 1, 17),
    "merged, recorded": (True, write_fixed, 17, 145),
}
"""Whether the adapter is merged, the loop, and the tokens of a short and of a long call: their difference is timed."""


def random_gemma3(folder: Path, name: str) -> Path:
    """Save a Gemma 3 of a true shape with random weights, and a small tokenizer that it does not use."""
    shape = dict(SHAPES[name])
    heads, shared, window = shape.pop("heads", 4), shape.pop("shared", 1), shape.pop("window", 512)
    layers = range(shape["num_hidden_layers"])
    config = Gemma3TextConfig(
        **{"vocab_size": 262_144, "head_dim": 256, "query_pre_attn_scalar": 256} | shape,  # type: ignore[arg-type]
        num_attention_heads=heads,
        num_key_value_heads=shared,
        sliding_window=window,
        layer_types=["full_attention" if number % 6 == 5 else "sliding_attention" for number in layers],
        max_position_embeddings=32_768,
    )
    tiny_tokenizer(folder, "gemma3")
    torch.manual_seed(0)
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        Gemma3ForCausalLM(config).save_pretrained(folder)
    torch.set_default_dtype(default)
    return folder


def adapted(folder: Path, backend: str, bits: int) -> Any:
    """Load a base and put an adapter with an effect on it."""
    found = resolve_backend(backend, bits)  # type: ignore[arg-type]
    model = load_base(folder, found, bits, torch.bfloat16, "cuda:0" if torch.cuda.is_available() else "cpu")  # type: ignore[arg-type]
    model = add_lora(model, found, Lora(16, 32.0, 0.0, LORA_TARGETS, rslora=False, dora=False))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.01)
    return model


def time_way(model: Any, way: Way, prompts: list[list[int]], few: int, many: int) -> tuple[float, float, list[list[int]]]:
    """(seconds a token, seconds of a first short call, the tokens); no row ends."""
    head = model.get_output_embeddings().weight

    def written(tokens: int) -> tuple[float, list[list[int]]]:
        writing = Writing(text_decoder(model), head, prompts, 0, likeliest, torch.tensor([-1], device=head.device), tokens)
        wait(head.device)
        started = time.perf_counter()
        found = [ids for _, ids in sorted(way(writing, len(prompts)))]
        wait(head.device)
        return time.perf_counter() - started, found

    first, _ = written(few)
    short, _ = written(few)
    long, found = written(many)
    return (long - short) / (many - few), first, found


def wait(device: torch.device) -> None:
    """Wait for a GPU."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def print_rates(cases: list[str], rows: list[int], limit_s: float) -> None:
    """Print the table.

    Args:
        cases: as CASES.
        rows: prompts at a time.
        limit_s: seconds after which no further case begins.
    """
    logging.basicConfig(level=logging.WARNING)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as temporary:
        for case in cases:
            shape, backend, bits = case.split("/")
            if time.perf_counter() - started > limit_s:
                print(f"{case}: not run, {limit_s:.0f} s are over", flush=True)
                continue
            try:
                folder = Path(temporary) / shape
                model = adapted(folder if folder.exists() else random_gemma3(folder, shape), backend, int(bits))
            except Exception:  # the next case goes on
                print(f"{case}: not loaded\n{traceback.format_exc(limit=-6)}", flush=True)
                continue
            for number in rows:
                print_ways(f"{case} x {number}", model, some_prompts(number))
            del model
    print(f"{time.perf_counter() - started:.0f} s in all")


def some_prompts(number: int) -> list[list[int]]:
    """Prompts of 43 to 100 random tokens."""
    generator = torch.Generator().manual_seed(1)
    return [torch.randint(5, 500, (100 - 3 * (row % 20),), generator=generator).tolist() for row in range(number)]


def print_ways(case: str, model: Any, prompts: list[list[int]]) -> None:
    """Print a line for each way of writing."""
    expected: dict[bool, list[list[int]]] = {}
    on_card = torch.cuda.is_available()
    for name, (merged, way, few, many) in WAYS.items():
        if on_card:
            torch.cuda.reset_peak_memory_stats()
        try:
            with evaluation_mode(model), merged_linears(model) if merged else nullcontext():
                a_token, first, found = time_way(model, way, prompts, few, many)
        except Exception:  # the next way goes on
            print(f"{case}, {name}: failed\n{traceback.format_exc(limit=-6)}", flush=True)
            continue
        first_ones = expected.setdefault(merged, found)
        same = sum(one[: len(other)] == other for one, other in zip(found, first_ones, strict=True))
        peak = torch.cuda.max_memory_allocated() / 1e9 if on_card else 0.0
        print(
            f"{case}, {name}: {a_token * 1000:.2f} ms a token, {len(prompts) / a_token:.0f} tokens/s, "
            f"first call {first:.2f} s, {same} of {len(found)} rows as growing, {peak:.2f} GB",
            flush=True,
        )

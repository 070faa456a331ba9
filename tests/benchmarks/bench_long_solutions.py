"""A token behind long solutions on a CPU: ours against transformers' own cache and attention, in turns, on random weights.

    python tests/benchmarks/bench_long_solutions.py --columns 100 300 600 --rows 30

The shape is that of Gemma 3 270M with 6 of its 18 layers and a small vocabulary. Prints milliseconds of processor time a
token of all rows, the median of the rounds: other programs on the machine disturb little.
"""

import argparse
import functools
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, Gemma3ForCausalLM, Gemma3TextConfig

from mathpal_lightning.model.decode import next_states
from mathpal_lightning.model.growing_cache import GrowingCache, one_query_attention

LAYERS, VOCABULARY = 6, 8192


def random_decoder() -> Any:
    """A third of a Gemma 3 270M, in bfloat16."""
    config = Gemma3TextConfig(
        **{"vocab_size": VOCABULARY, "hidden_size": 640, "intermediate_size": 2048, "num_hidden_layers": LAYERS},
        num_attention_heads=4,
        num_key_value_heads=1,
        head_dim=256,
        query_pre_attn_scalar=256,
        sliding_window=512,
        layer_types=["full_attention" if number % 6 == 5 else "sliding_attention" for number in range(LAYERS)],
    )
    torch.manual_seed(0)
    return Gemma3ForCausalLM(config).to(torch.bfloat16).eval().get_decoder()


def read(decoder: Any, rows: int, columns: int) -> DynamicCache:
    """Rows of one prompt."""
    cache = DynamicCache(config=decoder.config)
    decoder(input_ids=torch.randint(5, 500, (1, columns)), past_key_values=cache, use_cache=True)
    cache.batch_repeat_interleave(rows)
    return cache


def of_transformers(decoder: Any, rows: int, columns: int, tokens: int) -> float:
    """Seconds a token with transformers' cache and attention."""
    cache, mask = read(decoder, rows, columns), torch.ones(rows, columns, dtype=torch.int64)

    def step(ids: Tensor, positions: Tensor) -> None:
        nonlocal mask
        mask = torch.cat([mask, mask.new_ones(rows, 1)], dim=1)
        decoder(input_ids=ids[:, None], attention_mask=mask, position_ids=positions, past_key_values=cache, use_cache=True)

    return seconds(step, rows, columns, tokens)


def of_ours(decoder: Any, rows: int, columns: int, tokens: int) -> float:
    """Seconds a token with ours."""
    cache = GrowingCache(read(decoder, rows, columns), torch.ones(rows, columns, dtype=torch.int64))
    with one_query_attention(decoder.config):
        return seconds(functools.partial(next_states, decoder, cache), rows, columns, tokens)


def seconds(step: Callable[[Tensor, Tensor], object], rows: int, columns: int, tokens: int) -> float:
    """Processor time of each of so many tokens."""
    started = time.process_time()
    for number in range(tokens):
        step(torch.full((rows,), 9), torch.full((rows, 1), columns + number))
    return (time.process_time() - started) / tokens


def main() -> None:
    """Print a line for each number of columns."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--columns", type=int, nargs="+", default=[100, 300, 600])
    parser.add_argument("--rows", type=int, default=30)
    parser.add_argument("--tokens", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    decoder = random_decoder()
    with torch.no_grad():
        for columns in arguments.columns:
            found = [
                [way(decoder, arguments.rows, columns, arguments.tokens) * 1000 for way in (of_transformers, of_ours)]
                for _ in range(arguments.rounds)
            ]
            theirs, ours = (statistics.median(times) for times in zip(*found, strict=True))
            print(f"{columns} columns: {theirs:.0f} ms, ours {ours:.0f} ms, {theirs / ours:.1f} times as fast", flush=True)


if __name__ == "__main__":
    main()

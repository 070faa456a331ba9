"""Attention and compiled layers on a card: what a training step of the 270M and the 1B costs by SDPA, by blocks, and compiled.

    python tests/benchmarks/bench_attention.py                                    on an H100 about 90 s
    python tests/benchmarks/bench_attention.py 1B:8192 --cases sdpa blocks+compiled --seconds 200
    python tests/benchmarks/bench_attention.py 1B:2048 --bits 4
    python tests/benchmarks/bench_attention.py 4-E2B:2048

Random weights of the true shapes in bfloat16, LoRA r = 16 in float32, one packed row a step with documents of about 165 tokens,
60 % of the tokens supervised, autocast to bfloat16: forward, loss and backward pass, without the optimizer. Each case trains on
five batches of differing contents after a first one that allocates and compiles. Loss and norm of the gradients of the first
batch stand beside those of the same weights in float32 by SDPA. A case that fails prints its error, and the next one goes on.
No case begins after `--seconds`. `graphs` counts what torch compiled during the five batches: 0 is what a run needs.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from plan import SHAPES
from torch import Tensor

from mathpal_lightning.model.attention import tiles_of
from mathpal_lightning.model.block_sparse import use_blocks
from mathpal_lightning.model.compiled import compile_layers
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.load import LORA_TARGETS, Bits, Lora, add_lora, checkpoint_activations, load_base
from mathpal_lightning.model.scoring import score_solutions
from mathpal_lightning.schema import IGNORE_INDEX, PackedBatch

TINY = (64, 2, 4, 1, 16, 128, 512)
CASES = ("sdpa", "blocks", "blocks+compiled", "sdpa+compiled", "blocks+checkpointed", "blocks+compiled+checkpointed")
BATCHES = 5
TITLES = ("model", "row", "case", "ms a step", "tokens/s", "peak GB", "first s", "graphs", "loss", "loss off", "gradients off")


def batch(width: int, vocabulary: int, seed: int, device: str) -> PackedBatch:
    """One row of documents of 55 to 275 tokens, the last 60 % of each supervised."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(9, vocabulary, (1, width), generator=generator)
    labels, positions, start = torch.full_like(ids, IGNORE_INDEX), torch.zeros_like(ids), 0
    while start < width - 1:
        length = min(int(torch.randint(55, 276, (1,), generator=generator)), width - start)
        positions[0, start : start + length] = torch.arange(length)
        first = start + max(1, round(0.4 * length))
        labels[0, first : start + length] = ids[0, first : start + length]
        start += length
    return PackedBatch(*(tensor.to(device) for tensor in (ids, labels, positions)))


def config_of(name: str) -> Any:
    """The text decoder of a Gemma 3, or of Gemma 4 E2B with few pieces: its tables of embeddings are no part of a layer."""
    from transformers import Gemma3TextConfig, Gemma4TextConfig

    if name == "4-E2B":
        return Gemma4TextConfig(
            hidden_size=1536, num_hidden_layers=35, num_attention_heads=8, num_key_value_heads=1, head_dim=256,
            global_head_dim=512, intermediate_size=6144, num_kv_shared_layers=20, use_double_wide_mlp=True, vocab_size=8192,
            vocab_size_per_layer_input=8192, layer_types=(["sliding_attention"] * 4 + ["full_attention"]) * 7,
            attn_implementation="sdpa",
        )  # fmt: skip
    hidden, layers, heads, kv, dim, width, vocabulary = TINY if name == "tiny" else SHAPES[name]
    return Gemma3TextConfig(
        hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, num_key_value_heads=kv, head_dim=dim,
        intermediate_size=width, vocab_size=vocabulary, sliding_window=512, query_pre_attn_scalar=dim,
        attn_implementation="sdpa",
    )  # fmt: skip


def model_of(name: str, dtype: torch.dtype, bits: Bits, device: str) -> Any:
    """A Gemma of random weights with an adapter that is not the base; the same weights whatever the dtype."""
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    with torch.device(device):
        base: Any = AutoModelForCausalLM.from_config(config_of(name)).to(torch.bfloat16)
    if bits != 16:
        with tempfile.TemporaryDirectory() as folder:
            base.save_pretrained(folder)
            base = load_base(Path(folder), "transformers", bits, dtype, device)
    torch.manual_seed(0)
    with torch.device(device):
        model = add_lora(base.to(dtype) if bits == 16 else base, "transformers", Lora(16, 32, 0.0, LORA_TARGETS, False, False))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.01)
        if weight.requires_grad:
            weight.data = weight.data.bfloat16().float()
    return model.train()


def step(model: Any, rows: PackedBatch, mixed: bool, chunk: int) -> tuple[Tensor, Tensor]:
    """The mean loss, and the norm of its gradients."""
    with torch.autocast(rows.input_ids.device.type, torch.bfloat16, enabled=mixed):
        loss, count = score_solutions(model, rows, chunk_size=chunk)
    (loss / count).backward()
    gradients = [weight.grad for weight in model.parameters() if weight.grad is not None]
    norm = torch.nn.utils.get_total_norm(gradients)
    for weight in model.parameters():
        weight.grad = None
    return loss.detach() / count, norm


def prepare(model: Any, case: str, device: str) -> None:
    """Give the model the attention and the layers of a case, whatever it had before."""
    decoder = text_decoder(model)
    for layer in decoder.layers:
        vars(layer).pop("forward", None)
    torch.compiler.reset()
    if "blocks" in case:
        use_blocks(model, tiles_of(torch.cuda.get_device_properties(device).shared_memory_per_multiprocessor))
    else:
        decoder.set_attn_implementation("sdpa")
    if "compiled" in case:
        compile_layers(model)
    checkpoint_activations(model, "checkpointed" in case or case == "float32")


def measure(model: Any, batches: list[PackedBatch], case: str, chunk: int) -> dict[str, float]:
    """Seconds of the first step; then of the others, their peak, and the graphs that torch compiled for them."""
    from torch._dynamo.utils import counters

    cuda = batches[0].input_ids.is_cuda
    prepare(model, case, str(batches[0].input_ids.device))
    started = time.perf_counter()
    loss, norm = (value.item() for value in step(model, batches[0], case != "float32", chunk))
    first, compiled = time.perf_counter() - started, counters["stats"]["unique_graphs"]
    if cuda:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    started = time.perf_counter()
    for rows in batches[1:]:
        step(model, rows, case != "float32", chunk)
    if cuda:
        torch.cuda.synchronize()
    seconds = (time.perf_counter() - started) / len(batches[1:])
    peak = torch.cuda.max_memory_allocated() / 1e9 if cuda else 0.0
    graphs = counters["stats"]["unique_graphs"] - compiled
    return {"loss": loss, "norm": norm, "first": first, "seconds": seconds, "peak": peak, "graphs": graphs}


def line(model: str, width: int, case: str, found: dict[str, float], exact: dict[str, float]) -> str:
    """One row of the table."""
    off = [abs(found[name] - exact[name]) / exact[name] for name in ("loss", "norm")]
    cells = (model, width, case, f"{1000 * found['seconds']:.1f}", f"{width / found['seconds']:,.0f}", f"{found['peak']:.2f}",
             f"{found['first']:.1f}", found["graphs"], f"{found['loss']:.4f}", *(f"{share:.1e}" for share in off))  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="*", default=["270M:2048", "1B:8192", "1B:2048", "270M:8192"], help="MODEL:WIDTH")
    parser.add_argument("--cases", nargs="+", default=list(CASES[:3]), choices=CASES)
    parser.add_argument("--bits", type=int, default=16, choices=[4, 16])
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--chunk", type=int, default=1024)
    parser.add_argument("--out", type=Path, help="write what was found as JSON")
    arguments = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    started, rows = time.perf_counter(), []
    print(f"{torch.cuda.get_device_name() if device == 'cuda' else 'CPU'}, torch {torch.__version__}\n")
    print("| " + " | ".join(TITLES) + " |\n|" + " --- |" * len(TITLES), flush=True)
    for asked in arguments.steps:
        name, width = asked.split(":")[0], int(asked.split(":")[1])
        vocabulary = config_of(name).vocab_size
        batches = [batch(width, vocabulary, seed, device) for seed in range(BATCHES + 1)]
        exact, model = None, None
        for case in ("float32", *arguments.cases):
            if time.perf_counter() - started > arguments.seconds:
                print(f"| {name} | {width} | {case} | left out: {arguments.seconds:.0f} s are over |", flush=True)
                continue
            try:
                if case == "float32":
                    model = model_of(name, torch.float32, arguments.bits, device)
                    exact = measure(model, batches[:2], case, arguments.chunk)
                    model = model_of(name, torch.bfloat16, arguments.bits, device)
                else:
                    assert exact is not None, "the float32 reference failed"
                    found = measure(model, batches, case, arguments.chunk)
                    rows.append({"model": name, "row": width, "case": case, **found})
                    print(line(name, width, case, found, exact), flush=True)
            except Exception as error:  # a case that fails must not take the others along
                print(f"| {name} | {width} | {case} | {type(error).__name__}: {str(error)[:300]!r} |", flush=True)
        del model
    if arguments.out:
        arguments.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()

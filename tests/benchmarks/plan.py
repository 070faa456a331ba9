"""configs/PLAN.md: what each Gemma 3 needs on each card, in memory, time and money. Needs neither weights nor a GPU.

python tests/benchmarks/plan.py > configs/PLAN.md
python tests/benchmarks/plan.py --rows 20000 --epochs 2 --price H100=2.1 --mfu 0.35 0.5
"""

import argparse
import tempfile
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from transformers import Gemma3TextConfig

from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.step_memory import step_memory
from mathpal_lightning.model.module import LORA_TARGETS

# hidden, layers, heads, KV heads, head dimension, MLP width, vocabulary: the text decoders of google/gemma-3-*.
SHAPES = {
    "270M": (640, 18, 4, 1, 256, 2048, 262_144),
    "1B": (1152, 26, 4, 1, 256, 6912, 262_144),
    "4B": (2560, 34, 8, 4, 256, 10_240, 262_208),
    "12B": (3840, 48, 16, 8, 256, 15_360, 262_208),
    "27B": (5376, 62, 32, 16, 128, 21_504, 262_208),
}
LENGTH, RANK = 2048, 16
TOKENS_A_ROW = 176
"""Of the real exam rows, measured (tests/benchmarks/RESULTS.md, packing)."""
SUPERVISED = 0.6
CPU_RATE = 575
"""Tokens a second of the 270M on two CPU cores, measured (tests/benchmarks/RESULTS.md, supervised fine-tuning)."""
LAUNCHES = 0.0113
"""Seconds a decoder layer takes at least in a step of one row, for it waits for its operations to be started.

Measured on the host of an H200: 153.6 ms of the 270M's 18 layers and 226.5 of the 1B's 26 are 8.6 ms a layer
(tests/benchmarks/RESULTS.md, attention and compiled layers). Checkpointing repeats the forward pass, 172 of 542 operations.
"""
KERNELS = 0.0040
"""The same with kernels made by torch.compile and without checkpointing: 71.7 ms of the 270M's 18 layers."""
CONTEXT = 1.0
"""GB of a card that the CUDA context and the allocator's gaps take."""
ONE_MACHINE, MANY_MACHINES = 0.95, 0.90
"""Share of the GPUs' rate that is left with 8 in one machine, and with more over several."""


@dataclass(frozen=True)
class Card:
    """A GPU: memory in GB, the maker's dense rate in TFLOP/s for the arithmetic that we use on it, dollars an hour."""

    gb: float
    tflops: float
    dollars: float
    bfloat16: bool = True


T4 = "4-bit, float16 (T4)"
CARDS = {
    "T4": Card(16, 65, 0.35, bfloat16=False),  # products in float16, sums in float32
    "RTX 4090": Card(24, 165, 0.45),
    "A100 80 GB": Card(80, 312, 1.60),
    "H100 80 GB": Card(80, 989, 2.80),
}


@dataclass(frozen=True)
class Model:
    """Weights of the linear layers, of the embedding (tied to the head), and of an adapter on all seven projections."""

    linear: int
    embedding: int
    adapter: int

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> "Model":
        hidden, layers, heads, kv, dim, width, vocabulary = shape
        products = [(hidden, heads * dim), (hidden, kv * dim), (hidden, kv * dim), (heads * dim, hidden)]
        products += [(hidden, width), (hidden, width), (width, hidden)]
        linear, adapter = sum(a * b for a, b in products), RANK * sum(a + b for a, b in products)
        return cls(layers * linear, vocabulary * hidden, layers * adapter)

    @property
    def flops_a_token(self) -> float:
        """Forward 2 N, backward 2 N for the activations (a frozen weight needs no gradient), forward again 2 N.

        The adapter's own weights have a gradient: 8. The head works at supervised positions only: 4. Attention between
        tokens of one document (some 100 at a time) is below 1 % of this and left out.
        """
        return 6 * self.linear + 8 * self.adapter + 4 * SUPERVISED * self.embedding


def memory(shape: tuple[int, ...], step: Step) -> float:
    """GB at the peak of a training step, by the estimate that preflight uses, on true shapes."""
    hidden, layers, heads, kv, dim, width, vocabulary = shape
    config = Gemma3TextConfig(
        hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, num_key_value_heads=kv, head_dim=dim,
        intermediate_size=width, vocab_size=vocabulary, max_position_embeddings=32_768, tie_word_embeddings=True,
        architectures=["Gemma3ForCausalLM"],
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        config.save_pretrained(folder)
        return step_memory(Path(folder), step).peak / 1e9 + CONTEXT


def duration(hours: float) -> str:
    """20 min, 3.4 h, 16 h, 12 d."""
    if hours < 1:
        return f"{max(1, 60 * hours):.0f} min"
    return f"{hours:.{1 if hours < 10 else 0}f} h" if hours < 72 else f"{hours / 24:.0f} d"


def span(least: str, most: str) -> str:
    """`1.5 h to 2.3 h`; one of them where they read alike."""
    return least if least == most else f"{least} to {most}"


def text(*sentences: str) -> list[str]:
    """Lines of a paragraph, or of a point that begins with a dash."""
    whole = " ".join(sentences)
    return textwrap.wrap(whole, 118, subsequent_indent="  " if whole.startswith("- ") else "", break_on_hyphens=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--mfu", type=float, nargs=2, default=[0.30, 0.45], help="the least and the most to assume")
    parser.add_argument("--price", nargs="*", default=[], help="dollars an hour of a card: 'H100 80 GB=2.1'")
    asked = parser.parse_args()
    for name, _, dollars in (price.partition("=") for price in asked.price):
        known = next(card for card in CARDS if card.startswith(name))
        CARDS[known] = replace(CARDS[known], dollars=float(dollars))
    print(page(asked.rows, asked.epochs, tuple(asked.mfu)))


def page(rows: int, epochs: int, mfu: tuple[float, float]) -> str:
    """The whole page."""
    tokens = rows * epochs * TOKENS_A_ROW
    step = Step(rows=1, length=LENGTH, supervised=round(SUPERVISED * LENGTH), lora_r=RANK, lora_targets=LORA_TARGETS,
                gradient_checkpointing=True, optimizer="adamw_8bit", lean=False, device_type="cuda")  # fmt: skip
    settings = {
        "4-bit": step,
        "16-bit": replace(step, bits=16),
        T4: replace(step, dtype=torch.float16, mixed=False, half_products=True, attention="eager"),
    }
    needed = {name: {how: memory(shape, each) for how, each in settings.items()} for name, shape in SHAPES.items()}
    models = {name: Model.of(shape) for name, shape in SHAPES.items()}
    parts = (_head(rows, epochs, tokens, mfu), _memory(needed, models), _time(needed, models, tokens, mfu), _shards(needed))
    return "\n".join(line for part in parts for line in part)


def _head(rows: int, epochs: int, tokens: int, mfu: tuple[float, float]) -> list[str]:
    rates = ", ".join(f"{name} {card.tflops:.0f}" for name, card in CARDS.items())
    dollars = ", ".join(f"{name} {card.dollars:.2f}" for name, card in CARDS.items())
    return [
        "# What a run needs: 270M to 27B, one GPU to 64",
        "",
        *text(
            "Printed by `python tests/benchmarks/plan.py`; with numbers of your own: `--rows`, `--epochs`, `--mfu`, `--price`.",
            "An H200 and an H100 were at hand for a quarter of an hour each (docs/gpu.md). Memory is counted on the true",
            "shapes of Gemma 3",
            "(`estimate/step_memory.py`, within 15 % of what was measured on a CPU, and of the 270M on the H200); time and",
            "money are arithmetic on the assumptions below. Before you rent for long, `mathpal preflight` on the GPU itself",
            "times a few steps and says the hours and the memory of your run.",
        ),
        "",
        *text(
            f"The job: {rows:,} problems of {TOKENS_A_ROW} tokens (the mean of the real exam rows, measured), {epochs} epochs,",
            f"{tokens / 1e6:,.0f} M tokens. LoRA r = {RANK} on all seven projections, packed rows of {LENGTH} (99.8 % full,",
            "measured), one a step and GPU, checkpointing, 8-bit AdamW, 60 % of the tokens supervised. The one rate that was",
            f"measured: the 270M on two CPU cores trains at {CPU_RATE} tokens/s,",
            f"{duration(tokens / CPU_RATE / 3600)} for this job.",
        ),
        "",
        *text(
            "Small models wait for their operations to start: a decoder layer with LoRA starts 172 forward and 370 backward.",
            f"On the host of an H200 that took {1000 * LAUNCHES:.1f} ms a layer and step, checkpointing included (measured",
            "without it on the 270M and the 1B, RESULTS.md), so no step of one row is counted as shorter than its layers times",
            f"that. Kernels made by torch.compile (`model.compile`, 16 bits, no checkpointing) take {1000 * KERNELS:.1f} ms;",
            "more rows a step (`data.batch_size`) share the cost; a host whose Python is faster waits less.",
        ),
        "",
        "Assumed, not measured:",
        "",
        *text(
            f"- A step reaches {100 * mfu[0]:.0f} to {100 * mfu[1]:.0f} % of the GPU's dense rate in TFLOP/s",
            f"({rates}; T4 in float16,",
            "the others in bfloat16), recomputed passes counted as work. 4-bit weights are de-quantised for every product:",
            "take the slower end for them. Measured: 31 % with a 4B in 16 bits on an H100, compiled, two rows a step.",
        ),
        *text(
            "- 6 N operations a token: 2 N forward, 2 N backward for the activations, 2 N forward again for checkpointing.",
            "A frozen",
            "weight has no gradient (full fine-tuning: 8 N). 8 for each weight of the adapter; the head, of V D weights,",
            "takes 4 V D",
            "at supervised positions only.",
        ),
        *text(
            f"- {100 * ONE_MACHINE:.0f} % of the rate is left with 8 GPUs, {100 * MANY_MACHINES:.0f} % with 64: only",
            "the adapter's gradients travel, 4 bytes each, 120 MB a step for 4B.",
        ),
        *text(
            f"- {CONTEXT:.0f} GB of a GPU for the CUDA context and gaps. Evaluation and export come on top; summary.json says",
            "what they took.",
        ),
        *text(f"- Dollars an hour: {dollars}. Prices move: `--price`."),
        "",
    ]


def _memory(needed: dict[str, dict[str, float]], models: dict[str, Model]) -> list[str]:
    lines = ["## Memory at the peak of a step, GB", ""]
    lines += ["| | weights | adapter | " + " | ".join(needed["4B"]) + " |", "| --- " * (3 + len(needed["4B"])) + "|"]
    for name, sizes in needed.items():
        model = models[name]
        figures = " | ".join(f"{size:.1f}" for size in sizes.values())
        lines.append(f"| {name} | {(model.linear + model.embedding) / 1e9:.2f} G | {model.adapter / 1e6:.1f} M | {figures} |")
    return [*lines, ""]


def _time(needed: dict[str, dict[str, float]], models: dict[str, Model], tokens: int, mfu: tuple[float, float]) -> list[str]:
    lines = ["## Time and money of the job, 4-bit", ""]
    lines += ["| | GPU | 1 GPU | 8 GPUs | 64 GPUs | dollars, on one |", "| --- " * 6 + "|"]
    for name, model in models.items():
        for card_name, card in CARDS.items():
            size = needed[name]["4-bit" if card.bfloat16 else T4]
            if size > card.gb:
                lines.append(f"| {name} | {card_name} | does not fit: {size:.0f} GB | | | |")
                continue
            waiting = tokens / LENGTH * SHAPES[name][1] * LAUNCHES
            most, least = (max(waiting, tokens * model.flops_a_token / (card.tflops * 1e12 * share)) / 3600 for share in mfu)
            rates = (1, 8 * ONE_MACHINE, 64 * MANY_MACHINES)
            times = " | ".join(span(duration(least / rate), duration(most / rate)) for rate in rates)
            dollars = span(f"{least * card.dollars:.1f}", f"{most * card.dollars:.1f}")
            lines.append(f"| {name} | {card_name} | {times} | {dollars} |")
    return [
        *lines,
        "",
        *text(
            "More GPUs do the same work for 5 to 11 % more money. At 64 GPUs a step takes 64 rows of 2,048 tokens:",
            f"this job then has {tokens // (64 * LENGTH):,} steps. A smaller one has too few to learn from: take fewer GPUs.",
        ),
        "",
    ]


def _shards(needed: dict[str, dict[str, float]]) -> list[str]:
    whole = needed["27B"]
    return [
        "## What does not fit one GPU",
        "",
        *text(
            f"27B in 16 bits needs {whole['16-bit']:.0f} GB, in 4 bits {whole['4-bit']:.0f}. `configs/fsdp.yaml` keeps a part",
            "of every layer in each process; embedding and activations stay whole. A step sends every layer twice, forward and",
            "backward: 27 GB for 27B in 4 bits, 0.1 s over NVLink (300 GB/s) and 1 s over PCIe (25 GB/s), beside 2 to 3 s of",
            "arithmetic on an A100. So shards are for GPUs that are too small, and ddp for all others.",
        ),
    ]


if __name__ == "__main__":
    main()

"""Peak memory of a merge against loading the model: python tests/benchmarks/bench_export.py

A synthetic Gemma 3 of 400 MB in bf16, merged shard by shard; then the same base loaded whole by transformers, which is what
PEFT's merge_and_unload begins with. Each in a process of its own, after the same on a tiny model: what the libraries take
is subtracted.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from mathpal_lightning.chat import load_tokenizer  # noqa: E402
from mathpal_lightning.export import merge_4bit, merge_adapter, write_adapter  # noqa: E402
from tests.export.conftest import lora_model  # noqa: E402
from tests.tiny import tiny_gemma, tiny_tokenizer  # noqa: E402

SHAPE = {
    "hidden_size": 1024,
    "intermediate_size": 4096,
    "num_hidden_layers": 12,
    "layer_types": (["sliding_attention"] * 5 + ["full_attention"]) * 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "head_dim": 128,
    "vocab_size": 8192,
}


def make(folder: Path, shape: dict[str, Any]) -> None:
    tiny_tokenizer(folder / "base", "gemma3").save_pretrained(folder / "base")
    tiny_gemma("gemma3", **shape).bfloat16().save_pretrained(folder / "base", max_shard_size="100MB")
    model = lora_model(folder / "base", quantized=True, dtype=torch.bfloat16, r=16)
    write_adapter(model, folder / "adapter", load_tokenizer(folder / "base"))


def load(folder: Path) -> None:
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder / "base", dtype="auto")
    assert sum(weight.sum().item() for weight in model.parameters()) != 0, "read every page, as a merge does"


WAYS: dict[str, Callable[[Path], object]] = {
    "load": load,
    "merge into the weights that training saw": lambda folder: merge_adapter(folder / "adapter", folder / "trained"),
    "merge into the original": lambda folder: merge_adapter(folder / "adapter", folder / "original", into="original"),
    "merge into 4 bits": lambda folder: merge_4bit(folder / "adapter", folder / "merged_4bit"),
}


def measure(way: str, folder: Path) -> dict[str, float]:
    """Peaks in MB over what was there before: of private memory, and with the pages of files that are mapped."""
    WAYS[way](folder / "tiny")
    before, peaks, over = memory(), [0.0, 0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.002):
            peaks[:] = [max(peak, now - then) for peak, now, then in zip(peaks, memory(), before, strict=True)]

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    WAYS[way](folder)
    over.set()
    watcher.join()
    return {"private MB": round(peaks[0]), "with mapped files MB": round(peaks[1]), "seconds": time.perf_counter() - started}


def memory() -> list[float]:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return [int(status[key].split()[0]) / 1e3 for key in ("RssAnon", "VmRSS")]


def main() -> None:
    if len(sys.argv) == 3:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
        return
    with tempfile.TemporaryDirectory() as name:
        make(Path(name), SHAPE)
        make(Path(name, "tiny"), {})
        size = sum(file.stat().st_size for file in Path(name, "base").glob("*.safetensors")) / 1e6
        print(f"the model: {size:.0f} MB in {len(list(Path(name, 'base').glob('*.safetensors')))} shards")
        for way in WAYS:
            done = subprocess.run(
                [sys.executable, __file__, way, name], capture_output=True, text=True, check=True, encoding="utf-8"
            )
            figures = json.loads(done.stdout.splitlines()[-1])
            print(f"{way:<42}" + "  ".join(f"{key} {value:.1f}" for key, value in figures.items()))


if __name__ == "__main__":
    main()

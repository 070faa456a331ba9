"""The estimated peak against the high-water mark of fresh processes, on a random Gemma large enough to outweigh the imports."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.process_memory import ACCURACY, LATER_IMPORTS, process_peak
from mathpal_lightning.estimate.step_memory import step_memory
from mathpal_lightning.model.module import LORA_TARGETS
from tests.tiny import tiny_gemma, tiny_tokenizer

ROOT = Path(__file__).parents[2]
GRID: list[tuple[int, int, dict[str, Any]]] = [
    (1, 512, {"bits": 16, "lora_r": 16}),
    (1, 512, {"bits": 4, "lora_r": 16}),
    (2, 512, {"bits": 16, "lora_r": 64}),
    (2, 1024, {"bits": 4, "lora_r": 16, "gradient_checkpointing": True}),
    (4, 256, {"bits": 4, "lora_r": 16, "keep_dequantized": True}),
    (1, 1024, {"bits": 16, "lora_r": 16, "gradient_checkpointing": True}),
    (2, 512, {"bits": 16, "lora_dora": True}),
    (1, 512, {"bits": 16, "finetune": "full"}),
    (1, 512, {"bits": 16, "finetune": "full", "optimizer": "adamw_8bit"}),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """158 M weights in bfloat16: 317 MB."""
    folder = tmp_path_factory.mktemp("gemma")
    tiny_tokenizer(folder, "gemma3")
    shape = {"vocab_size": 65536, "hidden_size": 1024, "intermediate_size": 4096, "head_dim": 256, "sliding_window": 512}
    model = tiny_gemma("gemma3", **shape, num_attention_heads=4, query_pre_attn_scalar=256, initializer_range=0.02)
    model.to(torch.bfloat16).save_pretrained(folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "length", "settings"), GRID)
def test_the_peak_is_within_15_percent(rows: int, length: int, settings: dict[str, Any], folder: Path):
    script = [sys.executable, str(ROOT / "tests/benchmarks/measure_memory.py"), str(folder)]
    done = subprocess.run(
        [*script, json.dumps({"backend": "transformers", **settings}), str(rows), str(length)],
        capture_output=True, text=True, check=True, cwd=ROOT, encoding="utf-8")  # fmt: skip
    measured = json.loads(done.stdout.splitlines()[-1])
    assert measured["step_peak"] > 2 * measured["imports"]
    full = settings.get("finetune") == "full"
    named = {name: value for name, value in settings.items() if name != "finetune"}
    step = Step(rows, length, round(0.6 * rows * length), lora_targets=LORA_TARGETS, full=full, **named)
    peak = process_peak(step_memory(folder, step), measured["imports"] + LATER_IMPORTS, torch.device("cpu"))
    assert peak == pytest.approx(measured["step_peak"], rel=ACCURACY)

"""The estimate of solving problems against the same count on a real batch, for every architecture and setting."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.live_bytes import LiveBytes
from mathpal_lightning.estimate.process_memory import ACCURACY
from mathpal_lightning.estimate.solving_memory import Solving, solving_memory
from mathpal_lightning.model import MathPalModule
from mathpal_lightning.model.generate import evaluation_mode, generate_batch, merged_linears
from mathpal_lightning.model.module import LORA_TARGETS
from tests.tiny import FAMILIES, Family

SETTINGS: list[dict[str, Any]] = [{"bits": 16}, {"bits": 4}, {"bits": 4, "keep_dequantized": True}]


def real_batch(folder: Path, solving: Solving, **settings: Any) -> tuple[int, int]:
    """(bytes of the merged weights, highest bytes alive beyond the model's own) while no solution ends by itself."""
    module = MathPalModule(str(folder), backend="transformers", **settings)
    module.configure_model()
    prompts = [[2] + [20] * (solving.prompt - 1)] * (solving.rows - 1) + [[2, 20, 20]]  # padded, so there is a mask
    with LiveBytes() as live:
        for tensor in [*module.model.parameters(), *module.model.buffers()]:
            live.see(tensor)
        weights = live.now
        with evaluation_mode(module.model), merged_linears(module.model):
            merged = live.now - weights
            generate_batch(
                module.model,
                module.tokenizer,
                prompts,
                solving.new,
                choose=lambda logits, rows, step: torch.full_like(rows, 30),
            )
    return merged, live.peak - weights


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("family", FAMILIES)
def test_the_count_is_that_of_a_real_batch(family: Family, settings: dict[str, Any], gemma_folder: Callable[[Family], Path]):
    for solving in (Solving(rows=6, prompt=60, new=20), Solving(rows=6, prompt=8, new=90)):  # reading decides, then the cache
        merged, peak = real_batch(gemma_folder(family), solving, lora_r=8, **settings)
        step = Step(1, 1, 1, lora_targets=LORA_TARGETS, lora_r=8, **settings)
        found = solving_memory(gemma_folder(family), step, solving)
        assert found.merged == merged
        assert found.peak == pytest.approx(peak, rel=ACCURACY)
        assert 0 < found.cache < found.peak


def test_more_problems_and_longer_solutions_need_more(gemma3_folder: Path):
    step = Step(1, 1, 1, lora_targets=LORA_TARGETS)
    peaks = [solving_memory(gemma3_folder, step, Solving(*each)).peak for each in ((2, 8, 40), (8, 8, 40), (8, 8, 160))]
    assert peaks == sorted(set(peaks))

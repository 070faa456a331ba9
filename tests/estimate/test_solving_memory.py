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
                len(prompts),
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


def test_on_a_card_keys_and_values_have_their_full_size_at_once(gemma_folder: Callable[[Family], Path]):
    card = Step(1, 1, 1, lora_targets=LORA_TARGETS, lora_r=8, lean=False, device_type="cuda")
    found = solving_memory(gemma_folder("gemma3n"), card, Solving(rows=6, prompt=100, new=200))
    # 2 layers have keys of their own, for 2 heads of 16: one for the window's 8 columns, one for 300, rounded up to 320.
    keys_and_values = 2 * 6 * 2 * 16 * (8 + 320) * 2
    written = 6 * 201 * 8
    assert found.cache == pytest.approx(keys_and_values + written, abs=10_000)  # the scales of the norms in float32
    alone = solving_memory(gemma_folder("gemma3n"), card, Solving(rows=6, prompt=100, new=200, merged=False))
    assert (alone.merged, alone.cache) == (0, found.cache)
    short = [
        solving_memory(gemma_folder("gemma3n"), card, Solving(rows=1, prompt=8, new=20, merged=how)) for how in (True, False)
    ]
    assert short[1].peak < short[0].peak  # of many tokens the adapter's own products take more than the copy


def test_more_problems_and_longer_solutions_need_more(gemma3_folder: Path):
    step = Step(1, 1, 1, lora_targets=LORA_TARGETS)
    peaks = [solving_memory(gemma3_folder, step, Solving(*each)).peak for each in ((2, 8, 40), (8, 8, 40), (8, 8, 160))]
    assert peaks == sorted(set(peaks))

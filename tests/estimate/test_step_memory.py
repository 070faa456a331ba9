"""The estimate of a step's memory against the same count on a real step, for every architecture and setting."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.live_bytes import LiveBytes
from mathpal_lightning.estimate.step_memory import step_memory
from mathpal_lightning.model import MathPalModule
from mathpal_lightning.model.module import LORA_TARGETS
from mathpal_lightning.model.scoring import score_solutions
from mathpal_lightning.schema import IGNORE_INDEX, PackedBatch
from tests.tiny import FAMILIES, Family

ROWS, LENGTH = 2, 96


def batch() -> PackedBatch:
    """Documents of 24 tokens, half of each supervised."""
    position_ids = (torch.arange(LENGTH) % 24).expand(ROWS, LENGTH).contiguous()
    input_ids = torch.randint(9, 500, (ROWS, LENGTH), generator=torch.Generator().manual_seed(0))
    return PackedBatch(input_ids, input_ids.masked_fill(position_ids < 12, IGNORE_INDEX), position_ids)


def real_step(folder: Path, **settings: Any) -> tuple[int, int, int]:
    """(bytes of the weights, highest bytes alive in a step, trained weights) of a loaded model."""
    module = MathPalModule(str(folder), backend="transformers", loss_chunk=32, **settings)
    module.configure_model()
    with LiveBytes() as live:
        for tensor in [*module.model.parameters(), *module.model.buffers()]:
            live.see(tensor)
        weights = live.now
        with torch.autocast("cpu", torch.bfloat16):
            loss, _ = score_solutions(module.model, batch(), chunk_size=32)
        loss.backward()
    return weights, live.peak, sum(weight.numel() for weight in module.trained_weights().values())


def estimated(folder: Path, **settings: Any) -> Any:
    named = {"bits": 4, **settings}
    step = Step(ROWS, LENGTH, ROWS * LENGTH // 2, longest=24, lora_targets=LORA_TARGETS, loss_chunk=32, **named)
    return step_memory(folder, step)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("gradient_checkpointing", [False, True])
def test_the_count_is_that_of_the_real_step(
    family: Family, gradient_checkpointing: bool, gemma_folder: Callable[[Family], Path]
):
    settings: dict[str, Any] = {"bits": 16, "lora_r": 8, "gradient_checkpointing": gradient_checkpointing}
    weights, peak, trained = real_step(gemma_folder(family), **settings)
    found = estimated(gemma_folder(family), **settings)
    assert found.trained == trained
    assert found.weights + found.adapter == pytest.approx(weights, rel=0.01)
    assert found.peak - found.optimizer == pytest.approx(peak, rel=0.05)

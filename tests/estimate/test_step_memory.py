"""The estimate of a step's memory against the same count on a real step, for every architecture and setting."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mathpal_lightning.estimate.fake_model import Step
from mathpal_lightning.estimate.live_bytes import LiveBytes
from mathpal_lightning.estimate.process_memory import ACCURACY
from mathpal_lightning.estimate.step_memory import StepMemory, _hidden_states, step_memory, when_fused
from mathpal_lightning.losses import linear_cross_entropy
from mathpal_lightning.model import MathPalModule, load
from mathpal_lightning.model.module import LORA_TARGETS
from mathpal_lightning.model.optimizer import optimizer_of
from mathpal_lightning.model.scoring import score_solutions
from mathpal_lightning.schema import IGNORE_INDEX, PackedBatch
from tests.export.merge.test_weights import multimodal_folder
from tests.export.test_multimodal import gemma4_folder
from tests.tiny import FAMILIES, Family, tiny_gemma

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


@pytest.mark.parametrize("settings", [{"lora_r": 8}, {"finetune": "full"}], ids=str)
@pytest.mark.parametrize("multimodal", [multimodal_folder, gemma4_folder])
def test_a_base_with_towers_is_counted_as_it_is_loaded(
    multimodal: Callable[[Path], Path], settings: dict[str, Any], tmp_path: Path
):
    """Its embedding is its head, so it counts once."""
    weights, peak, trained = real_step(folder := multimodal(tmp_path / "base"), bits=16, **settings)
    found = estimated(folder, bits=16, full="finetune" in settings, lora_r=8)
    assert found.trained == trained
    assert found.weights + found.adapter == pytest.approx(weights, rel=0.01)
    assert found.peak - found.optimizer == pytest.approx(peak, rel=0.05)


def test_the_loss_counts_the_blocks_of_the_device(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """A GPU holds far more logits at once: of 64 rows and a vocabulary of 512 all, where a CPU's block holds a part."""
    monkeypatch.setitem(linear_cross_entropy._BLOCK, "cpu", 2**10)
    monkeypatch.setitem(linear_cross_entropy._PIECE, "cpu", 2**8)
    named: dict[str, Any] = {"bits": 16, "lora_targets": LORA_TARGETS, "loss_chunk": 64, "lean": False}
    on_cpu, on_gpu = (
        step_memory(gemma3_folder, Step(1, 128, 128, device_type=kind, **named)).logits for kind in ("cpu", "cuda")
    )
    assert on_gpu > on_cpu + 64 * 512 * (2 + 4) // 2, (on_cpu, on_gpu)


def test_attention_of_unsloth_on_a_t4_counts_its_inputs_in_float32_and_no_matrix_of_pairs(gemma3_folder: Path):
    named: dict[str, Any] = {"bits": 16, "lora_targets": LORA_TARGETS, "lean": False, "device_type": "cuda"}
    named |= {"dtype": torch.float16, "mixed": False, "half_products": True}
    half, full, eager = (
        step_memory(gemma3_folder, Step(1, 512, 64, attention=kind, **named)).activations
        for kind in ("sdpa", "sdpa_in_float32", "eager")
    )
    assert half < full < eager


@pytest.mark.parametrize(("family", "heads"), [("gemma3n", 4), ("gemma3", 2)])
def test_eager_attention_counts_its_matrix_of_pairs(family: Family, heads: int, gemma_folder: Callable[[Family], Path]):
    named: dict[str, Any] = {"bits": 16, "lora_targets": LORA_TARGETS, "lean": False, "device_type": "cuda"}
    sdpa, eager = (
        step_memory(gemma_folder(family), Step(1, 256, 64, attention=kind, **named)).activations for kind in ("sdpa", "eager")
    )
    layers = 6 if family == "gemma3" else 4
    assert eager - sdpa > layers * heads * 256 * 256 * 2  # weights in bfloat16, kept for the backward pass


def test_attention_by_blocks_holds_no_matrix_of_pairs(monkeypatch: pytest.MonkeyPatch):
    """Except for heads that are too wide for it, as those of Gemma 4's global layers."""
    model: Any = tiny_gemma("gemma4", global_head_dim=512)
    given: dict[str, Any] = {}
    monkeypatch.setattr(
        model.get_decoder(), "forward", lambda **named: given.update(named) or SimpleNamespace(last_hidden_state=torch.zeros(1))
    )
    for attention, shapes in (("sdpa", [(1, 1, 64, 64)] * 2), ("flex_attention", [(1, 1, 64, 64), None])):
        _hidden_states(model, Step(1, 64, 64, attention=attention, lean=False))
        masks = [given["attention_mask"][kind] for kind in ("full_attention", "sliding_attention")]
        assert [None if mask is None else tuple(mask.shape) for mask in masks] == shapes


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_the_optimizer_of_all_weights_counts_its_copies(dtype: torch.dtype, gemma3_folder: Path):
    """Against the state after a real step: two moments in float32 and, for weights in 16 bits, the float32 copies."""
    precision = {torch.bfloat16: "bf16", torch.float32: "float32"}[dtype]
    module = MathPalModule(str(gemma3_folder), backend="transformers", bits=16, finetune="full", precision=precision)
    module.configure_model()
    weights = list(module.trained_weights().values())
    optimizer = optimizer_of(weights, module.settings)
    for weight in weights:
        weight.grad = torch.ones_like(weight)
    optimizer.step()
    copies = getattr(optimizer, "copies", [])
    state = getattr(optimizer, "inner", optimizer).state.values()
    held = sum(entry[name].nbytes for entry in state for name in ("exp_avg", "exp_avg_sq"))
    found = estimated(gemma3_folder, bits=16, full=True, dtype=dtype, mixed=dtype == torch.bfloat16)
    assert found.optimizer == held + sum(copy.nbytes for copy in copies)


@pytest.mark.parametrize("bits", [4, 16])
def test_dora_counts_its_norms(bits: load.Bits, gemma3_folder: Path):
    settings: dict[str, Any] = {"bits": bits, "lora_r": 8, "lora_dora": True}
    weights, peak, trained = real_step(gemma3_folder, **settings)
    found = estimated(gemma3_folder, **settings)
    assert found.trained == trained
    assert found.peak - found.optimizer == pytest.approx(peak, rel=ACCURACY)
    assert found.peak > 1.05 * estimated(gemma3_folder, **settings | {"lora_dora": False}).peak


def test_eight_bit_adamw_takes_temporaries_on_a_cpu(gemma3_folder: Path):
    """Of one tensor at a time, so a large embedding decides."""
    usual = Step(1, 16, 8, bits=16, full=True, optimizer="adamw_8bit")
    on_cpu, on_gpu = (step_memory(gemma3_folder, replace(usual, device_type=kind)) for kind in ("cpu", "cuda"))
    embedding, trained = 512 * 32, on_cpu.trained
    assert on_cpu.peak - on_cpu.optimizer >= on_cpu.weights + 4 * trained + 20 * embedding
    assert on_cpu.optimizer == on_gpu.optimizer


def test_compiled_layers_keep_a_third_less():
    counted = StepMemory(
        9, 9, weights=500, adapter=10, gradients=10, optimizer=20, activations=1000, logits=0, peak=1600, mapped=0, kept=0
    )
    assert (when_fused(counted).activations, when_fused(counted).peak) == (690, 1290)
    at_optimizer = replace(counted, activations=100, peak=560)
    assert when_fused(at_optimizer).peak == 500 + 10 + 2 * 4 * 9 + 20, "float32 gradients and temporaries of nine weights"


@pytest.mark.parametrize("bits", [4, 16])
def test_float16_products_count_as_they_run(bits: load.Bits, gemma3_folder: Path):
    """Against the same step on real tensors."""
    settings: dict[str, Any] = {"bits": bits, "lora_r": 8, "precision": "float16-mixed"}
    module = MathPalModule(str(gemma3_folder), backend="transformers", loss_chunk=32, **settings)
    module.configure_model()
    with LiveBytes() as live:
        for tensor in [*module.model.parameters(), *module.model.buffers()]:
            live.see(tensor)
        loss, _ = score_solutions(module.model, batch(), chunk_size=32)
        loss.backward()
    step = Step(ROWS, LENGTH, ROWS * LENGTH // 2, longest=24, bits=bits, dtype=torch.float16, mixed=False, lora_r=8,
                lora_targets=LORA_TARGETS, loss_chunk=32, half_products=True, lean=False)  # fmt: skip
    found = step_memory(gemma3_folder, step)
    assert found.peak - found.optimizer == pytest.approx(live.peak, rel=0.08 if bits == 16 else 0.15)

"""The optimizer: small steps add up although the weights have 16 bits, and a run goes on bit for bit."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from mathpal_lightning.model.optimizer import OnFloatCopies, optimizer_of
from tests.model.test_module import batch_of, fit, module_for

USUAL = {"learning_rate": 2e-5, "betas": (0.9, 0.999), "weight_decay": 0.0}


def optimizer_for(weights: list[torch.nn.Parameter], name: str = "adamw") -> torch.optim.Optimizer:
    return optimizer_of(weights, SimpleNamespace(optimizer=name, **USUAL))  # type: ignore[arg-type]


def weights_in(dtype: torch.dtype) -> list[torch.nn.Parameter]:
    generator = torch.Generator().manual_seed(0)
    return [torch.nn.Parameter((0.05 * torch.randn(size, generator=generator)).bfloat16().to(dtype)) for size in (4096, 96)]


def train(weights: list[torch.nn.Parameter], optimizer: torch.optim.Optimizer, steps: range) -> None:
    for step in steps:
        generator = torch.Generator().manual_seed(step)
        for weight in weights:
            weight.grad = (1 + torch.randn(weight.shape, generator=generator)).bfloat16().to(weight.dtype)
        optimizer.step()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_weights_in_16_bits_learn_what_float32_weights_learn(dtype: torch.dtype):
    """Fifty steps of 2e-5 moved nine in ten of the bfloat16 weights by nothing."""
    exact, rounded = weights_in(torch.float32), weights_in(dtype)
    before = [weight.detach().clone() for weight in exact]
    train(exact, optimizer_for(exact), range(50))
    optimizer = optimizer_for(rounded)
    train(rounded, optimizer, range(50))
    assert isinstance(optimizer, OnFloatCopies)
    for start, weight, copy, short in zip(before, exact, optimizer.copies, rounded, strict=True):
        torch.testing.assert_close(copy, weight, rtol=0, atol=0)
        torch.testing.assert_close(short, weight.to(dtype), rtol=0, atol=0)
        assert (weight - start).abs().median() > 5e-4


def test_float32_weights_need_no_copies():
    assert type(optimizer_for(weights_in(torch.float32))) is torch.optim.AdamW


def test_the_8_bit_optimizer_works_on_copies_too():
    weights = weights_in(torch.bfloat16)
    optimizer = optimizer_for(weights, "adamw_8bit")
    train(weights, optimizer, range(50))
    assert isinstance(optimizer, OnFloatCopies)
    moved = optimizer.copies[0].detach() - weights_in(torch.float32)[0].detach()
    assert -1.1e-3 < float(moved.median()) < -5e-4


def test_a_saved_state_goes_on_bit_for_bit(tmp_path: Path):
    whole, first = weights_in(torch.bfloat16), weights_in(torch.bfloat16)
    train(whole, optimizer_for(whole), range(20))
    train(first, optimizer := optimizer_for(first), range(7))
    torch.save(optimizer.state_dict(), tmp_path / "state.pt")
    resumed = optimizer_for(first)
    resumed.load_state_dict(torch.load(tmp_path / "state.pt"))
    train(first, resumed, range(7, 20))
    for one, other in zip(whole, first, strict=True):
        assert torch.equal(one, other)


def test_a_state_of_an_earlier_version_goes_on():
    weights = weights_in(torch.bfloat16)
    train(weights, earlier := torch.optim.AdamW(weights, lr=2e-5), range(3))
    optimizer = optimizer_for(weights)
    optimizer.load_state_dict(earlier.state_dict())
    train(weights, optimizer, range(3, 6))
    assert isinstance(optimizer, OnFloatCopies)
    assert int(optimizer.inner.state[optimizer.copies[0]]["step"]) == 6
    assert torch.equal(optimizer.copies[0].bfloat16(), weights[0])


@pytest.mark.parametrize("accumulated", [1, 2])
def test_a_whole_model_learns_in_bfloat16_and_goes_on_where_it_stopped(gemma3_folder: Path, tmp_path: Path, accumulated: int):
    options: dict[str, Any] = {"precision": "bf16-mixed", "accumulate_grad_batches": accumulated, "gradient_clip_val": 1.0}
    batches = [batch_of(30, supervised=10, seed=seed) for seed in range(8)]
    settings = {"finetune": "full", "learning_rate": 1e-4, "schedule": "constant"}
    module = module_for(gemma3_folder, **settings)
    module.configure_model()
    start = {name: weight.clone() for name, weight in module.state_dict().items()}
    trainer = fit(module, batches, tmp_path, max_epochs=3, **options)
    end = module.state_dict()
    assert trainer.global_step == 24 // accumulated
    moved = torch.cat([(end[name] != start[name]).flatten() for name in start if "proj" in name]).float().mean()
    assert moved > 0.5  # 0.12 without copies
    first = fit(module_for(gemma3_folder, **settings), batches, tmp_path, max_epochs=1, **options)
    first.save_checkpoint(tmp_path / "half.ckpt")
    resumed = module_for(gemma3_folder, **settings)
    fit(resumed, batches, tmp_path, max_epochs=3, ckpt_path=tmp_path / "half.ckpt", **options)
    for name, weight in resumed.state_dict().items():
        assert torch.equal(weight, end[name]), name

"""The arithmetic of a run: which one a card gets, which dtypes are really used, and what happens when gradients overflow."""

import logging
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Trainer, seed_everything
from torch.utils._python_dispatch import TorchDispatchMode

from mathpal_lightning import MathDataModule, MathPalModule
from mathpal_lightning.callbacks import AdapterCheckpoint
from mathpal_lightning.compat.bitsandbytes import bits_of
from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.model.generate import text_decoder
from mathpal_lightning.model.loss_scale import Float16Products
from mathpal_lightning.model.precision import base_dtype, resolve_precision
from mathpal_lightning.model.scoring import score_solutions
from mathpal_lightning.schema import PackedBatch
from tests.tiny import FAMILIES, Family

CUDA, CPU = torch.device("cuda:0"), torch.device("cpu")
T4, H100 = (7, 5), (9, 0)
ROWS = [
    {"question": f"{a} + {b} = ?", "solution": f"{a} + {b} = {a + b}\nĐáp số: {a + b}"} for a in range(1, 7) for b in (2, 5)
]


@pytest.mark.parametrize(
    ("wanted", "trainer", "card", "backend", "resolved"),
    [
        ("auto", "bf16-mixed", H100, "unsloth", "bf16-mixed"),
        ("auto", "bf16-mixed", T4, "unsloth", "float16-mixed"),
        ("auto", "bf16-mixed", T4, "transformers", "float16-mixed"),
        ("auto", "bf16-true", T4, "transformers", "float16-mixed"),
        ("auto", "bf16-true", H100, "transformers", "bf16-true"),
        ("auto", "bf16-mixed", None, "transformers", "bf16-mixed"),
        ("auto", "32-true", T4, "transformers", "32-true"),
        ("auto", "32-true", T4, "unsloth", "float16-mixed"),  # what Unsloth computes in truth
        ("auto", "float16-mixed", T4, "unsloth", "float16-mixed"),  # asked again after it was set
        ("bf16", "32-true", H100, "transformers", "bf16-mixed"),
        ("bf16", "bf16-true", H100, "transformers", "bf16-true"),
        ("bf16", "bf16-mixed", T4, "transformers", "bf16-mixed"),
        ("float16-mixed", "bf16-mixed", H100, "transformers", "float16-mixed"),
        ("float32", "bf16-mixed", T4, "transformers", "32-true"),
        ("float32", "16-mixed", None, "transformers", "32-true"),
    ],
)
def test_the_card_decides_where_the_user_does_not(wanted, trainer, card, backend, resolved, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: card)
    assert resolve_precision(wanted, trainer, CUDA if card else CPU, backend, "gemma3") == resolved
    dtypes = {"bf16": torch.bfloat16, "floa": torch.float16, "32-t": torch.float32}
    assert base_dtype(resolved) == dtypes[resolved[:4]]


@pytest.mark.parametrize(
    ("wanted", "trainer", "said"),
    [
        ("auto", "16-mixed", "overflow"),
        ("auto", "16-true", "float16-mixed"),
        ("auto", "64-true", "32-true"),
        ("float32", "32-true", "transformers"),
    ],
)
def test_what_cannot_be_had_is_refused(wanted: Any, trainer: str, said: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: T4)
    with pytest.raises(ConfigError, match=said):
        resolve_precision(wanted, trainer, CUDA, "unsloth", "gemma3")


class Dtypes(TorchDispatchMode):
    """The dtypes of the inputs of each operation."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, set[tuple[torch.dtype, ...]]] = defaultdict(set)

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        dtypes = tuple(arg.dtype for arg in args if isinstance(arg, torch.Tensor) and arg.is_floating_point())
        self.seen[func.overloadpacket.__name__].add(dtypes[:2])
        return func(*args, **(kwargs or {}))


def loaded(folder: Path, **settings: Any) -> MathPalModule:
    module = MathPalModule(str(folder), backend="transformers", lora_r=4, **{"bits": 16, **settings})
    module.configure_model()
    generator = torch.Generator().manual_seed(5)
    for name, weight in sorted(module.trained_weights().items()):
        if "lora_B" in name:
            weight.data.copy_(torch.randn(weight.shape, generator=generator) * 0.05)
        else:
            weight.data.copy_(torch.randn(weight.shape, generator=generator) * 0.1)
    return module


def batch() -> PackedBatch:
    ids = torch.randint(9, 500, (1, 60), generator=torch.Generator().manual_seed(0))
    position_ids = torch.tensor([[*range(25), *range(35)]])
    return PackedBatch(ids, ids.masked_fill(position_ids < 3, -100), position_ids)


def gradients(module: MathPalModule) -> torch.Tensor:
    loss, count = score_solutions(module.model, batch(), 1024)
    (loss / count).backward()
    return torch.cat([weight.grad.flatten().float() for _, weight in sorted(module.trained_weights().items())])


@pytest.mark.parametrize("family", FAMILIES)
def test_products_are_in_float16_and_everything_between_them_in_float32(family: Family, gemma_folder):
    module = loaded(gemma_folder(family), precision="float16-mixed")
    decoder, residual = text_decoder(module.model), []
    hooks = [layer.register_forward_hook(lambda part, given, out: residual.append(out)) for layer in decoder.layers]
    norms = [part for name, part in decoder.named_modules() if name.endswith("layernorm")]
    hooks += [norm.register_forward_hook(lambda part, given, out: residual.append(out)) for norm in norms]
    with Dtypes() as found:
        loss, _ = score_solutions(module.model, batch(), 1024)
    states = [out[0] if isinstance(out, tuple) else out for out in residual]
    assert len(states) >= 3 * len(decoder.layers)
    assert {state.dtype for state in states} == {torch.float32}
    assert all(weight.dtype == torch.float32 for norm in norms for weight in norm.parameters())
    half, full = (torch.float16,) * 2, (torch.float32,) * 2
    assert found.seen["mm"] == {half, full}, "frozen products in float16, LoRA in float32"
    if family == "gemma2":  # SDPA has no cap of the scores, so attention is made of products; the other ones are the rotary's
        assert found.seen["bmm"] == {half, full}
    else:
        attention = next(name for name in found.seen if name.startswith("_scaled_dot_product"))
        assert found.seen[attention] == {half}
    assert torch.float16 not in {dtype for pair in found.seen["exp_"] for dtype in pair}, "the softmax of the loss"
    assert loss.dtype == torch.float32
    frozen = {name: weight for name, weight in decoder.named_parameters() if not weight.requires_grad and weight.ndim == 2}
    assert len(frozen) > 7 * len(decoder.layers)
    assert {weight.dtype for name, weight in frozen.items() if "altup" not in name} == {torch.float16}
    for hook in hooks:
        hook.remove()


@pytest.mark.parametrize(("bits", "keep"), [(4, False), (4, True), (8, False)])
def test_quantised_layers_multiply_in_float16_too(bits: int, keep: bool, gemma3_folder: Path):
    module = loaded(gemma3_folder, precision="float16-mixed", bits=bits, keep_dequantized=keep)
    outputs = []
    quantised = [part for part in module.modules() if bits_of(part) == bits]
    for part in quantised:
        part.register_forward_hook(lambda part, given, out: outputs.append((given[0].dtype, out.dtype)))
    assert gradients(module).isfinite().all()
    assert len(outputs) == len(quantised) == 42
    assert set(outputs) == {(torch.float32, torch.float32)}
    if bits == 4:
        assert {part.compute_dtype for part in quantised} == {torch.float16}
    if keep:
        assert {part.dequantized_weight.dtype for part in quantised} == {torch.float16}


def test_float16_products_are_more_exact_than_bfloat16(gemma3_folder: Path):
    exact = gradients(loaded(gemma3_folder, precision="float32"))
    half = gradients(loaded(gemma3_folder, precision="float16-mixed"))
    bfloat = gradients(loaded(gemma3_folder, precision="bf16"))
    error, other = ((found - exact).norm() / exact.norm() for found in (half, bfloat))
    assert error < 0.02
    assert error < other / 2


def trainer(folder: Path, **settings: Any) -> Trainer:
    return Trainer(
        accelerator="cpu", logger=False, enable_progress_bar=False, enable_model_summary=False, default_root_dir=folder,
        limit_val_batches=0, log_every_n_steps=1, **{"max_steps": 2, "callbacks": [AdapterCheckpoint()], **settings},
    )  # fmt: skip


def fit(
    folder: Path,
    base: Path,
    ckpt_path: Path | None = None,
    precision: Any = "float16-mixed",
    in_trainer: Any = None,
    **settings: Any,
):
    seed_everything(3, verbose=False)
    module = MathPalModule(str(base), backend="transformers", bits=16, lora_r=4, precision=precision)
    data = MathDataModule(ROWS, max_length=128, validation_share=0.2)
    made = trainer(folder, precision=in_trainer, **settings)
    made.fit(module, datamodule=data, ckpt_path=ckpt_path)
    return made, module


def test_a_step_that_overflows_is_skipped_and_the_scale_goes_on_from_a_checkpoint(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(Float16Products.__init__, "__defaults__", (2.0**40,))
    with caplog.at_level(logging.WARNING):
        made, module = fit(tmp_path, gemma3_folder, max_steps=2)
    plugin = made.precision_plugin
    assert isinstance(plugin, Float16Products)
    assert (plugin.scale, plugin.skipped) == (2.0**38, 2)
    assert "this step is skipped" in caplog.text
    assert not any(weight.any() for name, weight in module.trained_weights().items() if "lora_B" in name)
    saved = torch.load(tmp_path / "checkpoints" / "last.ckpt", weights_only=True)
    assert saved["Float16Products"] == {"scale": 2.0**38, "skipped": 2}
    assert saved["precision"] == "float16-mixed"
    monkeypatch.setattr(Float16Products.__init__, "__defaults__", (8.0,))
    made, _ = fit(tmp_path, gemma3_folder, tmp_path / "checkpoints" / "last.ckpt", max_steps=3)
    assert made.precision_plugin.scale == 2.0**37, "the scale of the checkpoint, halved once more"


def test_the_scale_leaves_no_trace_in_what_is_learned(gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Powers of two change no rounding, only what falls below the smallest number of float16."""
    learned = []
    for number, scale in enumerate((1.0, 8.0)):
        monkeypatch.setattr(Float16Products.__init__, "__defaults__", (scale,))
        _, module = fit(tmp_path / str(number), gemma3_folder, callbacks=[], enable_checkpointing=False, gradient_clip_val=1.0)
        learned.append(torch.cat([weight.detach().flatten() for weight in module.trained_weights().values()]))
    assert learned[0].any()
    assert (learned[0] - learned[1]).norm() < 1e-2 * learned[0].norm()


def test_a_run_goes_on_in_its_own_arithmetic_unless_the_user_says_otherwise(gemma3_folder: Path, tmp_path: Path):
    fit(tmp_path, gemma3_folder, precision="float32", max_steps=1)
    last = tmp_path / "checkpoints" / "last.ckpt"
    with pytest.raises(CheckpointError, match=r"trained in 32-true.*--model.precision float32.*--model.precision bf16"):
        fit(tmp_path, gemma3_folder, last, precision="auto", max_steps=2, in_trainer="bf16-mixed")
    made, _ = fit(tmp_path, gemma3_folder, last, precision="bf16", max_steps=2)
    assert made.global_step == 2


@pytest.mark.parametrize(("wanted", "loaded"), [("auto", "bf16-mixed"), ("float16-mixed", "float16-mixed")])
def test_a_module_that_solved_before_its_fit_keeps_the_arithmetic_of_its_weights(
    wanted: Any, loaded: str, gemma3_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """In a notebook weights load without a Trainer; one of another precision would train without the loss scale, or record
    an arithmetic that is not the weights' own."""
    module = MathPalModule(str(gemma3_folder), backend="transformers", bits=16, lora_r=4, precision=wanted)
    module.generate_solutions(["1 + 1 = ?"], max_new_tokens=1)
    made = trainer(tmp_path, precision="32-true")
    with caplog.at_level(logging.WARNING):
        made.fit(module, datamodule=MathDataModule(ROWS, max_length=128, validation_share=0.2))
    assert str(made.precision) == module.resolved_precision == loaded
    assert isinstance(made.precision_plugin, Float16Products) == (wanted == "float16-mixed")
    saved = torch.load(tmp_path / "checkpoints" / "last.ckpt", weights_only=True)
    assert saved["precision"] == loaded
    assert ("are loaded for bf16-mixed" in caplog.text) == (wanted == "auto")

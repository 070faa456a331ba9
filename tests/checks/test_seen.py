"""What was found before is believed only where nothing has changed: neither the code, nor the settings, nor the card."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from mathpal_lightning import content_key
from mathpal_lightning.callbacks import preflight
from mathpal_lightning.checks import seen
from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.checks.seen import hardware, key_of_run, read_seen, write_seen
from mathpal_lightning.errors import ModelError
from mathpal_lightning.model import MathPalModule
from mathpal_lightning.model.lean import Spans
from tests.callbacks.test_preflight import fit
from tests.test_content_key import forget

CPU = torch.device("cpu")
PACKAGE = Path(content_key.__file__).parent


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "cache"))


def key(folder: Path, kind: type[MathPalModule] = MathPalModule, device: torch.device = CPU, **settings: Any) -> str:
    return key_of_run(kind(str(folder), **settings), ["sft", 512], device, "bf16-mixed")


def test_a_leak_in_the_attention_is_found_although_the_model_was_seen_before_the_code_changed(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fit(gemma3_folder, tmp_path / "sound")[2]()
    assert len(list((tmp_path / "cache" / "preflight").glob("*.json"))) == 1
    # The same leak in the file, which the key reads, and in the function, which this process has loaded.
    changed = shutil.copytree(PACKAGE, tmp_path / "changed", ignore=shutil.ignore_patterns("__pycache__"))
    attention = changed / "model" / "lean" / "attention.py"
    sound = attention.read_text(encoding="utf-8")
    attention.write_text(sound.replace("if position == 0]", "if place == 0]"), encoding="utf-8")
    assert attention.read_text(encoding="utf-8") != sound
    monkeypatch.setattr(content_key, "_FOLDER", changed)
    forget()

    def one_document(position_ids: torch.Tensor) -> Spans:
        return Spans([(row, 0, position_ids.shape[1]) for row in range(len(position_ids))])

    monkeypatch.setattr("mathpal_lightning.model.scoring.document_spans", one_document)
    trainer, _, run = fit(gemma3_folder, tmp_path / "leaking")
    try:
        with pytest.raises(ModelError, match="attend to each other"):
            run()
    finally:
        forget()
    assert trainer.global_step == 0


def test_a_pass_with_other_kernels_is_not_believed(gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """On some cards a fit of 200 steps compiles its layers, and the 20 steps that tried it out did not."""
    step = preflight.planned_step
    for fused in (False, True, True):
        monkeypatch.setattr(preflight, "planned_step", lambda *given, fused=fused: replace(step(*given), fused=fused))
        fit(gemma3_folder, tmp_path / "run")[2]()
    assert len(list((tmp_path / "cache" / "preflight").glob("*.json"))) == 2


class Other(MathPalModule):
    """Another module of another author."""


def test_code_settings_and_batches_decide_the_key(gemma3_folder: Path):
    keys = [key(gemma3_folder), key(gemma3_folder, Other), key(gemma3_folder, lora_r=8)]
    keys.append(key_of_run(MathPalModule(str(gemma3_folder)), ["sft", 1024], CPU, "bf16-mixed"))
    keys.append(key_of_run(MathPalModule(str(gemma3_folder)), ["sft", 512], CPU, "32-true"))
    assert len(set(keys)) == 5
    assert key(gemma3_folder) == keys[0]


def test_a_class_without_source_is_checked_in_every_run(gemma3_folder: Path):
    namespace: dict[str, Any] = {"MathPalModule": MathPalModule, "__name__": "typed_into_a_shell"}
    exec("class Typed(MathPalModule): pass", namespace)
    assert key(gemma3_folder, namespace["Typed"]) != key(gemma3_folder, namespace["Typed"])


def test_a_pass_on_one_card_is_not_believed_on_another(gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    cuda, keys = torch.device("cuda:0"), set()
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    for name, capability in (("NVIDIA H100 80GB HBM3", (9, 0)), ("Tesla T4", (7, 5)), ("NVIDIA L4", (8, 9))):
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda device, name=name: name)
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device, capability=capability: capability)
        assert hardware(cuda) == ["cuda", name, *capability, "12.8"]
        keys.add(key(gemma3_folder, device=cuda))
    assert len(keys | {key(gemma3_folder)}) == 4


@pytest.mark.parametrize("library", ["flash-attn", "triton", "xformers", "torch", "unsloth", "bitsandbytes"])
def test_the_libraries_that_bring_kernels_decide_the_key(library: str, gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch):
    assert library in seen.LIBRARIES
    before, real = key(gemma3_folder), content_key.installed_version
    monkeypatch.setattr(content_key, "installed_version", lambda name: "0.0.1" if name == library else real(name))
    assert key(gemma3_folder) != before


def test_findings_are_read_back():
    findings = [Finding("trained weights", "3.8 M"), Finding("law", "no proof", "warning", "a leak", "Look.")]
    assert read_seen("a key") is None
    write_seen("a key", findings)
    assert read_seen("a key") == findings

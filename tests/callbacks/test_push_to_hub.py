"""PushToHub in a Trainer and a module that are not ours, against a Hub on loopback."""

import json
import shlex
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from huggingface_hub import ModelCard
from peft import PeftModel
from transformers import AutoModelForCausalLM

from mathpal_lightning.callbacks import AdapterCheckpoint, ExportModel, PushToHub, RunSummary
from mathpal_lightning.cli.main import main
from mathpal_lightning.errors import ConfigError, PushError
from tests.callbacks.foreign import ForeignModule, batches, foreign_trainer
from tests.export.hub_server import REPO, TOKEN, Hub

MERGED = ["adapter", "merged_16bit"]


def fit(base: Path, folder: Path, *callbacks: Any, **settings: Any) -> ForeignModule:
    module = ForeignModule(base)
    foreign_trainer(folder, *callbacks, **settings).fit(module, batches(2))
    return module


def test_alone_it_pushes_the_live_adapter_with_its_tokenizer(gemma3_folder: Path, tmp_path: Path, hub: Hub):
    module = fit(gemma3_folder, tmp_path / "run", PushToHub(REPO))
    (commit,) = hub.repos[REPO].commits
    assert hub.repos[REPO].private
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "README.md", "NOTICE"} <= set(commit)
    for name, content in commit.items():
        (tmp_path / name).write_bytes(content)
    pushed = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(gemma3_folder), tmp_path).eval()
    ids = torch.tensor([[2, 50, 60, 70, 80]])
    with torch.no_grad():
        trained = module.language_model.eval()(input_ids=ids).logits
        torch.testing.assert_close(pushed(input_ids=ids).logits, trained, rtol=1e-4, atol=1e-4)
    assert ModelCard(commit["README.md"].decode()).data.license == "gemma"
    assert json.loads((tmp_path / "run" / "summary.json").read_text(encoding="utf-8"))["hub"]["commit"] == f"{1:040x}"


def test_after_an_export_it_pushes_what_was_exported(gemma3_folder: Path, tmp_path: Path, hub: Hub):
    fit(gemma3_folder, tmp_path, AdapterCheckpoint(), ExportModel(MERGED), PushToHub(REPO, "merged", private=False))
    (commit,) = hub.repos[REPO].commits
    assert not hub.repos[REPO].private
    assert commit["model.safetensors"] == (tmp_path / "merged" / "model.safetensors").read_bytes()
    card = commit["README.md"].decode()
    assert "| merged | KL against the trained model |" in card
    assert "PeftModel" not in card
    assert not any(str(gemma3_folder).encode() in content or str(tmp_path).encode() in content for content in commit.values())


@pytest.mark.parametrize(
    "callbacks",
    [
        [PushToHub(REPO, "merged")],
        [PushToHub(REPO, "gguf"), ExportModel(["gguf:q8_0"], verify=False)],
        [ExportModel(["adapter"], verify=False), PushToHub(REPO, "gguf")],
        [ExportModel(MERGED, verify=False), PushToHub(REPO, "gguf")],
        [ExportModel([]), PushToHub(REPO, "merged")],
    ],
)
def test_an_artefact_that_nothing_will_have_written_stops_the_run_at_once(
    callbacks: list[Any], gemma3_folder: Path, tmp_path: Path, hub: Hub
):
    with pytest.raises(ConfigError, match="among the formats of an ExportModel before PushToHub"):
        fit(gemma3_folder, tmp_path, *callbacks)
    assert not list(tmp_path.iterdir())
    assert not hub.requests


def test_a_token_that_may_not_write_stops_the_run_at_once(gemma3_folder: Path, tmp_path: Path, hub: Hub):
    hub.whoami = {"name": "minh", "auth": {"accessToken": {"role": "write"}}}
    with pytest.raises(PushError, match="no member of lan"):
        fit(gemma3_folder, tmp_path, PushToHub(REPO))
    assert not list(tmp_path.iterdir())


def test_a_hub_that_cannot_be_asked_lets_the_run_begin(
    gemma3_folder: Path, tmp_path: Path, hub: Hub, caplog: pytest.LogCaptureFixture
):
    hub.cut = {"whoami": 1}
    fit(gemma3_folder, tmp_path, PushToHub(REPO))
    assert "could not check whether" in caplog.text
    assert len(hub.repos[REPO].commits) == 1


def test_a_push_that_breaks_keeps_the_run_shows_its_table_and_can_be_finished(
    gemma3_folder: Path, tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    hub.cut = {"PUT /storage": 1000}
    with pytest.raises(PushError, match="Everything is kept") as broken:
        fit(gemma3_folder, tmp_path, AdapterCheckpoint(), ExportModel(MERGED), RunSummary(), PushToHub(REPO, "merged"))
    assert broken.value.exit_code == 8
    shown = capsys.readouterr()
    assert "model card" not in shown.out
    assert str(tmp_path.name) in shown.out, "the table of the run"
    assert TOKEN not in shown.out + shown.err + caplog.text + str(broken.value)
    assert "hub" not in json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert not hub.repos[REPO].commits
    hub.cut = {}
    main(shlex.split(str(broken.value).split("run: mathpal ")[1]))
    (commit,) = hub.repos[REPO].commits
    assert commit["model.safetensors"] == (tmp_path / "merged" / "model.safetensors").read_bytes()


@pytest.mark.parametrize("settings", [{"fast_dev_run": True}, {}])
def test_nothing_is_pushed_by_a_fast_dev_run_or_without_a_repo(
    settings: dict[str, Any], gemma3_folder: Path, tmp_path: Path, hub: Hub
):
    fit(gemma3_folder, tmp_path, PushToHub(REPO if settings else None), **settings)
    assert not hub.requests


@pytest.mark.parametrize("state", [{"is_global_zero": False}, {"is_global_zero": True, "interrupted": True}])
def test_nothing_is_pushed_by_another_process_or_after_an_interruption(state: dict[str, Any], hub: Hub):
    PushToHub(REPO).on_fit_end(SimpleNamespace(fast_dev_run=False, **state), None)  # type: ignore[arg-type]
    assert not hub.requests

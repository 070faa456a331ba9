import json
from pathlib import Path

import pytest

from mathpal_lightning.commands.export import export, find_adapter, note
from mathpal_lightning.errors import CheckpointError, PushError
from mathpal_lightning.export import Check, Export, Verification, write_adapter
from tests.export.conftest import lora_model
from tests.export.hub_server import REPO, Hub


def _adapter(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text("{}")
    return folder


def test_a_run_means_its_adapter_folder_else_its_newest_checkpoint_but_last(tmp_path: Path):
    run = tmp_path / "run"
    _adapter(run / "checkpoints" / "last.adapter")
    assert find_adapter(run).name == "last.adapter"
    _adapter(run / "checkpoints" / "step=10.adapter")
    assert find_adapter(run).name == "step=10.adapter"
    assert find_adapter(run / "checkpoints" / "step=10.ckpt").name == "step=10.adapter"
    _adapter(run / "adapter")
    assert find_adapter(run) == run / "adapter"
    assert find_adapter(run / "adapter") == run / "adapter"


def test_nothing_to_export_is_an_error(tmp_path: Path):
    with pytest.raises(CheckpointError, match="found .*nowhere which does not exist"):
        export(tmp_path / "nowhere")


def test_a_bare_adapter_is_exported_beside_itself_and_verified(gemma3_folder: Path, tmp_path: Path):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "mine")
    done = export(adapter, ["adapter", "merged_16bit"])
    assert done.verification is not None
    assert done.verification.ok
    assert (tmp_path / "mine.export" / "merged" / "model.safetensors").is_file()
    again = export(tmp_path / "mine.export", ["merged_16bit"], verify=False)
    assert again is not None
    assert again.artefacts["merged"] == tmp_path / "mine.export" / "merged"
    noted = json.loads((tmp_path / "mine.export" / "summary.json").read_text())["export"]
    assert noted["checks"] == done.verification.as_rows(), "an export that checks nothing leaves the checks"
    assert "| merged | KL against the trained model |" in (tmp_path / "mine.export" / "README.md").read_text()


def test_an_export_is_noted_beside_what_the_run_noted(tmp_path: Path):
    gguf = Verification((Check("model-q8_0.gguf", "KL", 0.0, "<= 1", True, ""),)).as_rows()
    stale = Verification((Check("merged", "KL", 9.0, "<= 1", False, "bad"),)).as_rows()
    noted = {"seconds": 9, "export": {"checks": [*gguf, *stale], "bytes": {"gguf:q8_0": 1}}}
    (tmp_path / "summary.json").write_text(json.dumps(noted))
    checks = Verification((Check("merged", "KL", 0.0, "<= 1", True, ""),))
    note(tmp_path, Export("trained", verification=checks))
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["seconds"] == 9
    assert summary["export"]["checks"] == [*gguf, *checks.as_rows()]
    assert summary["export"]["bytes"] == {"gguf:q8_0": 1}


def test_a_run_is_exported_and_pushed_in_one_go_and_alone_nothing_is_exported(
    gemma3_folder: Path, tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "mine")
    assert export(adapter, push=REPO) is None
    assert not (tmp_path / "mine.export").exists()
    assert set(hub.repos[REPO].files) >= {"adapter_model.safetensors", "README.md"}
    done = export(adapter, ["merged_16bit"], verify=False, push=f"{REPO}-merged", artefact="merged", private=False)
    assert done is not None
    assert "model.safetensors" in hub.repos[f"{REPO}-merged"].files
    assert f"push: merged, public, with its model card: {hub.url}/{REPO}-merged" in capsys.readouterr().out


def test_a_push_that_may_not_be_is_refused_before_anything_is_exported(gemma3_folder: Path, tmp_path: Path, hub: Hub):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "mine")
    with pytest.raises(PushError, match="no member of truong"):
        export(adapter, ["merged_16bit"], push="truong/toan")
    assert not (tmp_path / "mine.export").exists()

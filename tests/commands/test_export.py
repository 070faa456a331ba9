from pathlib import Path

import pytest

from mathpal_lightning.commands.export import export, find_adapter
from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.export import write_adapter
from tests.export.conftest import lora_model


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
    assert again.artefacts["merged"] == tmp_path / "mine.export" / "merged"

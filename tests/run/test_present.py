from pathlib import Path

import pytest

from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.records import ADAPTER_CONFIG
from mathpal_lightning.run import export_folder, require_weights


def adapter(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / ADAPTER_CONFIG).touch()
    return folder


def test_each_adapter_folder_has_an_export_of_its_own(tmp_path: Path):
    folders = [export_folder(adapter(tmp_path / name)) for name in ("lop5-v0.1", "lop5-v0.2", "step=3.adapter")]
    assert [folder.name for folder in folders] == ["lop5-v0.1.export", "lop5-v0.2.export", "step=3.adapter.export"]
    assert {folder.parent for folder in folders} == {tmp_path}
    assert export_folder(tmp_path / "step=3.ckpt") == tmp_path / "step=3.export"


def test_a_run_is_exported_into_itself(tmp_path: Path):
    adapter(tmp_path / "lop5-v0.1" / "adapter")
    assert export_folder(tmp_path / "lop5-v0.1") == tmp_path / "lop5-v0.1"


def test_the_folder_that_one_stands_in_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(adapter(tmp_path / "mine"))
    assert export_folder(".") == tmp_path.resolve() / "mine.export"
    adapter(tmp_path / "mine" / "inside")
    monkeypatch.chdir("inside")
    assert export_folder("..") == tmp_path.resolve() / "mine.export"


def test_the_adapter_of_a_checkpoint_is_not_that_of_a_folder_with_a_point_in_its_name(tmp_path: Path):
    adapter(tmp_path / "lop5-v0.adapter")
    (tmp_path / "lop5-v0.1").mkdir()
    with pytest.raises(CheckpointError, match="a folder with adapter_config.json"):
        require_weights(tmp_path / "lop5-v0.1")
    require_weights(tmp_path / "lop5-v0.ckpt")  # its checkpoint is missing

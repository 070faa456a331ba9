from pathlib import Path

import pytest

from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.records import ADAPTER_CONFIG
from mathpal_lightning.run import require_weights


def adapter(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / ADAPTER_CONFIG).touch()
    return folder


def test_the_adapter_of_a_checkpoint_is_not_that_of_a_folder_with_a_point_in_its_name(tmp_path: Path):
    adapter(tmp_path / "lop5-v0.adapter")
    (tmp_path / "lop5-v0.1").mkdir()
    with pytest.raises(CheckpointError, match="a folder with adapter_config.json"):
        require_weights(tmp_path / "lop5-v0.1")
    require_weights(tmp_path / "lop5-v0.ckpt")  # its checkpoint is missing

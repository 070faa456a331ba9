"""Whether a run's files fit on the disk."""

from pathlib import Path

import pytest

from mathpal_lightning.checks.disk import check_disk
from mathpal_lightning.errors import WriteError
from mathpal_lightning.estimate.disk import checkpoint_bytes
from mathpal_lightning.estimate.machine import free_disk_bytes


def test_a_disk_that_is_too_small_is_refused(tmp_path: Path):
    folder = tmp_path / "outputs" / "run"
    free = free_disk_bytes(folder)
    assert check_disk(folder, checkpoint_bytes(1000, 8000, kept=1), {"adapter": 5000}).level == "ok"
    with pytest.raises(WriteError, match=r"export\.formats: \[adapter\]"):
        check_disk(folder, 0, {"merged_16bit": 2 * free})
    assert not folder.exists()

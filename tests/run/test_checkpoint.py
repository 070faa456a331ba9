"""The one reader of checkpoints: a seal is verified, a file without one is read only where that is allowed, and then said."""

from pathlib import Path

import pytest
import torch

from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.run import adapter_folder, newest_sound, read_checkpoint
from mathpal_lightning.run.seal import is_unsealed, seal


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A checkpoint as Lightning's own ModelCheckpoint writes it."""
    torch.save({"weights": torch.arange(50.0)}, tmp_path / "epoch=0.ckpt")
    return tmp_path / "epoch=0.ckpt"


def test_a_file_without_a_seal_is_refused_unless_it_is_allowed(plain: Path, caplog: pytest.LogCaptureFixture):
    with pytest.raises(CheckpointError, match="does not end with its digest"):
        read_checkpoint(plain)
    assert torch.equal(read_checkpoint(plain, unsealed=True)["weights"], torch.arange(50.0))
    assert "has no seal: another ModelCheckpoint wrote it, so whether it is whole cannot be checked" in caplog.text


def test_a_damaged_seal_is_not_taken_for_a_missing_one(plain: Path):
    seal(plain, 1, None)
    content = bytearray(plain.read_bytes())
    assert not is_unsealed(plain)
    content[-1] ^= 0x80  # no hex digit any more: the comment is no seal, but it is a comment
    plain.write_bytes(content)
    with pytest.raises(CheckpointError, match="does not end with its digest"):
        read_checkpoint(plain, unsealed=True)


@pytest.mark.parametrize("kept", [0, 10, 21, 500])
def test_a_cut_file_is_refused_in_words_even_where_a_seal_is_not_needed(plain: Path, kept: int):
    plain.write_bytes(plain.read_bytes()[:kept])
    with pytest.raises(CheckpointError, match="epoch=0.ckpt"):
        read_checkpoint(plain, unsealed=True)


def test_a_zip_file_that_lacks_its_middle_is_refused_in_words(plain: Path):
    content = plain.read_bytes()
    plain.write_bytes(content[:200] + content[600:])
    assert is_unsealed(plain)
    with pytest.raises(CheckpointError, match="epoch=0.ckpt"):
        read_checkpoint(plain, unsealed=True)


@pytest.mark.parametrize("mmap", [False, True])
def test_tensors_may_stay_on_the_disk(plain: Path, mmap: bool):
    seal(plain, 1, None)
    assert torch.equal(read_checkpoint(plain, mmap=mmap)["weights"], torch.arange(50.0))


def test_a_file_without_a_seal_is_never_resumed_from(plain: Path):
    with pytest.raises(CheckpointError, match=r"epoch=0\.ckpt does not end"):
        newest_sound(plain.parent)


def test_the_adapter_stands_beside():
    assert adapter_folder("checkpoints/step=100.ckpt") == Path("checkpoints/step=100.adapter")

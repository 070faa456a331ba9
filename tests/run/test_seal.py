"""The seal of a checkpoint: any changed byte is noticed, the newest is found without a clock, and nothing in it is executed."""

import os
import zipfile
from pathlib import Path

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.run import newest_sound, next_number, read_checkpoint
from mathpal_lightning.run.seal import damage, has_its_adapter, read_seal, seal


def sealed(file: Path, number: int = 1, content: object = None) -> Path:
    torch.save(content or {"weights": torch.arange(50.0), "step": number}, file)
    seal(file, number, None)
    return file


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sealed(tmp_path_factory.mktemp("sound") / "step=1.ckpt")


def test_a_sealed_checkpoint_is_still_a_zip_that_torch_reads(sound: Path):
    assert damage(sound) == ""
    assert zipfile.ZipFile(sound).testzip() is None
    assert torch.equal(torch.load(sound, weights_only=True)["weights"], read_checkpoint(sound)["weights"])


@given(place=st.integers(0, 10**9), bit=st.integers(0, 7))
@example(place=-66 - 65, bit=0)  # the last digit of the number
@example(place=-66, bit=1)  # of the adapter's digest
def test_any_flipped_bit_is_damage(sound: Path, place: int, bit: int):
    content = bytearray(sound.read_bytes())
    content[place % len(content)] ^= 1 << bit
    other = sound.with_name("flipped.ckpt")
    other.write_bytes(content)
    assert damage(other)


@given(length=st.integers(0, 10**9))
def test_any_shortened_file_is_damage(sound: Path, length: int):
    content = sound.read_bytes()
    other = sound.with_name("short.ckpt")
    other.write_bytes(content[: length % len(content)])
    assert damage(other)


def test_the_newest_is_the_last_written_whatever_the_clock_says(tmp_path: Path):
    for number, name in ((1, "step=2"), (2, "last"), (3, "step=1")):
        os.utime(sealed(tmp_path / f"{name}.ckpt", number), (1000 - number, 1000 - number))
    assert newest_sound(tmp_path).name == "step=1.ckpt"
    assert next_number(tmp_path) == 4


def test_an_adapter_that_is_missing_or_another_is_noticed(tmp_path: Path):
    adapter = tmp_path / "last.adapter"
    adapter.mkdir()
    (adapter / "adapter_model.safetensors").write_text("weights", encoding="utf-8")
    torch.save({}, tmp_path / "last.ckpt")
    seal(tmp_path / "last.ckpt", 1, adapter)
    assert damage(tmp_path / "last.ckpt") == ""
    assert has_its_adapter(tmp_path / "last.ckpt")
    (adapter / "adapter_model.safetensors").write_text("others", encoding="utf-8")
    assert not has_its_adapter(tmp_path / "last.ckpt")
    (adapter / "adapter_model.safetensors").unlink()
    assert not has_its_adapter(tmp_path / "last.ckpt")


def test_no_checkpoint_at_all_is_refused(tmp_path: Path):
    with pytest.raises(CheckpointError, match="a sound checkpoint in .* but found none"):
        newest_sound(tmp_path)


class Malicious:
    """Writes a file when it is unpickled."""

    def __init__(self, canary: Path):
        self.canary = canary

    def __reduce__(self) -> object:
        return os.system, (f"touch {self.canary}",)


def test_a_program_in_a_checkpoint_never_runs(tmp_path: Path):
    canary = tmp_path / "canary"
    file = sealed(tmp_path / "last.ckpt", content={"state_dict": Malicious(canary)})
    assert read_seal(file)
    with pytest.raises(CheckpointError, match="Never load it"):
        read_checkpoint(file)
    assert not canary.exists()
    torch.load(file, weights_only=False)
    assert canary.exists(), "the program is there, and only weights_only kept it from running"

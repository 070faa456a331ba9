"""A sealed folder knows its bytes: any flip, cut, loss or addition is named."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathpal_lightning import sealed
from mathpal_lightning.sealed import SEAL, damage, is_sealed, seal


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "sub/b.json").write_text('{"rows": 3}', encoding="utf-8")
    (tmp_path / "empty").write_bytes(b"")
    seal(tmp_path)
    sealed._sound.clear()
    return tmp_path


def test_an_untouched_folder_is_sound(folder: Path):
    assert is_sealed(folder)
    assert damage(folder) == ""


def test_every_kind_of_damage_is_named(folder: Path):
    whole = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    (folder / "a.bin").write_bytes(whole[folder / "a.bin"][:-1])
    assert damage(folder) == "a.bin has 10239 bytes, not 10240"
    (folder / "a.bin").unlink()
    assert damage(folder) == "a.bin is missing"
    (folder / "a.bin").write_bytes(whole[folder / "a.bin"])
    (folder / "more").write_bytes(b"x")
    assert damage(folder) == "more does not belong there"
    (folder / "more").unlink()
    for harmed in (b"", b"{}", b"[]", b'{"files": 3, "seal": 4}', whole[folder / SEAL][:-9]):
        (folder / SEAL).write_bytes(harmed)
        assert damage(folder) == f"{SEAL} is damaged"
    (folder / SEAL).unlink()
    assert damage(folder) == f"{SEAL} is missing"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["a.bin", "sub/b.json", SEAL]), st.integers(0, 10**6), st.integers(0, 7))
def test_any_flipped_bit_is_noticed(tmp_path_factory: pytest.TempPathFactory, name: str, place: int, bit: int):
    folder = tmp_path_factory.mktemp("sealed")
    (folder / "sub").mkdir()
    (folder / "a.bin").write_bytes(bytes(range(256)))
    (folder / "sub/b.json").write_text('{"rows": 3}', encoding="utf-8")
    seal(folder)
    content = bytearray((folder / name).read_bytes())
    content[place % len(content)] ^= 1 << bit
    (folder / name).write_bytes(content)
    assert damage(folder) != ""


def test_a_process_checks_a_folder_once(folder: Path, monkeypatch: pytest.MonkeyPatch):
    assert damage(folder) == ""
    monkeypatch.setattr(sealed, "_digest", lambda file: pytest.fail("read again"))
    assert damage(folder) == ""

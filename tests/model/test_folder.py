"""A model folder that is not whole is refused by name, before anything loads."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from mathpal_lightning.errors import ModelError
from mathpal_lightning.model.folder import require_whole_gemma, require_whole_safetensors
from mathpal_lightning.model.resolve import resolve_model
from mathpal_lightning.records import WEIGHTS_INDEX
from tests.tiny import FAMILIES, Family

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b\nsize 12345\n"


@pytest.fixture
def folder(gemma3_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(gemma3_folder, tmp_path / "gemma")


@pytest.mark.parametrize("family", FAMILIES)
def test_whole_folders_pass(family: Family, gemma_folder: Callable[[Family], Path]):
    require_whole_gemma(gemma_folder(family), family)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_git_lfs_pointer_in_the_place_of_a_file(name: str, folder: Path):
    (folder / name).write_text(POINTER, encoding="utf-8")
    with pytest.raises(ModelError, match=rf"{name}, but found a Git LFS pointer.*git lfs pull"):
        resolve_model(str(folder))


@pytest.mark.parametrize("content", ["", "{", "[]", '"gemma3_text"'])
def test_a_config_that_is_empty_or_cut(content: str, folder: Path):
    (folder / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"config\.json"):
        resolve_model(str(folder))


@pytest.mark.parametrize("kept", [0, 5, 8, 100, -1, -1000])
def test_weights_that_are_cut_off(kept: int, folder: Path):
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(ModelError, match=r"model\.safetensors.*bytes"):
        resolve_model(str(folder))


def test_weights_with_something_behind_them(folder: Path):
    with (folder / "model.safetensors").open("ab") as end:
        end.write(b"more")
    with pytest.raises(ModelError, match="bytes of weights"):
        require_whole_safetensors(folder / "model.safetensors")


def test_a_shard_that_is_missing(folder: Path):
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors").rename(folder / shards["a"])
    (folder / WEIGHTS_INDEX).write_text(json.dumps({"weight_map": shards}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"the 2 files.*1 of them.*missing: model-00002-of-00002"):
        resolve_model(str(folder))


def test_a_folder_without_a_tokenizer(folder: Path):
    for name in ("tokenizer.json", "tokenizer.model"):
        (folder / name).unlink(missing_ok=True)
    with pytest.raises(ModelError, match=r"a tokenizer \(tokenizer\.json or tokenizer\.model\)"):
        resolve_model(str(folder))

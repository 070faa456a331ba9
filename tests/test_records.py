"""A flipped bit in a finished artefact is found wherever it is used; a record without digests is believed by its sizes."""

import json
import os
import shutil
from pathlib import Path

import pytest

from mathpal_lightning.commands import chat, serve
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export import export_adapter, push_to_hub, write_4bit, write_gguf
from mathpal_lightning.export.publish.facts import BaseModel
from mathpal_lightning.export.publish.pushed_files import files_to_push
from mathpal_lightning.records import damage, is_made_from, read_record, require_whole, seal, write_record
from mathpal_lightning.serving import find_gguf
from tests.export.conftest import exported  # noqa: F401 (a fixture)


def flip(file: Path, at: int = -9) -> None:
    """Flip one bit; size and time stay."""
    stat = file.stat()
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns))


@pytest.fixture
def run(exported, tmp_path: Path) -> Path:  # noqa: F811
    """A finished run: adapter/, merged/ and gguf/."""
    folder = tmp_path / "lop5"
    shutil.copytree(exported()["adapter"], folder / "adapter")
    shutil.copytree(exported()["merged"], folder / "merged")
    (folder / "gguf").mkdir()
    for name in ("model-q8_0.gguf", "model-q8_0.gguf.mathpal.json"):
        shutil.copy(exported()["gguf"].with_name(name), folder / "gguf" / name)
    return folder


def test_every_artefact_is_whole_as_it_was_written(run: Path):
    for artefact in (run / "adapter", run / "merged", run / "gguf" / "model-q8_0.gguf"):
        assert read_record(artefact)["sha256"], artefact
        assert damage(artefact) is None, artefact


@pytest.mark.parametrize("file", ["adapter_model.safetensors", "adapter_config.json", "tokenizer.json"])
def test_a_damaged_adapter_is_not_exported(file: str, run: Path):
    flip(run / "adapter" / file)
    with pytest.raises(ExportError, match=rf"adapter as it was written.*{file} has changed since then.*Copy the adapter again"):
        export_adapter(run / "adapter", run.with_name("out"), ["adapter", "merged_16bit"], verify=False)
    assert not (run.with_name("out") / "merged").exists()


def test_nothing_is_made_from_damaged_merged_weights(run: Path):
    flip(run / "merged" / "model.safetensors")
    for make in (write_gguf, write_4bit):
        with pytest.raises(ExportError, match="model.safetensors has changed since then.*Delete .*merged and export again"):
            make(run / "merged", run / "other.gguf")


def test_damaged_merged_weights_are_merged_again_from_a_whole_adapter(run: Path, caplog: pytest.LogCaptureFixture):
    before = (run / "merged" / "model.safetensors").read_bytes()
    flip(run / "merged" / "model.safetensors")
    export_adapter(run / "adapter", run, ["merged_16bit"], verify=False)
    assert (run / "merged" / "model.safetensors").read_bytes() == before
    assert "model.safetensors has changed since it was written. It is written again." in caplog.text


@pytest.mark.parametrize("artefact", ["adapter", "merged", "gguf"])
def test_nothing_damaged_is_pushed(artefact: str, run: Path, hub):
    name = {"adapter": "adapter_model.safetensors", "merged": "model.safetensors", "gguf": "model-q8_0.gguf"}[artefact]
    flip(run / artefact / name)
    with pytest.raises(ExportError, match=f"{name} has changed since then"):
        push_to_hub(run, "lan/lop5", artefact)
    assert not hub.repos


def test_a_pushed_adapter_whose_paths_were_cleaned_is_whole_for_who_downloads_it(run: Path, tmp_path: Path):
    files = files_to_push(run / "adapter", "adapter", BaseModel("google/gemma-3-270m", "Gemma3ForCausalLM"))
    assert isinstance(files["adapter_config.json"], bytes), "it names the base's folder, and is cleaned"
    (tmp_path / "downloaded").mkdir()
    for name, content in files.items():
        (tmp_path / "downloaded" / name).write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    require_whole(tmp_path / "downloaded")
    flip(tmp_path / "downloaded" / "adapter_config.json")
    assert damage(tmp_path / "downloaded") == "adapter_config.json has changed"


@pytest.mark.parametrize("place", [".", "gguf/model-q8_0.gguf"])
def test_a_damaged_gguf_is_not_served(place: str, run: Path):
    assert find_gguf(run / place) == run / "gguf" / "model-q8_0.gguf"
    flip(run / "gguf" / "model-q8_0.gguf")
    for command in (serve.serve, chat.chat):
        with pytest.raises(ExportError, match="model-q8_0.gguf has changed since then"):
            command(run / place)


def test_a_record_of_sizes_is_believed_by_its_sizes(tmp_path: Path):
    """As version 0.1.0 wrote them."""
    folder = tmp_path / "merged"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    write_record(folder, {"into": "trained"})
    record = read_record(folder)
    record.pop("sha256")
    (folder / "mathpal.json").write_text(json.dumps(record), encoding="utf-8")
    flip(folder / "model.safetensors", 0)
    assert is_made_from(folder, {"into": "trained"})
    (folder / "model.safetensors").write_bytes(b"longer weights")
    assert damage(folder) == "model.safetensors has changed its size"


def test_a_file_that_has_gone_and_a_record_that_is_none(tmp_path: Path):
    (tmp_path / "adapter_config.json").write_text("{}", encoding="utf-8")
    seal(tmp_path, {"base": "offline-gemma"})
    (tmp_path / "adapter_config.json").unlink()
    with pytest.raises(ExportError, match="adapter_config.json has gone"):
        require_whole(tmp_path)
    for text in ("", "[]", "{"):
        (tmp_path / "mathpal.json").write_text(text, encoding="utf-8")
        with pytest.raises(ExportError, match="a record in JSON"):
            read_record(tmp_path)

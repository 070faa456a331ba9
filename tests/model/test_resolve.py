"""A model name becomes a folder: whole, right, prepared once, and refused with a way out."""

import json
import multiprocessing
import shutil
from pathlib import Path

import pytest
import sentencepiece
import torch
from transformers import AutoModelForCausalLM

from mathpal_lightning.chat import load_tokenizer, stop_token_ids
from mathpal_lightning.errors import ModelError
from mathpal_lightning.export import save_tokenizer, write_gguf
from mathpal_lightning.export.adapter import loadable_name
from mathpal_lightning.export.publish.facts import BaseModel
from mathpal_lightning.files import cache_folder
from mathpal_lightning.model.from_gguf import sentencepiece_model
from mathpal_lightning.model.resolve import resolve_model
from tests.tiny import CORPUS


@pytest.fixture(scope="module")
def gguf_file(gemma3_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gguf")
    shutil.copytree(gemma3_folder, folder / "model")
    save_tokenizer(load_tokenizer(gemma3_folder), folder / "model")
    return write_gguf(folder / "model", folder / "tiny.gguf", "f32")


def test_a_local_folder_is_itself(gemma3_folder: Path):
    assert resolve_model(str(gemma3_folder)) == gemma3_folder


def test_a_gguf_becomes_a_folder_with_the_same_model_and_tokenizer(gguf_file: Path, gemma3_folder: Path):
    folder = resolve_model(str(gguf_file))
    assert folder.is_relative_to(cache_folder())
    expected, found = load_tokenizer(gemma3_folder), load_tokenizer(folder)
    texts = [*CORPUS, "  hai  dấu cách\n\n<b>đậm</b>\t1/2", "<start_of_turn>user\n2 + 3<end_of_turn>\n"]
    for text in texts:
        assert found(text)["input_ids"] == expected(text)["input_ids"]
        assert found.decode(found(text)["input_ids"]) == "<bos>" + text
    ids = torch.tensor([[2, *range(20, 60)]])
    models = [AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32) for path in (gemma3_folder, folder)]
    with torch.no_grad():
        logits = [model(ids).logits for model in models]
    assert (logits[0] - logits[1]).abs().max() < 0.02 * logits[0].abs().max()  # the folder holds bfloat16
    assert models[1].generation_config.eos_token_id == sorted(stop_token_ids(expected)), "not those of another family"


def test_the_rebuilt_tokenizer_gives_sentencepieces_ids(gguf_file: Path):
    tokenizer = load_tokenizer(resolve_model(str(gguf_file)))
    reference = sentencepiece.SentencePieceProcessor(model_proto=sentencepiece_model(gguf_file))
    for text in CORPUS:
        assert tokenizer(text)["input_ids"] == [2, *reference.encode(text)]


def test_two_processes_prepare_once(gguf_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path))
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        folders = pool.map(resolve_model, [str(gguf_file)] * 2)
    assert folders[0] == folders[1]
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == [folders[0].name, f"{folders[0].name}.lock"]


def test_half_a_folder_of_a_killed_process_is_not_taken(gguf_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path))
    name = Path(resolve_model(str(gguf_file))).name
    whole = tmp_path / "models" / name
    half = tmp_path / "models" / f".{name}.12345.tmp"  # what a killed process leaves
    whole.rename(half)
    (half / "model.safetensors").write_bytes(b"half")
    assert resolve_model(str(gguf_file)) == whole
    assert (whole / "model.safetensors").stat().st_size > 1000


def test_a_model_that_is_not_a_gemma_is_refused(tmp_path: Path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama"}), encoding="utf-8")
    with pytest.raises(ModelError, match="'llama'"):
        resolve_model(str(tmp_path))


def test_an_adapter_folder_is_refused_with_the_way_out(tmp_path: Path):
    (tmp_path / "adapter_config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"--model\.adapter"):
        resolve_model(str(tmp_path))


def test_a_hub_model_without_a_connection_is_refused_with_the_way_out():
    with pytest.raises(ModelError, match="offline-gemma"):
        resolve_model("google/gemma-3-270m")


def test_a_misspelt_offline_gemma_is_known():
    with pytest.raises(ModelError, match="Did you mean offline-gemma"):
        resolve_model("offline-gema")


def test_a_misspelt_path_is_refused():
    with pytest.raises(ModelError, match="no/such/folder"):
        resolve_model("./no/such/folder/at/all")


@pytest.mark.parametrize(
    ("named", "asked"), [("me/gemma", ("me/gemma", None)), ("me/gemma@refs/pr/1", ("me/gemma", "refs/pr/1"))]
)
def test_a_revision_of_the_hub_is_asked_for(
    named: str, asked: tuple[str, str | None], gemma3_folder: Path, monkeypatch: pytest.MonkeyPatch
):
    calls = []

    def download(repository: str, revision: str | None, allow_patterns: list[str]) -> str:
        calls.append((repository, revision))
        return str(gemma3_folder)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert resolve_model(named) == gemma3_folder
    assert calls == [asked]
    assert loadable_name(named) == asked


def test_the_card_of_a_pinned_base_names_its_revision():
    base = BaseModel("google/gemma-3-1b-it@v2", "Gemma3ForCausalLM")
    assert (base.hub_id, base.revision) == ("google/gemma-3-1b-it", "v2")
    assert base.licence == "gemma"
    assert (BaseModel("a@b").hub_id, BaseModel("offline-gemma").revision) == (None, None)

"""A run on a small vocabulary, from the first step to the GGUF: what is exported is always one consistent pair."""

import json
from pathlib import Path

import pytest
import torch
from lightning.pytorch import Trainer, seed_everything
from transformers import AutoModelForCausalLM, AutoTokenizer

from mathpal_lightning import MathDataModule, MathPalModule
from mathpal_lightning.callbacks import AdapterCheckpoint, ExportModel, RunSummary
from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.errors import CheckpointError, ModelError
from mathpal_lightning.export import find_subject
from mathpal_lightning.export.subject import Subject
from mathpal_lightning.export.verify import probe
from mathpal_lightning.vocabulary import base as small_base
from mathpal_lightning.vocabulary import vocabulary_of
from tests.tiny import CORPUS

ROWS = [{"question": f"{a} + {b} = ?", "solution": f"{a} + {b} = {a + b}"} for a in range(5) for b in range(5)]


@pytest.fixture(scope="module")
def run(gemma3_folder: Path, tmp_path_factory: pytest.TempPathFactory):
    """A trained run on a vocabulary that lacks most tokens of the tiny Gemma, exported as a fit does it."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATHPAL_CACHE", str(folder / "cache"))
        patch.setattr(small_base, "small_pieces", kept_of_rows)
        patch.setattr(probe, "MAX_ANSWER_TOKENS", 4)
        seed_everything(1)
        module, data = parts(gemma3_folder)
        trainer(folder, [AdapterCheckpoint(), ExportModel(["adapter", "merged_16bit", "gguf:f16"]), RunSummary()]).fit(
            module, datamodule=data
        )
        yield folder


def kept_of_rows(pieces: list[str], added: list[str], cut) -> set[int]:
    texts = [text for row in ROWS for text in row.values()]
    return {pieces.index(piece) for piece in added} | {index for found in cut(texts) for index in found}


def parts(base: Path, **settings):
    how = {"vocabulary": "small", "backend": "transformers", "learning_rate": 1e-2, "lora_r": 4, "max_new_tokens": 8}
    return MathPalModule(str(base), **how | settings), MathDataModule(ROWS, max_length=128, validation_share=0.1)


def trainer(folder: Path, callbacks, steps: int = 4) -> Trainer:
    return Trainer(
        max_steps=steps,
        precision="bf16-mixed",
        accelerator="cpu",
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=folder,
        limit_val_batches=0,
        callbacks=callbacks,
    )


def test_what_is_merged_is_small_and_was_verified(run: Path):
    merged = run / "merged"
    config = json.loads((merged / "config.json").read_text(encoding="utf-8"))
    tokenizer = AutoTokenizer.from_pretrained(merged)
    assert config["vocab_size"] == len(tokenizer) < 400
    assert AutoModelForCausalLM.from_pretrained(merged).get_input_embeddings().weight.shape[0] == len(tokenizer)
    checks = json.loads((run / "summary.json").read_text(encoding="utf-8"))["export"]["checks"]
    assert {"prompts with training's token ids", "KL against the trained model"} <= {check["name"] for check in checks}
    assert all(check["ok"] for check in checks)


def test_the_adapter_belongs_to_the_full_base_and_says_from_which_tokens_it_was_trained(run: Path, gemma3_folder: Path):
    adapter = run / "adapter"
    assert len(AutoTokenizer.from_pretrained(adapter)) == len(load_tokenizer(gemma3_folder))
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == str(gemma3_folder)
    vocabulary = vocabulary_of(adapter)
    assert vocabulary is not None
    assert len(vocabulary.pieces) == len(AutoTokenizer.from_pretrained(run / "merged"))


def test_summary_and_card_name_the_vocabulary(run: Path):
    vocabulary = vocabulary_of(run / "adapter")
    assert vocabulary is not None
    noted = json.loads((run / "summary.json").read_text(encoding="utf-8"))["vocabulary"]
    assert (noted["name"], noted["tokens"], noted["digest"]) == ("small", len(vocabulary.pieces), vocabulary.digest)
    assert noted["of"] > noted["tokens"]
    assert f"digest `{vocabulary.digest[:16]}`" in (run / "README.md").read_text(encoding="utf-8")


def test_it_is_merged_into_the_full_base_where_that_is_asked_for(run: Path, gemma3_folder: Path):
    subject = find_subject(run, vocabulary="full")
    assert subject.base == gemma3_folder
    assert len(subject.tokenizer) == len(load_tokenizer(gemma3_folder))


def test_the_small_base_is_made_again_on_another_machine(run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "another"))
    monkeypatch.setattr(small_base, "small_pieces", lambda *_: pytest.fail("the adapter's own list decides"))
    subject = Subject.of_adapter(run / "adapter")
    assert vocabulary_of(subject.base) == vocabulary_of(run / "adapter")
    text = next(text for text in CORPUS if "24" in text)
    assert subject.tokenizer(text)["input_ids"] == AutoTokenizer.from_pretrained(run / "merged")(text)["input_ids"]


def test_a_list_of_tokens_of_another_base_is_refused(run: Path, gemma_folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="Use the base that the adapter was trained on"):
        Subject.of_adapter(run / "adapter", gemma_folder("gemma4"), "original").base  # noqa: B018


def test_a_run_does_not_go_on_with_another_vocabulary(run: Path, gemma3_folder: Path, tmp_path: Path):
    module, data = parts(gemma3_folder, vocabulary="full")
    fit = trainer(tmp_path, [AdapterCheckpoint()], steps=6)
    with pytest.raises(CheckpointError, match="vocabulary"):
        fit.fit(module, datamodule=data, ckpt_path=str(run / "checkpoints/last.ckpt"))


def test_a_full_fine_tune_on_a_small_vocabulary_is_exported_small(gemma3_folder: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("MATHPAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(small_base, "small_pieces", kept_of_rows)
    monkeypatch.setattr(probe, "MAX_ANSWER_TOKENS", 4)
    module, data = parts(gemma3_folder, finetune="full", bits=16)
    trainer(tmp_path, [AdapterCheckpoint(), ExportModel(["merged_16bit"])]).fit(module, datamodule=data)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "merged")
    weight = AutoModelForCausalLM.from_pretrained(tmp_path / "merged").get_input_embeddings().weight
    assert weight.shape[0] == len(tokenizer) < 400
    assert torch.isfinite(weight).all()

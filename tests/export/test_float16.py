"""A run whose products were in float16 (a T4) leaves artefacts that compute everywhere, and a verification that sees it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM

from mathpal_lightning import MathPalModule
from mathpal_lightning.commands import sampler
from mathpal_lightning.compat.bitsandbytes import is_4bit, keep_packing
from mathpal_lightning.export import export_adapter, merge_adapter, save_tokenizer, write_adapter
from mathpal_lightning.export.checkpoint import adapter_from_checkpoint, model_from_checkpoint
from mathpal_lightning.export.merge import best
from mathpal_lightning.export.merge.four_bit import merge_4bit
from mathpal_lightning.export.trained_on import load_trained, read_trained_on
from mathpal_lightning.export.verify import probe
from mathpal_lightning.export.verify.measure import next_token_log_probs
from mathpal_lightning.model.generate import generate_ids, text_decoder
from mathpal_lightning.records import read_record, write_record
from tests.tiny import tiny_gemma_folder

IDS = [[2, *range(40, 70)]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Gemma 3 in bfloat16 whose residual is as large as that of the real one, above the largest float16."""
    folder = tiny_gemma_folder(tmp_path_factory.mktemp("base"), "gemma3")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
    text_decoder(model).layers[1].post_feedforward_layernorm.weight.data.fill_(5e4)
    model.save_pretrained(folder)
    return folder


def trained(base: Path, **settings: Any) -> MathPalModule:
    """A module whose adapter does something, as a T4 computes with it."""
    module = MathPalModule(str(base), backend="transformers", lora_r=4, **{"precision": "float16-mixed"} | settings)
    module.configure_model()
    generator = torch.Generator().manual_seed(0)
    for name, weight in sorted(module.trained_weights().items()):
        weight.data.copy_(torch.randn(weight.shape, generator=generator) * (0.3 if "lora_B" in name else 0.1))
    return module


@torch.no_grad()
def own_log_probs(module: MathPalModule) -> torch.Tensor:
    """What the module itself says of the token after IDS."""
    states = text_decoder(module.model)(input_ids=torch.tensor(IDS), use_cache=False).last_hidden_state[0, -1:]
    head = module.model.get_output_embeddings().weight
    return torch.nn.functional.linear(states.to(head.dtype), head).float().log_softmax(-1)


@pytest.mark.parametrize("bits", [4, 8, 16])
def test_the_trained_model_is_loaded_as_training_held_it(bits: int, base: Path, tmp_path: Path):
    module = trained(base, bits=bits).eval()
    adapter = write_adapter(module, tmp_path / "adapter", module.tokenizer)
    trained_on = read_trained_on(adapter)
    assert trained_on is not None
    assert trained_on.dtype == "float16"
    loaded = load_trained(adapter, base, trained_on, quantized=True)
    expected, found = own_log_probs(module), next_token_log_probs(loaded, IDS, [[len(IDS[0]) - 1]])
    assert (expected.exp() * (expected - found)).sum() < 1e-3
    with loaded.disable_adapter():
        without = next_token_log_probs(loaded, IDS, [[len(IDS[0]) - 1]])
    assert (expected.exp() * (expected - without)).sum() > 0.05, "the adapter must do something"


@pytest.mark.parametrize("dtype", ["bf16", "float16-mixed"])
def test_a_card_without_bfloat16_draws_with_products_in_float16(dtype: Any, base: Path, tmp_path: Path):
    """Whatever the adapter was trained in: plain float16 would overflow, and bfloat16 be emulated."""
    module = trained(base, bits=4, precision=dtype).eval()
    adapter = write_adapter(module, tmp_path / "adapter", module.tokenizer)
    loaded: Any = load_trained(adapter, base, read_trained_on(adapter), quantized=True, half=True)
    assert loaded.get_input_embeddings().weight.dtype == torch.float16
    assert {part.compute_dtype for part in loaded.modules() if is_4bit(part)} == {torch.float16}
    tokenizer, asked = module.tokenizer, ["Lan có 5 quả cam"]
    expected = generate_ids(module.model, tokenizer, asked, 4, 1)
    written = generate_ids(loaded, tokenizer, asked, 4, 1)
    assert written == expected if dtype == "float16-mixed" else len(written[0]) == 4


def test_what_is_merged_computes_and_is_verified(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probe, "MAX_ANSWER_TOKENS", 12)
    module = trained(base, bits=4)
    adapter = write_adapter(module, tmp_path / "adapter", module.tokenizer)
    export = export_adapter(adapter, tmp_path / "run", ["adapter", "merged_16bit"])
    assert export.verification is not None
    export.verification.require()
    for folder in (tmp_path / "run" / "merged", merge_4bit(adapter, tmp_path / "merged_4bit")):
        stored = AutoModelForCausalLM.from_pretrained(folder, dtype="auto").eval()
        keep_packing(stored.modules())
        assert torch.float16 not in {weight.dtype for weight in stored.parameters()}
        assert next_token_log_probs(stored, IDS, [[len(IDS[0]) - 1]]).isfinite().all()


def test_a_merge_that_an_earlier_version_stored_in_float16_is_made_again(base: Path, tmp_path: Path):
    module = trained(base, bits=16)
    adapter, merged = write_adapter(module, tmp_path / "adapter", module.tokenizer), tmp_path / "merged"
    merge_adapter(adapter, merged)
    made_from = read_record(merged)["made_from"]
    AutoModelForCausalLM.from_pretrained(merged, dtype=torch.float16).save_pretrained(merged)
    write_record(merged, {name: made_from[name] for name in ("adapter", "base", "into")}, adapter=str(adapter))
    assert AutoModelForCausalLM.from_pretrained(merge_adapter(adapter, merged), dtype="auto").dtype == torch.bfloat16


def checkpoint_of(module: MathPalModule, file: Path) -> Path:
    content: dict[str, Any] = {"state_dict": module.state_dict(), "hyper_parameters": dict(module.hparams)}
    module.on_save_checkpoint(content)
    torch.save(content, file)
    return file


def test_a_lost_adapter_folder_says_float16_again_where_the_card_chose_it(base: Path, tmp_path: Path):
    """`model.precision` was `auto`: only the checkpoint knows what the T4 computed in."""
    module = trained(base, bits=4)
    module.hparams["precision"] = "auto"
    again = adapter_from_checkpoint(checkpoint_of(module, tmp_path / "last.ckpt"), tmp_path / "adapter")
    assert read_trained_on(again) == read_trained_on(write_adapter(module, tmp_path / "first", module.tokenizer))


def test_all_weights_that_were_trained_in_float16_are_stored_in_bfloat16(base: Path, tmp_path: Path):
    module = trained(base, bits=16, finetune="full")
    stored = model_from_checkpoint(checkpoint_of(module, tmp_path / "last.ckpt"), tmp_path / "merged")
    assert json.loads((stored / "config.json").read_text(encoding="utf-8"))["dtype"] == "bfloat16"
    model = AutoModelForCausalLM.from_pretrained(stored, dtype="auto").eval()
    assert {weight.dtype for weight in model.parameters()} == {torch.bfloat16}
    assert next_token_log_probs(model, IDS, [[len(IDS[0]) - 1]]).isfinite().all()


def test_a_folder_of_weights_is_drawn_from_in_float16_too(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for part in (sampler, best):
        monkeypatch.setattr(part, "emulates_bf16", lambda device: True)
    model, tokenizer = sampler._load_folder(base)
    assert model.get_input_embeddings().weight.dtype == torch.float16
    states = text_decoder(model)(input_ids=torch.tensor(IDS), use_cache=False).last_hidden_state
    assert states.dtype == torch.float32
    assert states.isfinite().all()
    merged = shutil.copytree(base, tmp_path / "merged")
    save_tokenizer(tokenizer, merged)
    monkeypatch.setattr(best, "MAX_NEW_TOKENS", 2)
    assert best.solved(merged, [("1 + 1 = ?", "Đáp số: 2")]) in (0, 1)

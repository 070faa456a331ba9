import json
from dataclasses import asdict
from pathlib import Path

import pytest
import torch
from lightning.pytorch import LightningModule
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from mathpal_lightning.chat import GEMMA_3, load_tokenizer
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export import write_adapter
from mathpal_lightning.export.adapter import _hub_id
from mathpal_lightning.export.trained_on import Quantization, TrainedOn, read_trained_on
from tests.export.conftest import TARGETS, lora_model


def test_peft_loads_the_folder_and_gives_the_same_logits(gemma3_folder: Path, tmp_path: Path):
    model = lora_model(gemma3_folder)
    folder = write_adapter(model, tmp_path / "adapter", load_tokenizer(gemma3_folder))
    again = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(gemma3_folder, dtype=torch.float32), folder).eval()
    ids = torch.tensor([[2, 50, 60, 70, 80]])
    with torch.no_grad():
        expected, got = model(input_ids=ids).logits, again(input_ids=ids).logits
        with model.disable_adapter():
            bare = model(input_ids=ids).logits
    assert torch.equal(expected, got)
    assert (expected - bare).abs().max() > 0.01, "the adapter must do something, else the test says nothing"
    assert AutoTokenizer.from_pretrained(folder).chat_template == GEMMA_3.template


def test_only_the_adapter_is_saved_and_no_readme_with_local_paths(gemma3_folder: Path, tmp_path: Path):
    folder = write_adapter(lora_model(gemma3_folder), tmp_path / "adapter")
    weights = load_file(folder / "adapter_model.safetensors")
    assert len(weights) == 2 * len(TARGETS) * 6  # A and B, seven projections, six layers
    assert all("lora_" in name for name in weights)
    assert sorted(path.name for path in folder.iterdir()) == [
        "adapter_config.json",
        "adapter_model.safetensors",
        "mathpal.json",
    ]


def test_the_record_says_which_modules_were_quantised_and_how(gemma3_folder: Path, tmp_path: Path):
    record = read_trained_on(write_adapter(lora_model(gemma3_folder, quantized=True), tmp_path / "adapter"))
    assert record is not None
    (group,) = record.quantized
    assert (group.bits, group.quant_type, group.double_quant, group.blocksize) == (4, "nf4", True, 64)
    assert (group.weight_dtype, group.compute_dtype) == ("float32", "float32")
    assert len(group.modules) == 7 * 6
    assert "model.layers.0.self_attn.q_proj" in group.modules
    assert not any("lm_head" in name or "base_layer" in name for name in group.modules)
    assert record.base == str(gemma3_folder)
    assert record.model_class == "Gemma3ForCausalLM"
    assert record.versions["peft"]


def test_the_digest_is_that_of_the_weights(gemma3_folder: Path, gemma_folder, tmp_path: Path):
    one = read_trained_on(write_adapter(lora_model(gemma3_folder), tmp_path / "one"))
    same = read_trained_on(write_adapter(lora_model(gemma3_folder, std=0.5), tmp_path / "same"))
    other = read_trained_on(write_adapter(lora_model(gemma_folder("gemma2")), tmp_path / "other"))
    assert one.base_digest == same.base_digest != other.base_digest
    assert len(one.base_digest) == 64


def test_a_hub_id_is_named_instead_of_the_cache_folder():
    cached = "/home/someone/.cache/huggingface/hub/models--unsloth--gemma-3-270m/snapshots/0123abcd"
    assert _hub_id(cached) == "unsloth/gemma-3-270m"
    assert _hub_id("/data/my-gemma") == "/data/my-gemma"


def test_the_config_names_the_hub_id_that_the_base_was_asked_for_by(gemma3_folder: Path, tmp_path: Path):
    folder = write_adapter(lora_model(gemma3_folder), tmp_path / "adapter", base="google/gemma-3-270m")
    assert (
        json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
        == "google/gemma-3-270m"
    )
    assert str(gemma3_folder) not in (folder / "mathpal.json").read_text(encoding="utf-8")


def test_a_base_in_a_folder_beside_is_found_from_another_folder(
    gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """`--model_name gemma3` wrote that very word, which means nothing elsewhere."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "gemma3").symlink_to(gemma3_folder)
    monkeypatch.chdir(tmp_path)
    folder = write_adapter(lora_model(Path("gemma3")), tmp_path / "adapter", base="gemma3")
    monkeypatch.chdir(tmp_path / "elsewhere")
    for file, key in (("adapter_config.json", "base_model_name_or_path"), ("mathpal.json", "base")):
        named = json.loads((folder / file).read_text(encoding="utf-8"))[key]
        assert Path(named).samefile(gemma3_folder)


def test_the_peft_model_is_found_inside_another_module(gemma3_folder: Path, tmp_path: Path):
    class Foreign(LightningModule):
        def __init__(self):
            super().__init__()
            self.inner = torch.nn.ModuleDict({"language": lora_model(gemma3_folder)})

    folder = write_adapter(Foreign(), tmp_path / "adapter")
    assert (folder / "adapter_model.safetensors").is_file()


def test_no_peft_model_is_an_error_with_the_way_out(tmp_path: Path):
    with pytest.raises(ExportError, match="Expected a PEFT model.*found Linear without any.*get_peft_model"):
        write_adapter(torch.nn.Linear(2, 2), tmp_path / "adapter")
    assert not (tmp_path / "adapter").exists()


def test_a_rewrite_replaces_the_older_adapter(gemma3_folder: Path, tmp_path: Path):
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter" / "stale.txt").write_text("old", encoding="utf-8")
    folder = write_adapter(lora_model(gemma3_folder), tmp_path / "adapter")
    assert not (folder / "stale.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["adapter"], "no temporary folder stays"


def test_a_record_is_read_back_as_it_was_written(tmp_path: Path):
    """The digest of the full base too: an export with the full vocabulary proves its base by it."""
    group = Quantization(4, "bfloat16", "nf4", double_quant=True, blocksize=64, compute_dtype="bfloat16", modules=("a", "b"))
    written = TrainedOn("google/gemma-3-270m", "1" * 64, "Gemma3ForCausalLM", "bfloat16", (group,), {"peft": "0.21"}, "2" * 64)
    (tmp_path / "mathpal.json").write_text(json.dumps(asdict(written)), encoding="utf-8")
    assert read_trained_on(tmp_path) == written
    (tmp_path / "mathpal.json").write_text(json.dumps({"base": "google/gemma-3-270m"}), encoding="utf-8")
    with pytest.raises(ExportError, match=r"base_digest, model_class, dtype in .*mathpal\.json.*only base"):
        read_trained_on(tmp_path)

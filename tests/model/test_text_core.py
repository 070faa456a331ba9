"""A base is loaded with exactly the weights that its config describes, and a tokenizer whose words it knows."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from mathpal_lightning.errors import ModelError
from mathpal_lightning.model.text_core import base_tokenizer, load_causal


@pytest.fixture
def base(gemma3_folder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny base of six layers, to be harmed."""
    return Path(shutil.copytree(gemma3_folder, tmp_path / "base"))


def change(file: Path, **values: Any) -> None:
    file.write_text(json.dumps(json.loads(file.read_text(encoding="utf-8")) | values), encoding="utf-8")


def of_layers(count: int) -> dict[str, Any]:
    return {"num_hidden_layers": count, "layer_types": ["sliding_attention"] * count}


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (of_layers(7), "13 that are missing, such as model.layers.6"),
        (of_layers(3), "39 that belong to layers after the 3 that it names, such as model.layers.3"),
        ({"hidden_size": 48}, "weights of other sizes"),
    ],
    ids=["more layers", "fewer layers", "wider"],
)
def test_a_config_of_another_model_is_refused(values: dict[str, Any], why: str, base: Path):
    change(base / "config.json", **values)
    with pytest.raises(ModelError, match=why):
        load_causal(base, dtype=torch.float32)


def test_a_missing_weight_is_not_drawn_at_random(base: Path):
    weights = load_file(base / "model.safetensors")
    del weights["model.layers.0.self_attn.q_proj.weight"]
    save_file(weights, base / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="1 that are missing, such as model.layers.0.self_attn.q_proj.weight"):
        load_causal(base, dtype=torch.float32)


def test_an_added_token_without_an_embedding_is_refused_and_a_control_token_is_not(base: Path):
    tokenizer = base_tokenizer(base)
    tokenizer.add_tokens(["<image_soft_token>"], special_tokens=True)  # Gemma 3's lies behind the embedding of its text models
    tokenizer.save_pretrained(base)
    tokenizer = base_tokenizer(base)
    tokenizer.add_tokens(["phân_số"])
    tokenizer.save_pretrained(base)
    with pytest.raises(ModelError, match="1 added tokens beyond them, such as 'phân_số'"):
        base_tokenizer(base)


@pytest.mark.parametrize("content", ['{"version": "1.0", "added', "[]"], ids=["cut", "of another kind"])
def test_a_damaged_tokenizer_is_one_line(content: str, base: Path):
    (base / "tokenizer.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match="a tokenizer in .* that can be read"):
        base_tokenizer(base)

"""What is said of an adapter that does not fit its base."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from mathpal_lightning import MathPalModule
from mathpal_lightning.errors import ModelError
from mathpal_lightning.model.adapter import _first_fault

MISFIT = "size mismatch for q_proj.lora_A.default.weight: copying a param with shape torch.Size([16, 640]) from checkpoint"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (f"Error(s) in loading state_dict for PeftModelForCausalLM:\n\t{MISFIT}.\n\tsize mismatch for others.", MISFIT),
        ("Target modules {'q'} not found in the base model.", "Target modules {'q'} not found in the base model"),
        ("only a heading:", "only a heading:"),
        ("", "RuntimeError"),
    ],
)
def test_the_first_fault_below_a_heading_is_said(message: str, said: str):
    assert _first_fault(RuntimeError(message)) == said


@pytest.mark.parametrize(
    ("lora", "found"),
    [
        ({"target_modules": ["q_proj"], "lora_bias": True}, "but found lora_bias in q_proj"),
        ({"target_modules": ["q_proj", "lm_head"]}, "but found LoRA on lm_head"),
        ({"target_modules": ["q_proj", "embed_tokens"]}, "but found LoRA on embed_tokens"),
    ],
    ids=["bias", "head", "embedding"],
)
def test_an_adapter_that_would_score_or_write_as_another_model_is_refused(
    lora: dict[str, Any], found: str, gemma3_folder: Path, tmp_path: Path
):
    """The bias was lost in solutions, LoRA on the head in the loss, and LoRA on the embedding ended in an AttributeError."""
    base = AutoModelForCausalLM.from_pretrained(gemma3_folder, dtype=torch.float32)
    get_peft_model(base, LoraConfig(r=4, task_type="CAUSAL_LM", **lora)).save_pretrained(tmp_path / "adapter")
    module = MathPalModule(str(gemma3_folder), adapter=str(tmp_path / "adapter"), backend="transformers", bits=16)
    with pytest.raises(ModelError, match=found):
        module.configure_model()

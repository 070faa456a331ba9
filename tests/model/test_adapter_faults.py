"""What is said of an adapter that does not fit its base."""

import pytest

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

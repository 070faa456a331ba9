"""`mathpal doctor` where the heavy parts are broken: it imports none of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("torch", "lightning", "transformers", "peft", "datasets", "bitsandbytes", "unsloth", "comet_ml", "numpy", "pyarrow")


def test_it_runs_where_every_heavy_part_is_broken(tmp_path: Path):
    for name in HEAVY:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise ImportError('{name} is broken')\n", encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    command = [sys.executable, "-m", "mathpal_lightning", "doctor", "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": paths}, encoding="utf-8"
    )
    assert "broken" not in done.stderr
    report = json.loads(done.stdout)
    assert done.returncode == report["exit_code"]
    names = {finding["name"] for finding in report["findings"]}
    assert {"python", "packages", "gpu", "cpu", "memory", "cache", "unsloth", "llama.cpp", "offline Gemma"} <= names

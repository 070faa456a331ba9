"""An export can be followed: few changes of file, few of them back to a file that was left before."""

import json
import shutil
from pathlib import Path

import pytest

from mathpal_lightning.commands.export import export
from mathpal_lightning.export.verify import probe
from tests.export.visits import visits

MOST = 30


def test_following_an_export_takes_at_most_30_visits_to_files(exported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(probe, "MAX_ANSWER_TOKENS", 4)
    run = tmp_path / "run"
    shutil.copytree(exported()["adapter"], run / "checkpoints" / "step=1.adapter")
    for name in ("tokenizer.json", "tokenizer.model", "tokenizer_config.json", "chat_template.jinja"):
        (run / "checkpoints" / "step=1.adapter" / name).unlink(missing_ok=True)  # as AdapterCheckpoint writes it
    (run / "checkpoints" / "step=1.adapter" / "mathpal.json").write_text(
        _record_without_digests(exported()["adapter"]), encoding="utf-8"
    )
    places = visits(lambda: export(run))
    assert len(set(places)) > 15, f"the whole road is followed: {places}"
    assert {"export/merge/weights.py", "export/gguf/write.py", "export/verify/checks.py"} <= set(places)
    assert len(places) <= MOST, "\n".join(places)


def _record_without_digests(adapter: Path) -> str:
    record = json.loads((adapter / "mathpal.json").read_text(encoding="utf-8"))
    record.pop("sha256")
    return json.dumps(record)

"""`mathpal rehearse`: every stage is tried, a failure stops none but those that need it, nothing private leaves the machine."""

import getpass
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from mathpal_lightning.checks.finding import Finding, as_json
from mathpal_lightning.commands import rehearse as commands
from mathpal_lightning.commands.rehearsal_stages import Stage, stages
from mathpal_lightning.commands.rehearse import attempt
from mathpal_lightning.commands.rehearsed import (
    Found,
    adapters_agree,
    export_found,
    losses_agree,
    losses_fall,
    memory_agrees,
    preflight_found,
    without_places,
)
from mathpal_lightning.errors import ConfigError, TrainingError


def metrics(out: Path, name: str, losses: list[float]) -> None:
    (out / name).mkdir(parents=True, exist_ok=True)
    lines = ["step,train/loss,val/loss", *(f"{step},{loss}," for step, loss in enumerate(losses)), "9,,1.0"]
    (out / name / "metrics.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def summary(out: Path, name: str, content: dict[str, Any]) -> None:
    (out / name).mkdir(parents=True, exist_ok=True)
    (out / name / "summary.json").write_text(json.dumps(content), encoding="utf-8")


def answer(out: Path, name: str, content: object) -> None:
    (out / "logs").mkdir(parents=True, exist_ok=True)
    (out / "logs" / f"{name}.json").write_text("Loading\n" + json.dumps(content, indent=2), encoding="utf-8")


def test_stages_go_on_after_a_failure_and_the_archive_holds_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    tried = []

    def run(stage: Stage, folder: Path, limit_s: float) -> None:
        tried.append(stage.name)
        said = f"{getpass.getuser()} could not read /home/{getpass.getuser()}/models/x.bin"
        (folder / "logs" / f"{stage.name}.txt").write_text(said, encoding="utf-8")
        if stage.name == "preflight":
            raise TrainingError("a command that ends well", f"status 2: {said}", "See preflight.txt.")
        metrics(folder, stage.name, [2.0, 1.5])

    monkeypatch.setattr(commands, "run_command", run)
    out = tmp_path / "rehearsal"
    with pytest.raises(SystemExit) as left:
        commands.rehearse(str(out), model=str(tmp_path / "secret-place" / "base"), cards=2)
    assert left.value.code == 6
    found = json.loads((out / "rehearsal.json").read_text(encoding="utf-8"))
    status = {stage["stage"]: stage["status"] for stage in found["stages"]}
    assert {stage["stage"]: stage["figures"] for stage in found["stages"]}["fit"] == {"losses": [2.0, 1.5]}
    assert status["preflight"] == "failed"
    assert status["fit"] == status["exact"] == status["losses"] == status["ddp"] == status["fsdp"] == "passed"
    assert status["memory"] == "not run"
    assert status["resumed"] == status["export"] == "failed", "they left nothing to judge"
    assert len(tried) == len(status) - 2, "two stages only compare what others left"
    with tarfile.open(out / "rehearsal.tar.gz") as archive:
        names = archive.getnames()
        texts = [archive.extractfile(name).read().decode() for name in names]  # type: ignore[union-attr]
        assert {entry.uname for entry in archive.getmembers()} == {""}
    assert "rehearsal.json" in names
    assert "logs/preflight.txt" in names
    for text in texts:
        assert "/home" not in text
        assert str(tmp_path) not in text
        assert "secret-place" not in text
    assert "preflight" in capsys.readouterr().out


def test_a_stage_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 600\n", encoding="utf-8")
    slow.chmod(0o755)
    monkeypatch.setattr(commands.sys, "executable", str(slow))
    (tmp_path / "logs").mkdir()
    outcome = attempt(Stage("fit", "steps", ["fit"], lambda out: Found("", {})), tmp_path, 0.2)
    assert outcome.status == "too slow"
    assert outcome.seconds < 60


def test_a_run_that_never_saves_cannot_be_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ends = tmp_path / "ends"
    ends.write_text("#!/bin/sh\necho no room >&2\nexit 11\n", encoding="utf-8")
    ends.chmod(0o755)
    monkeypatch.setattr(commands.sys, "executable", str(ends))
    (tmp_path / "logs").mkdir()
    outcome = attempt(Stage("killed", "SIGKILL", ["fit"], lambda out: Found("killed", {}), kill=True), tmp_path, 5)
    assert outcome.status == "failed"
    assert "status 11: no room" in outcome.found


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path):
    with pytest.raises(ConfigError, match="which is there already"):
        commands.rehearse(str(tmp_path))


def test_cards_are_tried_together_only_where_there_are_several(tmp_path: Path):
    alone, together = ([stage.name for stage in stages(tmp_path, "offline-gemma", 4, cards)] for cards in (1, 2))
    assert together == [*alone, "ddp", "fsdp"]
    assert len(set(together)) == len(together)


def test_losses_are_judged(tmp_path: Path):
    metrics(tmp_path, "fit", [2.0, 1.9])
    metrics(tmp_path, "exact", [2.02, 1.9])
    summary(tmp_path, "fit", {"precision": "float16-mixed"})
    assert losses_fall(tmp_path) == ("losses 2.0000, 1.9000 in float16-mixed", {"losses": [2.0, 1.9]})
    said, figures = losses_agree(tmp_path)
    assert said == "at most 0.99% apart over 2 steps"
    assert figures == {"relative_difference": pytest.approx(0.02 / 2.02), "steps": 2}
    metrics(tmp_path, "exact", [2.2, 1.9])
    with pytest.raises(TrainingError, match="9.1%"):
        losses_agree(tmp_path)
    for wrong in ([2.0, float("nan")], [2.0, 50.0], []):
        metrics(tmp_path, "fit", wrong)
        with pytest.raises(TrainingError, match="losses"):
            losses_fall(tmp_path)


def test_estimate_checks_and_adapters_are_judged(tmp_path: Path):
    memory = Finding("memory", "the sentence may change", figures={"peak_gb": 2.0, "free_gb": 15.0})
    answer(tmp_path, "preflight", as_json([memory, Finding("disk", "little", "warning")]))
    summary(tmp_path, "fit", {"training": {"peak_memory_gb": 2.1}})
    said = "2.00 GB estimated, 2.10 GB measured"
    assert memory_agrees(tmp_path) == (said, {"estimated_gb": 2.0, "measured_gb": 2.1})
    assert "warnings: disk" in preflight_found(tmp_path).line
    summary(tmp_path, "fit", {"training": {"peak_memory_gb": 3.1}})
    with pytest.raises(TrainingError, match="within 15%"):
        memory_agrees(tmp_path)
    summary(tmp_path, "export", {"export": {"checks": [{"name": "gguf", "ok": False}]}})
    with pytest.raises(TrainingError, match="gguf"):
        export_found(tmp_path)
    for name, shift in (("fit", 0.0), ("killed", 0.001)):
        (tmp_path / name / "adapter").mkdir(parents=True)
        save_file({"a": torch.ones(4) + shift}, tmp_path / name / "adapter" / "adapter_model.safetensors")
    assert adapters_agree(tmp_path).line == "0.10% apart"
    save_file({"a": torch.zeros(4)}, tmp_path / "killed" / "adapter" / "adapter_model.safetensors")
    with pytest.raises(TrainingError, match="100.0% apart"):
        adapters_agree(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("read /home/lan/a/b.txt now", "read <path> now"),
        (r"C:\Users\lan\x.gguf", "<path>"),
        ("1/2 + 3/4 tokens/s", "1/2 + 3/4 tokens/s"),
        ("~/math/run is gone", "<path> is gone"),
    ],
)
def test_places_are_taken_out(text: str, expected: str):
    assert without_places(text) == expected


def test_an_answer_of_another_form_fails_its_stage_alone(tmp_path: Path):
    """The JSON of preflight got a frame; the table read its keys as findings, and the whole rehearsal broke off."""
    answer(tmp_path, "preflight", ["level", "findings"])
    outcome = attempt(Stage("preflight", "checks", [], preflight_found), tmp_path, 5)
    assert outcome.status == "failed"
    assert "of another form" in outcome.found

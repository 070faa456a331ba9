import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import torch
from lightning.pytorch import Trainer
from safetensors.torch import load_file

from mathpal_lightning import MathPalModule
from mathpal_lightning.cli.main import main
from mathpal_lightning.commands import export as command
from mathpal_lightning.commands.export import export, note
from mathpal_lightning.errors import CheckpointError, PushError
from mathpal_lightning.export import (
    Check,
    Export,
    MergeInto,
    Subject,
    Verification,
    find_subject,
    read_trained_on,
    write_adapter,
)
from mathpal_lightning.export.verify import probe
from mathpal_lightning.records import write_record
from tests.export.conftest import lora_model
from tests.export.hub_server import REPO, Hub
from tests.runs import Runs


@pytest.fixture(autouse=True)
def _short_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "MAX_ANSWER_TOKENS", 4)


def test_nothing_to_export_is_an_error(tmp_path: Path):
    with pytest.raises(CheckpointError, match="found .*nowhere which does not exist"):
        export(tmp_path / "nowhere")


def test_a_bare_adapter_is_exported_beside_itself_and_verified(gemma3_folder: Path, tmp_path: Path):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "mine")
    done = export(adapter, ["adapter", "merged_16bit"])
    assert done.verification is not None
    assert done.verification.ok
    assert (tmp_path / "mine.export" / "merged" / "model.safetensors").is_file()
    again = export(tmp_path / "mine.export", ["merged_16bit"], verify=False)
    assert again is not None
    assert again.artefacts["merged"] == tmp_path / "mine.export" / "merged"
    noted = json.loads((tmp_path / "mine.export" / "summary.json").read_text(encoding="utf-8"))["export"]
    assert noted["checks"] == done.verification.as_rows(), "an export that checks nothing leaves the checks"
    assert "| merged | KL against the trained model |" in (tmp_path / "mine.export" / "README.md").read_text(encoding="utf-8")


def test_an_export_is_noted_beside_what_the_run_noted(tmp_path: Path):
    gguf = Verification((Check("model-q8_0.gguf", "KL", 0.0, "<= 1", True, ""),)).as_rows()
    stale = Verification((Check("merged", "KL", 9.0, "<= 1", False, "bad"),)).as_rows()
    noted = {"seconds": 9, "export": {"checks": [*gguf, *stale], "bytes": {"gguf:q8_0": 1}}}
    (tmp_path / "summary.json").write_text(json.dumps(noted), encoding="utf-8")
    checks = Verification((Check("merged", "KL", 0.0, "<= 1", True, ""),))
    note(tmp_path, Export("trained", verification=checks))
    summary = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))
    assert summary["seconds"] == 9
    assert summary["export"]["checks"] == [*gguf, *checks.as_rows()]
    assert summary["export"]["bytes"] == {"gguf:q8_0": 1}


def test_checks_go_with_the_weights_that_they_were_made_of(tmp_path: Path):
    """Merged anew without verification: the old figures say nothing of the new weights."""
    rows = [Check(name, "KL", 0.5, "<= 1", True, "") for name in ("adapter", "merged", "model-q8_0.gguf")]
    folders = {name: tmp_path / name for name in ("adapter", "merged")}

    def write(name: str, weights: str) -> None:
        folders[name].mkdir(exist_ok=True)
        (folders[name] / "model.safetensors").write_text(weights, encoding="utf-8")
        write_record(folders[name], {})

    def noted(into: MergeInto, verification: Verification | None = None, **artefacts: Path) -> tuple[list[str], str]:
        note(tmp_path, Export(into, artefacts=artefacts, verification=verification))
        found = json.loads((tmp_path / "summary.json").read_text(encoding="utf-8"))["export"]
        return [check["artefact"] for check in found["checks"]], found["merge_into"]

    write("adapter", "a")
    write("merged", "trained")
    every = ["adapter", "merged", "model-q8_0.gguf"]
    assert noted("trained", Verification(tuple(rows)), **folders) == (every, "trained")
    assert noted("trained", **folders) == (every, "trained"), "nothing was written"
    write("merged", "original")
    assert noted("original", **folders) == (["adapter", "model-q8_0.gguf"], "original")
    assert "Not compared with the trained model: merged" in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert noted("trained", adapter=folders["adapter"])[1] == "original", "what was merged before is still there"
    page = Verification((Check("web", "seconds to start", 1.0, "> 0", True, ""),))
    assert "web" in noted("trained", page, web=tmp_path / "web")[0]
    assert "web" not in noted("trained", web=tmp_path / "web")[0], "a page has no record, and is written each time"


def test_a_run_is_exported_and_pushed_in_one_go_and_alone_nothing_is_exported(
    gemma3_folder: Path, tmp_path: Path, hub: Hub, capsys: pytest.CaptureFixture[str]
):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "mine")
    assert export(adapter, push=REPO) is None
    assert not (tmp_path / "mine.export").exists()
    assert set(hub.repos[REPO].files) >= {"adapter_model.safetensors", "README.md"}
    done = export(adapter, ["merged_16bit"], verify=False, push=f"{REPO}-merged", artefact="merged", private=False)
    assert done is not None
    assert "model.safetensors" in hub.repos[f"{REPO}-merged"].files
    assert f"push: merged, public, with its model card: {hub.url}/{REPO}-merged" in capsys.readouterr().out


def test_a_push_that_may_not_be_is_refused_before_anything_is_exported(gemma3_folder: Path, tmp_path: Path, hub: Hub):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "mine")
    with pytest.raises(PushError, match="no member of truong"):
        export(adapter, ["merged_16bit"], push="truong/toan")
    assert not (tmp_path / "mine.export").exists()


def test_json_alone_is_on_stdout_and_says_what_was_pushed(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    hub.refuse = {"whoami": 503}  # so that the check before the export has something to say
    pushed = {"repo": REPO, "url": f"{hub.url}/{REPO}", "commit": "abc"}
    monkeypatch.setattr(command, "find_subject", lambda *_: Subject("adapter mine", adapter=tmp_path))
    monkeypatch.setattr(command, "export_subject", lambda *_, **__: Export("trained"))
    monkeypatch.setattr(command, "push_to_hub", lambda *_: pushed)
    export(tmp_path, ["adapter"], push=REPO, json=True)
    out, err = capsys.readouterr()
    noted = pushed | {"artefact": "adapter", "private": True}
    assert json.loads(out) == Export("trained").as_dict() | {"pushed": noted}
    assert "push: could not check" in err
    export(tmp_path, push=REPO, json=True)
    assert json.loads(capsys.readouterr().out) == {"pushed": noted}


def checkpoint(folder: Path, base: Path, **settings: Any) -> tuple[Path, MathPalModule]:
    """A .ckpt as a fit writes it, of a module whose trained weights have moved."""
    module = MathPalModule(str(base), backend="transformers", **settings)
    trainer = Trainer(accelerator="cpu", logger=False, enable_checkpointing=False, default_root_dir=folder)
    trainer.strategy.connect(module)
    module.configure_model()
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(0)
        for name, weight in module.trained_weights().items():
            if "lora_A" not in name:
                weight += 0.05 * torch.randn_like(weight)
    trainer.save_checkpoint(folder / "step=3.ckpt")
    return folder / "step=3.ckpt", module


def test_a_checkpoint_that_lost_its_adapter_folder_gets_it_again(gemma3_folder: Path, tmp_path: Path):
    file, module = checkpoint(tmp_path, gemma3_folder, lora_r=4)
    written = write_adapter(module, tmp_path / "as-it-was", module.tokenizer, str(gemma3_folder))
    adapter = find_subject(file).adapter
    assert adapter is not None
    assert adapter == tmp_path / "step=3.adapter"
    again, before = (load_file(folder / "adapter_model.safetensors") for folder in (adapter, written))
    assert again.keys() == before.keys()
    assert all(torch.equal(again[name], before[name]) for name in before)
    assert read_trained_on(adapter) == read_trained_on(written), "the record says how the base was quantised"
    done = export(file, "merged_16bit", merge_into="trained")
    assert done.verification is not None
    assert done.verification.ok
    assert done.artefacts["merged"] == tmp_path / "step=3.export" / "merged"


def test_a_checkpoint_of_another_module_says_why_it_is_not_enough(tmp_path: Path):
    torch.save({"state_dict": {}, "epoch": 1}, tmp_path / "foreign.ckpt")
    with pytest.raises(
        CheckpointError, match="a checkpoint of MathPalModule.*epoch, state_dict in .*export its adapter folder"
    ):
        export(tmp_path / "foreign.ckpt")


def test_nothing_in_a_checkpoint_is_executed(tmp_path: Path):
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(tmp_path / "executed"),)

    torch.save({"hyper_parameters": Bomb()}, tmp_path / "bomb.ckpt")
    with pytest.raises(CheckpointError, match="tensors and plain values in .*bomb.ckpt.*Never load it"):
        export(tmp_path / "bomb.ckpt")
    assert not (tmp_path / "executed").exists()


def test_a_full_fine_tune_is_exported_from_its_checkpoint(gemma3_folder: Path, tmp_path: Path):
    file, module = checkpoint(tmp_path, gemma3_folder, finetune="full", bits=16)
    assert find_subject(file).checkpoint == file
    done = export(file, ["adapter", "merged_16bit", "gguf:f16"])
    assert set(done.artefacts) == {"merged", "gguf:f16"}, "there is no adapter"
    merged = load_file(done.artefacts["merged"] / "model.safetensors")
    trained = module.model.state_dict()
    assert len(merged) > 50
    assert all(torch.equal(merged[name], trained[name]) for name in merged)
    assert done.verification is not None
    assert done.verification.ok, str(done.verification)
    assert done.verification.checks[0].value > 0.05, "the training did something"
    first = (done.artefacts["merged"] / "model.safetensors").stat().st_ino
    assert (export(file, "merged_16bit").artefacts["merged"] / "model.safetensors").stat().st_ino == first, "skipped"


def test_an_export_killed_in_the_middle_goes_on_where_it_was(runs: Runs, gemma3_folder: Path, tmp_path: Path):
    """SIGKILL to a real process once the merged folder is there: the GGUF follows, the merge is not done again."""
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "mine")
    command = ["export", "--run", str(adapter), "--verify=false", "--formats", "merged_16bit,gguf:f32"]
    before = "import os\nfrom mathpal_lightning.export import road\nroad.write_ggufs = lambda *_: os.kill(os.getpid(), 9)"
    assert runs.mathpal(*command, cwd=tmp_path, before=before).status == -signal.SIGKILL
    out = tmp_path / "mine.export"
    merged, gguf = out / "merged" / "model.safetensors", out / "gguf" / "model-f32.gguf"
    first = merged.stat().st_ino
    assert not gguf.exists()
    done = export(adapter, "merged_16bit,gguf:f32", verify=False)
    assert gguf.is_file()
    assert merged.stat().st_ino == first
    assert set(done.artefacts) == {"adapter", "merged", "gguf:f32"}


def test_the_command_takes_formats_with_commas_and_verify_alone(gemma3_folder: Path, tmp_path: Path, capsys: Any):
    adapter = write_adapter(lora_model(gemma3_folder), tmp_path / "mine")
    main(["export", "--verify", "--run", str(adapter), "--formats", "adapter,merged_16bit"])
    assert "KL against the trained model" in capsys.readouterr().out
    main(["export", "--run", str(adapter), "--formats", "[adapter,merged_16bit]", "--verify", "false"])
    assert "verified" not in capsys.readouterr().out
    with pytest.raises(SystemExit) as status:
        main(["export", "--run", str(adapter), "--formats", "adapter,gguf:q9"])
    assert status.value.code == 2
    assert "gguf:q9" in capsys.readouterr().err

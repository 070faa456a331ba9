"""SIGKILL at seeded random moments, resumed each time with `--ckpt_path last`: the adapter is the uninterrupted run's, bitwise.

Three kills each here; `python -m tests.kills` does as many as wanted on the real model.
"""

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml

from mathpal_lightning.files import hold
from mathpal_lightning.run import newest_sound
from tests.cli.test_lightning_cli import tiny_config
from tests.runs import Run, Runs

ARTEFACTS = ("adapter/adapter_model.safetensors", "merged/model.safetensors")


def killable_config(base: Path, objective: str, packing: bool) -> dict[str, Any]:
    config = tiny_config(
        base,
        model={"objective": objective, "lora_dropout": 0.1, "learning_rate": 1e-2},
        data={"max_length": 2048 if objective == "dpo" else 512, "packing": packing, "num_workers": 1},
        evaluation={"problems": 2, "sample": 0},
        checkpoint={"every_n_steps": 2},
        export={"formats": ["adapter", "merged_16bit"], "verify": False},
    )
    config["data"]["batch_size"] = 1 if packing else 3
    config["data"]["generator"]["validation_count"] = 4
    config["trainer"] |= {"max_steps": 7, "max_epochs": 7, "val_check_interval": 3, "check_val_every_n_epoch": None}
    return config


def fit(runs: Runs, folder: Path, name: str, *flags: str, die_at: tuple[str, int] | None = None) -> Run:
    """Start or go on: from the newest checkpoint where there is one, else afresh."""
    begun = list((folder / "outputs" / name / "checkpoints").glob("*.ckpt"))
    flags = (*flags, "--ckpt_path", "last") if begun else (*flags, "--overwrite")
    return runs.mathpal("fit", "--config", "config.yaml", "--name", name, "--no_comet", *flags, cwd=folder, die_at=die_at)


def same_artefacts(folder: Path, first: str, second: str) -> bool:
    return all(
        (folder / "outputs" / first / artefact).read_bytes() == (folder / "outputs" / second / artefact).read_bytes()
        for artefact in ARTEFACTS
    )


@pytest.mark.parametrize("packing", [True, False], ids=["packed", "padded"])
@pytest.mark.parametrize("objective", ["sft", "dpo"])
def test_a_run_killed_three_times_is_the_uninterrupted_run(
    objective: str, packing: bool, runs: Runs, gemma3_folder: Path, tmp_path: Path
):
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(killable_config(gemma3_folder, objective, packing)), encoding="utf-8")
    whole = fit(runs, tmp_path, "whole")
    assert whole.status == 0, whole.stderr
    assert set(whole.moments) == {"step", "validation", "write", "export"}
    drawn = random.Random(f"{objective} {packing}")
    kills = [("step", drawn.randint(1, 4)), ("write", drawn.randint(1, whole.moments["write"] // 3))]
    kills.append(drawn.choice([("validation", 1), ("export", drawn.randint(1, whole.moments["export"]))]))
    for kill in kills:
        assert fit(runs, tmp_path, "killed", die_at=kill).status == -9, kill
    done = fit(runs, tmp_path, "killed")
    assert done.status == 0, done.stderr
    assert same_artefacts(tmp_path, "whole", "killed")
    assert not [path for path in (tmp_path / "outputs/killed").rglob(".*") if path.suffix in (".tmp", ".old")]


def test_a_checkpoint_in_the_middle_of_an_accumulation_window_holds_its_gradients(
    runs: Runs, gemma3_folder: Path, tmp_path: Path
):
    config = killable_config(gemma3_folder, "sft", packing=False)
    config["trainer"] |= {"accumulate_grad_batches": 2, "max_steps": 3}  # validations after batches 3 and 6
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    assert fit(runs, tmp_path, "whole").status == 0
    assert fit(runs, tmp_path, "killed", die_at=("step", 4)).status == -9
    assert torch.load(tmp_path / "outputs/killed/checkpoints/last.ckpt", weights_only=True)["window"][0]["count"] > 0
    assert fit(runs, tmp_path, "killed").status == 0
    assert same_artefacts(tmp_path, "whole", "killed")


@pytest.fixture(scope="module")
def stopped(runs: Runs, gemma3_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was killed after its second checkpoint; its data is a file. Copy before changing it."""
    folder = tmp_path_factory.mktemp("stopped")
    rows = [{"question": f"{i} + {3 * i} = ?", "solution": f"Đáp số: {4 * i}"} for i in range(60)]
    (folder / "rows.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    config = killable_config(gemma3_folder, "sft", packing=True)
    config["data"] = {"train": "rows.jsonl", "max_length": 128, "validation_share": 0}
    config["evaluation"] = {"problems": 0}
    config["export"] = {"formats": ["adapter"], "verify": False}
    config["checkpoint"]["keep"] = -1
    config["trainer"] |= {"max_epochs": 1, "max_steps": 6, "limit_val_batches": 0}
    (folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    assert fit(runs, folder, "killed", die_at=("step", 5)).status == -9
    return folder


@pytest.fixture
def copy(stopped: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stopped, tmp_path / "copy"))


@pytest.mark.parametrize("harm", ["cut short", "a flipped bit", "an empty file"])
def test_a_damaged_checkpoint_is_named_and_the_newest_sound_one_is_used(harm: str, runs: Runs, copy: Path):
    last = copy / "outputs/killed/checkpoints/last.ckpt"
    content = bytearray(last.read_bytes())
    content[len(content) // 2] ^= 1
    last.write_bytes({"cut short": content[: len(content) // 2], "a flipped bit": content, "an empty file": b""}[harm])
    done = fit(runs, copy, "killed")
    assert done.status == 0, done.stderr
    assert f"{last.relative_to(copy)} {'is damaged' if harm == 'a flipped bit' else 'does not end with'}" in done.stderr
    assert done.moments["step"] == 2, "went on from step=4.ckpt"


def test_without_a_sound_checkpoint_the_run_is_refused(runs: Runs, copy: Path):
    for file in (copy / "outputs/killed/checkpoints").glob("*.ckpt"):
        file.write_bytes(file.read_bytes()[:-1])
    done = fit(runs, copy, "killed")
    assert done.status == 5
    assert "step=2.ckpt does not end with its digest" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_adapter_folder_is_named_and_written_anew(runs: Runs, copy: Path):
    checkpoints = copy / "outputs/killed/checkpoints"
    newest = newest_sound(checkpoints)
    adapter = newest.with_suffix(".adapter")
    before = (adapter / "adapter_model.safetensors").read_bytes()
    shutil.rmtree(adapter)
    done = fit(runs, copy, "killed", "--max_steps", "4")
    assert done.status == 0, done.stderr
    assert f"{adapter.name} is missing" in done.stderr
    assert (adapter / "adapter_model.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        (["--model.learning_rate", "0.5"], "model.learning_rate: 0.01 then, 0.5 now"),
        (["--model.bits", "16", "--data.max_length", "64"], "data.max_length: 128 then, 64 now; model.bits: 4 then, 16 now"),
        (["--seed_everything", "7"], "seed_everything: 0 then, 7 now"),
        (["--model.objective", "dpo"], "model.objective: sft then, dpo now"),
    ],
)
def test_a_checkpoint_of_another_config_is_refused_with_the_keys(flags: list[str], shown: str, runs: Runs, copy: Path):
    done = fit(runs, copy, "killed", *flags)
    assert done.status == 5
    assert shown in done.stderr
    assert "step" not in done.moments


def test_a_checkpoint_of_another_base_is_refused(runs: Runs, copy: Path, gemma3_folder: Path):
    shutil.copytree(gemma3_folder, copy / "other")
    done = fit(runs, copy, "killed", "--model_name", "other")
    assert done.status == 5
    assert f"model.model_name: {gemma3_folder} then, other now" in done.stderr


def test_settings_that_do_not_matter_may_change(runs: Runs, copy: Path):
    flags = ["--data.num_workers", "0", "--max_steps", "5", "--model.loss_chunk", "64", "--evaluation.problems", "0"]
    assert fit(runs, copy, "killed", *flags).status == 0


def test_data_that_changed_under_a_run_is_refused(runs: Runs, copy: Path):
    rows = (copy / "rows.jsonl").read_text(encoding="utf-8")
    (copy / "moved.jsonl").write_text(rows, encoding="utf-8")
    assert fit(runs, copy, "killed", "--data.train", "moved.jsonl", "--max_steps", "5").status == 0
    (copy / "rows.jsonl").write_text(rows.replace("Đáp số: 8", "Đáp số: 9"), encoding="utf-8")
    done = fit(runs, copy, "killed")
    assert done.status == 5
    assert "other rows in `data.train: rows.jsonl`" in done.stderr


def test_two_runs_of_one_folder_exclude_each_other_and_the_lock_dies_with_its_process(runs: Runs, copy: Path):
    lock = hold(copy / "outputs/.killed.lock")
    assert lock
    done = fit(runs, copy, "killed")
    assert done.status == 2
    assert "another process training into it" in done.stderr
    lock.close()
    assert fit(runs, copy, "killed", die_at=("step", 1)).status == -9
    assert fit(runs, copy, "killed").status == 0

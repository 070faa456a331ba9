"""Which weights a path means: the best by the monitor, else the last by number; never older ones in silence."""

import logging
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from mathpal_lightning.cli.run_folder import find_checkpoint
from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.run import RunFolder, find_weights, next_number
from mathpal_lightning.run.seal import seal
from mathpal_lightning.run.weights import Ranking


def save(run: Path, name: str, step: int, scores: dict[str, float] | None = None, mode: str = "max") -> Path:
    """Write a sealed checkpoint with its adapter, as a run that monitors val/exact_match (or nothing) does.

    Its time on the disk is the older the later it is written: the clock must not decide.
    """
    folder = run / "checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    adapter, file = folder / f"{name}.adapter", folder / f"{name}.ckpt"
    adapter.mkdir(exist_ok=True)
    (adapter / "adapter_config.json").write_text("{}", encoding="utf-8")
    (adapter / "adapter_model.safetensors").write_text(f"weights of step {step}", encoding="utf-8")
    monitor = "val/exact_match" if scores else None
    best = (max if mode == "max" else min)(scores, key=scores.__getitem__) if scores else name
    state: dict[str, Any] = {
        "monitor": monitor,
        "best_model_path": f"/elsewhere/{best}.ckpt",
        "best_k_models": {f"/elsewhere/{other}.ckpt": torch.tensor(score) for other, score in (scores or {}).items()},
    }
    key = f"AdapterCheckpoint{{'monitor': {monitor!r}, 'mode': {mode!r}, 'every_n_train_steps': 0}}"
    number = next_number(folder)
    torch.save({"global_step": step, "state_dict": {"w": torch.arange(50.0)}, "callbacks": {key: state}}, file)
    seal(file, number, adapter)
    for path in (file, adapter):
        os.utime(path, (10_000 - number, 10_000 - number))
    return file


def export_adapter_of(file: Path, run: Path) -> None:
    """Copy the adapter of a checkpoint to adapter/, as an export does."""
    shutil.copytree(file.with_suffix(".adapter"), run / "adapter", dirs_exist_ok=True)


def flip_a_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def test_a_run_without_a_monitor_means_its_last_checkpoint_by_number(tmp_path: Path):
    save(tmp_path, "step=20", 20)
    last = save(tmp_path, "last", 40)  # Ctrl-C after step 40
    found = find_weights(tmp_path)
    assert (found.checkpoint, found.line) == (last, "checkpoint of step 40, the last")
    assert found.adapter == last.with_suffix(".adapter")


@pytest.mark.parametrize(("mode", "best"), [("max", "step=10"), ("min", "step=20")])
def test_a_run_with_a_monitor_means_its_best_and_not_the_newest_of_the_best(tmp_path: Path, mode: str, best: str):
    scores = {"step=10": 0.9, "step=20": 0.3, "step=30": 0.5}
    for step in (10, 20, 30):
        save(tmp_path, f"step={step}", step, scores, mode)
    save(tmp_path, "last", 40, scores, mode)
    found = find_weights(tmp_path)
    assert found.checkpoint == tmp_path / f"checkpoints/{best}.ckpt"
    assert found.line == f"checkpoint of step {best[5:]}, the best of 3 by val/exact_match"
    assert find_checkpoint(tmp_path / "checkpoints", "best") == str(found.checkpoint)
    assert find_checkpoint(tmp_path / "checkpoints", "last") == str(tmp_path / "checkpoints/last.ckpt")


def test_of_equal_scores_the_one_that_the_run_calls_best_is_taken(tmp_path: Path):
    scores = {"step=10": 0.5, "step=20": 0.5}
    for step in (10, 20):
        save(tmp_path, f"step={step}", step, scores)
    assert find_weights(tmp_path).checkpoint == tmp_path / "checkpoints/step=10.ckpt"


def test_best_of_a_run_without_a_monitor_is_its_last(tmp_path: Path):
    save(tmp_path, "step=20", 20)
    last = save(tmp_path, "last", 40)
    assert find_checkpoint(tmp_path / "checkpoints", "best") == str(last)


def test_another_modelcheckpoint_of_the_run_does_not_decide(tmp_path: Path):
    """Beside ours, a config may have a ModelCheckpoint of Lightning, with a metric and a folder of its own."""
    file = save(tmp_path, "step=20", 20, {"step=20": 0.5})
    content = torch.load(file, weights_only=True)
    other = {"monitor": "loss", "best_model_path": "x/epoch=1.ckpt", "best_k_models": {"x/epoch=1.ckpt": torch.tensor(1.0)}}
    content["callbacks"] = {"ModelCheckpoint{'monitor': 'loss', 'mode': 'min'}": other} | content["callbacks"]
    torch.save(content, file)
    seal(file, 5, file.with_suffix(".adapter"))
    assert find_weights(tmp_path).line == "checkpoint of step 20, the best of 1 by val/exact_match"


def test_a_monitor_without_any_score_yet_means_the_last(tmp_path: Path):
    file = save(tmp_path, "last", 3)
    assert find_weights(tmp_path).checkpoint == file


def test_the_exported_adapter_is_used_where_it_holds_the_chosen_weights(tmp_path: Path):
    last = save(tmp_path, "last", 20)
    export_adapter_of(last, tmp_path)
    found = find_weights(tmp_path)
    assert found.adapter == tmp_path / "adapter"
    assert found.line == "checkpoint of step 20, the last; adapter/ holds it"


def test_an_exported_adapter_older_than_the_run_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """The run was exported, went on, and was stopped: adapter/ is that of the export, even when its files look newer."""
    export_adapter_of(save(tmp_path, "last", 20), tmp_path)
    last = save(tmp_path, "last", 30)
    found = find_weights(tmp_path)
    assert found.adapter == last.with_suffix(".adapter")
    assert found.line == "checkpoint of step 30, the last"
    assert "adapter holds other weights than the checkpoint of step 30, the last: it is of an earlier export" in caplog.text


def test_an_adapter_of_the_last_weights_is_not_used_where_an_earlier_checkpoint_is_the_best(tmp_path: Path):
    scores = {"step=10": 0.9, "step=20": 0.5}
    save(tmp_path, "step=10", 10, scores)
    export_adapter_of(save(tmp_path, "step=20", 20, scores), tmp_path)
    assert find_weights(tmp_path).adapter == tmp_path / "checkpoints/step=10.adapter"


def test_a_damaged_last_checkpoint_gives_way_to_the_next_whole_one_and_both_are_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    save(tmp_path, "step=20", 20)
    flip_a_bit(save(tmp_path, "last", 40))
    found = find_weights(tmp_path)
    assert found.line == "checkpoint of step 20, the newest that is whole"
    assert "last.ckpt is damaged" in caplog.text
    assert find_checkpoint(tmp_path / "checkpoints", "last") == str(tmp_path / "checkpoints/step=20.ckpt")


def test_a_cut_last_checkpoint_is_named_too(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    save(tmp_path, "step=20", 20)
    last = save(tmp_path, "last", 40)
    last.write_bytes(last.read_bytes()[:-100])
    assert find_weights(tmp_path).line == "checkpoint of step 20, the newest that is whole"
    assert "last.ckpt does not end with its digest" in caplog.text


def test_a_damaged_best_checkpoint_gives_way_to_the_second_best(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    scores = {"step=10": 0.9, "step=20": 0.3, "step=30": 0.5}
    for step in (10, 20, 30):
        save(tmp_path, f"step={step}", step, scores)
    flip_a_bit(tmp_path / "checkpoints/step=10.ckpt")
    assert find_weights(tmp_path).line == "checkpoint of step 30, number 2 of 3 by val/exact_match"
    assert "step=10.ckpt is damaged" in caplog.text


def test_one_flipped_bit_in_the_only_checkpoint_is_refused(tmp_path: Path):
    file = save(tmp_path, "last", 40)
    flip_a_bit(file)
    for place in (tmp_path, file):
        with pytest.raises(CheckpointError, match="last.ckpt.*is damaged|one that is damaged"):
            find_weights(place)


def test_an_adapter_that_is_not_its_checkpoints_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    file = save(tmp_path, "last", 40)
    (tmp_path / "checkpoints/last.adapter/adapter_model.safetensors").write_text("others", encoding="utf-8")
    assert find_weights(file).adapter is None
    assert "is not the adapter that was written with last.ckpt" in caplog.text


def test_a_checkpoint_of_another_modelcheckpoint_is_read_and_that_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """Files without a seal have no number: their time decides, among themselves only."""
    (tmp_path / "checkpoints").mkdir()
    for step in (1, 2):
        torch.save({"global_step": step, "state_dict": {}}, tmp_path / f"checkpoints/epoch={step}.ckpt")
        os.utime(tmp_path / f"checkpoints/epoch={step}.ckpt", (step, step))
    found = find_weights(tmp_path)
    assert found.line == "checkpoint of step 2, the last"
    assert "epoch=2.ckpt has no seal: another ModelCheckpoint wrote it" in caplog.text
    sealed = save(tmp_path, "step=1", 1)
    assert find_weights(tmp_path).checkpoint == sealed


def test_beside_checkpoints_without_a_seal_the_later_of_adapter_and_checkpoint_is_meant(tmp_path: Path):
    """A module of somebody else, with Lightning's own ModelCheckpoint: its adapter stands in adapter/ alone."""
    save(tmp_path / "other", "last", 1)
    export_adapter_of(tmp_path / "other/checkpoints/last.ckpt", tmp_path)
    (tmp_path / "checkpoints").mkdir()
    torch.save({"global_step": 9, "state_dict": {}}, tmp_path / "checkpoints/epoch=1.ckpt")
    written = tmp_path / "adapter/adapter_model.safetensors"
    os.utime(tmp_path / "checkpoints/epoch=1.ckpt", (100, 100))
    os.utime(written, (200, 200))
    assert find_weights(tmp_path).line == "adapter/ of the run, written after its last checkpoint"
    os.utime(written, (50, 50))
    assert find_weights(tmp_path).line == "checkpoint of step 9, the last"


def test_a_run_without_checkpoints_means_its_adapter(tmp_path: Path):
    export_adapter_of(save(tmp_path / "other", "last", 1), tmp_path / "run")
    assert find_weights(tmp_path / "run").line == "adapter/ of the run, which has no checkpoints"
    assert find_weights(tmp_path / "run/adapter").adapter == tmp_path / "run/adapter"


def test_a_checkpoint_is_itself_whatever_else_the_run_holds(tmp_path: Path):
    file = save(tmp_path, "step=20", 20)
    save(tmp_path, "last", 40)
    found = find_weights(file)
    assert (found.checkpoint, found.adapter) == (file, file.with_suffix(".adapter"))
    assert found.line == "checkpoint of step 20, step=20.ckpt"


def test_adapters_whose_checkpoints_are_gone_are_used_and_that_is_said(tmp_path: Path):
    file = save(tmp_path, "step=20", 20)
    file.unlink()
    assert find_weights(tmp_path).line == "adapter step=20.adapter, the newest; its checkpoint is missing"
    assert find_weights(file).adapter == file.with_suffix(".adapter")


def test_nothing_there_says_what_to_give(tmp_path: Path):
    with pytest.raises(CheckpointError, match="which does not exist.*outputs/<name>"):
        find_weights(tmp_path / "nowhere")
    with pytest.raises(CheckpointError, match="without one"):
        find_weights(tmp_path)


def test_checkpoints_in_another_folder_are_found_by_the_config(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    run, elsewhere = tmp_path / "run", tmp_path / "elsewhere"
    file = save(elsewhere, "last", 7)
    run.mkdir()
    (run / "config.yaml").write_text(f"checkpoint:\n  dirpath: {file.parent}\n", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert find_weights(run).checkpoint == file
    assert RunFolder(run).checkpoints == file.parent


def test_the_paths_of_another_system_and_a_foreign_setting_are_read():
    """A run of Windows, moved; and Lightning's ModelCheckpoint with a time between two checkpoints."""
    key = "ModelCheckpoint{'monitor': 'val/loss', 'mode': 'max', 'train_time_interval': datetime.timedelta(seconds=1800)}"
    best = "C:\\runs\\checkpoints\\step=10.ckpt"
    state = {"monitor": "val/loss", "best_k_models": {best: torch.tensor(0.5)}, "best_model_path": best}
    ranking = Ranking.saved_in({"callbacks": {key: state}})  # type: ignore[typeddict-item]  # the part that is read
    assert ranking == Ranking("val/loss", True, {"step=10.ckpt": 0.5}, "step=10.ckpt")

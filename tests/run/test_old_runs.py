"""A run folder, its checkpoints and the data cache of version 0.1.0 are still read, and read rightly."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.cli.main import main
from mathpal_lightning.commands.export import export
from mathpal_lightning.data.cache import prepare_rows
from mathpal_lightning.data.rows import Columns
from mathpal_lightning.data.sources import Generator, open_source
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.merge.best import read_problems

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture
def old_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The old run's folder as it lay: the working folder holds its base model and rows."""
    shutil.copytree(FIXTURES / "old_run", tmp_path, dirs_exist_ok=True)
    (tmp_path / "outputs").mkdir()
    (tmp_path / "tiny").rename(tmp_path / "outputs/tiny")
    monkeypatch.chdir(tmp_path)
    return Path("outputs/tiny")


def test_an_old_run_goes_on_from_its_last_checkpoint(old_run: Path):
    main(["fit", "--config", str(old_run / "config.yaml"), "--ckpt_path", "last", "--max_steps", "4", "--no_comet"])
    last = torch.load(old_run / "checkpoints/last.ckpt", weights_only=True)
    assert last["global_step"] == 4
    summary = json.loads((old_run / "summary.json").read_text(encoding="utf-8"))
    assert summary["training"]["steps"] == 4
    assert summary["evaluation"]["before"]["problems"] == 2, "the scores from before training are those of the old run"


def test_an_old_run_without_test_rows_is_tested_on_its_validation_rows(old_run: Path, capsys: pytest.CaptureFixture[str]):
    main(["test", "--config", str(old_run / "config.yaml"), "--ckpt_path", "last", "--no_comet"])
    scores = json.loads((old_run / "summary.json").read_text(encoding="utf-8"))["evaluation"]["test"]
    assert (scores["problems"], scores["rows"]) == (4, "validation")
    assert len((old_run / "test_samples.jsonl").read_text(encoding="utf-8").splitlines()) == 4
    main(["export", "--run", str(old_run), "--formats", "adapter", "--verify", "false"])
    assert "after training, validation rows" in (old_run / "README.md").read_text(encoding="utf-8")


def test_an_old_run_is_exported(old_run: Path):
    main(["export", "--run", str(old_run), "--formats", "merged_16bit", "--verify", "false"])
    merged = load_file(old_run / "merged/model.safetensors")
    base = load_file(Path("base/model.safetensors"))
    moved = [name for name, weight in merged.items() if not torch.equal(weight, base[name])]
    assert len(moved) == 14, "7 linear layers in each of 2 layers"
    summary = json.loads((old_run / "summary.json").read_text(encoding="utf-8"))
    assert summary["evaluation"]["after"]["problems"] == 4, "what the run noted stays"


def test_an_old_run_that_goes_on_and_stops_is_exported_as_it_is_now(old_run: Path, capsys: pytest.CaptureFixture[str]):
    """adapter/ is of step 3: after two more steps it is older than every checkpoint."""
    before = load_file(old_run / "adapter/adapter_model.safetensors")
    flags = ["--ckpt_path", "last", "--max_steps", "5", "--no_comet", "--evaluation.problems", "0", "--export.formats", "[]"]
    main(["fit", "--config", str(old_run / "config.yaml"), *flags])
    capsys.readouterr()
    main(["export", "--run", str(old_run), "--formats", "adapter", "--verify", "false"])
    assert "export: checkpoint of step 5, the best of 2 by val/loss\n" in capsys.readouterr().out
    checkpoint = torch.load(old_run / "checkpoints/step=5.ckpt", weights_only=True)["state_dict"]
    after = load_file(old_run / "adapter/adapter_model.safetensors")
    assert len(after) == len(checkpoint) == 28
    for name, weight in after.items():
        assert torch.equal(weight, checkpoint[f"model.{name.replace('.weight', '.default.weight')}"]), name
    assert any(not torch.equal(weight, before[name]) for name, weight in after.items())


def test_one_flipped_bit_in_an_old_checkpoint_is_refused_by_export_too(old_run: Path, capsys: pytest.CaptureFixture[str]):
    file = old_run / "checkpoints/step=2.ckpt"
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 1
    file.write_bytes(content)
    with pytest.raises(SystemExit) as status:
        main(["export", "--run", str(file), "--verify", "false"])
    assert status.value.code == 5
    assert "step=2.ckpt, but found one that is damaged" in capsys.readouterr().err


def test_an_adapter_of_other_weights_is_not_pushed_in_silence(old_run: Path):
    """adapter/ of the old run is changed: it is no longer what the run's checkpoints hold."""
    adapter = old_run / "adapter/adapter_model.safetensors"
    shutil.copy(old_run / "checkpoints/step=2.adapter/adapter_model.safetensors", adapter)
    with pytest.raises(ExportError, match="an export of the checkpoint of step 3, the best of 2.*--formats adapter"):
        export(old_run, push="owner/name")


def test_old_samples_are_problems_to_score_on(old_run: Path):
    problems = read_problems(old_run / "samples.jsonl")
    assert ("18 + 19 = ?", "18 + 19 = 37\nĐáp số: 37") in problems


def test_rows_beside_an_old_cache_are_those_of_a_fresh_one(tmp_path: Path):
    old = shutil.copytree(FIXTURES / "old_cache", tmp_path / "cache")
    assert [folder.name for folder in (old / "data").iterdir()] == ["00f8b05b9b124ad3f8bf003c"]
    tokenizer = load_tokenizer(FIXTURES / "old_run/base")
    source = open_source(str(FIXTURES / "old_run/rows.jsonl"), "train", Generator())
    assert source is not None
    folders = (old / "data", tmp_path / "fresh")
    beside, fresh = (
        prepare_rows(source, tokenizer, columns=Columns(), supervise="solution", drop_picture_rows=True, folder=folder)
        for folder in folders
    )
    assert len(beside) == len(fresh) == 24
    for number in range(24):
        for one, other in zip(beside[number], fresh[number], strict=True):
            assert np.array_equal(one, other)

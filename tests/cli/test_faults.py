"""Real faults in real runs: each ends with one line that says what to do, and a status of its own, or does no harm."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from mathpal_lightning.run import newest_sound
from tests.cli.comet_server import Mood, comet_server
from tests.cli.test_lightning_cli import tiny_config
from tests.runs import Run, Runs

AT_STEP = """
from mathpal_lightning import MathPalModule
step = MathPalModule.training_step
def training_step(self, batch, batch_idx):
    if self.global_step == {step}:
        {do}
    return step(self, batch, batch_idx)
MathPalModule.training_step = training_step
"""
WITHOUT_CAPABILITIES = """
import ctypes
assert ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(0x20080522), (ctypes.c_uint32 * 6)()) == 0
"""
"""Root, too, then needs the rights that a file grants."""


@pytest.fixture
def folder(gemma3_folder: Path, tmp_path: Path) -> Path:
    """A folder with rows.jsonl and a config.yaml of three steps."""
    rows = [{"question": f"{i} + {3 * i} = ?", "solution": f"Đáp số: {4 * i}"} for i in range(60)]
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    config = tiny_config(gemma3_folder, evaluation={"problems": 0}, export={"formats": ["adapter"], "verify": False})
    config["data"] = {"train": "rows.jsonl", "max_length": 128, "validation_share": 0}
    config["trainer"] |= {"limit_val_batches": 0}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    return tmp_path


def fit(runs: Runs, folder: Path, *flags: str, **options: Any) -> Run:
    done = runs.mathpal("fit", "--config", "config.yaml", *flags, cwd=folder, **options)
    assert "Traceback" not in done.stderr
    return done


def failed_rows(folder: Path) -> list[str]:
    kept = json.loads((folder / "outputs/tiny/failed_step.json").read_text(encoding="utf-8"))
    assert all(len(batch["tensors"]["input_ids"][0]) == 128 for batch in kept["batches"])
    return [row["place"] for batch in kept["batches"] for row in batch["rows"]]


def test_a_loss_that_is_not_finite_stops_the_run_and_its_rows_are_kept(runs: Runs, folder: Path):
    done = fit(runs, folder, "--no_comet", "--model.learning_rate", "1e30")
    assert done.status == 6
    assert "Expected a finite loss" in done.stderr
    places = failed_rows(folder)
    assert places
    assert all(place.startswith("rows.jsonl:") and place in done.stderr for place in places)


def test_a_gradient_that_is_not_finite_stops_the_run_before_the_optimizer_steps(runs: Runs, folder: Path):
    do = "next(iter(self.trained_weights().values())).register_hook(lambda gradient: gradient / 0)"
    flags = ("--no_comet", "--checkpoint.every_n_steps", "1", "--trainer.accumulate_grad_batches", "2")
    done = fit(runs, folder, *flags, before=AT_STEP.format(step=1, do=do))
    assert done.status == 6
    assert "Expected finite gradients, but found a norm of" in done.stderr
    assert json.loads((folder / "outputs/tiny/failed_step.json").read_text(encoding="utf-8"))["step"] == 1
    assert len(json.loads((folder / "outputs/tiny/failed_step.json").read_text(encoding="utf-8"))["batches"]) == 2, (
        "the whole window"
    )
    assert fit(runs, folder, *flags, "--ckpt_path", "last").status == 0, "goes on from step 1"


def test_a_killed_data_worker_is_said_to_want_memory(runs: Runs, folder: Path):
    do = "import multiprocessing, os; [os.kill(worker.pid, 9) for worker in multiprocessing.active_children()]"
    flags = ("--no_comet", "--data.num_workers", "1", "--max_steps", "40", "--trainer.max_epochs", "40")
    done = fit(runs, folder, *flags, before=AT_STEP.format(step=1, do=do))
    assert done.status == 11
    assert "data.num_workers: 0" in done.stderr


def test_a_limit_of_memory_says_what_to_change_with_numbers(runs: Runs, folder: Path):
    flags = ("--no_comet", "--data.batch_size", "4096", "--data.packing", "false", "--data.train", "generated")
    flags += ("--data.generator.count", "1000", "--data.max_length", "1024", "--data.max_refused_share", "0.2")
    done = fit(runs, folder, *flags, limit=("RLIMIT_AS", 300 << 20))
    assert done.status == 11
    assert "4096 x 1024 tokens" in done.stderr
    assert "`data.batch_size: 2048` and `trainer.accumulate_grad_batches: 2`" in done.stderr


def test_data_that_changes_under_a_run_does_not_reach_it(runs: Runs, folder: Path):
    assert fit(runs, folder, "--no_comet", "--name", "whole").status == 0
    do = "open('rows.jsonl', 'w').write('not even json')"
    own_cache = {"MATHPAL_CACHE": str(folder / "cache")}  # so that the rows are read by this run
    changed = fit(runs, folder, "--no_comet", before=AT_STEP.format(step=1, do=do), env=own_cache)
    assert changed.status == 0
    first, second = (folder / f"outputs/{name}/adapter/adapter_model.safetensors" for name in ("whole", "tiny"))
    assert first.read_bytes() == second.read_bytes()
    assert (folder / "rows.jsonl").read_text(encoding="utf-8") == "not even json"


@pytest.mark.parametrize(
    ("place", "mode", "status", "said", "way_out"),
    [
        ("rows.jsonl", 0o000, 2, "the right to read rows.jsonl", "chmod"),
        ("config.yaml", 0o000, 2, "the right to read config.yaml", "chmod"),
        ("base", 0o000, 2, "the right to read base/config.json", "chmod"),
        ("outputs", 0o555, 10, "outputs, to which this user may not write", "Choose another --output_dir"),
        ("cache", 0o555, 10, "cache, to which this user may not write", "export MATHPAL_CACHE=FOLDER"),
    ],
)
def test_a_path_without_the_right_to_it_is_named_and_said_to_be_read_or_written(
    place: str, mode: int, status: int, said: str, way_out: str, runs: Runs, folder: Path, gemma3_folder: Path
):
    shutil.copytree(gemma3_folder, folder / "base")
    (folder / "outputs").mkdir()
    (folder / "cache").mkdir()
    (folder / place).chmod(mode)
    done = fit(runs, folder, "--no_comet", "--model_name", "base", env={"MATHPAL_CACHE": "cache"}, before=WITHOUT_CAPABILITIES)
    (folder / place).chmod(0o755)
    assert done.status == status, done.stderr
    assert said in done.stderr
    assert way_out in done.stderr


@pytest.mark.parametrize("mood", ["hangs", "closes", "fails"])
def test_without_comet_a_run_keeps_an_archive_and_says_so_once(mood: Mood, runs: Runs, folder: Path):
    with comet_server(mood) as server:
        done = fit(runs, folder, env={"COMET_URL_OVERRIDE": server.url, "COMET_API_KEY": "k" * 40})
    assert done.status == 0
    assert done.stderr.count("Comet is away") == 1
    assert len(list((folder / "outputs/tiny/comet").glob("*.zip"))) == 1
    assert len(server.requests) == 1


@pytest.mark.parametrize("mood", ["closes", pytest.param("hangs", marks=pytest.mark.slow)])
def test_a_comet_that_goes_away_in_the_middle_does_not_stop_a_run(mood: Mood, runs: Runs, folder: Path):
    with comet_server(mood, patience=8) as server:
        env = {"COMET_URL_OVERRIDE": server.url, "COMET_API_KEY": "k" * 40, "COMET_TIMEOUT_CLEANING": "2"}
        env |= {"COMET_TIMEOUT_HTTP": "2", "COMET_HTTP_SESSION_RETRY_BACKOFF_FACTOR": "0"}  # tries again without 14 s of waits
        done = fit(runs, folder, env=env)
        assert len(server.requests) > 8
    assert done.status == 0
    assert (folder / "outputs/tiny/adapter/adapter_model.safetensors").exists()


@pytest.mark.parametrize("verb", ["validate", "test", "predict"])
def test_only_a_fit_opens_an_experiment(verb: str, runs: Runs, folder: Path):
    """A test of a run was a second experiment under the run's name, and nothing closed it."""
    flags = ("--data.validation", "few.jsonl", "--data.test", "few.jsonl", "--data.predict", "few.jsonl")
    (folder / "few.jsonl").write_text('{"question": "1 + 1 = ?", "solution": "Đáp số: 2"}\n', encoding="utf-8")
    with comet_server("answers") as server:
        env = {"COMET_URL_OVERRIDE": server.url, "COMET_API_KEY": "k" * 40}
        done = runs.mathpal(verb, "--config", "config.yaml", *flags, cwd=folder, env=env)
    assert done.status == 0, done.stderr
    assert server.requests == []
    assert not (folder / "outputs/tiny/comet").exists()


def test_a_clock_that_jumps_disturbs_neither_durations_nor_the_order_of_checkpoints(runs: Runs, folder: Path):
    before = "import itertools, time; now = time.time; days = itertools.cycle([0, 30, -30, 9]); "
    before += "time.time = lambda: now() + 86400 * next(days)"
    done = fit(runs, folder, "--no_comet", "--checkpoint.every_n_steps", "1", "--checkpoint.keep", "-1", before=before)
    assert done.status == 0
    assert 0 < json.loads((folder / "outputs/tiny/summary.json").read_text(encoding="utf-8"))["seconds"] < 3600
    checkpoints = folder / "outputs/tiny/checkpoints"
    for age, file in enumerate(sorted(checkpoints.glob("*.ckpt"))):
        os.utime(file, (age, age))
    assert newest_sound(checkpoints).name == "last.ckpt"

"""Two processes over gloo are one process with the doubled batch, and end together; the order of packs is nobody's own."""

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from lightning.pytorch.strategies import DeepSpeedStrategy, FSDPStrategy

from mathpal_lightning.errors import ConfigError
from mathpal_lightning.model.strategy import require_strategy
from tests.cli.test_faults import AT_STEP
from tests.cli.test_lightning_cli import tiny_config
from tests.export.hub_server import REPO
from tests.runs import Run, Runs

TWO = ("--trainer.devices", "2", "--trainer.strategy", "ddp")
ON_ONE = 'if __import__("os").environ.get("RANK") == "{rank}": {do}'
Fit = Callable[..., Run]


@pytest.fixture
def fit(runs: Runs, gemma3_folder: Path, tmp_path: Path) -> Fit:
    """`fit(name, processes, *flags, **sections)` runs `mathpal fit`; a batch of all processes is two packs, or rows."""

    def run(name: str, processes: int, *flags: str, before: str = "", **sections: dict[str, Any]) -> Run:
        config = tiny_config(gemma3_folder, evaluation={"problems": 7, "sample": 3}, export={"formats": ["adapter"]})
        config["model"] |= {"bits": 16, "learning_rate": 1e-2, "schedule": "constant"}
        config["trainer"] |= {"max_steps": 6, "max_epochs": 3, "val_check_interval": 2, "check_val_every_n_epoch": None}
        config["trainer"] |= {"devices": 2, "strategy": "ddp"} if processes == 2 else {}
        config["data"]["batch_size"] = 2 // processes
        for section, values in sections.items():
            config[section] = config.get(section, {}) | values
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        flags = ("--config", f"{name}.yaml", "--name", name, "--no_comet", *flags)
        return runs.mathpal("fit", *flags, cwd=tmp_path, processes=processes, before=before)

    return run


def column(folder: Path, metric: str) -> list[float]:
    return [float(row[metric]) for row in csv.DictReader((folder / "metrics.csv").open(encoding="utf-8")) if row.get(metric)]


def adapter(folder: Path) -> dict[str, torch.Tensor]:
    return torch.load(folder / "checkpoints/last.ckpt", weights_only=True)["state_dict"]


def distance(first: Path, second: Path) -> float:
    """How far two adapters are apart, against their size; Adam makes much of a gradient that is only rounding."""
    one, two = (torch.cat([weight.flatten() for weight in adapter(folder).values()]) for folder in (first, second))
    return float((one - two).norm() / one.norm())


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("packing", [True, False], ids=["packed", "padded"])
@pytest.mark.parametrize("objective", ["sft", "dpo"])
def test_two_processes_learn_and_score_what_one_does(objective: str, packing: bool, fit: Fit, tmp_path: Path):
    sections = {
        # At 1e-2 DPO multiplies the first step's rounding by a thousand.
        "model": {"objective": objective, "learning_rate": 3e-3},
        "data": {"packing": packing, "max_length": 2048 if objective == "dpo" else 512},
        "trainer": {"accumulate_grad_batches": 1 if packing else 2},
    }
    for name, processes in (("one", 1), ("two", 2)):
        done = fit(name, processes, **sections)
        assert (done.status, *done.others) == (0,) * processes, done.stderr
        assert "Warning" not in done.stderr
    one, two = tmp_path / "outputs/one", tmp_path / "outputs/two"
    assert len(set(column(one, "train/loss"))) == 6
    for metric in ("train/loss", "val/loss", "val/exact_match", "val/no_answer"):
        assert column(two, metric) == pytest.approx(column(one, metric), rel=1e-5), metric
    assert distance(one, two) < 1e-4
    assert (one / "samples.jsonl").read_text(encoding="utf-8") == (two / "samples.jsonl").read_text(encoding="utf-8"), (
        "the first process writes all samples"
    )
    assert names(one) == names(two)
    before, after = (json.loads((folder / "summary.json").read_text(encoding="utf-8")) for folder in (one, two))
    assert after["evaluation"] == before["evaluation"]
    # Where packs are left over at the end of an epoch, the second process repeats one, without weight.
    epochs = 1 + int(max(column(two, "epoch")))
    assert 0 <= after["training"]["tokens"] - before["training"]["tokens"] <= epochs * sections["data"]["max_length"]


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
def test_another_number_of_processes_goes_on_with_the_same_batches(first: int, second: int, fit: Fit, tmp_path: Path):
    flags = ("--evaluation.problems", "0", "--export.formats", "[]", "--trainer.limit_val_batches", "0")
    assert fit("whole", second, *flags).status == 0
    assert fit("parts", first, *flags, "--max_steps", "3").status == 0
    assert fit("parts", second, *flags, "--ckpt_path", "last").status == 0
    whole, parts = tmp_path / "outputs/whole", tmp_path / "outputs/parts"
    assert column(parts, "train/loss") == pytest.approx(column(whole, "train/loss")[3:], rel=1e-5)
    assert distance(whole, parts) < 1e-4
    tokens = [
        json.loads((folder / "summary.json").read_text(encoding="utf-8"))["training"]["tokens"] for folder in (whole, parts)
    ]
    assert tokens[0] == pytest.approx(tokens[1], abs=512), "what was counted before the checkpoint is counted once"


def test_two_processes_draw_and_learn_what_one_does(fit: Fit, tmp_path: Path):
    """In float32, where a solution does not depend on the rows beside it; every problem is drawn, whatever its pass rate."""
    policy = {"group_size": 4, "rewards": {"tests.rewards.length": 1.0}, "pass_rate": [0.0, 1.0]}
    model = {"objective": "grpo", "policy": policy, "learning_rate": 3e-3, "max_new_tokens": 12}
    short = ("--evaluation.problems", "0", "--evaluation.sample", "0", "--export.formats", "[]")
    for name, processes in (("one", 1), ("two", 2)):
        done = fit(name, processes, *short, model=model, trainer={"limit_val_batches": 0})
        assert (done.status, *done.others) == (0,) * processes, done.stderr
    one, two = tmp_path / "outputs/one", tmp_path / "outputs/two"
    drawn = [json.loads(line) for line in (one / "rollouts.jsonl").read_text(encoding="utf-8").splitlines()]
    teaching = Counter(line["step"] for line in drawn if len({solution["reward"] for solution in line["solutions"]}) > 1)
    assert {1, 2} <= set(teaching.values()), "steps in which one of two problems teaches, and in which both do"
    assert column(two, "train/reward") == pytest.approx(column(one, "train/reward"), rel=1e-5)
    assert distance(one, two) < 1e-4


SHARDED = {"class_path": "ModelParallelStrategy"}
SHARDED["init_args"] = {"data_parallel_size": 2, "tensor_parallel_size": 1, "save_distributed_checkpoint": False}


@pytest.mark.parametrize(
    ("objective", "bits"),
    [("sft", 4), pytest.param("sft", 16, marks=pytest.mark.slow), pytest.param("dpo", 4, marks=pytest.mark.slow)],
)
def test_sharded_layers_learn_what_whole_ones_do_and_leave_the_same_files(objective: str, bits: int, fit: Fit, tmp_path: Path):
    """FSDP2, with weights of 16 bits and with NF4's packed ones; the second run stops and goes on."""
    sections = {
        "model": {"bits": bits, "objective": objective, "gradient_checkpointing": bits == 4},
        "evaluation": {"problems": 0},
        "trainer": {"gradient_clip_val": 0.5, "precision": "32-true"},
        "data": {"max_length": 2048 if objective == "dpo" else 512},
    }
    assert fit("one", 1, **sections).status == 0
    sections["trainer"]["strategy"] = SHARDED
    for flags in (("--max_steps", "3"), ("--ckpt_path", "last")):
        done = fit("parts", 2, *flags, **sections)
        assert (done.status, *done.others) == (0, 0), done.stderr
    one, parts = tmp_path / "outputs/one", tmp_path / "outputs/parts"
    assert column(parts, "train/loss") == pytest.approx(column(one, "train/loss")[3:], rel=1e-4)
    assert column(parts, "val/loss")[-1] == pytest.approx(column(one, "val/loss")[-1], rel=1e-4)
    assert distance(one, parts) < 1e-3
    assert {name for name in names(one) if "step=" not in name} <= set(names(parts))
    records = [json.loads((folder / "adapter/mathpal.json").read_text(encoding="utf-8")) for folder in (one, parts)]
    digests = [record.pop("sha256") for record in records]
    assert digests[0].keys() == digests[1].keys()
    assert records[0] == records[1]


def test_strategies_that_hide_gradients_or_cannot_evaluate_are_refused(fit: Fit):
    done = fit("evaluated", 2, trainer={"strategy": SHARDED})
    assert (done.status, *done.others) == (2, 2)
    assert "`evaluation.problems: 0`" in done.stderr
    for strategy in (FSDPStrategy, DeepSpeedStrategy):
        with pytest.raises(ConfigError, match="auto, ddp or ModelParallelStrategy"):
            require_strategy(object.__new__(strategy))


def test_a_loss_that_is_not_finite_on_one_process_ends_both(fit: Fit, tmp_path: Path):
    do = AT_STEP.format(step=2, do="next(iter(self.trained_weights().values())).data.fill_(float('nan'))")
    done = fit("lone", 2, before=f"import os\nif os.environ['RANK'] == '1':\n{indented(do)}")
    assert (done.status, *done.others) == (6, 6)
    assert done.stderr.count("Expected a finite loss, but found nan at step 2") == 1
    assert (tmp_path / "outputs/lone/failed_step.1.json").exists(), "the batch may be the other process's"


def test_a_signal_to_one_process_stops_both_after_the_same_step(fit: Fit, tmp_path: Path):
    do = AT_STEP.format(step=2, do="os.kill(os.getpid(), 15)").replace("step = ", "import os\nstep = ", 1)
    done = fit("asked", 2, before=f"import os\nif os.environ['RANK'] == '1':\n{indented(do)}")
    assert (done.status, *done.others) == (9, 9)
    assert "after step 3; saved" in done.stderr
    assert fit("asked", 2, "--ckpt_path", "last").status == 0


def test_a_push_that_is_refused_ends_both_before_any_weights_load(fit: Fit):
    online = (
        "import os\nfrom huggingface_hub import constants\nconstants.HF_HUB_OFFLINE = False\nos.environ.pop('HF_TOKEN', '')"
    )
    done = fit("refused", 2, "--push.repo", REPO, before=online)
    assert (done.status, *done.others) == (8, 8)
    assert "Expected a token" in done.stderr


def test_questions_are_answered_in_their_order(fit: Fit, runs: Runs, tmp_path: Path):
    assert fit("one", 1, "--evaluation.problems", "0", "--max_steps", "1").status == 0
    questions = [{"question": f"{number} + 1 = ?"} for number in range(5)]
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, questions)), encoding="utf-8")
    flags = ("--config", "outputs/one/config.yaml", "--data.predict", "questions.jsonl", "--ckpt_path", "last")
    written = tmp_path / "outputs/one/solutions.jsonl"
    assert runs.mathpal("predict", *flags, cwd=tmp_path).status == 0
    expected = written.read_text(encoding="utf-8")
    written.unlink()
    done = runs.mathpal("predict", *flags, *TWO, cwd=tmp_path, processes=2)
    assert (done.status, *done.others) == (0, 0), done.stderr
    assert written.read_text(encoding="utf-8") == expected
    assert [json.loads(line)["question"] for line in expected.splitlines()] == [one["question"] for one in questions]
    assert not list(written.parent.glob("solutions.*.jsonl"))


def test_processes_that_the_trainer_does_not_count_are_refused(fit: Fit):
    done = fit("alone", 2, "--trainer.devices", "1")
    assert (done.status, *done.others) == (2, 2)
    assert "--trainer.devices 2" in done.stderr


@pytest.mark.parametrize("launcher", ["torchrun", "lightning"])
def test_a_run_really_launched_ends_and_leaves_nobody_behind(launcher: str, fit: Fit, tmp_path: Path):
    """torchrun a run that ends well, Lightning's own launcher one that fails on both processes."""
    fit("prepared", 1, "--print_config")
    rate = "1e30" if launcher == "lightning" else "1e-2"
    flags = ["-m", "mathpal_lightning", "fit", "--config", "prepared.yaml", "--name", "launched", "--no_comet", *TWO]
    flags += ["--max_steps", "3", "--model.learning_rate", rate, "--evaluation.problems", "0", "--export.formats", "[]"]
    command = (
        [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"] if launcher == "torchrun" else [sys.executable]
    )
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2]), "MARK": str(tmp_path)}
    done = subprocess.run(
        [*command, *flags], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240, encoding="utf-8"
    )
    if launcher == "torchrun":
        assert done.returncode == 0, done.stdout + done.stderr
        assert torch.load(tmp_path / "outputs/launched/checkpoints/last.ckpt", weights_only=True)["global_step"] == 3
    else:
        assert done.returncode == 6, done.stderr
        assert done.stderr.count("Expected a finite loss") == 1
    assert not still_running(str(tmp_path))


def indented(code: str) -> str:
    return "\n".join(f"    {line}" for line in code.splitlines())


def still_running(mark: str) -> list[str]:
    """The processes that have MARK in their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"MARK={mark}\0".encode() in (process / "environ").read_bytes()
        except OSError:  # gone, or another user's
            continue
        found += [process.name] if marked else []
    return found

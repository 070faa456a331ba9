"""Monitors are compared with what is logged, intervals with the epoch; what is said to be logged is what a fit logs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch import Trainer

from mathpal_lightning import MathDataModule, MathPalModule
from mathpal_lightning.callbacks import AdapterCheckpoint, EvaluateSolutions
from mathpal_lightning.callbacks.preflight import watch_of
from mathpal_lightning.callbacks.throughput import LOGGED
from mathpal_lightning.checks.monitor import Watch, check_monitors, check_validation, logged_metrics
from mathpal_lightning.checks.rows import Length
from mathpal_lightning.errors import ConfigError
from tests.cli.test_lightning_cli import run, tiny_config

WATCH = Watch({"checkpoint.monitor": "val/exact_match"}, every=0.5, rates=LOGGED)
TEN_BATCHES = Length(packs=10, batch_size=1, max_epochs=2)


@pytest.mark.parametrize("metric", ["val/loss", "val/exact_match", "train/loss", "tokens/s", "time/forward"])
def test_a_metric_that_is_logged_is_fine(metric: str):
    assert check_monitors(replace(WATCH, monitors={"checkpoint.monitor": metric})).level == "ok"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"monitors": {"checkpoint.monitor": "val/los"}}, "`checkpoint.monitor` among .*Did you mean val/loss"),
        ({"monitors": {"EarlyStopping.monitor": "val_loss"}}, "`EarlyStopping.monitor` among .*Did you mean val/loss"),
        ({"monitors": {"checkpoint.monitor": "val/rewards/margin"}}, "but found 'val/rewards/margin'"),
        ({"monitors": {"checkpoint.monitor": "accuracy"}}, "null to keep the last checkpoint"),
        ({"rates": (), "monitors": {"checkpoint.monitor": "tokens/s"}}, "but found 'tokens/s'"),
        ({"solves": False}, "Set `evaluation.sample`"),
        ({"validates": False}, "Give validation rows"),
        ({"objective": "dpo", "has_reference": False, "monitors": {"checkpoint.monitor": "val/kl"}}, "but found 'val/kl'"),
    ],
)
def test_a_metric_that_will_not_be_logged_is_refused_with_the_way_out(change: dict[str, Any], said: str):
    with pytest.raises(ConfigError, match=said):
        check_monitors(replace(WATCH, **change))


@pytest.mark.parametrize(("metric", "wrong", "right"), [("val/loss", "max", "min"), ("val/exact_match", "min", "max")])
def test_the_worst_is_not_kept_as_the_best(metric: str, wrong: str, right: str):
    for key in ("checkpoint", "EarlyStopping"):
        watch = replace(WATCH, monitors={f"{key}.monitor": metric}, modes={f"{key}.monitor": wrong})
        with pytest.raises(ConfigError, match=f"`{key}.mode` {right} for {metric}.*found {wrong}. Set {key}.mode: {right}"):
            check_monitors(watch)
        assert check_monitors(replace(watch, modes={f"{key}.monitor": right})).level == "ok"


def test_a_metric_of_somebody_elses_callback_is_only_doubtful():
    watch = replace(WATCH, monitors={"checkpoint.monitor": "val/theirs"}, others_log=True)
    assert check_monitors(watch).level == "warning"


def test_an_interval_longer_than_an_epoch_is_refused_as_lightning_would_later():
    with pytest.raises(ConfigError, match="at most the 10 batches of an epoch, but found 11"):
        check_validation(replace(WATCH, every=11), TEN_BATCHES)
    assert check_validation(replace(WATCH, every=10), TEN_BATCHES).level == "ok"
    assert check_validation(replace(WATCH, every=11, within_epochs=False), TEN_BATCHES).level == "ok"
    assert check_validation(replace(WATCH, every=11, validates=False), TEN_BATCHES).found == "none"


def test_a_run_that_ends_before_its_first_validation_is_doubtful():
    found = check_validation(WATCH, replace(TEN_BATCHES, max_steps=4))
    assert (found.level, found.found) == ("warning", "the first after 5 batches, and the run ends after 4")
    assert check_validation(WATCH, replace(TEN_BATCHES, max_steps=5)).level == "ok"


def test_a_module_of_a_users_own_may_log_what_it_likes(gemma3_folder: Path, tmp_path: Path):
    class Theirs(MathPalModule):
        """A module from outside of the package."""

    data = MathDataModule("generated")
    checkpoint = AdapterCheckpoint(monitor="val/theirs")
    for kind, others_log in ((MathPalModule, False), (Theirs, True)):
        trainer = Trainer(default_root_dir=tmp_path, accelerator="cpu", callbacks=[checkpoint], logger=False)
        watch = watch_of(trainer, kind(str(gemma3_folder)), data)
        assert (watch.monitors, watch.others_log) == ({"checkpoint.monitor": "val/theirs"}, others_log)
        assert watch.modes == {"checkpoint.monitor": "max"}


@pytest.mark.parametrize("objective", ["sft", "dpo", "grpo"])
def test_what_is_said_to_be_logged_is_what_a_fit_logs(
    objective: Any, gemma3_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: dict[str, Any] = {}
    end = EvaluateSolutions.on_train_end

    def on_train_end(self: EvaluateSolutions, trainer: Any, pl_module: Any) -> None:
        seen.update(trainer.callback_metrics)
        end(self, trainer, pl_module)

    monkeypatch.setattr(EvaluateSolutions, "on_train_end", on_train_end)
    config = tiny_config(gemma3_folder, model={"objective": objective}, export={"formats": []})
    config["data"]["max_length"] = 2048
    config["evaluation"] = {"problems": 2, "sample": 2}
    config["trainer"] |= {"max_steps": 2, "val_check_interval": 2, "limit_val_batches": 1}
    rewards = {"tests.rewards.odd_length": 1.0, "tests.rewards.length": 0.5} if objective == "grpo" else {}
    if objective == "grpo":
        config["model"] |= {"bits": 16, "policy": {"group_size": 2, "rewards": rewards, "kl": 0.1}}
        config["data"] |= {"batch_size": 2}
    run("fit", config, tmp_path)
    logged = set(logged_metrics(replace(WATCH, objective=objective, rewards=rewards))) - {"mfu"}
    of_others = ("evaluation/", "epoch", "step")
    assert {name for name in seen if not name.startswith(of_others)} - {"mfu"} == logged

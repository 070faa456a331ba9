"""Lightning's private parts do what the package relies on, and are missed with a clear error."""

import signal
import sys
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.cli import LightningCLI
from lightning.pytorch.demos.boring_classes import BoringModel
from lightning.pytorch.loggers import CometLogger
from lightning.pytorch.loops.training_epoch_loop import _TrainingEpochLoop
from lightning.pytorch.plugins.environments import LightningEnvironment, TorchElasticEnvironment
from lightning.pytorch.strategies.launchers.subprocess_script import _SubprocessScriptLauncher

from mathpal_lightning.compat import lightning as compat
from mathpal_lightning.errors import ConfigError


class Watcher(ModelCheckpoint):
    """Notes after which batches a validation follows, and saves by hand at the end."""

    def __init__(self, folder) -> None:
        super().__init__(folder, filename="{step}", save_last=True, save_top_k=1)
        self.follows: list[bool] = []
        self.said: list[Any] = []

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx) -> None:
        self.follows.append(compat.validation_follows(trainer))

    def on_validation_end(self, trainer, pl_module) -> None:
        self.said.append(("sanity" if trainer.sanity_checking else trainer.global_step, compat.saves_now(self, trainer)))

    def on_train_end(self, trainer, pl_module) -> None:
        self.said.append(compat.has_saved(self, trainer))
        compat.save_checkpoints(self, trainer, among_best=False)
        self.said.append(sorted(path.name for path in trainer.default_root_dir.joinpath("kept").iterdir()))
        compat.save_checkpoints(self, trainer)
        self.said.append(compat.has_saved(self, trainer))


def trainer_for(folder, **options: Any) -> Trainer:
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False, "accelerator": "cpu", "devices": 1}
    trainer = Trainer(**(quiet | options))
    trainer._default_root_dir = folder
    return trainer


def test_validations_and_savings_are_seen_as_lightning_does_them(tmp_path):
    watcher = Watcher(tmp_path / "kept")
    trainer = trainer_for(tmp_path, callbacks=[watcher], max_steps=5, val_check_interval=2, limit_val_batches=1)
    type(trainer).default_root_dir = property(lambda self: self._default_root_dir)
    try:
        trainer.fit(BoringModel())
    finally:
        type(trainer).default_root_dir = Trainer.default_root_dir
    assert watcher.follows == [False, True, False, True, False]
    assert watcher.said[:3] == [("sanity", False), (2, True), (4, True)]
    assert watcher.said[3:] == [False, ["last.ckpt"], True]
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["last.ckpt", "step=5.ckpt"]


def test_a_module_without_a_trainer_has_none():
    module = BoringModel()
    assert compat.attached_trainer(module) is None
    module.trainer = trainer = trainer_for(None)
    assert compat.attached_trainer(module) is trainer


def test_steps_can_be_limited_later(tmp_path):
    trainer = trainer_for(tmp_path, max_epochs=1, limit_val_batches=0, enable_checkpointing=False)
    compat.limit_steps(trainer, 3)
    trainer.fit(BoringModel())
    assert trainer.global_step == 3


@pytest.mark.parametrize("name", ["_should_check_val_fx", "val_loop"])
def test_a_loop_without_its_private_parts_is_an_error(name: str):
    epoch_loop = SimpleNamespace(_should_check_val_fx=lambda _: True, val_loop=SimpleNamespace(skip=False))
    trainer: Any = SimpleNamespace(fit_loop=SimpleNamespace(epoch_loop=epoch_loop, _data_fetcher=None))
    assert compat.validation_follows(trainer)
    delattr(epoch_loop, name)
    with pytest.raises(ConfigError, match=rf"{name}`, for saving after a validation .* lightning 2"):
        compat.validation_follows(trainer)


def test_the_real_loop_has_what_is_asked_for():
    assert callable(_TrainingEpochLoop._should_check_val_fx)


@pytest.mark.parametrize(
    ("owner", "name", "use"),
    [
        (ModelCheckpoint, "_should_skip_saving_checkpoint", lambda made: compat.saves_now(made, None)),
        (ModelCheckpoint, "_monitor_candidates", lambda made: compat.save_checkpoints(made, None)),
        (ModelCheckpoint, "_save_topk_checkpoint", lambda made: compat.save_checkpoints(made, None)),
        (ModelCheckpoint, "_save_last_checkpoint", lambda made: compat.save_checkpoints(made, None)),
    ],
)
def test_a_checkpoint_callback_without_a_private_method_is_an_error(owner, name, use, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ModelCheckpoint, "_monitor_candidates", lambda self, trainer: {})
    monkeypatch.delattr(owner, name)
    with pytest.raises(ConfigError, match=name):
        use(ModelCheckpoint())


@pytest.mark.parametrize("name", ["_parse_ckpt_path", "_run_subcommand"])
def test_a_command_line_whose_hooks_are_gone_is_an_error(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(LightningCLI, name)
    with pytest.raises(ConfigError, match=rf"LightningCLI.{name}`, for the command line"):
        compat.SteeredCLI(BoringModel, args=["fit"])


def test_a_verb_runs_within_around(tmp_path, monkeypatch: pytest.MonkeyPatch):
    said = []

    class CLI(compat.SteeredCLI):
        @contextmanager
        def around(self, subcommand: str):
            said.append(f"before {subcommand}")
            yield
            said.append(f"after {self.trainer.global_step}")

    monkeypatch.setattr(sys, "argv", ["mathpal"])
    quiet = [f"--trainer.{name}=false" for name in ("logger", "enable_progress_bar", "enable_model_summary")]
    options = ["--trainer.max_steps=1", "--trainer.limit_val_batches=0", "--trainer.accelerator=cpu"]
    CLI(BoringModel, args=["fit", *quiet, *options, "--trainer.enable_checkpointing=false"], save_config_callback=None)
    assert said == ["before fit", "after 1"]


def launched(environment: object) -> Any:
    launcher = _SubprocessScriptLauncher(environment, num_processes=2, num_nodes=1)  # type: ignore[arg-type]
    return SimpleNamespace(strategy=SimpleNamespace(launcher=launcher))


def test_only_lightnings_own_launcher_has_processes_to_end():
    assert compat.is_launched_by_lightning(launched(LightningEnvironment()))
    assert not compat.is_launched_by_lightning(launched(TorchElasticEnvironment()))
    assert not compat.is_launched_by_lightning(trainer_for(None))


def test_started_processes_get_the_signal():
    trainer, signals = launched(LightningEnvironment()), []
    trainer.strategy.launcher.procs = [SimpleNamespace(pid=1, send_signal=signals.append)]
    compat.kill_launched(trainer, signal.SIGTERM)
    assert (signals, trainer.strategy.launcher.procs) == ([signal.SIGTERM], [])


def test_a_launcher_that_changed_is_an_error(monkeypatch: pytest.MonkeyPatch):
    trainer = launched(LightningEnvironment())
    for name in ("cluster_environment", "procs"):
        delattr(trainer.strategy.launcher, name)
    with pytest.raises(ConfigError, match="cluster_environment"):
        compat.is_launched_by_lightning(trainer)
    with pytest.raises(ConfigError, match="procs"):
        compat.kill_launched(trainer, signal.SIGTERM)
    monkeypatch.setitem(sys.modules, "lightning.pytorch.strategies.launchers.subprocess_script", None)
    with pytest.raises(ConfigError, match="_SubprocessScriptLauncher"):
        compat.is_launched_by_lightning(trainer)


def test_an_offline_logger_whose_hook_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(CometLogger, "_create_experiment")
    with pytest.raises(ConfigError, match="_create_experiment`, for Comet's offline archive"):
        compat.OfflineCometLogger()


def test_a_module_without_a_trainer_attribute_is_an_error():
    with pytest.raises(ConfigError, match="_trainer"):
        compat.attached_trainer(SimpleNamespace())  # type: ignore[arg-type]
    assert isinstance(BoringModel(), LightningModule)

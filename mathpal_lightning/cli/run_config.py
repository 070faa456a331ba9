"""The config.yaml of a run: what it keeps of a call of `mathpal`, and what was meant for that call alone."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from jsonargparse import Namespace, get_loader
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.cli import LightningArgumentParser, SaveConfigCallback

from mathpal_lightning.files import whole_file
from mathpal_lightning.run import RunFolder

ONE_CALL = {"overwrite": False, "ckpt_path": None}
"""Settings of one call, with their defaults. In a saved config, the first would destroy the run when the config is run again,
and the second would go on from a checkpoint that may be old by then.

`push.repo` is none of them: a run that goes on with its config must still push at its end, and the Hub keeps what it had."""
_HEADER = "# lightning.pytorch=="

log = logging.getLogger(__name__)


class SaveRunConfig(SaveConfigCallback):
    """Writes config.yaml into the run folder: whole or not at all, without the settings of this one call."""

    def __init__(self, parser: LightningArgumentParser, config: Namespace):
        kept: Namespace = config.clone()
        for key, default in ONE_CALL.items():
            kept[key] = default
        super().__init__(parser, kept, save_to_log_dir=False)

    def save_config(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Write the file; Lightning calls this on the first process only."""
        with whole_file(RunFolder.of(trainer.default_root_dir).config) as temporary:
            self.parser.save(self.config, str(temporary), skip_none=False, overwrite=True, multifile=False)


def forget_settings_of_other_calls(settings: Namespace, flags: Sequence[str]) -> None:
    """Give the settings of one call their defaults where only a saved config says otherwise; log each that is ignored.

    Args:
        settings: the parsed config of the verb; it is changed.
        flags: the command line. What it says itself counts, and so does a config that a person wrote.
    """
    files = [Path(str(file)) for file in settings.get("config") or ()]
    for key, default in ONE_CALL.items():
        if settings.get(key) == default or any(flag.partition("=")[0] == f"--{key}" for flag in flags):
            continue
        saying = [file for file in files if key in _content(file)]
        if saying and saying[-1].read_text(encoding="utf-8").startswith(_HEADER):
            log.warning("%s says `%s: %s`. That was for an earlier call and is ignored.", saying[-1], key, settings[key])
            settings[key] = default


def _content(file: Path) -> dict[str, object]:
    """A config file as the parser reads it."""
    return get_loader("yaml")(file.read_text(encoding="utf-8")) or {}

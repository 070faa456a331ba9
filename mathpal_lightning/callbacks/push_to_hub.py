"""After the export: the artefact and its model card go to the Hugging Face Hub, in one commit."""

from __future__ import annotations

import logging
from pathlib import Path

from lightning.pytorch import Callback, LightningModule, Trainer

from mathpal_lightning.callbacks.export_model import ExportModel
from mathpal_lightning.callbacks.summary import write_summary
from mathpal_lightning.compat.lightning import callbacks_of, is_dev_run
from mathpal_lightning.errors import ConfigError, PushError
from mathpal_lightning.export import Artefact, push_to_hub, require_push
from mathpal_lightning.formats import rows
from mathpal_lightning.report.gate import why_not_better
from mathpal_lightning.report.reported_run import read_run

log = logging.getLogger(__name__)


class PushToHub(Callback):
    """Push what ExportModel wrote; without an ExportModel before it, the adapter of any module that holds a PEFT model.

    Before training it asks the Hub whether the token may write to the repo. A push that fails ends the run with exit
    status 8 and keeps everything; the error names the command that finishes it. A run that was interrupted or failed
    pushes nothing. The token comes from HF_TOKEN or from `hf auth login`.

    Args:
        repo: The Hub id (owner/name), made where it does not exist; None pushes nothing.
        artefact: `adapter`, `merged`, `merged_4bit`, or `gguf`: every GGUF with its Modelfile.
        private: Make the repo private, and refuse one that is public.
        only_if_better: Push only a model that solves more of the same problems, beyond chance (McNemar's test): true: than
            before training; the folder of another run: than that run's model.

    Raises:
        ConfigError: `repo` is no Hub id, or nothing exports the artefact: before training.
        PushError: The Hub refuses the token: before training, as far as the Hub can be reached then.
    """

    def __init__(
        self, repo: str | None = None, artefact: Artefact = "adapter", private: bool = True, only_if_better: bool | str = False
    ):
        self.repo, self.artefact, self.private, self.only_if_better = repo, artefact, private, only_if_better

    def setup(self, trainer: Trainer, pl_module: LightningModule, stage: str) -> None:
        """Check before any weights load that something will be there to push, and that the Hub accepts it.

        Raises:
            ConfigError: this run does not export the artefact.
            PushError: the Hub will not take it.
        """
        if not self.repo or stage != "fit" or is_dev_run(trainer):
            return
        wanted = self._formats(trainer)
        written = {artefact for form in rows(wanted) for artefact in form.artefacts}
        if self.artefact not in {"adapter", *written}:
            raise ConfigError(
                f"{self.artefact} among the formats of an ExportModel before PushToHub",
                f"formats {wanted}",
                "Add it to export.formats, or set push.artefact to adapter.",
            )
        if isinstance(self.only_if_better, str):
            read_run(self.only_if_better)
        refused = None
        if trainer.is_global_zero:
            try:
                require_push(self.repo, self.private, log.warning)
            except PushError as error:
                refused = error
        if refused := trainer.strategy.broadcast(refused):  # so that no other process waits for the first one
            raise refused

    def on_fit_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Push, from the first process only."""
        if not self.repo or not trainer.is_global_zero or trainer.interrupted or is_dev_run(trainer):
            return
        if refused := self._why_not_better(trainer):
            write_summary(trainer, "not_pushed", refused)
            log.warning("push: nothing is pushed, because %s. Push it all the same: mathpal export --push", refused)
            return
        if not self._formats(trainer):
            ExportModel(["adapter"], verify=False).export(trainer, pl_module)
        pushed = push_to_hub(Path(trainer.default_root_dir), self.repo, self.artefact, self.private)
        write_summary(trainer, "hub", pushed | {"artefact": self.artefact, "private": self.private})
        log.info("push: %s, %s, with its model card: %s", self.artefact, "private" if self.private else "public", pushed["url"])

    def _why_not_better(self, trainer: Trainer) -> str:
        if self.only_if_better is False:
            return ""
        return why_not_better(trainer.default_root_dir, self.only_if_better if isinstance(self.only_if_better, str) else None)

    def _formats(self, trainer: Trainer) -> list[str]:
        """The formats of every ExportModel that runs before this callback."""
        earlier = callbacks_of(trainer)[: callbacks_of(trainer).index(self)]
        return [name for callback in earlier if isinstance(callback, ExportModel) for name in callback.formats]

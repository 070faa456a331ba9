"""MathDataModule: sources -> batches, and the position from which a stopped run goes on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from itertools import islice
from typing import Any, ClassVar, cast

import numpy as np
import torch
from lightning.pytorch import LightningDataModule, Trainer
from torch.utils.data import DataLoader
from transformers import PreTrainedTokenizerBase

from mathpal_lightning.chat import control_tokens, load_tokenizer
from mathpal_lightning.compat.lightning import is_asked
from mathpal_lightning.content_key import tokenizer_digest
from mathpal_lightning.data.dataset import BySplit, PackDataset, report_on
from mathpal_lightning.data.difficulty import Order, pack_part
from mathpal_lightning.data.drawing import Drawer, Drawing
from mathpal_lightning.data.loading import pack_loader, tokenizer_of_module
from mathpal_lightning.data.order import PackOrder, Position
from mathpal_lightning.data.prepare import prepare_parts, validation_rows_for_test
from mathpal_lightning.data.questions import read_questions
from mathpal_lightning.data.report import DataReport, Refusal
from mathpal_lightning.data.settings import DataSettings, Named, Questions
from mathpal_lightning.data.split_names import Split
from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.messages import show_messages
from mathpal_lightning.schema import Batch, Encoded, EncodedPair, GroupBatch, Row

PREDICTED = "generation_batch_size"
"""The setting of the module that says how many questions are answered at a time."""

log = logging.getLogger(__name__)
show_messages()  # after Lightning's import, which raises its own log level

_SPLITS_OF_STAGE: dict[str | None, tuple[Split, ...]] = {
    "fit": ("train", "validation", "test"),
    "validate": ("validation",),
    "test": ("test",),
    None: ("train", "validation", "test"),
}


class MathDataModule(LightningDataModule):
    """Rows of Vietnamese mathematics, packed for training."""

    may_change_on_resume: ClassVar[frozenset[str]] = frozenset(
        {"batch_size", "num_workers", "cache_dir", "max_refused_share", "predict"}
        | {"train", "validation", "test", "tokenizer"}  # the training rows are known by their content
    )
    """Arguments that a resumed run may change; every other one must be as in its checkpoint."""

    __signature__ = DataSettings.as_arguments()  # what notebooks and editors show

    def __init__(
        self, train: Named = None, validation: Named = None, test: Named = None, predict: Questions = None, **settings: Any
    ):
        """Store the settings. Nothing is read before `setup`.

        Args:
            train: the training rows, as in `DataSettings`.
            validation: the validation rows, as in `DataSettings`.
            test: the test rows, as in `DataSettings`.
            predict: questions to answer, as in `DataSettings`.
            **settings: every other setting of `DataSettings`, by name.

        Raises:
            ConfigError: settings do not work together.
        """
        super().__init__()
        self.settings = DataSettings(train, validation, test, predict, **settings)
        train = validation = test = predict = None  # Lightning compares them with `==`, which a DataFrame refuses
        self.save_hyperparameters(self.settings.plain())
        self.batch_size = self.settings.batch_size  # Lightning's batch-size finder sets it here
        self.tokenizer = self.settings.tokenizer
        self.reports: dict[Split, DataReport] = BySplit()
        self.test_is_validation = False
        self.predict_rows: Sequence[Row] = ()
        self.predict_read: Sequence[Row | Refusal] = ()  # with the refused rows, so that a table of solutions has no gap
        self._datasets: dict[Split, PackDataset] = BySplit()
        self._order: PackOrder | None = None
        self.drawing: Drawing | None = None
        self._start, self._pad_token_id = Position(), 0
        self._ended: dict[str, object] = {}  # the state with which the last fit ended
        self._read_with: PreTrainedTokenizerBase | None = None

    def __repr__(self) -> str:
        """The settings that are not the defaults, and what `setup` has read."""
        read = "; ".join(f"{split}: {report.kept:,} rows, {report.packs:,} packs" for split, report in self.reports.items())
        return f"MathDataModule({self.settings.given()}{f': {read}' if read else ''})"

    __str__ = __repr__  # Lightning's own would build every loader

    def setup(self, stage: str | None = None) -> None:
        """Read, encode, split and pack the rows of a stage, and log a line for each split.

        Raises:
            DataError: rows cannot be read, or too many are refused.
            ConfigError: there is no tokenizer, or no source for the stage.
        """
        self._start, self._ended = Position(), {} if stage == "fit" else self._ended
        if stage == "fit" and self.settings.train is None:  # before the base model is downloaded for its tokenizer
            raise ConfigError("train rows", "data.train: null", "Set data.train to a file, a Hub id or `generated`.")
        tokenizer = self._ready_tokenizer()
        self._pad_token_id = tokenizer.pad_token_id
        if stage == "predict":
            self.predict_read = read_questions(self.settings, control_tokens(tokenizer), is_asked(self.trainer, self))
            self.predict_rows = [row for row in self.predict_read if isinstance(row, Row)]
            return
        self._forget_rows_of_another(tokenizer)
        if not set(_SPLITS_OF_STAGE[stage]) <= set(self._datasets):
            self._read(stage, tokenizer)
        if stage == "fit" and self.settings.objective == "grpo" and self.trainer:  # at each fit: it may train another module
            module = cast(Drawer, self.trainer.lightning_module)
            self.drawing = Drawing(self.train_rows, module, self.settings.seed, self.settings.max_length, self._pad_token_id)
            self.drawing.require_no_accumulation(self.trainer)

    def _forget_rows_of_another(self, tokenizer: PreTrainedTokenizerBase) -> None:
        """Forget the rows that an earlier `setup` read for another tokenizer: their ids stand for other texts."""
        earlier, self._read_with = self._read_with, tokenizer
        if earlier not in (None, tokenizer) and tokenizer_digest(earlier) != tokenizer_digest(tokenizer):
            self._datasets.clear()
            self.reports.clear()

    def _read(self, stage: str | None, tokenizer: PreTrainedTokenizerBase) -> None:
        settings, wanted = self.settings, _SPLITS_OF_STAGE[stage]
        parts = prepare_parts(self.settings, wanted, tokenizer)
        if stage == "test" and not parts:
            parts, self.test_is_validation = validation_rows_for_test(settings, tokenizer), True
        if wanted[0] not in parts and (stage or not parts):
            source = self.settings.sources[wanted[0]]
            found = f"data.{wanted[0]}: null" if source is None else f"no row in data.{wanted[0]}"
            way_out = " or ".join(dict.fromkeys([f"data.{wanted[0]}", "data.train"]))
            raise ConfigError(f"{wanted[0]} rows", found, f"Give rows in {way_out}.")
        for split, part in parts.items():
            order: Order = settings.order if split == "train" else "shuffled"
            packing = settings.packing and not (split == "train" and settings.objective == "grpo")  # a problem at a time
            packs, stages = pack_part(part, settings.max_length, packing=packing, order=order)
            self._datasets[split] = PackDataset(part, packs, stages)
            name = "validation" if split == "test" and self.test_is_validation else split
            self.reports[split] = report_on(name, part, packs, settings.max_length)
        if self.trainer is None or self.trainer.is_global_zero:  # splits of one file have the same notes
            for line in dict.fromkeys(line for split in parts for line in self.reports[split].lines()):
                log.info(line)

    @property
    def train_rows(self) -> Sequence[Row]:
        """The training rows, read from disk when asked for."""
        return self.rows("train")

    @property
    def validation_rows(self) -> Sequence[Row]:
        """The validation rows. An evaluation during training takes its problems from them."""
        return self.rows("validation")

    @property
    def test_rows(self) -> Sequence[Row]:
        """The test rows. If a run has none, `mathpal test` takes the validation rows and sets `test_is_validation`."""
        return self.rows("test")

    def rows(self, split: Split) -> Sequence[Row]:
        """The kept rows of a split, read from disk when asked for."""
        part = self._datasets[split].part if split in self._datasets else None
        return part.encoded.rows(part.documents) if part else ()

    def lengths(self, split: Split) -> np.ndarray:
        """Tokens of each kept row, int64."""
        return self._datasets[split].part.lengths

    def document(self, split: Split, number: int) -> Encoded | EncodedPair:
        """The ids and labels of one kept row."""
        part = self._datasets[split].part
        return part.encoded[part.documents[number]]

    def batch_rows(self, batch_idx: int, batch: object = None) -> list[Row]:
        """The rows of a training batch of this process, by Lightning's number in the epoch; a drawn batch names its own."""
        if isinstance(batch, GroupBatch):
            return [self.train_rows[number] for number in batch.problems]
        if self._order is None:
            return []
        dataset, skipped = self._datasets["train"], batch_idx - self._order.position.batches
        packs = next(islice(self._order.batches(), skipped, None), [])
        return [row for pack in packs for row in dataset.part.encoded.rows(dataset.part.documents[dataset.packs.pack(pack)])]

    @property
    def report(self) -> DataReport:
        """How many training rows were kept and refused; `reports` has the same for every split."""
        return self.reports["train"]

    def train_dataloader(self) -> DataLoader[Batch]:
        """Batches in the order of seed and epoch, from the restored position on."""
        self._order = self._pack_order("train", shuffle=True)
        self._order.resume(self._start)
        return self._loader("train", self._order)

    def val_dataloader(self) -> DataLoader[Batch] | list[object]:
        """Batches in the packs' own order. Empty if there are no validation rows."""
        return self._loader("validation", self._pack_order("validation")) if "validation" in self._datasets else []

    def test_dataloader(self) -> DataLoader[Batch]:
        """Batches in the packs' own order."""
        return self._loader("test", self._pack_order("test"))

    def predict_dataloader(self) -> DataLoader[list[Row]]:
        """Batches of questions. Their size is the module's `generation_batch_size`, or `batch_size` if that is larger."""
        together = getattr(getattr(self.trainer.lightning_module if self.trainer else None, "settings", None), PREDICTED, 1)
        return DataLoader(self.predict_rows, batch_size=max(self.batch_size, together), collate_fn=list)  # type: ignore[arg-type]  # any sequence is a data set

    def transfer_batch_to_device(self, batch: object, device: torch.device, dataloader_idx: int) -> object:
        """Move tensors; questions to predict stay where they are."""
        return super().transfer_batch_to_device(batch, device, dataloader_idx) if isinstance(batch, Batch) else batch

    def on_after_batch_transfer(self, batch: object, dataloader_idx: int) -> object:
        """Turn the numbers of problems into groups of solutions that the module draws now (`objective: grpo`)."""
        if self.drawing and self._order and self.trainer and self.trainer.training and isinstance(batch, list):
            number = self.trainer.fit_loop.epoch_loop.batch_progress.current.ready
            return self.drawing.batch(batch, self.trainer, self._order.is_repeat(number))
        return batch

    def state_dict(self) -> dict[str, object]:
        """The position in the data, computed from the trainer's progress, and the digest of the rows.

        After a fit it stays what it was at its end, for `trainer.save_checkpoint`.
        """
        if self.trainer is None:
            return {}
        batch: Any = self.trainer.fit_loop.epoch_loop.batch_progress.current
        epoch: Any = self.trainer.fit_loop.epoch_progress.current
        if self._order is None:
            return self._after_fit() if epoch.ready else {}  # nothing of another Trainer's fit
        # Between two epochs Lightning still has the count of batches of the earlier one.
        batches = batch.processed if epoch.ready == epoch.started else 0
        ended = batches >= self.trainer.num_training_batches
        position = self._order.after(batches, ended=ended)._asdict() | {"rows": self._datasets["train"].digest}
        return position | ({"drawing": self.drawing.state(self.trainer)} if self.drawing else {})

    def _after_fit(self) -> dict[str, object]:
        """The state with which the last fit ended. Lightning has marked its last epoch as finished by then."""
        if self._ended and cast(int, self._ended["packs"]) < len(self._datasets["train"]):
            log.warning(
                "Training ended inside an epoch, and this checkpoint is saved after it: a run that resumes from here skips the "
                "rest of the epoch. Resume from the last.ckpt of AdapterCheckpoint instead."
            )
        return self._ended

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a position. The batch size and the number of processes may have changed.

        Raises:
            CheckpointError: the training rows are not those that the run began with.
        """
        state_dict = dict(state_dict)  # Lightning reads it again
        if (rows := state_dict.pop("rows", None)) and "train" in self._datasets and rows != self._datasets["train"].digest:
            raise CheckpointError(
                f"the training rows that the run began with (digest {rows[:12]})",
                f"other rows in `data.train: {self.settings.train}` (digest {self._datasets['train'].digest[:12]})",
                "Put the data back as it was, or train a new run under another --name.",
            )
        if (drawn := state_dict.pop("drawing", None)) and self.drawing:
            self.drawing.load(drawn, cast(Trainer, self.trainer))
        self._start = Position(**state_dict)
        if self.trainer and self.trainer.overfit_batches:  # type: ignore[attr-defined]  # set by a connector
            log.warning("With trainer.overfit_batches the place in the data is not kept: the epoch's batches come again.")
        if self._order is not None:
            self._order.resume(self._start)

    def teardown(self, stage: str) -> None:
        """Keep the position that a fit has reached, and let another fit begin at the beginning."""
        if self._order is not None:
            self._ended = self.state_dict()
        self._order, self._start = None, Position()

    def _ready_tokenizer(self) -> PreTrainedTokenizerBase:
        if isinstance(self.tokenizer, str):
            self.tokenizer = load_tokenizer(self.tokenizer)
        elif self.tokenizer is None:
            return tokenizer_of_module(self.trainer)
        return self.tokenizer

    def _pack_order(self, split: Split, *, shuffle: bool = False) -> PackOrder:
        trainer = self.trainer
        return PackOrder(
            len(self._datasets[split]),
            self.batch_size,
            num_replicas=trainer.world_size if trainer else 1,
            rank=trainer.global_rank if trainer else 0,
            seed=self.settings.seed,
            shuffle=shuffle,
            stages=self._datasets[split].stages,
            current_epoch=partial(getattr, trainer, "current_epoch") if trainer else None,  # a lambda could not be pickled
            times=self.drawing.module.policy.updates if split == "train" and self.drawing else 1,
        )

    def _loader(self, split: Split, order: PackOrder) -> DataLoader[Batch]:
        draws = split == "train" and self.settings.objective == "grpo"
        return pack_loader(self._datasets[split], order, self.settings, self._pad_token_id, draws=draws)

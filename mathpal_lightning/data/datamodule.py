"""MathDataModule: sources -> batches, and the place from which a stopped run goes on."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property, partial
from itertools import islice
from typing import Any, ClassVar, get_args

import numpy as np
import torch
from lightning.pytorch import LightningDataModule
from torch.utils.data import DataLoader, Dataset
from transformers import PreTrainedTokenizerBase

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.data.collate import collate, collate_pairs
from mathpal_lightning.data.difficulty import Order, pack_part
from mathpal_lightning.data.encode import Supervise
from mathpal_lightning.data.order import PackLoader, PackOrder, Position
from mathpal_lightning.data.packing import Packs, density
from mathpal_lightning.data.prepare import Part, Preparation, prepare_parts
from mathpal_lightning.data.report import DataReport, Refusals, require_few_faults
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.data.sources import Generator, Split, open_source
from mathpal_lightning.errors import CheckpointError, ConfigError
from mathpal_lightning.schema import Encoded, EncodedPair, Objective, PackedBatch, PreferenceBatch, Row

Batch = PackedBatch | PreferenceBatch

log = logging.getLogger(__name__)

_SPLITS_OF_STAGE: dict[str | None, tuple[Split, ...]] = {
    "fit": ("train", "validation", "test"),
    "validate": ("validation",),
    "test": ("test",),
    None: ("train", "validation", "test"),
}


class PackDataset(Dataset):
    """Packs of one split: index -> the documents of that pack, read from disk."""

    def __init__(self, part: Part, packs: Packs, stages: np.ndarray | None = None):
        """Hold which documents are used, how they are packed and, for easy ones first, the stage of each pack."""
        self.part, self.packs, self.stages = part, packs, stages

    def __len__(self) -> int:
        return len(self.packs)

    def __getitem__(self, index: int) -> list[Encoded | EncodedPair]:
        return [self.part.encoded[document] for document in self.part.documents[self.packs.pack(index)]]

    @cached_property
    def digest(self) -> str:
        """A digest of every token of every pack."""
        return self.part.encoded.digest(self.part.documents)


class MathDataModule(LightningDataModule):
    """Rows of Vietnamese mathematics, packed for training."""

    may_change_on_resume: ClassVar[frozenset[str]] = frozenset(
        {"batch_size", "num_workers", "cache_dir", "max_refused_share", "predict"}
        | {"train", "validation", "test", "tokenizer"}  # the training rows are known by their content
    )
    """Arguments that a resumed run may change; every other one must be as in its checkpoint."""

    def __init__(
        self,
        train: str | dict[str, float] | None = None,
        validation: str | dict[str, float] | None = None,
        test: str | dict[str, float] | None = None,
        predict: str | None = None,
        *,
        objective: Objective = "sft",
        columns: Columns = Columns(),  # noqa: B008  frozen
        generator: Generator = Generator(),  # noqa: B008  frozen
        validation_share: float = 0.05,
        test_share: float = 0.0,
        tokenizer: str | PreTrainedTokenizerBase | None = None,
        max_length: int = 1024,
        packing: bool = True,
        order: Order = "shuffled",
        batch_size: int = 1,
        supervise: Supervise = "solution",
        drop_picture_rows: bool = True,
        near_duplicates: float | None = None,
        max_refused_share: float = 0.05,
        seed: int = 0,
        num_workers: int = 0,
        cache_dir: str | None = None,
    ):
        """Note the settings; nothing is read before `setup`.

        Args:
            train: the training rows: `generated`, a json, jsonl, csv or parquet file, a folder of such, or a Hub id. Several
                with weights make a mixture, {rows.jsonl: 1, generated: 2}, as large as it can be without repeating a row.
            validation: the validation rows. None takes the split that `train` holds, else `validation_share` of it.
            test: the test rows. None takes the split that `train` holds, else `test_share` of it, else `mathpal test` scores
                the validation rows and says so.
            predict: questions to answer with `mathpal predict`; solutions are not needed.
            objective: "sft" reads problems and solutions, "dpo" preference pairs.
            columns: the names of the columns.
            generator: what `generated` draws.
            validation_share: share of the distinct questions of `train` held out where no validation rows are given.
            test_share: the same for test rows.
            tokenizer: a Gemma tokenizer, its folder or Hub id; None takes the module's.
            max_length: positions of a packed row; a longer row is refused and counted, never cut.
            packing: False puts one document into each row, padded to the longest of its batch.
            order: "easy_first" goes through each epoch in ten stages from easy to hard rows, by `columns.difficulty` (generated
                rows: grade and level) and length, shuffled within a stage.
            batch_size: packed rows (or documents, without packing) of a step in each process.
            supervise: "solution" learns what the model shall write, "all" the questions too.
            drop_picture_rows: refuse rows whose question needs a picture that the text does not hold.
            near_duplicates: also refuse training rows with the numbers and signs of an earlier or held-out row whose words
                are this similar (Jaccard of character 4-grams, 0.7 is a start); None refuses only held-out questions.
            max_refused_share: stop when more than this share of the rows is damaged or too long.
            seed: decides the split and, with the epoch, the order.
            num_workers: processes that load batches; 0 loads in the training process, which is enough for packed rows.
            cache_dir: where encoded rows are kept; None for `data` in the user's cache folder.

        Raises:
            ConfigError: settings that cannot work together.
        """
        super().__init__()
        settings = {name: value for name, value in locals().items() if name not in ("self", "__class__", "tokenizer")}
        settings |= {"columns": asdict(columns), "generator": asdict(generator)}
        settings["tokenizer"] = tokenizer if isinstance(tokenizer, str) else None
        _require_possible(settings)
        self.save_hyperparameters(settings)
        self.sources: dict[Split, str | dict[str, float] | None] = {"train": train, "validation": validation, "test": test}
        self.predict_source, self.columns, self.generator = predict, columns, generator
        self.shares: dict[Split, float] = {"validation": validation_share, "test": test_share}
        self.tokenizer, self.supervise, self.drop_picture_rows = tokenizer, supervise, drop_picture_rows
        self.objective: Objective = objective
        self.max_length, self.packing, self.batch_size = max_length, packing, batch_size
        self.order: Order = order
        self.near_duplicates, self.max_refused_share, self.seed = near_duplicates, max_refused_share, seed
        self.num_workers, self.cache_dir = num_workers, cache_dir
        self.reports: dict[Split, DataReport] = {}
        self.test_is_validation = False
        self.predict_rows: Sequence[Row] = ()
        self._datasets: dict[Split, PackDataset] = {}
        self._order: PackOrder | None = None
        self._start = Position()
        self._pad_token_id = 0

    def setup(self, stage: str | None = None) -> None:
        """Read, encode, split and pack what the stage needs; logs one line a split.

        Raises:
            DataError: rows that cannot be read, or too many refused.
            ConfigError: no tokenizer, or no source for the stage.
        """
        self._start = Position()
        if stage == "fit" and self.sources["train"] is None:  # before the base model is downloaded for its tokenizer
            raise ConfigError("train rows", "data.train: null", "Set data.train to a file, a Hub id or `generated`.")
        tokenizer = self._ready_tokenizer()
        self._pad_token_id = tokenizer.pad_token_id
        if stage == "predict":
            self.predict_rows = self._questions()
            return
        wanted = _SPLITS_OF_STAGE[stage]
        if set(wanted) <= set(self._datasets):
            return
        parts = prepare_parts(self._preparation(), wanted, tokenizer)
        if stage == "test" and not parts:
            parts = self._validation_rows_for_test(tokenizer)
        if wanted[0] not in parts and (stage or not parts):
            raise ConfigError(f"{wanted[0]} rows", f"data.{wanted[0]}: null", f"Set data.{wanted[0]} or data.train.")
        for split, part in parts.items():
            order: Order = self.order if split == "train" else "shuffled"
            packs, stages = pack_part(part, self.max_length, packing=self.packing, order=order)
            self._datasets[split] = PackDataset(part, packs, stages)
            name = "validation" if split == "test" and self.test_is_validation else split
            self.reports[split] = _report(name, part, packs, self.max_length)
            if self.trainer is None or self.trainer.is_global_zero:
                log.info(self.reports[split].summary())

    @property
    def train_rows(self) -> Sequence[Row]:
        """The training rows, read from disk when asked for."""
        return self.rows("train")

    @property
    def validation_rows(self) -> Sequence[Row]:
        """The validation rows: the problems of an evaluation during training."""
        return self.rows("validation")

    @property
    def test_rows(self) -> Sequence[Row]:
        """The test rows; in `mathpal test` of a run without any, the validation rows (`test_is_validation` says so)."""
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

    def batch_rows(self, batch_idx: int) -> list[Row]:
        """The rows of one of this process's training batches of the running epoch, by Lightning's number of it."""
        if self._order is None:
            return []
        dataset, skipped = self._datasets["train"], batch_idx - self._order.position.batches
        packs = next(islice(self._order.batches(), skipped, None), [])
        return [row for pack in packs for row in dataset.part.encoded.rows(dataset.part.documents[dataset.packs.pack(pack)])]

    @property
    def report(self) -> DataReport:
        """What became of the training rows (`reports` holds every split's)."""
        return self.reports["train"]

    def train_dataloader(self) -> DataLoader[Batch]:
        """Batches in the order of seed and epoch, from the restored position on."""
        self._order = self._pack_order("train", shuffle=True)
        self._order.resume(self._start)
        return self._loader("train", self._order)

    def val_dataloader(self) -> DataLoader[Batch] | list[Any]:
        """Batches in the packs' own order; none where there are no validation rows."""
        return self._loader("validation", self._pack_order("validation")) if "validation" in self._datasets else []

    def test_dataloader(self) -> DataLoader[Batch]:
        """Batches in the packs' own order."""
        return self._loader("test", self._pack_order("test"))

    def predict_dataloader(self) -> DataLoader[list[Row]]:
        """Batches of questions."""
        return DataLoader(self.predict_rows, batch_size=self.batch_size, collate_fn=list)  # type: ignore[arg-type]

    def transfer_batch_to_device(self, batch: Any, device: torch.device, dataloader_idx: int) -> Any:
        """Move tensors; questions to predict stay where they are."""
        return super().transfer_batch_to_device(batch, device, dataloader_idx) if isinstance(batch, Batch) else batch

    def state_dict(self) -> dict[str, Any]:
        """The position in the data, computed from the trainer's progress, and the digest of the rows."""
        if self._order is None or self.trainer is None:
            return {}
        batch: Any = self.trainer.fit_loop.epoch_loop.batch_progress.current
        epoch: Any = self.trainer.fit_loop.epoch_progress.current
        # While an epoch is ready but not started, the count of batches is still that of the one before.
        batches = batch.processed if epoch.ready == epoch.started else 0
        ended = batches >= self.trainer.num_training_batches
        return self._order.after(batches, ended=ended)._asdict() | {"rows": self._datasets["train"].digest}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a position; another batch size or number of processes may take over.

        Raises:
            CheckpointError: the training rows are not those that the run began with.
        """
        rows = state_dict.pop("rows", None)
        if rows and "train" in self._datasets and rows != self._datasets["train"].digest:
            raise CheckpointError(
                f"the training rows that the run began with (digest {rows[:12]})",
                f"other rows in `data.train: {self.sources['train']}` (digest {self._datasets['train'].digest[:12]})",
                "Put the data back as it was, or train a new run under another --name.",
            )
        self._start = Position(**state_dict)
        if self._order is not None:
            self._order.resume(self._start)

    def teardown(self, stage: str) -> None:
        """Forget the position: another fit begins at the beginning."""
        self._order, self._start = None, Position()

    def _validation_rows_for_test(self, tokenizer: PreTrainedTokenizerBase) -> dict[Split, Part]:
        """The validation rows in the place of test rows, where a run has held out none.

        Raises:
            ConfigError: the run has held out no validation rows either.
        """
        parts = prepare_parts(self._preparation(), ("validation",), tokenizer)
        if not parts:
            raise ConfigError(
                "held-out rows to score",
                "neither test nor validation rows",
                "Set data.test to a file of problems that training has not seen.",
            )
        self.test_is_validation = True
        log.warning(
            "There are no test rows, so the validation rows are scored. Validation may have chosen the best checkpoint, so this "
            "score can be a little too high. For test rows, set data.test to a file, or train with --data.test_share 0.05."
        )
        return {"test": parts["validation"]}

    def _ready_tokenizer(self) -> PreTrainedTokenizerBase:
        if isinstance(self.tokenizer, str):
            self.tokenizer = load_tokenizer(self.tokenizer)
        elif self.tokenizer is None:
            found = getattr(self.trainer.lightning_module, "tokenizer", None) if self.trainer else None
            if found is None:
                raise ConfigError(
                    "a tokenizer",
                    "neither `tokenizer` of the data nor a `tokenizer` of the module",
                    "Set data.tokenizer to the base model's folder or Hub id.",
                )
            return found
        return self.tokenizer

    def _questions(self) -> list[Row]:
        if self.predict_source is None:
            raise ConfigError("questions to predict", "data.predict: null", "Set data.predict to a file of questions.")
        source = open_source(self.predict_source, "test", self.generator)
        assert source is not None  # a source that must hold rows holds them, or raises
        rows, refused = [], Refusals()
        for row in read_rows(source.records(), self.columns, needs_solution=False, drop_picture_rows=False):
            rows.append(row) if isinstance(row, Row) else refused.add(row)
        require_few_faults("predict", len(rows) + refused.total, refused, self.max_refused_share)
        for line in refused.lines():
            log.warning("predict: %s", line)
        return rows

    def _preparation(self) -> Preparation:
        return Preparation(
            sources=self.sources,
            shares=self.shares,
            columns=self.columns,
            generator=self.generator,
            objective=self.objective,
            supervise=self.supervise,
            drop_picture_rows=self.drop_picture_rows,
            near_duplicates=self.near_duplicates,
            max_length=self.max_length,
            max_refused_share=self.max_refused_share,
            seed=self.seed,
            cache_dir=self.cache_dir,
        )

    def _pack_order(self, split: Split, *, shuffle: bool = False) -> PackOrder:
        trainer = self.trainer
        return PackOrder(
            len(self._datasets[split]),
            self.batch_size,
            num_replicas=trainer.world_size if trainer else 1,
            rank=trainer.global_rank if trainer else 0,
            seed=self.seed,
            shuffle=shuffle,
            stages=self._datasets[split].stages,
            current_epoch=(lambda: trainer.current_epoch) if trainer else None,
        )

    def _loader(self, split: Split, order: PackOrder) -> DataLoader[Batch]:
        lay_out: Any = collate_pairs if self.objective == "dpo" else collate
        if self.num_workers:
            os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")  # else each forked worker warns
        return PackLoader(
            self._datasets[split],
            batch_size=self.batch_size,
            sampler=order,
            collate_fn=partial(lay_out, pad_token_id=self._pad_token_id, width=self.max_length if self.packing else None),
            num_workers=self.num_workers,
            generator=torch.Generator(),  # making an iterator draws a number: not one of those that dropout draws
        )


def _require_possible(settings: dict[str, Any]) -> None:
    """Refuse at once what cannot work.

    Raises:
        ConfigError: which setting, what it is, what it may be.
    """
    for name, least in (("max_length", 8), ("batch_size", 1), ("num_workers", 0), ("seed", 0)):
        if settings[name] < least:
            raise ConfigError(f"data.{name} of at least {least}", str(settings[name]), "Raise it.")
    for name in ("validation_share", "test_share", "max_refused_share"):
        if not 0 <= settings[name] <= 1:
            raise ConfigError(f"data.{name} from 0 to 1", str(settings[name]), "Write a share: 0.05 is 5 %.")
    if settings["validation_share"] + settings["test_share"] >= 1:
        raise ConfigError(
            "data.validation_share and data.test_share together below 1",
            f"{settings['validation_share']} and {settings['test_share']}",
            "Leave rows to train on.",
        )
    if (similarity := settings["near_duplicates"]) is not None and not 0 < similarity <= 1:
        raise ConfigError("data.near_duplicates above 0 and at most 1", str(similarity), "Try 0.7.")
    for split in ("train", "validation", "test"):
        weights = settings[split] if isinstance(settings[split], dict) else {}
        if any(weight <= 0 for weight in weights.values()):
            raise ConfigError(f"positive weights in data.{split}", str(weights), "Leave a source out instead.")
    if settings["objective"] == "dpo" and settings["supervise"] != "solution":
        raise ConfigError(
            "`data.supervise: solution` for preference pairs",
            settings["supervise"],
            "Only completions are compared: leave it out.",
        )
    if settings["order"] not in (orders := get_args(Order)):
        raise ConfigError(f"data.order among {', '.join(orders)}", str(settings["order"]), "Use one of them.")
    if settings["tokenizer"] == "":
        raise ConfigError("a tokenizer's folder or Hub id", "an empty text", "Leave data.tokenizer out to take the model's.")


def _report(split: Split, part: Part, packs: Packs, max_length: int) -> DataReport:
    lengths = part.lengths
    return DataReport(
        name=split,
        read=part.read,
        kept=len(part.documents),
        refused=part.refused,
        tokens=int(lengths.sum()),
        supervised_tokens=int(part.encoded.supervised_lengths[part.documents].sum()),
        longest=int(lengths.max(initial=0)),
        packs=len(packs),
        density=density(lengths, packs, max_length),
    )

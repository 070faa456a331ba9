"""The settings of the data module: one dataclass that the config, the checkpoints and the preparation of rows share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from inspect import Signature, signature
from typing import TypeAlias, get_args

from transformers import PreTrainedTokenizerBase

from mathpal_lightning.data.columns import Columns
from mathpal_lightning.data.difficulty import Order
from mathpal_lightning.data.encode import Supervise
from mathpal_lightning.data.generated import Generator
from mathpal_lightning.data.python_rows import Several, Table, describe, is_table, plain_source
from mathpal_lightning.data.split_names import Split, splits_in
from mathpal_lightning.errors import ConfigError, require_one_of
from mathpal_lightning.schema import Objective, plain_value

Named: TypeAlias = str | list[str] | dict[str, float] | Table | Several | None
"""The name of a source, several names (with weights, a mixture), rows themselves, or nothing. In Python a `Path` is a name."""
Questions: TypeAlias = str | list[str] | Table | Several | None
"""As `Named`, without weights: every question is answered once."""
_SOURCES = ("train", "validation", "test", "predict")


@dataclass(frozen=True, slots=True)
class DataSettings:
    """How rows are read, split, encoded, packed and batched. A setting that cannot work is refused here.

    Args:
        train: the training rows: `generated`, a file (.jsonl, .json, .csv, .tsv, .parquet, .xlsx, compressed or not), a folder
            or a pattern of files, or a Hub id (owner/name:configuration:split); in Python also rows themselves (a list of
            dictionaries, a DataFrame, an Arrow table, a Dataset or DatasetDict). A list of sources takes all rows of all. Names
            with weights are a mixture: {rows.jsonl: 1, generated: 2} is as large as it can be without repeating a row.
        validation: the validation rows. None takes the split that `train` holds, else `validation_share` of it.
        test: the test rows. None takes the split that `train` holds, else `test_share` of it. If there is neither,
            `mathpal test` scores the validation rows and says so.
        predict: questions to answer with `mathpal predict`, as `train`, without weights; they need no solutions.
        objective: "sft" reads problems and solutions, "dpo" reads preference pairs, "grpo" reads problems and solutions too: it
            draws its own solutions, and judges them by those of the rows.
        columns: the names of the columns: {question: Đề bài, solution: Lời giải}.
        generator: which problems the source `generated` makes.
        validation_share: share of the distinct questions of `train` that is held out when no validation rows are given.
        test_share: the same for test rows.
        tokenizer: a Gemma tokenizer, its folder or its Hub id; None takes the module's tokenizer.
        max_length: tokens in a packed row. A document that is longer is refused and counted, never cut.
        packing: False puts one document into each row, padded to the longest document of its batch.
        order: "easy_first" goes through each epoch in ten stages from easy to hard documents. `columns.difficulty` and the
            length decide what is easy (of generated rows: grade and level). Within a stage the order is random.
        batch_size: packed rows (without packing: documents) in a batch of each process.
        supervise: "solution" trains on what the model shall write, "all" trains on the questions too.
        drop_picture_rows: refuse rows whose question needs a picture that the text does not hold.
        near_duplicates: also refuse a training row if it has the same numbers and signs as an earlier or held-out row and
            its words are at least this similar (Jaccard similarity of character 4-grams; try 0.7). None refuses only
            training rows whose question is held out.
        max_refused_share: stop if more than this share of the rows is damaged, incomplete or too long. Rows that need a
            picture, are marked as wrong, repeat others or are held out do not count.
        seed: decides the split and, together with the epoch, the order.
        num_workers: processes that load batches. 0 loads them in the training process, which is enough for packed rows.
        cache_dir: where encoded rows are kept; None for the folder `data` in the user's cache folder.

    Raises:
        ConfigError: a setting, or a combination of settings, that cannot work.
    """

    train: Named = None
    validation: Named = None
    test: Named = None
    predict: Questions = None
    objective: Objective = "sft"
    columns: Columns = Columns()  # noqa: RUF009  frozen
    generator: Generator = Generator()  # noqa: RUF009  frozen
    validation_share: float = 0.05
    test_share: float = 0.0
    tokenizer: str | PreTrainedTokenizerBase | None = None
    max_length: int = 1024
    packing: bool = True
    order: Order = "shuffled"
    batch_size: int = 1
    supervise: Supervise = "solution"
    drop_picture_rows: bool = True
    near_duplicates: float | None = None
    max_refused_share: float = 0.05
    seed: int = 0
    num_workers: int = 0
    cache_dir: str | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            object.__setattr__(self, each.name, _plain(each.name, getattr(self, each.name)))
        object.__setattr__(self, "columns", Columns.of(self.columns))
        object.__setattr__(self, "generator", Generator.of(self.generator))
        for name, least in (("max_length", 8), ("batch_size", 1), ("num_workers", 0), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"data.{name} of at least {least}", str(getattr(self, name)), "Raise it.")
        if isinstance(self.predict, dict) and not is_table(self.predict):
            way_out = 'Write a list of rows, [{"question": ...}], or a list of files; questions have no weights.'
            raise ConfigError("questions in data.predict", f"a dictionary: {self.predict}"[:80], way_out)
        self._check_shares()
        self._check_words()

    def _check_shares(self) -> None:
        for name in ("validation_share", "test_share", "max_refused_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"data.{name} from 0 to 1", str(getattr(self, name)), "Write a share: 0.05 is 5 %.")
        if self.validation_share + self.test_share >= 1:
            raise ConfigError(
                "data.validation_share and data.test_share together below 1",
                f"{self.validation_share} and {self.test_share}",
                "Leave rows to train on.",
            )
        if self.near_duplicates is not None and not 0 < self.near_duplicates <= 1:
            raise ConfigError("data.near_duplicates above 0 and at most 1", str(self.near_duplicates), "Try 0.7.")
        for split in self.sources:
            if split != "train" and len(self.weights(split)) > 1:
                way_out = "Write a list of them: all of their rows are used. Only data.train is a mixture."
                raise ConfigError(f"sources without weights in data.{split}", str(self.sources[split])[:80], way_out)
            if wrong := [each for each in self.weights(split) if not (isinstance(each, int | float) and each > 0)]:
                shown = [each if isinstance(each, int | float | str) else type(each).__name__ for each in wrong]
                way_out = _instead_of_weights(self.sources[split])
                raise ConfigError(f"sources with positive weights in data.{split}", f"{shown}"[:80], way_out)

    def _check_words(self) -> None:
        for name, words in (("objective", Objective), ("supervise", Supervise), ("order", Order)):
            require_one_of(f"data.{name}", getattr(self, name), get_args(words))
        if self.objective == "dpo" and self.supervise != "solution":
            raise ConfigError(
                "`data.supervise: solution` for preference pairs",
                self.supervise,
                "DPO compares completions only: leave `data.supervise` out.",
            )
        if self.tokenizer == "":
            raise ConfigError(
                "a tokenizer's folder or Hub id", "an empty text", "Leave data.tokenizer out to take the model's tokenizer."
            )

    @classmethod
    def as_arguments(cls) -> Signature:
        """The settings as arguments of a data module: the sources in their order, every other one by its name."""
        given = signature(cls).parameters.values()
        return Signature([each if each.name in _SOURCES else each.replace(kind=each.KEYWORD_ONLY) for each in given])

    @property
    def reads(self) -> Objective:
        """The objective whose rows are read and encoded."""
        return "dpo" if self.objective == "dpo" else "sft"

    @property
    def sources(self) -> dict[Split, Named]:
        """The source of each split."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @property
    def shares(self) -> dict[Split, float]:
        """The share of the training source that each held-out split takes if it has no source."""
        return {"validation": self.validation_share, "test": self.test_share}

    def names(self, split: Split) -> list[str | Table]:
        """The sources of a split, one by one."""
        return _one_by_one(self.sources[split])

    @property
    def questions(self) -> list[str | Table]:
        """The sources of the questions to answer, one by one."""
        return _one_by_one(self.predict)

    def weights(self, split: Split) -> list[float]:
        """The weights of a split's sources; empty where all rows of all are taken."""
        named = self.sources[split]
        return list(named.values()) if isinstance(named, dict) and not is_table(named) else []

    def plain(self) -> dict[str, object]:
        """The settings as values that a checkpoint and a config file can hold.

        A tokenizer object becomes None, and rows that a program gave become a text that says what they were.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        tokenizer = self.tokenizer if isinstance(self.tokenizer, str) else None
        values |= {name: describe(values[name]) for name in _SOURCES}
        return values | {"columns": asdict(self.columns), "generator": asdict(self.generator), "tokenizer": tokenizer}

    def given(self) -> str:
        """The settings that are not the defaults, as a program writes them."""
        usual = DataSettings().plain()
        return ", ".join(f"{name}={value!r}" for name, value in self.plain().items() if value != usual[name])


def _plain(name: str, value: object) -> object:
    """The value of a setting with texts for paths and plain numbers for NumPy's."""
    if name in _SOURCES:
        return plain_source(value)
    return value if isinstance(value, PreTrainedTokenizerBase) else plain_value(value)


def _instead_of_weights(named: object) -> str:
    """What to do about a dictionary that is no mixture: splits, or columns."""
    assert isinstance(named, dict)
    if all(splits_in(name) for name in named):
        return "Give each split by itself: data.train, data.validation and data.test (in Python train=..., test=...)."
    if all(isinstance(values, Sequence) and not isinstance(values, str) for values in named.values()):
        return "Make rows of the columns: datasets.Dataset.from_dict(...) or pandas.DataFrame(...)."
    return "Leave a source out instead; rows themselves are a list of dictionaries or a DataFrame."


def _one_by_one(named: Named) -> list[str | Table]:
    if named is None or is_table(named):
        return [] if named is None else [named]
    return [named] if isinstance(named, str) else list(named)

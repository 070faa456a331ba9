"""Rows that a program has in memory: a list of dictionaries, a pandas DataFrame, a Dataset or DatasetDict."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from mathpal_lightning.data.hub import Rows, rows_of_dataset
from mathpal_lightning.data.readers.records import Items, record
from mathpal_lightning.data.split_names import Split
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import plain_value

if TYPE_CHECKING:
    import pandas as pd
    from datasets import Dataset, DatasetDict

    Table: TypeAlias = list[dict[str, Any]] | pd.DataFrame | Dataset | DatasetDict
else:
    Table = list[dict[str, object]]  # the only form that a config file can have
"""Rows in memory."""


def plain_source(named: object) -> object:
    """A source with its paths as texts, also in a list and in a mixture; rows stay as they are."""
    if isinstance(named, os.PathLike):
        return os.fspath(named)
    if isinstance(named, list) and all(isinstance(one, str | os.PathLike) for one in named):
        return [os.fspath(one) for one in named]
    if isinstance(named, Mapping) and not is_table(named):
        return {os.fspath(one) if isinstance(one, os.PathLike) else one: plain_value(weight) for one, weight in named.items()}
    return named


def is_table(named: object) -> TypeGuard[Table]:
    """Whether a source is rows and not a name."""
    if isinstance(named, list):
        return any(not isinstance(one, str) for one in named)
    return named is not None and not isinstance(named, str | Mapping) or type(named).__name__ == "DatasetDict"


def rows_of_table(table: Table, split: Split, must_hold: bool) -> Rows | None:
    """The rows of a split. A table without splits gives all its rows for any split.

    Raises:
        ConfigError: the rows have an unknown type.
    """
    kind = type(table).__name__
    if kind in ("Dataset", "DatasetDict"):
        return rows_of_dataset(table, kind, split, must_hold)
    if not must_hold:
        return None
    digest = _digest(_rows(table))

    def records() -> Items:
        for number, fields in enumerate(_rows(table)):
            yield record(kind, number, fields)

    return Rows(f"{kind} of {len(table)} rows", digest, records)


def describe(named: object) -> object:
    """A source in a form for checkpoints and config files. Names stay; rows become a text that describes them."""
    if not is_table(named):
        return named
    rows = rows_of_table(named, "train", must_hold=True)
    assert rows is not None  # `must_hold` raises instead
    return f"<{rows.place}, {rows.fingerprint[:12]}>"


def _rows(table: Table) -> Iterator[object]:
    if isinstance(table, list):
        return iter(table)
    if type(table).__name__ == "DataFrame":
        names = [str(name) for name in table.columns]
        if len(set(names)) < len(names):
            raise ConfigError("a DataFrame with different column names", ", ".join(names), "Rename one of the equal columns.")
        return (dict(zip(names, row, strict=True)) for row in table.itertuples(index=False, name=None))
    raise ConfigError(
        "rows as a list of dictionaries, a DataFrame, a Dataset or a DatasetDict, or the name of a file",
        type(table).__name__,
        "Make a list of dictionaries of them: [{'question': ..., 'solution': ...}].",
    )


def _digest(rows: Iterable[object]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, ensure_ascii=False, default=str, skipkeys=True).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()

"""Rows that a program has in memory: a list of dictionaries, a table of pandas or Arrow, a Dataset or DatasetDict."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard

from mathpal_lightning.compat.datasets import fingerprint
from mathpal_lightning.data.hub import SplitRows, rows_of_dataset
from mathpal_lightning.data.readers.arrow import rows_of_arrow
from mathpal_lightning.data.readers.records import Items, record
from mathpal_lightning.data.split_names import Split
from mathpal_lightning.data.values import by_its_digits, plain
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import plain_value

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from datasets import Dataset, DatasetDict

    Table: TypeAlias = (
        list[dict[str, Any]] | tuple[dict[str, Any], ...] | pd.DataFrame | pa.Table | pa.RecordBatch | Dataset | DatasetDict
    )
    Several: TypeAlias = Sequence[str | pd.DataFrame | pa.Table | Dataset | DatasetDict]
else:
    Table = list[dict[str, object]]  # the only form that a config file can have
    Several = list[str]
"""Rows in memory, and several sources."""


_WAY_OUT = "Make a list of dictionaries of them: [{'question': ..., 'solution': ...}]."
_READ_AGAIN = "Rows are read more than once, which a stream does not allow. Make a list of it:"


def plain_source(named: object) -> object:
    """A source with its paths as texts, also in a list, a tuple, an array and a mixture; rows stay as they are."""
    if isinstance(named, os.PathLike):
        return os.fspath(named)
    if hasattr(named, "tolist") and not _is_frame(named):
        named = named.tolist()
    if isinstance(named, list | tuple):
        return [os.fspath(one) if isinstance(one, os.PathLike) else one for one in named]
    if isinstance(named, Mapping) and not is_table(named):
        return {os.fspath(one) if isinstance(one, os.PathLike) else one: plain_value(weight) for one, weight in named.items()}
    return named


def is_table(named: object) -> TypeGuard[Table]:
    """Whether a source is rows, and not a name or a list of sources."""
    if isinstance(named, list | tuple):
        return any(not isinstance(one, str) and not _is_frame(one) for one in named)
    return named is not None and (not isinstance(named, str | Mapping) or _is_frame(named))


def rows_of_table(table: Table, split: Split, must_hold: bool) -> SplitRows | None:
    """The rows of a split. A table without splits gives all its rows for any split.

    Raises:
        ConfigError: the rows have an unknown type.
    """
    kind = type(table).__name__
    if kind in ("Dataset", "DatasetDict"):
        return rows_of_dataset(table, kind, split, must_hold, called=lambda name: f"one split alone, as in rows[{name!r}]")
    if not must_hold:
        return None
    digest = _digest(_rows(table))

    def records() -> Items:
        for number, fields in enumerate(_rows(table)):
            yield record(kind, number, fields)

    return SplitRows(f"{kind} of {len(table)} rows", f"{kind} {digest}", records)


def describe(named: object) -> object:
    """A source in a form for checkpoints and config files. Names stay; rows become a text that describes them.

    Raises:
        ConfigError: the rows have an unknown type.
    """
    if not is_table(named):
        return [describe(one) for one in named] if isinstance(named, list) else named
    kind = type(named).__name__
    if kind == "Dataset":
        return f"<Dataset of {len(named)} rows, {fingerprint(named)[:12]}>"
    if kind == "DatasetDict" and isinstance(named, Mapping):
        splits = ", ".join(f"{name}: {len(rows)} rows, {fingerprint(rows)[:12]}" for name, rows in named.items())
        return f"<DatasetDict of {splits}>"
    rows = rows_of_table(named, "train", must_hold=True)
    assert rows is not None  # `must_hold` raises instead
    return f"<{rows.place}, {rows.fingerprint.removeprefix(kind).strip()[:12]}>"


def _is_frame(one: object) -> bool:
    """Whether an object is a table with columns: of pandas, Arrow, polars or datasets."""
    return hasattr(one, "columns") or hasattr(one, "column_names")


def _rows(table: Any) -> Iterator[object]:
    """The rows, with values of Python's own types.

    Raises:
        ConfigError: the rows have an unknown type, or two columns have one name.
    """
    kind = type(table).__name__
    if isinstance(table, list | tuple):
        return map(plain, table)
    if hasattr(table, "itertuples"):
        names, dtypes = [str(name) for name in table.columns], [str(dtype).lower() for dtype in table.dtypes]
        _require_distinct(names, kind)
        return (_row(names, cells, dtypes) for cells in table.itertuples(index=False, name=None))
    if _is_frame(table) and hasattr(table, "__arrow_c_stream__"):
        import pyarrow as pa

        arrow = pa.table(table)
        _require_distinct(arrow.column_names, kind)
        return rows_of_arrow(arrow)
    is_stream = isinstance(table, Mapping) or hasattr(table, "__iter__") and not hasattr(table, "__len__")
    raise ConfigError(
        "rows as a list of dictionaries, a DataFrame, an Arrow table, a Dataset or a DatasetDict, or the name of a file",
        kind,
        f"{_READ_AGAIN} list({_beginning(table)})." if is_stream else _WAY_OUT,
    )


def _beginning(stream: object) -> str:
    """How a program writes the rows that it needs of a stream; a stream of `datasets` may be larger than the memory."""
    if isinstance(stream, Mapping):
        return "rows['train'].take(10000)"
    return "rows.take(10000)" if hasattr(stream, "take") else "rows"


def _row(names: Sequence[str], cells: Sequence[object], dtypes: Sequence[str]) -> dict[str, object]:
    return {name: by_its_digits(plain(cell), dtype) for name, cell, dtype in zip(names, cells, dtypes, strict=True)}


def _require_distinct(names: Sequence[str], kind: str) -> None:
    if len(set(names)) < len(names):
        raise ConfigError(f"a {kind} with different column names", ", ".join(names), "Rename one of the equal columns.")


def _digest(rows: Iterable[object]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(json.dumps(row, ensure_ascii=False, default=str, skipkeys=True).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()

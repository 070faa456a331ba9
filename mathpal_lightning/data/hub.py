"""Reads data sets of the Hub and folders that `save_to_disk` wrote, by the library `datasets`. No script is ever run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mathpal_lightning.compat.datasets import cached_configurations, fingerprint
from mathpal_lightning.compat.huggingface_hub import set_deadlines
from mathpal_lightning.data.readers.records import Items, Record, unreadable
from mathpal_lightning.data.split_names import Split, name_of_split
from mathpal_lightning.data.values import by_its_digits, plain
from mathpal_lightning.errors import DataError

if TYPE_CHECKING:
    from datasets import Dataset

HUB_ID = re.compile(r"(?!\.)[\w.-]+/(?!\.)[\w.-]+(:[\w.-]+){0,2}")
_CONFIGS = re.compile(r"(?:available configs(?: in the cache)?: |configurations in the cache: )([^\n]*)", re.IGNORECASE)
"""How `datasets` lists the configurations, in three of its errors."""


class SplitRows(NamedTuple):
    """One split of a data set."""

    place: str
    fingerprint: str
    records: Callable[[], Items]


def rows_of_hub(name: str, split: Split, must_hold: bool) -> SplitRows | None:
    """The rows of "owner/name", "owner/name:split", "owner/name:config" or "owner/name:config:split".

    Raises:
        DataError: there is no such data set, or it does not have the split. The message lists the configurations or splits
            that it has.
    """
    repository, *parts = name.split(":")
    config, wanted = (parts[0], parts[1]) if len(parts) == 2 else (None, parts[0] if parts else None)
    if wanted is not None and config is None and wanted in {*_configs(repository), *cached_configurations(repository)}:
        config, wanted = wanted, None
    splits = _load(repository, config)
    where = f"{repository}:{config}" if config else repository
    return _split(splits, where, split, wanted, must_hold, called=lambda name: f"{where}:{name}")


def is_saved_folder(folder: Path) -> bool:
    """Whether a folder was written by `save_to_disk`."""
    return (folder / "dataset_dict.json").is_file() or (folder / "state.json").is_file() and any(folder.glob("*.arrow"))


def rows_of_saved_folder(folder: Path, split: Split, must_hold: bool) -> SplitRows | None:
    """The rows of a split of a folder that `save_to_disk` wrote. A folder without splits gives all its rows for any split.

    Raises:
        DataError: the folder is damaged, or does not have the split.
    """
    import pyarrow as pa
    from datasets import load_from_disk

    try:
        loaded = load_from_disk(str(folder))
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException) as error:
        raise unreadable(folder, "a folder of save_to_disk", _first_line(error), "Save it again with save_to_disk.") from error
    return rows_of_dataset(loaded, str(folder), split, must_hold, called=lambda name: str(folder / name))


def rows_of_dataset(
    loaded: object, where: str, split: Split, must_hold: bool, *, called: Callable[[str], str]
) -> SplitRows | None:
    """The rows of a split of a DatasetDict. A Dataset, which has no splits, gives all its rows.

    Args:
        loaded: a Dataset or DatasetDict.
        where: how the log names it.
        split: the split wanted.
        must_hold: False where None is an answer.
        called: how a user names one split of it.

    Raises:
        DataError: it does not have the split, or several could be it.
    """
    if isinstance(loaded, Mapping):
        return _split(loaded, where, split, None, must_hold, called=called)
    return _rows(loaded, where) if must_hold else None


def _split(
    splits: Mapping[str, Dataset],
    where: str,
    split: Split,
    wanted: str | None,
    must_hold: bool,
    *,
    called: Callable[[str], str],
) -> SplitRows | None:
    if wanted is not None and not must_hold:
        return None
    found = wanted if wanted is not None else name_of_split(splits, split, where, called)
    first = next(iter(splits), "")
    if found is None and must_hold and split == "train" and list(splits) == [first]:
        found = None if name_of_split(splits, "test", where, called) else first
    if (found is None and must_hold) or (found is not None and found not in splits):
        way_out = f"Name the one you mean: {called(first)}."
        raise DataError(f"a split {wanted or split!r} in {where}", ", ".join(splits), way_out)
    return _rows(splits[found], f"{where}/{found}") if found is not None else None


def _rows(rows: Dataset, place: str) -> SplitRows:
    def records() -> Items:
        for number, fields in enumerate(_python_rows(rows)):
            yield Record(f"{place}:{number}", fields, place)

    return SplitRows(place, f"{place} {fingerprint(rows)}", records)


def _python_rows(rows: Dataset) -> Iterator[dict[str, object]]:
    """The rows as Python's own values. Of a format (`with_format("torch")`) only its columns count; a transform is applied."""
    shown = rows.format
    if shown["type"] != "custom":
        rows = rows.with_format(None, columns=shown["columns"])
    dtypes = {name: getattr(feature, "dtype", "") for name, feature in (rows.features or {}).items()}
    for fields in rows:
        yield {name: by_its_digits(plain(value), dtypes.get(name, "")) for name, value in fields.items()}


def _load(repository: str, config: str | None) -> Mapping[str, Dataset]:
    import httpx
    from datasets import load_dataset
    from datasets.exceptions import DatasetNotFoundError

    set_deadlines()
    try:
        loaded: Mapping[str, Dataset] = load_dataset(repository, config) if config else load_dataset(repository)
        return loaded
    except (
        DatasetNotFoundError,
        ConnectionError,
        httpx.HTTPError,
        ValueError,
        RuntimeError,
    ) as error:  # RuntimeError: a script
        if configs := _CONFIGS.search(str(error)):
            names = sorted(re.findall(r"[\w.-]+", configs[1]))
            found = f"{config or 'none'}; it has {', '.join(names)}"
            raise DataError(
                f"a configuration of {repository}", found, f"Write one of them: {repository}:{names[0]}."
            ) from error
        raise DataError(
            f"the data set {repository!r} on the Hub or in its cache",
            _first_line(error),
            "Check the name and the connection, or give a local file."
            + f" The folder {repository.partition('/')[0]} here holds none of this name." * Path(repository).parent.is_dir(),
        ) from error


def _configs(repository: str) -> list[str]:
    """The names of the configurations; empty if the Hub cannot be asked."""
    import httpx
    from datasets import get_dataset_config_names
    from datasets.exceptions import DatasetNotFoundError

    set_deadlines()
    try:
        return list(get_dataset_config_names(repository))
    except (DatasetNotFoundError, ConnectionError, httpx.HTTPError, ValueError, RuntimeError):
        return []


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

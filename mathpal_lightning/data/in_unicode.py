"""Records as they were written -> records in Unicode: TCVN3 and VNI converted, UTF-8 that was read as Windows-1252 repaired.

A file's first records say what its texts may be written in; each row then decides for itself, so that rows of both kinds
in one file are read. What is not certain is no text any more: a row that needs it is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, groupby, islice

from mathpal_lightning.data.columns import known_reading
from mathpal_lightning.data.legacy import (
    CONVERTERS,
    LegacyEncoding,
    is_half_converted,
    is_suspect,
    legacy_encoding,
    reading_of,
)
from mathpal_lightning.data.messages import Unreadable
from mathpal_lightning.data.mojibake import is_half_mojibake, may_be_mojibake, repaired
from mathpal_lightning.data.readers.records import Item, Items, Record
from mathpal_lightning.data.report import Note
from mathpal_lightning.errors import DataError

_JUDGED_RECORDS = 256
"""The texts of this many first records of a file decide whether it is written in TCVN3 or VNI."""
_REPAIRED = "text in UTF-8 that was once read as Windows-1252 or 1258 repaired"
_UNCLEAR = Unreadable("letters that are neither Unicode nor clearly TCVN3 or VNI")
_HALF = Unreadable("letters half in Unicode and half in another encoding")


def in_unicode(items: Iterable[Item], named: frozenset[str] = frozenset()) -> Items:
    """Convert the texts and the names of the fields of all records that are not in Unicode.

    Args:
        items: what a source yields.
        named: names of fields that are kept as they are written.

    Yields:
        The items in their order, then a note on each conversion.

    Raises:
        DataError: the text of a file is TCVN3 or VNI, but without certainty.
    """
    made = dict[str, None]()
    file = ""

    def file_of(item: Item) -> str:
        nonlocal file
        file = item.file if isinstance(item, Record) else file
        return file

    for _, of_file in groupby(items, file_of):
        beginning = list(islice(of_file, _JUDGED_RECORDS))
        prior = _written_in([item for item in beginning if isinstance(item, Record)])
        for item in chain(beginning, of_file):
            yield _converted(item, prior, named, made) if isinstance(item, Record) else item
    yield from map(Note, made)


def _written_in(records: list[Record]) -> LegacyEncoding | None:
    by_record = [
        [text for text in _texts(record.fields) if is_suspect(text) and not may_be_mojibake(text)] for record in records
    ]
    texts = [text for suspect in by_record if suspect and reading_of(suspect, None) for text in suspect]
    found = legacy_encoding(texts)
    if found != "unclear":
        return found
    raise DataError(
        "Vietnamese text in Unicode",
        f"text like {texts[0][:60]!r} in {records[0].place}, which is neither Unicode nor clearly TCVN3 or VNI",
        "Convert it to Unicode (UniKey: Ctrl+Shift+F6), and save the file again.",
    )


def _converted(record: Record, prior: LegacyEncoding | None, named: frozenset[str], made: dict[str, None]) -> Record:
    names = _names(tuple(record.fields), prior, named)
    texts = [text for text in _texts(record.fields) if not text.isascii()]
    broken = [text for text in texts if may_be_mojibake(text)]
    meant: dict[str, str | Unreadable] = {text: said for text in broken if (said := _repaired(text)) is not None}
    suspect = [text for text in texts if text not in meant and is_suspect(text)]
    reading = reading_of(suspect, prior) if suspect else None
    if reading == "unclear":
        meant |= dict.fromkeys(suspect, _UNCLEAR)
    elif reading:
        meant |= {text: CONVERTERS[reading](text) for text in suspect}
        made[f"text in {reading} converted to Unicode"] = None
    meant |= {text: _HALF for text in texts if text not in meant and is_half_converted(text)}
    if any(isinstance(meant[text], str) for text in broken if text in meant):
        made[_REPAIRED] = None
    if not meant and names is None:
        return record
    values = [_with(meant, value) for value in record.fields.values()]
    return record._replace(fields=dict(zip(names or record.fields, values, strict=True)))


def _repaired(text: str) -> str | Unreadable | None:
    """A text that was read in another encoding than its own; None where it is none."""
    said = repaired(text)
    return _HALF if said is None and is_half_mojibake(text) else said


@lru_cache(maxsize=1000)
def _names(names: tuple[str, ...], prior: LegacyEncoding | None, named: frozenset[str]) -> tuple[str, ...] | None:
    """The names of fields in Unicode; None where they are so already."""
    meant = tuple(name if not isinstance(name, str) or name in named else _name(name, prior) for name in names)
    return None if meant == names or len(set(meant)) < len(set(names)) else meant


def _name(name: str, prior: LegacyEncoding | None) -> str:
    return known_reading(name) or (CONVERTERS[prior](name) if prior and is_suspect(name) else name)


def _texts(value: object) -> Iterator[str]:
    """The texts of a field, also those inside of its lists and objects."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _with(meant: Mapping[str, str | Unreadable], value: object) -> object:
    if isinstance(value, str):
        return meant.get(value, value)
    if isinstance(value, Mapping):
        return {key: _with(meant, one) for key, one in value.items()}
    return [_with(meant, one) for one in value] if isinstance(value, list) else value

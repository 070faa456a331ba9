"""JSON lines: one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from mathpal_lightning.data.readers.decoding import Encoding, is_utf8, windows_encoding_of
from mathpal_lightning.data.readers.opened import open_bytes
from mathpal_lightning.data.readers.records import Items, record
from mathpal_lightning.data.report import Note, Refusal

_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_JUDGED_LINES, _JUDGED_BYTES = 20, 1 << 18


def read_json_lines(path: Path, place: str) -> Items:
    """The objects of a file, one a line; a line that is none is refused."""
    encoding: Encoding | None = None
    judged = False
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        if not judged and isinstance(line, bytes) and not is_utf8(line):
            encoding, judged = windows_encoding_of(path), True
            if encoding:
                yield Note(f"{place}: {encoding.note}")
        try:
            text = line.decode(encoding.name, "replace") if encoding and isinstance(line, bytes) else line
            yield record(place, number, json.loads(text.rstrip(), object_pairs_hook=distinct_keys))
        except json.JSONDecodeError as error:
            is_comma = error.msg == "Extra data" and error.doc[error.pos :].strip() == ","
            what = "a comma at the end of the line: remove it" if is_comma else f"{error.msg} at character {error.pos + 1}"
            yield Refusal("unreadable", f"{place}:{number}", what)
        except UnicodeDecodeError as error:
            yield Refusal("unreadable", f"{place}:{number}", f"not UTF-8 at byte {error.start + 1}")
        except (ValueError, RecursionError) as error:  # a key that stands twice, a number of thousands of digits
            yield Refusal("unreadable", f"{place}:{number}", str(error))


def distinct_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object from its pairs.

    Raises:
        ValueError: a key stands twice, so that nobody can tell which value was meant.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} twice")
    return found


def is_json_lines(path: Path) -> bool:
    """Whether most of the first lines are whole objects, and there is more than one."""
    with open_bytes(path) as content:
        beginning = content.read(_JUDGED_BYTES)
    beginning = beginning.removeprefix(b"\xef\xbb\xbf")
    lines = [line.strip() for line in beginning.splitlines()[:_JUDGED_LINES] if line.strip()]
    whole = sum(line.startswith(b"{") and line.endswith(b"}") for line in lines)
    return len(lines) > 1 and 2 * whole >= len(lines)


def begins_a_document(path: Path) -> bool:
    """Whether the first line is a whole list and the only line, or opens a list or an object that ends in a later one."""
    with open_bytes(path) as content:
        beginning = content.read(_JUDGED_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    line, _, rest = beginning.partition(b"\n")
    if line.rstrip().endswith(b"]") and rest.strip():
        return False  # a list in each line
    return bool(re.match(rb"\[\s*([{\]]|$)", line)) or line.rstrip() == b"{"


def _lines(path: Path) -> Iterator[bytes | str]:
    with open_bytes(path) as content:
        encoding = _UTF16.get(content.read(2))
    with open_bytes(path) as content:
        if encoding is None:
            yield from content
            return
        text = content.read().decode(encoding, "surrogatepass").removeprefix("\ufeff")
        yield from text.split("\n")

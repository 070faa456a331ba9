"""What openpyxl's stream of rows leaves out of a sheet: merged cells, hidden rows, and formulas that were never calculated.

Format: ECMA-376, part 1, 18.3. A merged cell has its value in its upper left cell only. A formula stands beside the value that
the program calculated last (<f>1+1</f><v>2</v>); libraries that only write leave that value out, or write 0 and ask the program
to calculate everything. A formula that shows nothing has an empty text (t="str").
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from mathpal_lightning.data.readers.rich_text import FORMATTED

_BLOCK, _OVERLAP = 1 << 20, 1 << 15
"""Bytes read at a time, and kept from the block before: a formula has at most 8,192 characters."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b(?P<attributes>[^>]*)>\s*"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?P<value><(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*(?P<zero>0?)\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A cell whose formula has no value, an empty one, or 0."""
_ROW = re.compile(rb"<(?:\w+:)?row\b(?P<attributes>[^>]*[^>/])>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_PLACE = re.compile(rb'\br="([A-Z]*\d+)"')
_IS_TEXT = re.compile(rb'\bt="str"')
_CALCULATES = re.compile(rb'<(?:\w+:)?calcPr\b[^>]*\bfullCalcOnLoad="(?:1|true)"')


class Merge(NamedTuple):
    """A cell that spans several rows or columns. All numbers begin at 1."""

    first: int
    last: int
    column: int
    last_column: int


class SheetXml(NamedTuple):
    """What was found in the XML of a sheet."""

    merges: tuple[Merge, ...]
    uncalculated: frozenset[tuple[int, int]]
    """(row, column) of the formulas without a value."""
    hidden: frozenset[int]
    """Hidden rows."""
    is_formatted: bool
    """Whether cells hold texts with superscripts, subscripts or struck-out text."""


def read_sheet_xml(source: BinaryIO, *, is_unfinished: bool = False) -> SheetXml:
    """Scan the XML of a sheet, block by block.

    Args:
        source: the XML.
        is_unfinished: whether the workbook asks to be calculated: a 0 beside a formula is no value then.
    """
    merges, uncalculated, hidden, is_formatted = set[Merge](), set[tuple[int, int]](), set[int](), False
    for block in _overlapping(source):
        if b"mergeCell" in block:
            for found in _MERGED.findall(block):
                column, first, last_column, last = range_boundaries(found.decode())
                merges.add(Merge(first, last, column, last_column))
        if b"f>" in block or b"<f " in block:
            uncalculated.update(_uncalculated(block, is_unfinished))
        if b"hidden=" in block:
            hidden.update(_hidden(block))
        is_formatted = is_formatted or FORMATTED.search(block) is not None
    return SheetXml(tuple(sorted(merges)), frozenset(uncalculated), frozenset(hidden), is_formatted)


def calculates_on_load(archive: zipfile.ZipFile) -> bool:
    """Whether a workbook asks the program that opens it to calculate every formula."""
    name = "xl/workbook.xml"
    return name in archive.namelist() and _CALCULATES.search(archive.read(name)) is not None


def _uncalculated(block: bytes, is_unfinished: bool) -> Iterator[tuple[int, int]]:
    for found in _FORMULA.finditer(block):
        place = _PLACE.search(found["attributes"])
        shows_nothing = found["value"] and _IS_TEXT.search(found["attributes"])
        if place and not shows_nothing and (is_unfinished or not found["zero"]):
            yield coordinate_to_tuple(place[1].decode())


def _hidden(block: bytes) -> Iterator[int]:
    for row in _ROW.finditer(block):
        if _HIDDEN.search(row["attributes"]) and (place := _PLACE.search(row["attributes"])):
            yield int(place[1])


def _overlapping(source: BinaryIO) -> Iterator[bytes]:
    kept = b""
    while block := source.read(_BLOCK):
        yield kept + block
        kept = (kept + block)[-_OVERLAP:]

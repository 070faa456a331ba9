"""What openpyxl's stream of rows leaves out of a sheet: merged cells, and formulas that were never calculated.

Format: ECMA-376, part 1, 18.3. A merged cell has its value in its upper left cell only. A formula stands beside the value that
the program calculated last (<f>1+1</f><v>2</v>); libraries that only write leave that value out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

_BLOCK, _OVERLAP = 1 << 20, 1 << 15
"""Bytes read at a time, and kept from the block before: a formula has at most 8,192 characters."""
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_UNCALCULATED = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+\d+)"[^>]*>\s*'
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)


class Merge(NamedTuple):
    """A cell that spans several rows. All numbers begin at 1."""

    first: int
    last: int
    column: int


class SheetXml(NamedTuple):
    """What was found in the XML of a sheet."""

    merges: tuple[Merge, ...]
    """Those of several rows."""
    uncalculated: frozenset[tuple[int, int]]
    """(row, column) of the formulas without a value."""


def read_sheet_xml(source: BinaryIO) -> SheetXml:
    """Scan the XML of a sheet, block by block."""
    merges, uncalculated = set[Merge](), set[tuple[int, int]]()
    for block in _overlapping(source):
        if b"mergeCell" in block:
            for found in _MERGED.findall(block):
                column, first, _, last = range_boundaries(found.decode())
                if last > first:
                    merges.add(Merge(first, last, column))
        if b"f>" in block or b"<f " in block:
            uncalculated.update(coordinate_to_tuple(found.decode()) for found in _UNCALCULATED.findall(block))
    return SheetXml(tuple(sorted(merges)), frozenset(uncalculated))


def _overlapping(source: BinaryIO) -> Iterator[bytes]:
    kept = b""
    while block := source.read(_BLOCK):
        yield kept + block
        kept = (kept + block)[-_OVERLAP:]

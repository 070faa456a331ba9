"""Private parts of openpyxl: the XML of a sheet that is read as a stream, for what the stream leaves out, and its texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO, Protocol

from mathpal_lightning.compat.guard import require

LIBRARY = "openpyxl"


class Font(Protocol):
    """The font of a cell."""

    strike: bool | None


class Cell(Protocol):
    """A cell of such a sheet."""

    value: object
    number_format: str | None
    """How Excel shows a number; None for a cell that the file leaves out."""
    font: Font | None
    """None for a cell that the file leaves out."""


class Sheet(Protocol):
    """A sheet of a workbook that was opened with `read_only`; openpyxl has no public name for it."""

    title: str
    sheet_state: str
    """`visible`, `hidden` or `veryHidden`."""

    def reset_dimensions(self) -> None:
        """Forget the recorded size, which may be wrong."""

    def iter_rows(self, *, max_row: int | None = None, values_only: bool = False) -> Iterable[Sequence[Any]]:
        """The cells, or their values, row by row."""


def sheet_source(page: Sheet) -> BinaryIO:
    """Open the XML of a sheet."""
    source: BinaryIO = require(page, "_get_source", LIBRARY, "merged cells and formulas without a value")()
    return source


def shared_texts(page: Sheet) -> list[Any]:
    """The workbook's table of texts, from which the cells of the sheet are read; a text may be replaced."""
    texts: list[Any] = require(page, "_shared_strings", LIBRARY, "superscripts by formatting")
    return texts

"""A private part of openpyxl: the XML of a sheet that is read as a stream, for what the stream leaves out."""

from __future__ import annotations

from typing import BinaryIO

from mathpal_lightning.compat.guard import require

LIBRARY = "openpyxl"


def sheet_source(page: object) -> BinaryIO:
    """Open the XML of a sheet of a workbook that was opened with `read_only`."""
    source: BinaryIO = require(page, "_get_source", LIBRARY, "merged cells and formulas without a value")()
    return source

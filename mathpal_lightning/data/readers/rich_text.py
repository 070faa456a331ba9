"""Excel's formatting of parts of a text that changes what it says: superscripts, subscripts and text that is struck out.

    Tính 2, a superscript 3, a struck-out 4   ->   Tính 2^{3}

Format: ECMA-376, part 1, 18.4. A text is a list of runs, each with a font (<r><rPr><vertAlign .../></rPr><t>3</t></r>). It
stands in the workbook's table of texts, or in its cell (<is>), where openpyxl's stream of rows reads no fonts.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import groupby
from typing import BinaryIO
from xml.etree.ElementTree import Element

from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.xml.functions import iterparse

from mathpal_lightning.data.messages import Unreadable

FORMATTED = re.compile(rb"<(?:\w+:)?(?:vertAlign|strike)\b")
"""What stands in the XML of a table or a sheet that has such texts; most have none."""
STRUCK_OUT = Unreadable("struck-out text")
_TEXTS, _FONTS = "xl/sharedstrings.xml", "xl/styles.xml"
_BLOCK, _OVERLAP = 1 << 20, 64
_OFF = ("0", "false")
_SIGNS = {"superscript": "^", "subscript": "_"}


def formatted_texts(archive: zipfile.ZipFile) -> dict[int, str | Unreadable]:
    """The texts of a workbook's table that have such formatting, by their number there."""
    found: dict[int, str | Unreadable] = {}
    if (name := _formatted_part(archive, _TEXTS)) is None:
        return found
    with archive.open(name) as source:
        items = (item for _, item in iterparse(source) if _name(item) == "si")
        for number, item in enumerate(items):
            if any(map(_formatting, item)):
                found[number] = text_of_runs(item)
            item.clear()
    return found


def has_struck_cells(archive: zipfile.ZipFile) -> bool:
    """Whether one of a workbook's fonts is struck out."""
    return _formatted_part(archive, _FONTS) is not None


def formatted_cells(source: BinaryIO) -> Iterator[tuple[tuple[int, int], str | Unreadable]]:
    """((row, column), text) of the cells of a sheet that hold such a text themselves."""
    for _, cell in iterparse(source):
        if _name(cell) == "c":
            place = cell.get("r")
            for item in cell:
                if place and _name(item) == "is" and any(map(_formatting, item)):
                    yield coordinate_to_tuple(place), text_of_runs(item)
            cell.clear()


def text_of_runs(item: Element) -> str | Unreadable:
    """A text with `^{3}` for a superscript, `_{1}` for a subscript, and without what is struck out."""
    runs = [(_formatting(part), _plain(part)) for part in item if _name(part) in ("r", "t")]
    parts = [(how, "".join(text for _, text in same)) for how, same in groupby(runs, key=lambda run: run[0])]
    text = "".join(_written(how, part) for how, part in parts)
    return text if text.strip() or not any(how == "strike" for how, _ in parts) else STRUCK_OUT


def _written(how: str, text: str) -> str:
    if how == "strike":
        return ""
    inside = text.strip()
    return text.replace(inside, f"{_SIGNS[how]}{{{inside}}}") if how and inside else text


def _formatting(run: Element) -> str:
    """`superscript`, `subscript`, `strike`, or nothing."""
    fonts = {_name(font): font.get("val", "") for part in run if _name(part) == "rPr" for font in part}
    if fonts.get("strike", "0") not in _OFF:
        return "strike"
    return fonts["vertAlign"] if fonts.get("vertAlign") in _SIGNS else ""


def _plain(part: Element) -> str:
    texts = [part] if _name(part) == "t" else [text for text in part if _name(text) == "t"]
    return "".join(text.text or "" for text in texts).replace("x005F_", "")  # as openpyxl reads it


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _formatted_part(archive: zipfile.ZipFile, part: str) -> str | None:
    """The name of a part of a workbook, if it is there and holds such formatting."""
    name = next((name for name in archive.namelist() if name.lower().lstrip("/") == part), None)
    if name is None:
        return None
    with archive.open(name) as source:
        kept = b""
        while block := source.read(_BLOCK):
            if FORMATTED.search(kept + block):
                return name
            kept = block[-_OVERLAP:]
    return None

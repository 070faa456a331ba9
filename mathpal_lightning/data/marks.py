"""Columns that say of a row whether it is used: whether its solution is right, and whether it comes with a picture."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from mathpal_lightning.data.messages import number_of, text_of
from mathpal_lightning.data.names import folded
from mathpal_lightning.data.report import Refusal
from mathpal_lightning.schema import Row

_MARK = "is correct"
"""The folded name of the column in which sets of sampled solutions mark the right ones."""
_SAYS_RIGHT = {"true", "t", "1", "yes", "y", "right", "correct", "dung", "d", "co", *"✓✔✅☑"}
_NO_MARK = {"", "nan", "none", "null", "na"}
_SAYS_WRONG = {"false", "f", "0", "no", "n", "wrong", "incorrect", "sai", "s", "khong", *"✗✘❌×✖✕"}
_PICTURES = {"image", "images", "img", "picture", "pictures", "hinh anh", "hinh ve"}
"""Folded names of columns that hold a picture, a list of pictures, or where they are."""
_NO_PICTURE = {"", "0", "nan", "none", "null", "na", "n a", "no", "false", "khong", "khong co"}


@lru_cache(maxsize=1000)
def _mark_column(names: tuple[str, ...]) -> str | None:
    return next((name for name in names if isinstance(name, str) and folded(name) == _MARK), None)


def holds_picture(fields: Mapping[str, object]) -> bool:
    """Whether a column for pictures holds one, or says where it is."""
    return any(_is_picture(fields[name]) for name in _picture_columns(tuple(fields)))


def _is_picture(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(one is not None for one in value.values())
    if isinstance(value, list):
        return any(map(_is_picture, value))
    return folded(value) not in _NO_PICTURE if isinstance(value, str) else bool(value) and value == value  # not NaN


@lru_cache(maxsize=1000)
def _picture_columns(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if isinstance(name, str) and folded(name) in _PICTURES)


def unless_marked(row: Row | Refusal, fields: Mapping[str, object]) -> Row | Refusal:
    """The row, if its mark says that its solution is right, or nothing at all."""
    if (column := _mark_column(tuple(fields))) is None:
        return row
    mark = fields[column]
    number = number_of(mark) if not isinstance(mark, bool) else float(mark)
    written = (text_of(mark) or str(mark)).strip().removesuffix("\ufe0f")
    said = (folded(written) or written) if number is None else f"{number:g}"
    if said in _SAYS_RIGHT or mark is None or said in _NO_MARK:
        return row
    if said in _SAYS_WRONG:
        return Refusal("marked_wrong", row.place, f"{column}: {mark}")
    return Refusal("unreadable", row.place, f"{column}: {mark!r}, which says neither right nor wrong")

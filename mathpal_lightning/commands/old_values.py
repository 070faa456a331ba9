"""Values of other configs -> ours. A text in the place of a number is read as one; what cannot be meant raises ValueError."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import PurePosixPath

LAYERS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
"""What `all-linear` means in a Gemma."""
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False, "": False}


def real(value: object) -> float:
    """A finite number.

    Raises:
        ValueError: the value is none.

    >>> real("2e-4")
    0.0002
    """
    number = math.nan if isinstance(value, bool) else float(str(value))
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no number")
    return number


def whole(value: object) -> int:
    """A whole number.

    Raises:
        ValueError: the value is none.

    >>> whole("16.0")
    16
    """
    number = real(value)
    if number != int(number):
        raise ValueError(f"{value!r} is no whole number")
    return int(number)


def count(value: object) -> int | None:
    """A whole number of at least 1; None for 0 and -1, by which other trainers mean that it is not set."""
    number = whole(value)
    return number if number > 0 else None


def epochs(value: object) -> int | None:
    """Whole epochs, rounded up: other trainers also take parts of one.

    >>> epochs(2.5)
    3
    """
    number = real(value)
    return math.ceil(number) if number > 0 else None


def switch(value: object) -> bool:
    """Whether something is on; `"false"` in quotes is off.

    Raises:
        ValueError: the text means neither.

    >>> switch("False")
    False
    """
    if isinstance(value, str):
        if value.strip().lower() not in _WORDS:
            raise ValueError(f"{value!r} is neither true nor false")
        return _WORDS[value.strip().lower()]
    return bool(value)


def layers(value: object) -> list[str] | None:
    """Names of layers, as a list or a text with commas; `all` and `all-linear` are all seven of a Gemma.

    >>> layers("q_proj, v_proj")
    ['q_proj', 'v_proj']
    """
    names = value.split(",") if isinstance(value, str) else list(value) if isinstance(value, Sequence) else []
    plain = [str(name).strip() for name in names if str(name).strip()]
    return list(LAYERS) if plain and plain[0].startswith("all") else plain or None


def path(value: object) -> str:
    """A path; a saved `pathlib` object is read as its parts.

    >>> path(["outputs", "lop5"])
    'outputs/lop5'
    """
    return str(PurePosixPath(*map(str, value))) if isinstance(value, list | tuple) else str(value)

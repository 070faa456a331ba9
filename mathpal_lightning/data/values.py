"""Values of other libraries -> Python's own, so that a row means the same wherever it stood: in a list, a frame or a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

_PLAIN_ALREADY = frozenset({str, bytes, bool, int, type(None)})
_EMPTY_CELLS = frozenset({"NAType", "NaTType"})
"""The types of pandas.NA and pandas.NaT."""


def plain(value: Any) -> Any:
    """A value of a row without the types of NumPy, pandas, pyarrow and torch.

    Arrays, series, tensors and tuples become lists, numbers of NumPy those of Python, scalars of pyarrow what they hold; what
    pandas writes for an empty cell (NaN, NaT, NA) becomes None. Lists and dictionaries are converted inside. Any other value
    stays as it is.

    >>> plain({"messages": np.array([{"role": "user"}], dtype=object), "answer": np.float32(0.1), "topic": float("nan")})
    {'messages': [{'role': 'user'}], 'answer': 0.1, 'topic': None}
    """
    if type(value) in _PLAIN_ALREADY:
        return value
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if hasattr(value, "as_py"):
        return plain(value.as_py())
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        return _of_numpy(value)
    is_empty = type(value).__name__ in _EMPTY_CELLS or (isinstance(value, float) and value != value)
    return None if is_empty else value


def by_its_digits(value: float | None, dtype: str) -> float | None:
    """A number that was stored as a short float, by its shortest digits: 0.1 and not 0.10000000149.

    >>> by_its_digits(0.10000000149011612, "float32"), by_its_digits(None, "float32")
    (0.1, None)

    Args:
        value: the number as a Python float.
        dtype: "float16" or "float32"; a number of any other type stays as it is.
    """
    return float(str(np.dtype(dtype).type(value))) if value is not None and dtype in ("float16", "float32") else value


def _of_numpy(value: Any) -> Any:
    if getattr(value, "ndim", 0):
        return [plain(one) for one in value]
    held = value.tolist()
    return plain(by_its_digits(held, str(value.dtype))) if isinstance(held, float) else held if held is value else plain(held)

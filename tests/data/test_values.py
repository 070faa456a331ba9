"""A value means the same from a list, from NumPy, pandas, pyarrow and torch."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import torch

from mathpal_lightning.data.messages import text_of
from mathpal_lightning.data.values import by_its_digits, plain

CHAT = [{"role": "user", "content": "1 + 1 = ?"}, {"role": "assistant", "content": "2"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("chữ", "chữ"),
        (np.str_("chữ"), "chữ"),
        (np.int64(5), 5),
        (np.array(5), 5),
        (np.float64(2.5), 2.5),
        (np.float32(0.1), 0.1),
        (np.float16(0.1), 0.1),
        (np.bool_(True), True),
        (np.array(CHAT, dtype=object), CHAT),
        (np.array([0.1, np.nan], dtype=np.float32), [0.1, None]),
        ({"parts": np.array(["a", "b"]), "answer": np.int8(3)}, {"parts": ["a", "b"], "answer": 3}),
        (pd.Series(["a", None], dtype=object), ["a", None]),
        (pd.NA, None),
        (pd.NaT, None),
        (np.datetime64("NaT"), None),
        (float("nan"), None),
        (np.datetime64("2024-01-02"), datetime.date(2024, 1, 2)),
        (pa.scalar(5), 5),
        (pa.scalar(CHAT), CHAT),
        (torch.tensor([1, 2]), [1, 2]),
        ((1, (2, "b")), [1, [2, "b"]]),
        (Decimal("2.50"), Decimal("2.50")),
        (float("inf"), float("inf")),
    ],
)
def test_a_value_becomes_one_of_pythons_own(value, expected):
    made = plain(value)
    assert made == expected
    assert type(made) is type(expected)


def test_short_floats_keep_the_digits_that_were_written():
    for dtype in ("float16", "float32"):
        assert by_its_digits(float(np.dtype(dtype).type(0.1)), dtype) == 0.1
    assert by_its_digits(0.1 + 0.2, "float64") == 0.1 + 0.2
    assert by_its_digits(None, "float32") is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("2.50", "2,5"),
        ("-3.00", "-3"),
        ("1200", "1200"),
        ("1E+3", "1000"),
        ("0.000", "0"),
        ("0.12345678901234567890123456789012345678", "0,12345678901234567890123456789012345678"),
        ("NaN", None),
        ("Infinity", None),
        ("1E+5000", None),
        ("1E-5000", None),
    ],
)
def test_a_decimal_is_written_with_a_comma_and_all_its_digits(number: str, text: str | None):
    assert text_of(Decimal(number)) == text

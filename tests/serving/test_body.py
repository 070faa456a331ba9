"""What is no JSON object, or could be read in two ways, is refused with the reason."""

import pytest

from mathpal_lightning.errors import DataError
from mathpal_lightning.serving.body import parse_object


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "Expecting value"),
        (b"[1]", "list"),
        (b"nul", "Expecting value"),
        (b'{"a": 1} x', "Extra data"),
        (b'{"a": 1, "a": 1}', "the name 'a' twice"),
        (b'{"a": {"b": 1, "b": 2}}', "the name 'b' twice"),
        (b'{"a": NaN}', "NaN, which is no JSON number"),
        (b'{"a": -Infinity}', "-Infinity, which is no JSON number"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "digits"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": "\xff"}', "can't decode byte 0xff"),
        ('{"a": 1}'.encode("utf-16"), "can't decode byte 0xff"),
        (b'\xef\xbb\xbf{"a": 1}', "BOM"),
        (b'{"a": "\x00"}', "control character"),
        (rb'{"prompt": "\ud800"}', "a surrogate without its pair"),
        (rb'{"stop": ["a", "\udfff"]}', "a surrogate without its pair"),
        (rb'{"\ud83d": 1}', "a surrogate without its pair"),
    ],
)
def test_it_is_refused(body: bytes, found: str):
    with pytest.raises(DataError, match=f"Expected a JSON object, but found .*{found}"):
        parse_object(body)


def test_an_object_is_read():
    assert parse_object('{"a": [1.5, "số", null, {"b": true}]}'.encode()) == {"a": [1.5, "số", None, {"b": True}]}
    assert parse_object(rb'{"a": "\ud83d\ude00"}') == {"a": "😀"}, "both halves of one character"
    assert parse_object(b'{"a": 1e400}') == {"a": float("inf")}, "bounds are the next check's business"

"""A list read in chunks gives what json gives, with the right lines, and holds little of it at a time."""

import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mathpal_lightning.data import json_list
from mathpal_lightning.data.json_list import JsonListError, begins_with_list, json_elements

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=9)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
)


def _elements(content: bytes) -> list:
    return list(json_elements(io.BytesIO(content)))


@given(st.lists(VALUES, max_size=8), st.sampled_from([None, 1]), st.booleans(), st.integers(1, 9), st.booleans())
def test_every_size_of_chunk_gives_what_json_gives(values, indent, plain, chunk, mark):
    content = json.dumps(values, indent=indent, ensure_ascii=plain).encode("utf-8-sig" if mark else "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_list, "CHUNK", chunk)
        assert begins_with_list(io.BytesIO(content))
        found = _elements(content)
    assert [value for _, value in found] == values
    lines = content.decode("utf-8-sig").split("\n")
    for line, value in found:
        begun = json.dumps(value, indent=indent, ensure_ascii=plain).split("\n")[0]
        assert begun in lines[line - 1]


@pytest.mark.parametrize("chunk", [1, 3, 50, 1 << 16])
@pytest.mark.parametrize(
    ("content", "whole_elements", "found"),
    [
        (b'[{"a": 1},\n\n {"a": 2', 1, "Expecting ',' delimiter in line 3"),
        (b'[{"a": 1},\n {"a": "open', 1, "Unterminated string starting at in line 2"),
        (b'[{"a": 1},\n {"a": tru}]', 1, "Expecting value in line 2"),
        (b'[{"a": 1}\n\n{"a": 2}]', 1, "Expected a comma or the list's end in line 3"),
        (b'[{"a": 1},\n', 1, "Expecting value in line 2"),
        (b'[{"a": 1},\n {"b": "\xff"}]', 1, "utf-8: invalid start byte 0xff in line 2"),
        (b'[{"a": 1}, {"b": "\n"}' + b" " * 99 + b"]", 1, "Invalid control character at in line 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_after_the_elements_before_it(monkeypatch, content, whole_elements, found, chunk):
    monkeypatch.setattr(json_list, "CHUNK", chunk)
    elements = json_elements(io.BytesIO(content))
    read = []
    with pytest.raises(JsonListError, match="^" + found + "$"):
        read.extend(elements)
    assert chunk > 3 or len(read) == whole_elements


def test_a_list_nested_without_end_is_an_error_too():
    with pytest.raises(JsonListError, match="Nested too deeply in line 1"):
        _elements(b"[" * 100_000)


@pytest.mark.parametrize(("content", "is_list"), [(b" \n[1]", True), (b'\n{"a": 1}\n{"a": 2}', False)])
def test_a_list_is_told_from_lines(content, is_list):
    assert begins_with_list(io.BytesIO(content)) is is_list


@pytest.mark.parametrize("content", [b'"text"', b"", b"12"])
def test_neither_a_list_nor_lines(content):
    with pytest.raises(JsonListError, match="a list of objects in line 1"):
        begins_with_list(io.BytesIO(content))


def test_memory_is_flat_as_the_list_grows(tmp_path):
    row = json.dumps({"question": "Tính 2,5 + 1 = ?" * 10, "solution": "3,5" * 30}, ensure_ascii=False) + ",\n"
    peaks = []
    for number in (2_000, 40_000):
        path = tmp_path / f"{number}.json"
        path.write_text("[" + row * number + "{}]", encoding="utf-8")
        tracemalloc.start()
        with path.open("rb") as content:
            assert sum(1 for _ in json_elements(content)) == number + 1
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert path.stat().st_size > 10_000_000
    assert peaks[1] < 2 * peaks[0]
    assert peaks[1] < 1_000_000

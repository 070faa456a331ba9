"""Command lines -> the words that the parser takes."""

import pytest

from mathpal_lightning.cli.flags import required_as_positional


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--out", "rows.jsonl", "--count", "5"], ["rows.jsonl", "--count", "5"]),
        (["--count=5", "--out=rows.jsonl"], ["rows.jsonl", "--count=5"]),
        (["rows.jsonl", "--count", "5"], ["rows.jsonl", "--count", "5"]),
        (["--json", "--out", "rows.jsonl"], ["rows.jsonl", "--json"]),
        (["--count", "5"], ["--count", "5"]),
    ],
)
def test_a_required_argument_may_be_written_with_its_flag(words: list[str], expected: list[str]):
    assert required_as_positional(words, ["out"], {"--json"}) == expected


def test_several_required_arguments_keep_their_order():
    assert required_as_positional(["--second", "b", "a"], ["first", "second"]) == ["a", "b"]

"""A tenth of the malformed files and configs of `python -m tests.fuzz`, any text at all, and what was found before."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mathpal_lightning.errors import DataError
from mathpal_lightning.text import normalize_text, parse_number
from tests.fuzz.cases import CONFIGS, DamagedCaches, config_parser, config_text, data_file, handle_text, read_file

WORDS = [*"0123456789,.:/%-+=()$ \n", "Đáp số", " m²", "\\frac{", "}", "^2", " giờ ", "A. ", "x = ", "\xa0", "½"]
MATHS = st.lists(st.sampled_from(WORDS), max_size=40).map("".join)


@pytest.fixture(scope="module")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], str]:
    return config_parser(tmp_path_factory.mktemp("config"))


def test_a_thousand_malformed_data_files_give_rows_refusals_or_our_errors(tmp_path: Path):
    outcomes = [read_file(data_file(tmp_path, number)) for number in range(1000)]
    assert min(outcomes.count(outcome) for outcome in ("rows", "refused", "error")) > 10


def test_fifty_damages_to_a_cache_give_the_same_rows_again(tmp_path: Path):
    caches = DamagedCaches(tmp_path)
    outcomes = [caches.outcome(number) for number in range(50)]
    assert outcomes.count("made again") > 40


def test_two_hundred_malformed_configs_are_accepted_or_refused(parse: Callable[[bytes], str]):
    outcomes = [parse(config_text(number)) for number in range(200)]
    assert min(outcomes.count("accepted"), outcomes.count("error")) > 10


@settings(deadline=None, max_examples=300)
@given(st.text() | MATHS, st.text(max_size=50) | MATHS)
def test_any_text_can_be_handled(text: str, question: str):
    handle_text(text, question)


@settings(deadline=None)
@given(st.text() | MATHS)
def test_a_number_is_read_or_not(text: str):
    number = parse_number(text)
    assert number is None or parse_number(normalize_text(text)) in (None, number)


@pytest.mark.parametrize("header", ['"a\nquestion,solution', '"question"x,solution\n1,2\n'])
def test_a_csv_with_a_broken_header_is_refused(header: str, tmp_path: Path):
    (tmp_path / "rows.csv").write_text(header, encoding="utf-8")
    assert read_file(tmp_path / "rows.csv") == "error"


@pytest.mark.parametrize("compression", ["snappy", "none"])
def test_a_parquet_file_with_any_damaged_byte_is_read_or_refused(compression: str, tmp_path: Path):
    file = tmp_path / "rows.parquet"
    table = pa.table({"question": ["Tính 1 + 1 = ầ?"], "solution": ["Đáp số: 2"]})
    pa.parquet.write_table(table, file, compression=compression)
    whole, outcomes = file.read_bytes(), set()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + b"\xce" + whole[place + 1 :])
        outcomes.add(read_file(file))
    assert {"rows", "error"} <= outcomes


@pytest.mark.parametrize(
    "text",
    [
        b"model: true\n",
        b"trainer: null\n",
        b"model:\n  preference: null\n",
        b"data:\n  columns: 3.5\n",
        b"data:\n  batch_size: null\n",
        b"data:\n  generator: 0\n",
        b'data:\n  generator: "\\0"\n',
        b"checkpoint: '" + b"9" * 200 + b"'\n",
        b"model:\n  lora_r: null\n",
        b"model:\n  learning_rate: 1" + b"0" * 400 + b"\n",
        b"name: \xff\n",
        b"- a list\n",
        b"",
    ],
)
def test_a_config_of_no_sense_is_refused(text: bytes, parse: Callable[[bytes], str]):
    assert parse(text) == "error"


def test_the_configs_themselves_are_accepted(parse: Callable[[bytes], str]):
    assert [parse(config.read_bytes()) for config in CONFIGS] == ["accepted"] * len(CONFIGS)
    assert all(isinstance(yaml.safe_load(config.read_text(encoding="utf-8")), dict) for config in CONFIGS)


def test_the_readers_name_the_file(tmp_path: Path):
    from mathpal_lightning.data.sources import Generator, open_source

    (tmp_path / "rows.json").write_text(json.dumps([{"question": "1"}])[:-3], encoding="utf-8")
    with pytest.raises(DataError, match="rows.json"):
        list(open_source(str(tmp_path / "rows.json"), "train", Generator()).records())  # type: ignore[union-attr]

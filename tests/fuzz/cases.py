"""Malformed files and configs from a seed, and what may come of them: rows, refusals, values, or one of our errors."""

import contextlib
import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import yaml

from mathpal_lightning.chat import GEMMA_3, conversation_pieces
from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.data.report import Refusal
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.data.sources import Generator, open_source
from mathpal_lightning.errors import ConfigError, MathPalError
from mathpal_lightning.evaluation import extract_answer, is_equivalent
from mathpal_lightning.schema import Row, Turn
from mathpal_lightning.text import normalize_text, parse_number

_WHOLE = ("dpo", "quickstart", "sft")
"""The configs that a number harms: named, so that a new file in the folder does not give the numbers other texts."""
CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
SUFFIXES = ("json", "jsonl", "csv", "parquet")
PIECES = [
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b'"',
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\r",
    b"\\",
    b"\\u",
    b"\\ud800",
]
PIECES += [
    b"null",
    b"NaN",
    b"-1e999",
    b"true",
    b"9" * 400,
    b"[" * 3000,
    b'{"a":' * 1500,
    b"&#x110000;",
    b"&nbsp;",
    b"<end_of_turn>",
]
PIECES += [
    b"!!python/object/apply:os.system",
    b"&a [*a]",
    b"*b",
    b"- ",
    b"? ",
    b"|",
    b"%",
    b"\t",
    "Đáp số: ".encode(),
    b"$",
    b"\\frac{",
]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    float("nan"),
    10**400,
    "",
    " ",
    "\0",
    "a" * 10_000,
    [],
    {},
    [[]],
    {"a": 1},
    "../..",
    "null",
]
VALUES += [
    "1e5",
    "0x10",
    "yes",
    "2026-01-01",
    "{}",
    "[1,",
    "!!python/name:os.system",
    "ầ" * 50,
    [None] * 5,
    {"class_path": "os.system"},
]


@cache
def good_rows() -> tuple[dict[str, str], ...]:
    problems = generate_problems(12, seed=3)
    return tuple({"question": one.question, "solution": one.solution, "topic": one.topic} for one in problems)


def mutated(content: bytes, drawn: random.Random) -> bytes:
    """A few random harms: bits, pieces put in, parts left out, doubled or exchanged, the end cut off."""
    harmed = bytearray(content)
    for _ in range(drawn.choice([1, 1, 2, 4, 8])):
        place = drawn.randrange(len(harmed) + 1)
        end = min(len(harmed), place + drawn.choice([1, 2, 8, 50]))
        kind = drawn.randrange(6)
        if kind == 0 and place < len(harmed):
            harmed[place] ^= 1 << drawn.randrange(8)
        elif kind == 1:
            harmed[place:place] = drawn.choice(PIECES)
        elif kind == 2:
            del harmed[place:end]
        elif kind == 3:
            harmed[place:place] = harmed[place:end]
        elif kind == 4:
            harmed[place:end] = drawn.choice(PIECES)
        elif drawn.random() < 0.3:
            del harmed[place:]
    return bytes(harmed)


def data_file(folder: Path, number: int) -> Path:
    """The malformed data file of this number."""
    drawn = random.Random(f"file {number}")
    suffix = SUFFIXES[number % len(SUFFIXES)]
    path = folder / f"rows.{suffix}"
    rows: list[dict[str, Any]] = [dict(row) for row in drawn.sample(good_rows(), 4)]
    for row in rows:
        if drawn.random() < 0.3:
            row[drawn.choice(["question", "solution", "topic", "messages"])] = drawn.choice(VALUES)
    if suffix == "parquet":
        texts = [{name: json.dumps(value, default=str)[:9000] for name, value in row.items()} for row in rows]
        pa.parquet.write_table(pa.Table.from_pylist(texts), path)
        path.write_bytes(mutated(path.read_bytes(), drawn))
    else:
        lines = [json.dumps(row, ensure_ascii=drawn.random() < 0.5, default=str) for row in rows]
        text = {"json": f"[{','.join(lines)}]", "jsonl": "\n".join(lines)}.get(suffix) or _csv(rows)
        path.write_bytes(mutated(text.encode("utf-8", "surrogatepass"), drawn))
    return path


def _csv(rows: list[dict[str, Any]]) -> str:
    quoted = [",".join('"' + str(row.get(name)).replace('"', '""') + '"' for name in ("question", "solution")) for row in rows]
    return "question,solution\n" + "\n".join(quoted)


def read_file(path: Path) -> str:
    """What became of a data file: "rows", "refused" or "error"; anything but our own errors comes through."""
    try:
        source = open_source(str(path), "train", Generator(count=1))
        assert source is not None
        found = list(read_rows(source.records(), Columns(), control_tokens=["<end_of_turn>", "<bos>"]))
    except MathPalError:
        return "error"
    for row in found:
        if isinstance(row, Row):
            handle_text(row.solution, row.question)
    return "refused" if all(isinstance(row, Refusal) for row in found) else "rows"


def handle_text(text: str, question: str = "") -> None:
    """Everything that happens to a text of unknown origin; nothing may be raised, and what is promised must hold."""
    normal = normalize_text(text)
    assert normalize_text(normal) == normal
    parse_number(text[:200])
    answer = extract_answer(text, question or None)
    if answer is not None:
        assert is_equivalent(answer, answer) in (True, False)
        is_equivalent(text[:300], answer)
    pieces = conversation_pieces(GEMMA_3, [Turn("user", question or "?"), Turn("assistant", normal)])
    assert pieces[-1] == (f"{normal.strip()}<end_of_turn>", True)


def config_text(number: int) -> bytes:
    """The malformed config of this number: half of them harmed as text, half with wrong values in the right places."""
    drawn = random.Random(f"config {number}")
    text = drawn.choice([config for config in CONFIGS if config.stem in _WHOLE]).read_bytes()
    if number % 2:
        return mutated(text, drawn)
    config = yaml.safe_load(text)
    for _ in range(drawn.choice([1, 2, 3])):
        section = drawn.choice([config, *(value for value in config.values() if isinstance(value, dict))])
        section[drawn.choice([*section, "unknown"])] = drawn.choice(VALUES)
    return yaml.safe_dump(config, allow_unicode=True).encode("utf-8", "surrogatepass")


def config_parser(folder: Path) -> Callable[[bytes], str]:
    """A function that parses the text of a config and makes our classes of it: "accepted" or "error"."""
    from mathpal_lightning.cli.lightning_cli import MathPalCLI, parse

    class OnlyParser(MathPalCLI):
        """Builds the parser once, and stops there."""

        def parse_arguments(self, parser: Any, args: Any) -> None:
            raise StopIteration

    cli = OnlyParser.__new__(OnlyParser)
    with contextlib.suppress(StopIteration):
        cli.__init__(["fit"])  # type: ignore[misc]
    file = folder / "config.yaml"

    def outcome(text: bytes) -> str:
        file.write_bytes(text)
        try:
            config = parse(cli.parser, ["fit", "--config", str(file)])
            made = cli.parser.instantiate_classes({"fit": {key: config.fit[key] for key in ("model", "data")}})
        except ConfigError:
            return "error"
        assert made
        return "accepted"

    return outcome

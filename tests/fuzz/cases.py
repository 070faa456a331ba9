"""Malformed files and configs from a seed, and what may come of them: rows, refusals, values, or one of our errors."""

import contextlib
import datetime
import gzip
import json
import random
import shutil
import zipfile
from collections.abc import Callable
from decimal import Decimal
from functools import cache as remembered
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet
import yaml
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from mathpal_lightning import sealed
from mathpal_lightning.chat import GEMMA_3, conversation_pieces
from mathpal_lightning.curriculum import generate_problems
from mathpal_lightning.data import cache
from mathpal_lightning.data.encoded import EncodedRows
from mathpal_lightning.data.rows import Columns, read_rows
from mathpal_lightning.data.sources import Generator, open_source
from mathpal_lightning.errors import ConfigError, MathPalError
from mathpal_lightning.evaluation import extract_answer, is_equivalent
from mathpal_lightning.schema import Row, Turn
from mathpal_lightning.text import normalize_text, parse_number
from tests.tiny import tiny_tokenizer

_WHOLE = ("dpo", "quickstart", "sft")
"""The configs that a number harms: named, so that a new file in the folder does not give the numbers other texts."""
CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
SUFFIXES = ("json", "jsonl", "csv", "parquet", "xlsx", "tsv", "txt", "ndjson", "jsonl.gz", "jsonl.zst", "zip")
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
VALUES += [-float("inf"), 10**999, "9" * 400, "\ud800", "a\ufffdb", "2,5", {"role": "user", "content": None}]
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


@remembered
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
            row[drawn.choice(["question", "solution", "topic", "messages", "difficulty", "input"])] = drawn.choice(VALUES)
    if suffix == "parquet":
        pa.parquet.write_table(_odd_table(rows, drawn), path)
        path.write_bytes(mutated(path.read_bytes(), drawn) if drawn.random() < 0.7 else path.read_bytes())
    elif suffix == "xlsx":
        _write_workbook(path, rows, drawn)
        path.write_bytes(mutated(path.read_bytes(), drawn) if drawn.random() < 0.5 else path.read_bytes())
    elif suffix.endswith(("gz", "zst", "zip")):
        content = mutated("\n".join(map(_as_json, rows)).encode("utf-8", "surrogatepass"), drawn)
        _write_compressed(path, content)
        path.write_bytes(mutated(path.read_bytes(), drawn) if drawn.random() < 0.5 else path.read_bytes())
    elif suffix in ("csv", "tsv", "txt"):
        encoding = drawn.choice(["utf-8"] * 4 + ["utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1258", "cp1252"])
        text = _csv(rows, drawn.choice(",,,;\t|"))
        path.write_bytes(mutated(text.encode(encoding, "surrogatepass" if "utf" in encoding else "replace"), drawn))
    else:
        text = _json_document(rows, drawn) if suffix == "json" else "\n".join(map(_as_json, rows))
        path.write_bytes(mutated(text.encode("utf-8", "surrogatepass"), drawn))
    return path


def _as_json(row: dict[str, Any]) -> str:
    return json.dumps(row, default=str)


def _json_document(rows: list[dict[str, Any]], drawn: random.Random) -> str:
    """The rows in one of the shapes of JSON that are read."""
    listed = [json.loads(_as_json(row)) for row in rows]
    columns = {name: [row.get(name) for row in listed] for name in ("question", "solution")}
    by_key = {name: dict(enumerate(cells)) for name, cells in columns.items()}
    shapes: list[Any] = [listed, listed, {"data": listed}, columns, by_key, {"train": listed, "test": listed}, listed[0]]
    shapes.append({"columns": list(columns), "data": [list(cells) for cells in zip(*columns.values(), strict=True)]})
    shape, indent = drawn.choice(shapes), drawn.choice([None, None, 1])
    return json.dumps(shape, indent=indent, ensure_ascii=drawn.random() < 0.5)


def _csv(rows: list[dict[str, Any]], separator: str = ",") -> str:
    names = ("question", "solution", "topic", "difficulty")
    quoted = [separator.join('"' + str(row.get(name)).replace('"', '""') + '"' for name in names) for row in rows]
    return separator.join(names) + "\n" + "\n".join(quoted)


ODD_COLUMNS: list[Callable[[], pa.Array]] = [
    lambda: pa.array([10**7, None, 0, -(10**6)], pa.date32()),
    lambda: pa.array([2**62, 0, 1, None], pa.timestamp("ms")),
    lambda: pa.array([2**62, 0, 1, None], pa.duration("s")),
    lambda: pa.array([2**64 - 1, 0, 1, None], pa.uint64()),
    lambda: pa.array([b"\xff\xfe", b"a", b"", None]),
    lambda: pa.array([float("nan"), float("inf"), -0.0, None]),
    lambda: pa.array([Decimal("9" * 38), Decimal(0), Decimal(1), None], pa.decimal128(38)),
    lambda: pa.array([[1], [], None, [2, 3]]),
    lambda: pa.array([{"a": 1}, {"a": None}, None, {"a": 2}]),
    lambda: pa.array([[("a", 1)], [], None, [("b", 2)]], pa.map_(pa.string(), pa.int64())),
    lambda: pa.array(["a", "b", "a", None]).dictionary_encode(),
    lambda: pa.array(["a", "b", "a", None], pa.large_string()),
    lambda: pa.nulls(4),
    lambda: pa.array([True, False, None, True]),
]


def _odd_table(rows: list[dict[str, Any]], drawn: random.Random) -> pa.Table:
    """A table of the rows, with a column or two of types that are no text."""
    names = sorted({name for row in rows for name in row})
    columns = {name: pa.array([_as_json(row.get(name))[:9000] for row in rows]) for name in names}
    for _ in range(drawn.choice([0, 1, 2])):
        columns[drawn.choice(["question", "solution", "topic", "difficulty", "messages", "other"])] = drawn.choice(
            ODD_COLUMNS
        )()
    return pa.table(columns)


def _write_workbook(path: Path, rows: list[dict[str, Any]], drawn: random.Random) -> None:
    book = openpyxl.Workbook()
    page = book.active
    names = drawn.sample(["question", "solution", "topic", "difficulty"], 4)
    page.append(names)
    for row in rows:
        cells = [row.get(name) for name in names]
        known = [cell if cell is None or isinstance(cell, float | bool) else _cell(cell) for cell in cells]
        page.append([datetime.datetime(2026, 2, 1) if drawn.random() < 0.05 else cell for cell in known])
    book.save(path)


def _cell(value: Any) -> str:
    """What a workbook can hold of a value."""
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))[:9000].encode("utf-8", "replace").decode()


def _write_compressed(path: Path, content: bytes) -> None:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("rows.jsonl", content)
    else:
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else pa.compress(content, codec="zstd", asbytes=True))


def read_file(path: Path) -> str:
    """What became of a data file: "rows", "refused" or "error"; anything but our own errors comes through."""
    try:
        source = open_source(str(path), "train", Generator(count=1))
        assert source is not None
        found = list(read_rows(source.records(), Columns(), control_tokens=["<end_of_turn>", "<bos>"]))
    except MathPalError:
        return "error"
    rows = [row for row in found if isinstance(row, Row)]
    cache._record_batch(rows)  # whatever is accepted can be kept
    for row in rows:
        handle_text(row.solution, row.question)
    return "rows" if rows else "refused"


class DamagedCaches:
    """A cache of encoded rows that is harmed in one way a number, and must give the same rows again."""

    def __init__(self, folder: Path):
        self.folder, self.tokenizer = folder, tiny_tokenizer(folder / "tokenizer", "gemma3")
        (folder / "rows.jsonl").write_text("\n".join(map(_as_json, good_rows())), encoding="utf-8")
        self.whole = self._prepare()
        self.rows, self.ids = list(self.whole.rows()), [list(one.input_ids) for one in self.whole]
        self.files = {path.name: path.read_bytes() for path in sorted(self.whole.folder.iterdir())}

    def _prepare(self) -> EncodedRows:
        source = open_source(str(self.folder / "rows.jsonl"), "train", Generator())
        assert source is not None
        settings: dict[str, Any] = {"columns": Columns(), "supervise": "solution", "drop_picture_rows": True}
        return cache.prepare_rows(source, self.tokenizer, folder=self.folder / "cache", **settings)

    def outcome(self, number: int) -> str:
        """What became of the damage: "made again", or "unharmed" where it changed nothing."""
        drawn, folder = random.Random(f"damage {number}"), self.whole.folder
        shutil.rmtree(folder)
        folder.mkdir()
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        _harm(folder / drawn.choice(list(self.files)), drawn)
        harmed = {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()} != self.files
        sealed._sound.clear()  # as another process would
        again = self._prepare()
        assert list(again.rows()) == self.rows
        assert [list(one.input_ids) for one in again] == self.ids
        assert {path.name for path in folder.iterdir()} == set(self.files)
        return "made again" if harmed else "unharmed"


def _harm(file: Path, drawn: random.Random) -> None:
    content, kind = file.read_bytes(), drawn.randrange(8)
    place = drawn.randrange(len(content) or 1)
    if kind <= 2 and content:
        file.write_bytes(content[:place] + bytes([content[place] ^ 1 << drawn.randrange(8)]) + content[place + 1 :])
    elif kind == 3:
        file.write_bytes(content[:place])
    elif kind == 4:
        file.unlink()
    elif kind == 5:
        file.write_bytes(drawn.choice(PIECES) * drawn.choice([1, 100]))
    elif kind == 6:
        file.unlink()
        file.mkdir()
    else:
        file.with_name(drawn.choice(["more.bin", ".hidden"])).write_bytes(content)


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

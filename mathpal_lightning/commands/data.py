"""`mathpal data`: report on rows, look at their tokens and masks, generate problems; `pairs` is in a file of its own."""

from __future__ import annotations

import json as jsons
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby, islice
from pathlib import Path

from rich.text import Text
from transformers import PreTrainedTokenizerBase

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.commands.bounds import require_at_least
from mathpal_lightning.commands.pairs import pairs
from mathpal_lightning.commands.rows_table import rows_lines, rows_table, vocabulary_lines
from mathpal_lightning.commands.vocabulary import lines_of, read_unpacked, small_coverage, texts_of
from mathpal_lightning.curriculum import Shape, generate_problems
from mathpal_lightning.curriculum.catalogue import catalogue_html, catalogue_markdown
from mathpal_lightning.data import Columns, Generator, MathDataModule
from mathpal_lightning.data.encode import Supervise
from mathpal_lightning.data.report import break_down
from mathpal_lightning.data.split_names import Split
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import whole_file, write_json_lines
from mathpal_lightning.messages import quieter, speaking
from mathpal_lightning.model.resolve import OFFLINE_GEMMA, resolve_model
from mathpal_lightning.report.words import Language
from mathpal_lightning.schema import IGNORE_INDEX, Encoded, EncodedPair, Objective
from mathpal_lightning.terminal import plain_console

__all__ = ["catalogue", "generate", "pairs", "preview", "report"]

_COVERED_TEXTS = 4000
"""The first texts tell whether the small vocabulary suits the rows."""
SUPERVISED, IGNORED, REJECTED = "green", "red", "magenta"


def report(
    source: str,
    validation: str | None = None,
    test: str | None = None,
    model: str = OFFLINE_GEMMA,
    max_length: int = 1024,
    columns: Columns = Columns(),  # noqa: B008  frozen
    generator: Generator = Generator(),  # noqa: B008  frozen
    objective: Objective = "sft",
    supervise: Supervise = "solution",
    drop_picture_rows: bool = True,
    validation_share: float = 0.05,
    lang: Language = "en",
    json: bool = False,
) -> None:
    """Say what a run would train on: rows read, refused, kept, and those with false arithmetic or no answer.

    Args:
        source: `generated`, a file, a folder or a Hub id; as `data.train`.
        validation: as `data.validation`.
        test: as `data.test`.
        model: whose tokenizer counts: offline-gemma, a folder, a .gguf file or a Hub id.
        max_length: positions of a packed row.
        columns: the names of the columns.
        generator: what `generated` draws.
        objective: `dpo` reads preference pairs.
        supervise: which tokens are supervised.
        drop_picture_rows: refuse rows that need a picture.
        validation_share: as `data.validation_share`, where no validation rows are given. `own_data_laptop` has 0.1.
        lang: the language of what is printed: en or vi.
        json: print the figures as json.
    """
    with speaking(lang), quieter("mathpal_lightning.data"):  # the summaries stand in the tables below
        data = MathDataModule(
            source,
            validation,
            test,
            tokenizer=_tokenizer(model),
            max_length=max_length,
            columns=columns,
            generator=generator,
            objective=objective,
            supervise=supervise,
            drop_picture_rows=drop_picture_rows,
            validation_share=validation_share,
            max_refused_share=1.0,  # a report shows the damage; a run stops at it
        )
        data.setup()
        broken = {split: break_down(data.rows(split), data.lengths(split)) for split in data.reports}
        covered = small_coverage(resolve_model(model), islice(texts_of(data.train_rows), _COVERED_TEXTS))
    if json:
        splits = {split: asdict(one) | asdict(broken[split]) for split, one in data.reports.items()}
        print(jsons.dumps({"splits": splits, "vocabulary": lines_of(covered)}, ensure_ascii=False, indent=2))
        return
    console = plain_console()
    for split, one in data.reports.items():
        console.print(rows_table(one, broken[split], lang))
    said = [line for split, one in data.reports.items() for line in rows_lines(one, broken[split], lang)]
    for line in (*said, *vocabulary_lines(covered, lang)):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def preview(
    source: str,
    rows: int = 3,
    first: int = 0,
    model: str = OFFLINE_GEMMA,
    columns: Columns = Columns(),  # noqa: B008  frozen
    generator: Generator = Generator(),  # noqa: B008  frozen
    objective: Objective = "sft",
    supervise: Supervise = "solution",
) -> None:
    """Show rows as the model reads them, token by token: supervised ones green (rejected ones magenta), the others red.

    Args:
        source: `generated`, a file, a folder or a Hub id.
        rows: how many to show.
        first: the first row to show, counted from 0.
        model: whose tokenizer: offline-gemma, a folder, a .gguf file or a Hub id.
        columns: the names of the columns.
        generator: what `generated` draws.
        objective: `dpo` reads preference pairs.
        supervise: which tokens are supervised.

    Raises:
        ConfigError: a number is too small, or there is no row `first`.
    """
    require_at_least(1, rows=rows)
    require_at_least(0, first=first)
    tokenizer = _tokenizer(model)
    data = MathDataModule(
        source,
        tokenizer=tokenizer,
        columns=columns,
        generator=generator,
        objective=objective,
        supervise=supervise,
        max_length=1 << 20,
        packing=False,
        validation_share=0.0,
        max_refused_share=1.0,
    )
    read_unpacked(data)
    shown = range(first, min(first + rows, len(data.train_rows)))
    if not shown:
        raise ConfigError(f"row {first} of {source}", f"{len(data.train_rows)} rows", "Give a smaller --first.")
    console = plain_console()
    for number in shown:
        document = data.document("train", number)
        supervised = sum(label != IGNORE_INDEX for label in document.labels)
        console.rule(f"{data.train_rows[number].place}: {len(document.input_ids)} tokens, {supervised} supervised")
        console.print(colour_tokens(tokenizer, document))


def generate(
    out: Path,
    count: int = 1000,
    seed: int = 0,
    split: Split = "train",
    topics: list[str] | None = None,
    grades: list[int] | None = None,
    levels: list[int] | None = None,
    subject: str = "mathematics",
    shape: Shape = "solve",
    steps: list[int] | None = None,
    overwrite: bool = False,
) -> None:
    """Write generated problems as jsonl: question, solution, answer, topic, grade, level, mistakes.

    Args:
        out: the file to write.
        count: how many problems.
        seed: another seed, other problems.
        split: train, validation or test; the three never share a problem.
        topics: names of topics; all by default.
        grades: school grades; all by default.
        levels: difficulty levels among 1, 2, 3; all by default.
        subject: the folder of the syllabus.
        shape: solve, choice, true_false, find_mistake, blank, compare or table.
        steps: how many calculations the solutions hold; any number by default.
        overwrite: replace an existing file.

    Raises:
        ConfigError: the file exists or is not called .jsonl, or an unknown topic, grade, level or subject.
    """
    require_at_least(1, count=count)
    if out.suffix.lower() not in (".jsonl", ".ndjson"):
        way_out = f"Problems are written as one JSON object a line: {out.with_suffix('.jsonl')}"
        raise ConfigError("a name that ends in .jsonl", str(out), way_out)
    if out.exists() and not overwrite:
        raise ConfigError("a new file", f"{out}, which exists", "Give another name, or add --overwrite.")
    problems = generate_problems(count, seed, topics, grades, levels, split, subject=subject, shape=shape, steps=steps)
    write_json_lines(out, ({name: getattr(problem, name) for name in problem.__slots__} for problem in problems))
    print(f"{count} problems in {out}", file=sys.stderr)


def catalogue(out: Path, subject: str = "mathematics", each: int = 2, seed: int = 0, overwrite: bool = False) -> None:
    """Write a catalogue of all topics, with problems of every level, as Markdown or (a name in .html) as a page.

    Args:
        out: the file to write, .md or .html.
        subject: the folder of the syllabus.
        each: problems of every topic and level.
        seed: another seed, other problems.
        overwrite: replace an existing file.

    Raises:
        ConfigError: the file exists, or there is no such subject.
    """
    require_at_least(1, each=each)
    if out.exists() and not overwrite:
        raise ConfigError("a new file", f"{out}, which exists", "Give another name, or add --overwrite.")
    write = catalogue_html if out.suffix == ".html" else catalogue_markdown
    with whole_file(out) as temporary, temporary.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{line}\n" for line in write(subject, each, seed))
    print(f"catalogue of {subject} in {out}", file=sys.stderr)


def colour_tokens(tokenizer: PreTrainedTokenizerBase, document: Encoded | EncodedPair) -> Text:
    """The text of a document in the colours of its mask; supervised and ignored white space is shown reversed."""
    text = Text()
    if isinstance(document, EncodedPair):
        styles = [(IGNORED, SUPERVISED, REJECTED)[segment] for segment in document.segment_ids]
    else:
        styles = [IGNORED if label == IGNORE_INDEX else SUPERVISED for label in document.labels]
    for style, tokens in groupby(zip(styles, document.input_ids, strict=True), key=lambda pair: pair[0]):
        for piece in _pieces(tokenizer, [token for _, token in tokens]):
            text.append(piece, f"{style} reverse" if piece.isspace() else style)
    return text


def _pieces(tokenizer: PreTrainedTokenizerBase, tokens: Sequence[int]) -> Iterator[str]:
    """The text of each token; up to four bytes of one character together; a byte without a character as its id."""
    begin = 0
    while begin < len(tokens):
        decoded = [str(tokenizer.decode(list(tokens[begin : begin + size]))) for size in range(1, 5)]
        size = next((size for size, piece in enumerate(decoded, start=1) if "\ufffd" not in piece), 0)
        yield decoded[size - 1] if size else f"<{tokens[begin]}>"
        begin += size or 1


def _tokenizer(model: str) -> PreTrainedTokenizerBase:
    return load_tokenizer(resolve_model(model))

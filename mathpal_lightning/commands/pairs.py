"""`mathpal data pairs`: problems and a model, or problems and their typical mistakes -> preference pairs and SFT rows."""

from __future__ import annotations

import hashlib
import json as jsons
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import track
from rich.table import Table

from mathpal_lightning.data import Columns, Generator, Refusal
from mathpal_lightning.data.generated import GENERATED
from mathpal_lightning.data.mining import (
    Judged,
    MiningReport,
    balance_lengths,
    choose_pairs,
    judge_samples,
    prompt_messages,
    right_rows,
    sum_up,
)
from mathpal_lightning.data.readers.records import Item, Record
from mathpal_lightning.data.report import Note, Refusals, require_few_faults
from mathpal_lightning.data.rows import read_rows
from mathpal_lightning.data.samples import drawn_samples
from mathpal_lightning.data.sources import open_source
from mathpal_lightning.errors import ConfigError, DataError, RunInterrupted
from mathpal_lightning.files import write_json_lines
from mathpal_lightning.schema import Prompt, Row, Sample
from mathpal_lightning.terminal import plain_console

if TYPE_CHECKING:
    from mathpal_lightning.model.sample import Sampling


def pairs(
    problems: str = GENERATED,
    model: str | None = None,
    out: Path = Path("pairs.jsonl"),
    sft: Path | None = None,
    samples: int = 8,
    temperature: float = 0.8,
    top_p: float = 0.95,
    top_k: int = 64,
    max_new_tokens: int = 512,
    seed: int = 0,
    batch_size: int = 32,
    most_pairs: int = 2,
    most_right: int = 4,
    max_length_ratio: float = 1.1,
    columns: Columns = Columns(),  # noqa: B008  frozen
    generator: Generator = Generator(),  # noqa: B008  frozen
    overwrite: bool = False,
    json: bool = False,
) -> MiningReport:
    """Write preference pairs as jsonl: prompt, chosen, rejected, topic. Started again, it goes on where it stopped.

    With a model, both sides are solutions that it wrote: one that is right against one that is wrong by its final answer.
    Without one, the right side is the problem's solution and the wrong one a typical mistake (a column `mistakes`, as
    `mathpal data generate` writes it).

    Args:
        problems: `generated`, a file, a folder or a Hub id, with questions and gold solutions.
        model: whose solutions: a run folder, an adapter folder, a folder of weights, a .gguf file, a Hub id or offline-gemma.
        out: the file of pairs. The samples are kept beside it, in <name>.samples.jsonl.
        sft: a file for the right samples, as rows for SFT.
        samples: solutions drawn for each problem.
        temperature: logits are divided by it; 1 is the model's own distribution.
        top_p: share of probability that is kept.
        top_k: likeliest tokens that are kept; 0 for all.
        max_new_tokens: where a solution is cut. Cut ones are not used.
        seed: another seed, other solutions.
        batch_size: solutions written at a time; for a .gguf file, slots of llama.cpp. Its rounding changes some solutions.
        most_pairs: pairs of one problem, at most.
        most_right: rows for SFT of one problem, at most.
        max_length_ratio: how far the geometric mean of chosen length over rejected length may be from 1 in the file.
        columns: the names of the columns.
        generator: what `generated` draws.
        overwrite: replace finished files; samples are never replaced.
        json: print the figures as json in the place of the table.

    Raises:
        ConfigError: a file exists, samples were begun with other settings, or a setting that cannot work.
        DataError: nothing to make a pair from.
        RunInterrupted: Ctrl-C; the samples so far are kept.
    """
    _require_possible(out, sft, model, max_length_ratio, overwrite, {"most_pairs": most_pairs, "most_right": most_right})
    records = list(open_source(problems, "train", generator, columns=columns.named).records())  # type: ignore[union-attr]  # must_hold
    rows = _usable(problems, records, columns)
    if model is None:
        judged = list(_judged_mistakes(problems, records, rows))
    else:
        from mathpal_lightning.model.sample import Sampling

        sampling = Sampling(samples, temperature, top_p, top_k, max_new_tokens, seed)
        judged = _judged_samples(rows, model, sampling, batch_size, out.with_suffix(".samples.jsonl"))
    offered = choose_pairs(judged, most_pairs)
    kept = balance_lengths(offered, max_length_ratio)
    found = sum_up(judged, offered, kept)
    if json:
        print(jsons.dumps(asdict(found), ensure_ascii=False, indent=2, default=str))
    else:
        plain_console().print(report_table(found, drawn=model is not None))
    if sft is not None:
        _write(sft, right_rows(judged, most_right), "right solutions")
    if not kept:
        raise DataError(
            "a problem with a right and a wrong solution",
            f"{found.problems_with_pair} of {found.problems}, {len(offered)} pairs before the balance of lengths",
            "Give more problems or samples, another temperature, a larger max_length_ratio, or where samples were cut a larger "
            "max_new_tokens.",
        )
    _write(out, [pair._asdict() for pair in kept], "pairs")
    return found


def report_table(report: MiningReport, *, drawn: bool) -> Table:
    """The report for a person.

    Args:
        report: the figures.
        drawn: whether a model wrote the samples; else pass@k says nothing.
    """
    table = Table(title="preference pairs", show_header=False, title_justify="left")
    table.add_row("problems", str(report.problems))
    table.add_row("samples" if drawn else "solutions and mistakes", str(report.samples))
    for verdict, count in report.verdicts.items():
        table.add_row(f"  {verdict.replace('_', ' ')}", _share(count, report.samples))
    for name, count in (
        ("cut at the limit", report.cut),
        ("the same again", report.repeated),
        ("right after a false step", report.false_steps),
        ("right, but not in Vietnamese", report.foreign),
    ):
        table.add_row(f"  not used: {name}", _share(count, report.samples))
    for k, chance in report.pass_at.items() if drawn else ():
        table.add_row(f"pass@{k}", f"{chance:.1%}")
    table.add_row("problems with a pair", _share(report.problems_with_pair, report.problems))
    if report.pairs:
        lengths = f"{report.length_ratio_offered:.2f} offered, {report.length_ratio:.2f} in the file"
        table.add_row("chosen / rejected length", lengths)
    table.add_row("pairs", str(report.pairs))
    table.add_row("  left out for the balance of lengths", str(report.left_out))
    return table


def _require_possible(
    out: Path, sft: Path | None, model: str | None, max_length_ratio: float, overwrite: bool, most: Mapping[str, int]
) -> None:
    """Refuse at once what cannot work."""
    for file in filter(None, (out, sft)):
        if file.exists() and not overwrite:
            raise ConfigError("a new file", f"{file}, which exists", "Give another name, or add --overwrite.")
    if sft is not None and model is None:
        raise ConfigError("a model for --sft", "none", "Give --model; without one the problems' own solutions are the rows.")
    if not max_length_ratio > 1:
        raise ConfigError("`max_length_ratio` above 1", str(max_length_ratio), "1.1 lets one side be a tenth longer.")
    for name, number in most.items():
        if number < 1:
            raise ConfigError(f"`{name}` of at least 1", str(number), "Raise it.")


def _usable(source: str, records: Sequence[Item], columns: Columns) -> list[Row]:
    """The rows that can be sampled, each question or conversation once; what is left out is counted and shown.

    Raises:
        DataError: none is left, or more than a twentieth is damaged.
    """
    rows: dict[Prompt, Row] = {}
    refused, again = Refusals(), 0
    for row in read_rows(records, columns):
        if isinstance(row, Note):
            print(f"{source}: {row.text}", file=sys.stderr)
        elif isinstance(row, Refusal):
            refused.add(row)
        elif row.prompt in rows:
            again += 1
        else:
            rows[row.prompt] = row
    for line in [*refused.lines(), *([f"{again} with a question that an earlier row has"] if again else [])]:
        print(f"{source}: left out {line}", file=sys.stderr)
    read = sum(not isinstance(record, Note) for record in records)
    require_few_faults(source, read, refused, max_refused_share=0.05)
    return list(rows.values())


def _judged_mistakes(source: str, records: Sequence[Item], rows: Sequence[Row]) -> Iterator[Judged]:
    mistakes = {record.place: _mistakes_of(record) for record in records if isinstance(record, Record)}
    if not any(mistakes.values()):
        raise DataError(
            "a column `mistakes` with typical wrong solutions, or a model that makes them",
            f"neither for {source}",
            "Give --model, or problems written by `mathpal data generate`.",
        )
    for row in rows:
        yield judge_samples(row, [Sample(row.solution), *map(Sample, mistakes[row.place])])


def _mistakes_of(record: Record) -> Sequence[str]:
    found = record.fields.get("mistakes") or []
    if not isinstance(found, list | tuple) or not all(isinstance(text, str) for text in found):
        way_out = "Write a list, even of a single wrong solution."
        raise DataError("a list of texts in the column `mistakes`", f"{str(found)[:80]!r} at {record.place}", way_out)
    return found


def _judged_samples(rows: Sequence[Row], model: str, sampling: Sampling, batch_size: int, file: Path) -> list[Judged]:
    """Draw solutions of the rows from the model, those that the file holds already excepted, and judge them all."""
    from mathpal_lightning.commands.sampler import open_sampler

    sampler = open_sampler(model, sampling, batch_size)
    settings = {"model": sampler.digest, "problems": _digest(rows), **asdict(sampling)}
    drawn = drawn_samples(file, rows, settings, sampler.draw, sampler.together)
    shown = track(drawn, "Drawing solutions", total=len(rows), console=Console(stderr=True))
    try:
        with closing(drawn):  # a model or a server must be freed before the interpreter ends
            return [judge_samples(row, samples) for row, samples in zip(rows, shown, strict=True)]
    except KeyboardInterrupt as error:
        raise RunInterrupted(
            f"solutions of {len(rows)} problems",
            f"Ctrl-C; those written so far are kept in {file}",
            "The same command goes on from there.",
        ) from error


def _digest(rows: Sequence[Row]) -> str:
    """Of the problems and their order: line n of the samples belongs to row n."""
    return hashlib.sha256(jsons.dumps([[prompt_messages(row.prompt), row.solution] for row in rows]).encode()).hexdigest()


def _write(file: Path, lines: Sequence[Mapping[str, object]], what: str) -> None:
    write_json_lines(file, lines)
    print(f"{len(lines)} {what} in {file}", file=sys.stderr)


def _share(count: int, total: int) -> str:
    return f"{count}  ({count / total:.1%})" if total else "0"

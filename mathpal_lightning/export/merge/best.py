"""Merged both ways, scored on held-out problems, the better one kept: de-quantised weights or the original base?"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

import torch

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.evaluation import grade
from mathpal_lightning.export.merge.weights import merge
from mathpal_lightning.export.subject import MergedInto, Subject
from mathpal_lightning.files import replace_folder, whole_objects
from mathpal_lightning.model.generate import generate
from mathpal_lightning.model.half import compute_in_half
from mathpal_lightning.model.precision import emulates_bf16
from mathpal_lightning.model.text_core import load_causal
from mathpal_lightning.records import content_digest, is_made_from, read_record, write_record
from mathpal_lightning.run.samples import messages_of
from mathpal_lightning.schema import Prompt, prompt_question

PROBLEMS = 100
"""How many held-out problems decide."""
MAX_NEW_TOKENS = 512
BATCH_SIZE = 32

Problem = tuple[Prompt, str]
"""A question or a whole conversation, and its reference solution."""


def merge_best(
    adapter: str | Path,
    out: str | Path,
    problems: str | Path | None,
    base: str | Path | None = None,
    say: Callable[[str], None] = print,
) -> Path:
    """Merge into the weights that training saw and into the original base, and keep the one that solves more problems.

    The record of the merged folder holds both scores; equal ones keep `trained`. Where training saw the original weights
    (16 bits) the two are the same and nothing is scored. Skipped when `out` was made from the same input already.

    Args:
        adapter: a PEFT adapter folder.
        out: the folder to write.
        problems: held-out problems: the samples.jsonl of a run, or a jsonl file with `question` and `solution`.
        base: see `merge_adapter`.
        say: gets one line with both scores.

    Raises:
        ConfigError: there are no problems to score on.
        ExportError: see `merge_adapter`.
    """
    return merge_the_best(Subject.of_adapter(adapter, base, "best"), Path(out), problems, say)


def merge_the_best(subject: Subject, out: Path, problems: str | Path | None, say: Callable[[str], None]) -> Path:
    """`merge_best` for what is being exported."""
    if only := subject.only_way:
        say(f"export: merged into the {only} weights, the only way for this adapter")
        return merge(subject.merged_into(only), out)
    rows = read_problems(problems)
    judged_on = {"problems": len(rows), "digest": content_digest([Path(str(problems))])}
    ways: tuple[MergedInto, ...] = get_args(MergedInto)
    subjects = {into: subject.merged_into(into) for into in ways}
    record = read_record(out)
    if record.get("judged_on") == judged_on and is_made_from(out, subjects[record["made_from"]["into"]].inputs):
        return out
    folders = {into: merge(subjects[into], out.with_name(f"{out.name}.{into}")) for into in ways}
    scores = {into: solved(folder, rows) for into, folder in folders.items()}
    best = max(ways, key=lambda into: scores[into])
    told = ", ".join(f"{into} solves {scores[into]}" for into in ways)
    say(f"export: of {len(rows)} held-out problems {told}: {best} is kept")
    made_from = read_record(folders[best])["made_from"]
    write_record(folders[best], made_from, adapter=str(subject.adapter), judged_on=judged_on, solved=scores)
    replace_folder(folders.pop(best), out)
    for folder in folders.values():
        shutil.rmtree(folder)
    return out


def read_problems(file: str | Path | None) -> list[Problem]:
    """The first held-out problems of a file, each once.

    Raises:
        ConfigError: no such file, or no problem in it.
    """
    path = Path(file) if file else None
    rows = [row for row in whole_objects(path) if "question" in row] if path else []
    # A line of samples.jsonl calls the reference `gold`: its `solution` is what the model wrote.
    found = {messages_of(row) or str(row["question"]): str(row.get("gold", row.get("solution", ""))) for row in rows}
    if not found:
        raise ConfigError(
            "held-out problems for `merge_into: best`",
            f"none in {path}" if path else "no file of them",
            "Let the run evaluate (`evaluation.problems` above 0 leaves samples.jsonl), name a jsonl file with question and "
            "solution (`problems`), or choose `merge_into: trained` or `original`.",
        )
    return list(found.items())[:PROBLEMS]


def solved(folder: Path, problems: Sequence[Problem]) -> int:
    """How many problems a merged folder solves greedily, judged by their mathematics."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    half = emulates_bf16(device)
    model = load_causal(folder, dtype=torch.float16 if half else "auto").eval().to(device)
    if half:
        compute_in_half(model)
    questions = [question for question, _ in problems]
    solutions = generate(model, load_tokenizer(folder), questions, MAX_NEW_TOKENS, BATCH_SIZE)
    return sum(
        grade(prompt_question(question), gold, solution)[0] == "correct"
        for (question, gold), solution in zip(problems, solutions, strict=True)
    )

"""Merged both ways, scored on held-out problems, the better one kept: de-quantised weights or the original base?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from transformers import AutoModelForCausalLM

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.evaluation import grade
from mathpal_lightning.export.artefact import content_digest, is_made_from, read_record, write_record
from mathpal_lightning.export.merge.weights import MergedInto, find_base, merge_adapter, merge_inputs
from mathpal_lightning.export.trained_on import read_trained_on
from mathpal_lightning.files import replace_folder
from mathpal_lightning.model.generate import generate

MergeInto = Literal["trained", "original", "best"]
PROBLEMS = 100
"""How many held-out problems decide."""
MAX_NEW_TOKENS = 512
BATCH_SIZE = 32

Problem = tuple[str, str]
"""A question and its reference solution."""


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
    adapter, out = Path(adapter), Path(out)
    if (only := only_way(adapter)) is not None:
        say(f"export: merged into the {only} weights, the only way for this adapter")
        return merge_adapter(adapter, out, base, only)
    rows = read_problems(problems)
    judged_on = {"problems": len(rows), "digest": content_digest([Path(str(problems))])}
    record = read_record(out)
    if record.get("judged_on") == judged_on and _is_merge(adapter, out, base, record["made_from"]["into"]):
        return out
    ways: tuple[MergedInto, ...] = get_args(MergedInto)
    folders = {into: merge_adapter(adapter, out.with_name(f"{out.name}.{into}"), base, into) for into in ways}
    scores = {into: solved(folder, rows) for into, folder in folders.items()}
    best = max(ways, key=lambda into: scores[into])
    told = ", ".join(f"{into} solves {scores[into]}" for into in ways)
    say(f"export: of {len(rows)} held-out problems {told}: {best} is kept")
    made_from = read_record(folders[best])["made_from"]
    write_record(folders[best], made_from, adapter=str(adapter), judged_on=judged_on, solved=scores)
    replace_folder(folders.pop(best), out)
    for folder in folders.values():
        shutil.rmtree(folder)
    return out


def only_way(adapter: Path) -> MergedInto | None:
    """How an adapter must be merged where there is no choice: no record of ours, or trained on 16-bit weights."""
    trained_on = read_trained_on(adapter)
    if trained_on is None:
        return "original"
    return None if trained_on.quantized else "trained"


def _is_merge(adapter: Path, out: Path, base: str | Path | None, into: MergedInto) -> bool:
    return is_made_from(out, merge_inputs(adapter, find_base(adapter, base, into), into))


def read_problems(file: str | Path | None) -> list[Problem]:
    """The first held-out problems of a file, each once.

    Raises:
        ConfigError: no such file, or no problem in it.
    """
    path = Path(file) if file else None
    lines = path.read_text(encoding="utf-8").splitlines() if path and path.is_file() else []
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
    # A line of samples.jsonl calls the reference `gold`: its `solution` is what the model wrote.
    found = {row["question"]: row.get("gold", row.get("solution", "")) for row in rows if "question" in row}
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
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = AutoModelForCausalLM.from_pretrained(str(folder), dtype="auto").eval().to(device)
    questions = [question for question, _ in problems]
    solutions = generate(model, load_tokenizer(folder), questions, MAX_NEW_TOKENS, BATCH_SIZE)
    return sum(
        grade(question, gold, solution)[0] == "correct" for (question, gold), solution in zip(problems, solutions, strict=True)
    )

"""What mathpal_vi.yaml calls: a jsonl file -> problems that can be judged, a problem and a solution -> figures."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from datasets import Dataset

from mathpal_lightning.errors import DataError
from mathpal_lightning.evaluation import extract_answer, grade
from mathpal_lightning.files import read_objects

_log = logging.getLogger(__name__)
_COLUMNS = ["question", "solution"]


def load_problems(problems: str, **_: object) -> dict[str, Dataset]:
    """Read the problems of a run; those whose reference holds no readable answer are left out and counted in the log.

    Args:
        problems: a jsonl file with the columns `question` and `solution`.
        _: the harness hands its other metadata over as well (the task's version, the model's arguments).

    Returns:
        `{"test": dataset}` with the columns `question` and `solution`, in the order of the file.

    Raises:
        DataError: no such file, a row without its two texts, or no reference can be read.
    """
    way_out = (
        "Name a file with --metadata '{\"problems\": ...}'; `mathpal data generate questions.jsonl --split test` writes one."
    )
    if not Path(problems).is_file():
        raise DataError("a jsonl file of problems", f"no file {Path(problems).absolute()}", way_out)
    rows = read_objects(problems, way_out)
    for place, row in enumerate(rows, 1):
        if missing := [name for name in _COLUMNS if not isinstance(row.get(name), str)]:
            raise DataError(f"texts under {_COLUMNS}", f"row {place} of {problems} without {missing}", way_out)
    texts = [{name: row[name] for name in _COLUMNS} for row in rows]
    kept = [row for row in texts if extract_answer(row["solution"], row["question"]) is not None]
    if not kept:
        raise DataError("a reference solution with a final answer", f"none in the {len(rows)} rows of {problems}", way_out)
    if len(kept) < len(rows):
        _log.warning("%d of %d problems left out: no answer can be read in their reference", len(rows) - len(kept), len(rows))
    return {"test": Dataset.from_list(kept)}


def process_results(doc: Mapping[str, str], results: Sequence[str]) -> dict[str, float]:
    """Judge what the model wrote for one problem.

    Args:
        doc: the problem, with `question` and `solution`.
        results: one text, the model's solution.

    Returns:
        `exact_match` and `no_answer`, each 0.0 or 1.0; the harness averages them and adds standard errors.
    """
    verdict, _, _ = grade(doc["question"], doc["solution"], results[0])
    return {"exact_match": float(verdict == "correct"), "no_answer": float(verdict == "no_answer")}

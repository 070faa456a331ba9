"""The problems of an evaluation: held-out rows of the data module, or rows that a program gives."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from lightning.pytorch import Trainer

from mathpal_lightning.compat.lightning import data_of
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import Prompt, Row, Turn


def held_out(trainer: Trainer, split: str, number: int) -> list[Row]:
    """The first rows of a fixed shuffle, each question or conversation once: several pairs, or rows, may share one.

    Raises:
        ConfigError: there are none.
    """
    rows = getattr(data_of(trainer), f"{split}_rows", ())
    if not rows:
        raise ConfigError(
            f"{split} rows to evaluate on",
            "none",
            f"Give `data.{split}` or a `data.{split}_share`, or set `evaluation.problems: 0`.",
        )
    order = list(range(len(rows)))
    random.Random(0).shuffle(order)
    chosen: dict[Prompt, Row] = {}
    for index in order:
        if len(chosen) == number:
            break
        row = rows[index]
        chosen.setdefault(row.prompt, row)
    return list(chosen.values())


def own_rows(rows: Sequence[Mapping[str, str] | Row]) -> list[Row]:
    """Rows of a program as ours.

    Raises:
        ConfigError: a row without a question or a solution.
    """
    made: list[Row] = []
    for number, row in enumerate(rows):
        if isinstance(row, Row):
            made.append(row)
            continue
        if not (row.get("question") and row.get("solution")):
            raise ConfigError(
                "`rows` of EvaluateSolutions with `question` and `solution`",
                f"row {number} with {', '.join(map(repr, row)) or 'nothing'}",
                "Give each row both texts.",
            )
        turns = (Turn("user", row["question"]), Turn("assistant", row["solution"]))
        made.append(Row(turns, topic=row.get("topic", ""), place=f"rows:{number}"))
    return made

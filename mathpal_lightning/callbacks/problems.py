"""The problems of an evaluation: held-out rows of the data module, or rows that a program gives."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence

from lightning.pytorch import Trainer

from mathpal_lightning.compat.lightning import data_of
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import Prompt, Row, Turn


def held_out(trainer: Trainer, split: str, number: int) -> list[Row]:
    """The first rows of a fixed shuffle, each question or conversation once: several pairs, or rows, may share one.

    A fit may have held out no validation row, because its data are few: then there are no problems, and it trains all the same.

    Raises:
        ConfigError: the data module has no such rows, or no test row.
    """
    rows = getattr(data_of(trainer), f"{split}_rows", None)
    if rows is None or (not rows and split == "test"):
        raise ConfigError(
            f"{split} rows to evaluate on",
            "none",
            f"Give `data.{split}` or a `data.{split}_share`, or set `evaluation.problems: 0`.",
        )
    order = list(range(len(rows)))
    random.Random(0).shuffle(order)
    return each_once((rows[index] for index in order), number)


def each_once(rows: Iterable[Row], number: int) -> list[Row]:
    """The first rows with different questions or conversations, at most so many."""
    chosen: dict[Prompt, Row] = {}
    for row in rows if number else ():
        chosen.setdefault(row.prompt, row)
        if len(chosen) == number:
            break
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

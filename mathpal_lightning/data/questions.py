"""The questions that `mathpal predict` answers."""

from __future__ import annotations

import logging
from itertools import chain

from mathpal_lightning.data.report import Note, Refusal, Refusals, require_few_faults
from mathpal_lightning.data.rows import read_rows
from mathpal_lightning.data.settings import DataSettings
from mathpal_lightning.data.sources import open_source
from mathpal_lightning.data.split_names import listing
from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.schema import Row
from mathpal_lightning.text import asks_for_mathematics

log = logging.getLogger(__name__)


def read_questions(settings: DataSettings, control_tokens: list[str], required: bool = True) -> list[Row | Refusal]:
    """Read questions, normalised and without control tokens, as training rows are; they need no solutions.

    Args:
        settings: with the questions.
        control_tokens: of the tokenizer.
        required: whether there must be some.

    Returns:
        The questions and the refused rows, in the order of their files.

    Raises:
        ConfigError: `data.predict` is not set, and questions are required.
        DataError: a file cannot be read, or all questions are refused.
    """
    if not settings.questions and not required:
        return []
    if not settings.questions:
        raise ConfigError("questions to predict", "none in data.predict", "Set data.predict to a file of questions.")
    sources = [open_source(named, "test", settings.generator, columns=settings.columns.named) for named in settings.questions]
    records = chain.from_iterable(source.records() for source in sources if source)
    read, refused = list[Row | Refusal](), Refusals()
    for row in read_rows(
        records, settings.columns, needs_solution=False, drop_picture_rows=False, control_tokens=control_tokens
    ):
        if isinstance(row, Note):
            log.info("predict: %s", row.text)
            continue
        read.append(row)
        if isinstance(row, Refusal):
            refused.add(row)
    if not read:
        raise DataError(f"questions in {settings.plain()['predict']}", "none at all", "Write one question a row.")
    require_few_faults(
        "predict", len(read), refused, max_refused_share=1.0
    )  # the others are answered, and each refusal is told beside them
    rows = [row for row in read if isinstance(row, Row)]
    if others := [row.place for row in rows if not asks_for_mathematics(row.question)]:
        said = "predict: %d of %d questions are no problems, so do not believe their solutions: %s"
        log.warning(said, len(others), len(rows), listing(others))
    for line in refused.lines():
        log.warning("predict: %s", line)
    return read

"""`mathpal predict`: the solutions beside their questions, one JSON object a line, and as a workbook that Excel opens."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from itertools import chain, count, islice, zip_longest
from pathlib import Path
from typing import Any

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import BasePredictionWriter

from mathpal_lightning.compat.lightning import data_of
from mathpal_lightning.evaluation import extract_answer
from mathpal_lightning.files import text_lines, whole_file
from mathpal_lightning.messages import in_vietnamese
from mathpal_lightning.report.words import Language, say, words
from mathpal_lightning.run.folder import SOLUTIONS
from mathpal_lightning.schema import Prompt, Row, prompt_text, prompt_turns, vietnamese_form

log = logging.getLogger(__name__)
_HEADER = ("Tệp", "Dòng", "Đề bài", "Lời giải", "Đáp số", "Ghi chú")
_MOST_ROWS, _MOST_CHARACTERS = 1_048_575, 32_767
"""What a sheet of Excel holds below its header, and one of its cells."""


class WriteSolutions(BasePredictionWriter):
    """Writes `solutions.jsonl` into the run folder: place, question, solution, and the answer found in it.

    Each process adds its solutions to a file of its own, batch by batch: `solutions.unfinished.jsonl`, which stays where a run
    breaks off. At the end the first process joins these files in the order of the questions, with the refused rows in between,
    and makes a workbook of the same rows, `solutions.xlsx`. The files of an earlier call become solutions.1.jsonl and
    solutions.1.xlsx.

    Args:
        file: its name in the run folder.
        language: of the lines that say where the solutions are.
    """

    def __init__(self, file: str = SOLUTIONS, language: Language = "en"):
        super().__init__(write_interval="batch")
        self.file, self.language = file, language

    def path(self, trainer: Trainer) -> Path:
        """The file of this process until all questions are answered."""
        return self._parts(trainer)[trainer.global_rank]

    def _parts(self, trainer: Trainer) -> list[Path]:
        whole, several = Path(trainer.default_root_dir) / self.file, trainer.world_size > 1
        return [whole.with_suffix(f".unfinished{f'.{rank}' * several}{whole.suffix}") for rank in range(trainer.world_size)]

    def on_predict_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Begin an empty file."""
        self.path(trainer).parent.mkdir(parents=True, exist_ok=True)
        self.path(trainer).write_text("", encoding="utf-8")

    def write_on_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        prediction: Sequence[str],
        batch_indices: Sequence[int] | None,
        batch: Sequence[Row | Prompt],
        batch_idx: int,
        dataloader_idx: int,
    ) -> None:
        """Append the batch's solutions."""
        with self.path(trainer).open("a", encoding="utf-8") as lines:
            for asked, solution in zip([batch] if isinstance(batch, str) else batch, prediction, strict=True):
                lines.write(json.dumps(_line(asked, solution), ensure_ascii=False) + "\n")

    def on_predict_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Write both files, keep those of an earlier call, and say where they are."""
        trainer.strategy.barrier()
        if not trainer.is_global_zero:
            return
        whole, parts = Path(trainer.default_root_dir) / self.file, self._parts(trainer)
        workbook = whole.with_suffix(".xlsx")
        # Lightning deals questions in turn: process r has numbers r, r + W, ...
        turns = zip_longest(*map(text_lines, parts))
        solved = (json.loads(line) for line in chain.from_iterable(turns) if line)
        lines = _with_refused(getattr(data_of(trainer), "predict_read", ()), solved)
        with whole_file(whole) as new_lines, whole_file(workbook) as new_workbook:
            new_lines.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
            write_workbook(new_lines, new_workbook)
            kept = _keep_earlier(workbook, whole)
        for part in parts:
            part.unlink()
        if kept:
            log.info("%s", say(self.language, "solutions_kept", files=", ".join(map(str, kept))))
        log.info("%s", say(self.language, "solutions_written", file=f"{whole}, {workbook}"))


def write_workbook(lines: Path, workbook: Path) -> None:
    """Write solutions as a workbook of texts. What begins with `=` stays a text: a solution is never a formula that Excel runs.

    Args:
        lines: a file that WriteSolutions wrote.
        workbook: the .xlsx file.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Lời giải")
    written = (_texts(json.loads(line)) for line in text_lines(lines))
    for texts in chain([_HEADER], islice(written, _MOST_ROWS)):
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:_MOST_CHARACTERS]) for text in texts]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    book.save(workbook)


def _texts(line: dict[str, Any]) -> tuple[str, ...]:
    """What a row of the workbook shows, by its header."""
    file, _, row = line.get("place", "").rpartition(":")
    note = ""
    if reason := line.get("refused"):
        detail = f" ({in_vietnamese(line['detail'])})" if line["detail"] else ""
        note = say("vi", "not_solved", reason=words("vi")[reason] + detail)
    return file, row, line["question"] or "", line["solution"] or "", vietnamese_form(line["answer"]), note


def _keep_earlier(*files: Path) -> list[Path]:
    """Rename what an earlier call wrote to the first number that is free, and give the new names.

    A file that is open in Excel cannot be renamed on Windows; the workbook therefore comes first.
    """
    free = next(n for n in count(1) if not any(_numbered(file, n).exists() for file in files))
    return [file.rename(_numbered(file, free)) for file in files if file.exists()]


def _numbered(file: Path, number: int) -> Path:
    return file.with_suffix(f".{number}{file.suffix}")


def _with_refused(read: Sequence[Any], solved: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The solved questions, with the refused rows in their places; questions that were not asked are left out.

    Args:
        read: the data module's questions and refused rows, in the order of their files.
        solved: the lines of the questions, in the same order.
    """
    for each in read:
        if isinstance(each, Row):
            yield from islice(solved, 1)
        else:
            nothing = dict.fromkeys(("question", "solution", "answer"))
            yield {"place": each.place, **nothing, "refused": each.reason, "detail": each.detail}
    yield from solved


def _line(asked: Row | Prompt, solution: str) -> dict[str, object]:
    row = asked if isinstance(asked, Row) else Row(prompt_turns(asked))  # a question alone has no place
    answer = extract_answer(solution, row.question)
    return {
        "place": row.place,
        "question": prompt_text(row.prompt),
        "solution": solution,
        "answer": answer.canonical() if answer else None,
    }

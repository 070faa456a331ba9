"""`mathpal predict`: the solutions beside their questions, one JSON object a line, and as a workbook that Excel opens."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from itertools import chain, islice, zip_longest
from pathlib import Path

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import BasePredictionWriter

from mathpal_lightning.evaluation import extract_answer
from mathpal_lightning.files import text_lines, whole_file
from mathpal_lightning.report.words import Language, say
from mathpal_lightning.run.folder import SOLUTIONS
from mathpal_lightning.schema import Row, prompt_text

log = logging.getLogger(__name__)
_HEADER = ("Đề bài", "Lời giải", "Đáp số")
_MOST_ROWS, _MOST_CHARACTERS = 1_048_575, 32_767
"""What a sheet of Excel holds below its header, and one of its cells."""


class WriteSolutions(BasePredictionWriter):
    """Writes `solutions.jsonl` into the run folder: question, solution, and the answer found in it, batch by batch.

    Several processes write a file each, which the first one joins at the end, in the order of the questions. The same rows then
    become a workbook, `solutions.xlsx`.

    Args:
        file: its name in the run folder.
        language: of the line that says where it is.
    """

    def __init__(self, file: str = SOLUTIONS, language: Language = "en"):
        super().__init__(write_interval="batch")
        self.file, self.language = file, language

    def path(self, trainer: Trainer) -> Path:
        """The file of this process."""
        path = Path(trainer.default_root_dir) / self.file
        return path if trainer.world_size == 1 else path.with_suffix(f".{trainer.global_rank}{path.suffix}")

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
        batch: Sequence[Row],
        batch_idx: int,
        dataloader_idx: int,
    ) -> None:
        """Append the batch's solutions."""
        with self.path(trainer).open("a", encoding="utf-8") as lines:
            for row, solution in zip(batch, prediction, strict=True):
                lines.write(json.dumps(_line(row, solution), ensure_ascii=False) + "\n")

    def on_predict_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Join the files of several processes, write the workbook, and say where the solutions are."""
        trainer.strategy.barrier()
        whole = Path(trainer.default_root_dir) / self.file
        if trainer.is_global_zero and trainer.world_size > 1:
            parts = [whole.with_suffix(f".{rank}{whole.suffix}") for rank in range(trainer.world_size)]
            # Lightning deals questions in turn: process r has numbers r, r + W, ...
            turns = zip_longest(*(map("{}\n".format, text_lines(part)) for part in parts), fillvalue="")
            with whole_file(whole) as temporary:
                temporary.write_text("".join(chain.from_iterable(turns)), encoding="utf-8")
            for part in parts:
                part.unlink()
        if trainer.is_global_zero:
            write_workbook(whole, whole.with_suffix(".xlsx"))
        log.info("%s", say(self.language, "solutions_written", file=f"{whole}, {whole.with_suffix('.xlsx')}"))


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
    written = (tuple(json.loads(line).values()) for line in text_lines(lines))
    for values in chain([_HEADER], islice(written, _MOST_ROWS)):
        cells = [WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value or ""))[:_MOST_CHARACTERS]) for value in values]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    with whole_file(workbook) as temporary:
        book.save(temporary)


def _line(row: Row, solution: str) -> dict[str, object]:
    answer = extract_answer(solution, row.question)
    return {"question": prompt_text(row.prompt), "solution": solution, "answer": answer.canonical() if answer else None}

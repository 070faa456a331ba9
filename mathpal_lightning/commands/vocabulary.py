"""`mathpal vocabulary`: does the small vocabulary cover these rows, and which tokens would they need besides it."""

from __future__ import annotations

import json as jsons
import logging
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.data import Columns, MathDataModule
from mathpal_lightning.files import write_json_lines
from mathpal_lightning.messages import quieter
from mathpal_lightning.model.resolve import OFFLINE_GEMMA, resolve_model
from mathpal_lightning.schema import Row
from mathpal_lightning.vocabulary import SMALL, Coverage, choose_vocabulary, coverage

LEAST_COVERED = 0.99
"""Below this share of kept tokens a vocabulary for the rows is worth its file: their words fall into many small pieces."""
MOST_MISSING = 8
"""How many of the tokens that it lacks are named."""

log = logging.getLogger(__name__)


def vocabulary(
    rows: str,
    out: Path | None = None,
    model: str = OFFLINE_GEMMA,
    least: int = 2,
    columns: Columns = Columns(),  # noqa: B008  frozen
    json: bool = False,
) -> None:
    """Say which share of the tokens of some rows `model.vocabulary: small` keeps, and write the others to a file.

    The file is for `model.vocabulary: FILE`, which keeps its tokens besides the small ones.

    Args:
        rows: A file, a folder or a Hub id, as `data.train`.
        out: The file to write; by default nothing is written.
        model: The base whose tokenizer counts: offline-gemma, a folder, a .gguf file or a Hub id.
        least: A token is written if it occurs at least this often.
        columns: The names of the columns.
        json: Print the figures as json.
    """
    base = resolve_model(model)
    tokenizer = load_tokenizer(base)
    data = MathDataModule(
        rows,
        tokenizer=tokenizer,
        columns=columns,
        max_length=1 << 20,
        packing=False,
        validation_share=0.0,
        max_refused_share=1.0,
    )
    read_unpacked(data)
    found = small_coverage(base, texts_of(data.train_rows))
    if json:
        names = ("tokens", "kept", "small_tokens", "size", "full_size")
        figures = {name: getattr(found, name) for name in names} | {"missing": dict(found.missing.most_common())}
        print(jsons.dumps(figures, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines_of(found)))
    if out is not None:
        pieces = write_pieces(out, found.missing, least)
        said = sys.stderr if json else sys.stdout
        way_on = f"Train with --model.vocabulary {quoted(out)}"
        print(f"{pieces} tokens that occur at least {least} times: {out}. {way_on}", file=said)


def read_unpacked(data: MathDataModule) -> None:
    """Read training rows that are not packed: the log says what was read and refused, and nothing of packs."""
    with quieter("mathpal_lightning.data"):
        data.setup("fit")
    first, *others = data.reports["train"].lines()
    for line in (first.rpartition("; ")[0], *others):
        log.info(line)


def small_coverage(base: Path, texts: Iterable[str]) -> Coverage:
    """What the small vocabulary of a base makes of some texts."""
    return coverage(base, choose_vocabulary(base, SMALL), texts)


def texts_of(rows: Iterable[Row]) -> Iterable[str]:
    """Every text that a model reads or writes in some rows."""
    return (turn.text for row in rows for turn in row.turns)


def lines_of(found: Coverage) -> list[str]:
    """The coverage in words."""
    kept = found.kept / max(found.tokens, 1)
    lines = [
        f"{kept:.2%} of {found.tokens:,} tokens are in the small vocabulary ({found.size:,} of {found.full_size:,} tokens); "
        f"with it the texts take {(found.small_tokens - found.tokens) / max(found.tokens, 1):.1%} more tokens."
    ]
    if found.missing:
        most = ", ".join(f"{piece!r} {count} times" for piece, count in found.missing.most_common(MOST_MISSING))
        lines.append(f"Not kept: {len(found.missing):,} tokens, the most frequent {most}.")
    if kept < LEAST_COVERED:
        lines.append(
            "That is little: write the missing tokens to a file (mathpal vocabulary ROWS --out FILE), or use the full one."
        )
    return lines


def write_pieces(file: Path, missing: Counter[str], least: int) -> int:
    """Write tokens, one JSON string a line, the most frequent first; return their number."""
    pieces = [piece for piece, count in missing.most_common() if count >= least]
    write_json_lines(file, pieces)
    return len(pieces)

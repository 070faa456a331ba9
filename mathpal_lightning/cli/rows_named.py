"""Names of rows on a command line that cannot be right, and settings of the generator where it draws none."""

from __future__ import annotations

import difflib
import glob
import re
from collections.abc import Sequence
from pathlib import Path

from mathpal_lightning.cli.stray_words import in_yaml
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.files import DATA_FILES, as_stored, in_home, is_name

_ROWS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet", ".xlsx")
_WITH_WEIGHT = re.compile(r"(\S.*?)\s+(\d+(?:\.\d+)?)")
WHERE = "Check the path; it is taken from this folder."
NO_VARIABLES = "Variables such as $HOME are not replaced in a config: write the path itself."


def require_rows(named: str) -> None:
    """Refuse the name of a file of rows that is not there.

    Raises:
        DataError: with the file beside it whose name is nearest.
    """
    if named.startswith(("{", "[")) and named.count(named[0]) != named.count({"{": "}", "[": "]"}[named[0]]):
        raise DataError("files of rows", repr(named), f"Close the bracket {named[0]} at the end.")
    name = re.sub(r"(\.xlsx):[^/]*$", r"\1", named)
    path = in_home(name)
    if not named.startswith(("{", "[")) and not is_name(named):
        way_out = "Write the questions into a file, one a row, and name it."
        raise DataError("a file, a folder, a Hub id (owner/name) or `generated`", f"a text: {named[:40]!r}...", way_out)
    if path.is_dir() and not any(map(_may_hold_rows, path.rglob("*"))):
        way_out = "Name the file, or the folder that holds it; a .txt file is only read when it is named itself."
        raise DataError(f"files of rows in {named} ({', '.join(f'*{end}' for end in _ROWS)})", "none", way_out)
    weight = _WITH_WEIGHT.fullmatch(name)
    if weight and not path.exists() and (weight[1] == "generated" or in_home(weight[1]).exists()):
        way_out = f"Write a colon between a name and its weight: {weight[1]}: {weight[2]}"
        raise DataError("rows with their weights", repr(named), way_out)
    is_file = name.lower().endswith(DATA_FILES) or name.startswith(("/", "./", "../", "~"))
    is_file |= "/" not in name and name != "generated" and not name.startswith(("{", "["))  # a Hub id has a slash
    if not is_file or glob.has_magic(name) or "://" in name:  # an address may hold a secret: it is refused later
        return
    if as_stored(path).exists():
        return
    beside: dict[str, Path | str] = {"generated": "generated"}
    beside |= {other.stem: other for other in sorted(path.parent.iterdir() if path.parent.is_dir() else ())}
    near = difflib.get_close_matches(path.stem, beside, n=1)  # by stems: equal endings would make any two names alike
    way_out = f"Did you mean {beside[near[0]]}?" if near else WHERE
    way_out = NO_VARIABLES if "$" in name else way_out
    raise DataError("a file, a folder, a Hub id (owner/name) or `generated`", f"nothing at {named!r}", way_out)


def _may_hold_rows(file: Path) -> bool:
    """Whether a reader may find rows in a file of a folder. Folders that `datasets` saved hold Arrow files."""
    return file.name.lower().endswith(DATA_FILES) and file.suffix != ".txt"


def refuse_idle_generator(flag: str, sources: Sequence[str], trained_on: Sequence[str] = ()) -> None:
    """Refuse a setting of the generator where no rows are generated: whoever gives it believes that it filters a file.

    Args:
        flag: the flag, as it is written.
        sources: the rows that are read.
        trained_on: the rows of a training, into which generated problems can be mixed.

    Raises:
        ConfigError: none of the sources is `generated`.
    """
    if "generated" not in sources:
        way_out = "Leave it out: a file is not filtered."
        if trained_on:
            weights = ", ".join(f"{in_yaml(name)}: 1" for name in trained_on)
            way_out += f" Or mix in generated problems: --data.train {quoted(f'{{{weights}, generated: 2}}')}"
        raise ConfigError(f"`generated` among the rows for {flag}", ", ".join(sources), way_out)

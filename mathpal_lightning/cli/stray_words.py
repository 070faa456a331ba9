"""Words that stand where none belongs: a name with spaces that lacks its quotes, a second file, a file without its flag."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from mathpal_lightning.cli.flags import BARE, is_flag
from mathpal_lightning.cli.named import config_names, runs_here
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import DATA_FILES, as_stored, in_home, is_name

_ROWS_OF = {"test": "--data.test", "validate": "--data.validation", "predict": "--data.predict"}
_MOST_WORDS = 40
"""A name has fewer; a shell may put thousands of files in the place of `*`."""
_YAML_SIGNS = re.compile(r"[\[\]{},:#&*!|>'\"%@`]")


def refuse_unquoted(words: Sequence[str]) -> None:
    """Refuse several words that together are the name of a file or a run which is there.

    Raises:
        ConfigError: with the name in its quotes.
    """
    runs: set[str] | None = None
    for _, together in _runs_of(words):
        if len(together) < 2:
            continue
        runs = {run.name for run in runs_here()} if runs is None else runs
        lacks = [not _is_there(word, runs) for word in together[:_MOST_WORDS]]
        for first, end in combinations(range(len(lacks) + 1), 2):
            name = " ".join(together[first:end])
            if any(lacks[first:end]) and end - first > 1 and _is_there(name, runs):
                raise ConfigError("a name with spaces in quotes", name, f"Put quotes around it: {quoted(name)}")


def way_out_of_stray(verb: str, stray: str, words: Sequence[str]) -> str:
    """What was probably meant by a word that one of Lightning's verbs has no place for.

    Args:
        verb: the verb.
        stray: the word.
        words: all words of the command.
    """
    if stray in config_names():
        return f"Did you mean `mathpal {verb} --config {stray}`?"
    flag, values = next(((flag, values) for flag, values in _runs_of(words) if stray in values), ("", [stray]))
    is_rows = stray.lower().endswith(DATA_FILES)
    rows = _ROWS_OF.get(verb, "--data.train")
    if is_rows and flag in ("--data.train", "--data.validation", "--data.test", "--data.predict"):
        return f"Write several files as a list: {flag} {quoted(list_in_yaml(values))}"
    if is_rows:
        given = any(word.partition("=")[0] == "--config" for word in words)
        config = "" if given or rows != "--data.train" else "--config own_data_laptop "
        command = "In its place write:" if any(map(is_flag, words)) else f"For a file of rows: mathpal {verb}"
        run = " RUN" if verb in _ROWS_OF and not any(map(is_flag, words)) else ""
        return f"{command}{run} {config}{rows} {quoted(stray)}"
    if flag and stray != values[0]:
        return f"If it belongs to {flag}, put quotes around the whole value: {flag} {quoted(' '.join(values))}"
    return f"`mathpal {verb} --help` has examples."


def list_in_yaml(names: Sequence[str]) -> str:
    """Names as the list that a flag takes.

    >>> list_in_yaml(["bài 12.xlsx", "a, b.xlsx"])
    '[bài 12.xlsx, "a, b.xlsx"]'
    """
    return f"[{', '.join(map(in_yaml, names))}]"


def in_yaml(name: str) -> str:
    """A name inside a list or a mapping, in quotes where YAML needs them."""
    return json.dumps(name, ensure_ascii=False) if _YAML_SIGNS.search(name) else name


def _runs_of(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Each flag (empty at the beginning) with the words between it and the next one."""
    flag, values = "", list[str]()
    for word in words:
        if not is_flag(word):
            values.append(word)
            continue
        yield flag, values
        name, equals, value = word.partition("=")
        flag, values = ("" if name in BARE else name), [value] if equals else []
    yield flag, values


def _is_there(name: str, runs: set[str]) -> bool:
    """Whether a word names a run, a file or a folder; an empty one would be the folder of now."""
    return name in runs or (name != "" and is_name(name) and as_stored(in_home(name)).exists())

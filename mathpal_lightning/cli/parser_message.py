"""What jsonargparse says of an argument -> one line, and an error of ours."""

from __future__ import annotations

import re
from typing import NoReturn

from jsonargparse import ArgumentParser

from mathpal_lightning.errors import ConfigError

_NOISE = re.compile(r"^(- )?(Does not validate|Subtypes|Errors?:|Given value type|Expected a <class|Expected a path but)")
_GOT = re.compile(r"Got value: (.*)")
_LIST = re.compile(r"Expected a <class '(collections\.abc\.Sequence|list)'>")
_LONGEST = 400


class CommandParser(ArgumentParser):
    """The parser of a function in commands/, whose errors are ours."""

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        """Leave with status 2, as a ConfigError says."""
        command = self.prog.replace(" [options]", "")
        way_out = f"`{command} --help` has examples."
        raise ConfigError(f"flags of `{command}`", shortened(message).rstrip("."), way_out) from ex


def shortened(message: str) -> str:
    r"""The parser's message in one line, without its list of every type that a value could have had.

    >>> shortened("Key 'logger':\n  Does not validate against any\n  Subtypes: [a]\n  Given value: Nonsense")
    "Key 'logger': Given value: Nonsense"
    >>> shortened("Key 'port':\n  Expected a <class 'int'>. Got value: 80a")
    "Key 'port': Given value: 80a"
    >>> shortened("Key 'targets':\n  Expected a <class 'list'>. Got value: all-linear")
    "Key 'targets': Given value: all-linear, where a list such as [a, b] belongs"
    """
    lines = [line.strip() for line in message.splitlines()]
    said = " ".join(line for line in lines if line and not _NOISE.match(line)).rstrip(".")
    said = re.sub(r"(- )?Expected a typing\.Literal\[", "Expected one of [", said)
    if "Given value" not in said and "Got value" not in said and (got := _GOT.search(message)):
        said = f"{said} Given value: {got[1]}"
    if _LIST.search(message):
        said = f"{said}, where a list such as [a, b] belongs"
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}..."

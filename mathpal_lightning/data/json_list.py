"""A JSON list read element by element: memory holds one element and a chunk, however long the list is."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

CHUNK = 1 << 16
"""Bytes read at a time, at first: a larger element doubles what is held."""
_TAIL = 16
"""Characters: an error so near the end of what is held may only say that more is to come (`tru`, half an escape)."""
_SPACE = re.compile(r"[ \t\n\r]*")
_decode = json.JSONDecoder().raw_decode


class _Window:
    """A window that moves through a file: `text` from `position` on is still to be read."""

    def __init__(self, file: BinaryIO):
        self.file, self.decoder = file, codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.position, self.line, self.ended = "", 0, 1, False
        """`line` is the number of the line on which `text` begins."""

    def line_at(self, position: int) -> int:
        return self.line + self.text.count("\n", 0, position)

    def more(self) -> None:
        """Drop what was read and fetch as much again as is left."""
        self.line, self.text, self.position = self.line_at(self.position), self.text[self.position :], 0
        content = self.file.read(max(CHUNK, len(self.text)))
        self.ended = not content
        self.text += self.decoder.decode(content, final=self.ended)

    def next_character(self) -> str:
        """The next character that is no space, where `position` then stands; empty at the end."""
        while True:
            self.position = _SPACE.match(self.text, self.position).end()  # type: ignore[union-attr]
            if self.position < len(self.text) or self.ended:
                return self.text[self.position : self.position + 1]
            self.more()

    def element(self) -> Any:
        """The element that begins at `position`, which then stands behind it."""
        while True:
            try:
                value, end = _decode(self.text, self.position)
            except json.JSONDecodeError as error:
                unfinished = error.msg.startswith("Unterminated string") or error.pos >= len(self.text) - _TAIL
                if self.ended or not unfinished:
                    raise
            else:
                if self.ended or self.text[end : end + 1] not in ("", ".", "e", "E"):  # else a number may go on
                    self.position = end
                    return value
            self.more()


def begins_with_list(file: BinaryIO) -> bool:
    """Whether the first character that is no space opens a list; False for an object, as in JSON lines.

    Raises:
        JsonListError: it opens neither.
    """
    window = _Window(file)
    first = _located(window, window.next_character)
    if first not in ("[", "{"):
        raise JsonListError("Expected a list of objects", window.line_at(window.position))
    return first == "["


def json_elements(file: BinaryIO) -> Iterator[tuple[int, Any]]:
    """The elements of a list, each with the number of the line on which it begins.

    Args:
        file: UTF-8, with a byte order mark or without.

    Raises:
        JsonListError: what is wrong, and in which line; elements before it have been given.
    """
    window = _Window(file)
    _located(window, window.next_character)
    window.position += 1
    while _located(window, window.next_character) != "]":
        line = window.line_at(window.position)
        yield line, _located(window, window.element)
        following = _located(window, window.next_character)
        if following == ",":
            window.position += 1
        elif following != "]":
            raise JsonListError("Expected a comma or the list's end", window.line_at(window.position))


class JsonListError(ValueError):
    """What is wrong with a JSON list, and in which line."""

    def __init__(self, found: str, line: int):
        """Say both."""
        super().__init__(f"{found} in line {line}")


def _located(window: _Window, read: Any) -> Any:
    """Read on; an error says its line in the file."""
    try:
        return read()
    except json.JSONDecodeError as error:
        raise JsonListError(error.msg, window.line + error.lineno - 1) from error
    except UnicodeDecodeError as error:
        line = window.line + window.text.count("\n") + error.object[: error.start].count(b"\n")
        raise JsonListError(f"{error.encoding}: {error.reason} {error.object[error.start]:#x}", line) from error
    except RecursionError as error:
        raise JsonListError("Nested too deeply", window.line_at(window.position)) from error

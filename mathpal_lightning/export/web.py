"""GGUF files of a run -> web/: the page that solves problems in a browser, with the smallest of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mathpal_lightning.chat import generation_prompt
from mathpal_lightning.export.gguf.modelfile import chat_format_of
from mathpal_lightning.export.publish.facts import read_facts
from mathpal_lightning.families import licence_named
from mathpal_lightning.phone import write_page
from mathpal_lightning.run import RunFolder
from mathpal_lightning.schema import Turn
from mathpal_lightning.serving.examples import solved_examples

_QUESTION = "\0"


def page_model(ggufs: Sequence[Path]) -> Path:
    """The GGUF that a page holds: a phone's memory and its owner's data plan decide, so the smallest."""
    return min(ggufs, key=lambda file: file.stat().st_size)


def write_web(run: RunFolder, ggufs: Sequence[Path]) -> Path:
    """Write web/ of a run from the smallest of its GGUF files.

    Raises:
        ConfigError: npm is needed and missing.
        ExportError: the GGUF is too large for a browser, or has a foreign chat template; or npm failed.
    """
    gguf = page_model(ggufs)
    before, after = generation_prompt(chat_format_of(gguf), [Turn("user", _QUESTION)]).split(_QUESTION)
    licence = licence_named(read_facts(run.path).base.licence)
    notice = licence.notice if licence else ""
    return write_page(gguf, run.web, (before, after), solved_examples(run.path), notice)

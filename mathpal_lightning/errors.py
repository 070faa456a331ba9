"""Every error a user can meet: what was expected, what was found, and the way out.

Each child carries the exit status of `mathpal`, so that a script can tell the causes apart.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence


class MathPalError(Exception):
    """An error that `mathpal` shows as one line, without a stack trace.

    Its children are mistakes of the input or the machine; itself, with status 1, is a fault of mathpal.
    """

    exit_code = 1

    def __init__(self, expected: str, found: str, way_out: str):
        """Say the three things a reader needs, with the values in them.

        Args:
            expected: what should have been there, as a noun phrase ("a column `question`").
            found: what was there instead ("columns a, b in rows.csv").
            way_out: what to do now, as an imperative sentence.
        """
        super().__init__(expected, found, way_out)
        self.expected, self.found, self.way_out = expected, found, way_out

    def __str__(self) -> str:
        return f"Expected {self.expected}, but found {self.found}. {self.way_out}"


class ConfigError(MathPalError):
    """A setting, or a combination of settings, that cannot work."""

    exit_code = 2


class DataError(MathPalError):
    """Rows that cannot be read, too many refused ones, or a question or request that cannot be answered."""

    exit_code = 3


class ModelError(MathPalError):
    """A base model, tokenizer or adapter that is missing, damaged or not a Gemma."""

    exit_code = 4


class CheckpointError(MathPalError):
    """A checkpoint that is damaged or belongs to another run."""

    exit_code = 5


class TrainingError(MathPalError):
    """Training that went wrong: a loss or gradient that is not finite, a loss that diverges."""

    exit_code = 6


class ExportError(MathPalError):
    """An artefact that could not be written, or that failed its verification."""

    exit_code = 7


class PushError(MathPalError):
    """A finished artefact that could not be sent to the Hub."""

    exit_code = 8


class WriteError(MathPalError):
    """A disk that is full or may not be written to."""

    exit_code = 10


class RunInterrupted(MathPalError):
    """A run that was asked to stop (Ctrl-C, SIGTERM, SIGHUP). It is saved after its step, or ended at once and run again."""

    exit_code = 9


class MemoryLimitError(MathPalError):
    """A run that needs more memory than the machine, the accelerator or a limit gives it."""

    exit_code = 11


class TrialEnded(MathPalError):
    """A trial of a sweep that lags behind the others; the sweep goes on."""

    exit_code = 12


def require_one_of(key: str, value: object, words: Sequence[object], place: str = "") -> None:
    """Refuse a value that is none of a few words.

    Args:
        key: as the user writes it, for the error.
        value: what it is.
        words: what it may be.
        place: what follows the key in the error: " in config.yaml".

    Raises:
        ConfigError: with the word that was probably meant.
    """
    if value in words:
        return
    near = difflib.get_close_matches(str(value).lower(), [str(word) for word in words], n=1)
    way_out = f"Did you mean {near[0]}?" if near else f"For example {words[0]}."
    raise ConfigError(f"one of {', '.join(str(word) for word in words if word != '')} for `{key}`{place}", repr(value), way_out)

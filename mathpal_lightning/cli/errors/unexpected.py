"""An error that nobody expected: one line with its place, and a file with all that a report needs."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path

from mathpal_lightning import __version__
from mathpal_lightning.cli.errors.libraries import one_line
from mathpal_lightning.cli.secrets import without_secrets
from mathpal_lightning.errors import MathPalError
from mathpal_lightning.files import cache_folder

_PACKAGE = Path(__file__).parents[2]


def unexpected(error: Exception) -> MathPalError:
    """The line for a user; the traceback is written to a file that the line names."""
    file = write_report(error)
    details = f"with {file}, which holds the details" if file else "with what --debug shows"
    return MathPalError(
        "no fault of mathpal itself",
        f"{type(error).__name__} at {place(error)}: {one_line(error)}",
        f"Please report it {details}. What was finished before is whole.",
    )


def place(error: Exception) -> str:
    """Where an error was raised: the last line of ours that it came through, else the last line of all."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    if not frames:
        return "an unknown place"
    frame = (ours or frames)[-1]
    file = Path(frame.filename)
    return f"{file.relative_to(_PACKAGE.parent) if ours else file.name}:{frame.lineno}"


def write_report(error: Exception) -> Path | None:
    """Write command, versions and traceback, without secrets, to a new file; None where no folder takes it."""
    lines = traceback.format_exception(error)
    versions = f"mathpal {__version__}, Python {platform.python_version()}, {platform.platform()}"
    text = without_secrets(f"mathpal {' '.join(sys.argv[1:])}\n{versions}\n\n{''.join(lines)}")
    for folder in (cache_folder() / "errors", Path(tempfile.gettempdir())):
        file = folder / f"mathpal-error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.txt"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError:  # a full or read-only disk must not hide the error itself
            continue
        return file
    return None

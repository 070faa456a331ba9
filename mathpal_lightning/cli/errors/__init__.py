"""Errors of the system and of other libraries -> one line of ours, with a status and a way out.

    disk.py          a full disk, a missing right, a path that is not there
    memory.py        too little memory
    libraries.py     settings that Lightning refuses, a package that is missing, damaged weights
    unexpected.py    everything else is a fault of mathpal: one line with the place, and a file with the traceback

Each room turns an error of its library into one of ours where it knows the file and the way out. Here is the rest.
"""

from __future__ import annotations

from mathpal_lightning.cli.errors.disk import refused_by_system
from mathpal_lightning.cli.errors.libraries import refused_by_library
from mathpal_lightning.cli.errors.memory import is_out_of_memory, out_of_memory
from mathpal_lightning.cli.errors.unexpected import unexpected
from mathpal_lightning.errors import MathPalError

__all__ = ["as_one_of_ours"]


def as_one_of_ours(error: Exception) -> MathPalError:
    """What to tell a user about an error, whoever raised it."""
    if isinstance(error, MathPalError):
        return error
    if refused := refused_by_system(error):
        return refused
    if is_out_of_memory(error):
        return out_of_memory(error)
    return refused_by_library(error) or unexpected(error)

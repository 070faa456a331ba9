"""What is printed: our own log lines always, in a script and a notebook too; of other libraries what a user can act on."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

QUIET_LOGGERS = {
    "lightning.pytorch": logging.WARNING,
    "lightning.fabric": logging.WARNING,
    "torchao": logging.CRITICAL,  # says on a CPU that its GPU extensions are missing
    "bitsandbytes": logging.ERROR,  # says that an optional CPU kernel is missing
    "torch.utils._pytree": logging.ERROR,
}
QUIET_WARNINGS = (
    ".*does not have many workers.*",
    ".*(logs?|Checkpoint) directory.*exists and is not empty.*",  # a second `mathpal test RUN`, a run that goes on
    ".*LeafSpec.*",
    ".*The dirpath has changed from.*",  # `mathpal test RUN` from another folder
    ".*`base_model_name_or_path` was renamed.*",  # a base that moved; which one it is, is checked by its digest
    ".*is smaller than the logging interval.*",  # preflight says `few steps`
    ".*Total length of `list` across ranks is zero.*",  # the empty list that says: no validation rows
    ".*IProgress not found.*",  # a notebook without ipywidgets, which draws no bars of ours
)
_SET_BY_LIGHTNING = {"lightning.pytorch": logging.INFO, "lightning.fabric": logging.INFO}
"""The levels that Lightning sets when it is imported."""
_BARS = {"huggingface_hub.utils": "disable_progress_bars", "transformers.utils.logging": "disable_progress_bar"}
"""Who draws bars of its own, and the function that ends that."""
OURS = "mathpal_lightning"
_levels: dict[str, int] = {}
"""The level that each logger shall have once its library is imported: ours, or the one that the program set before."""
_settled: set[str] = set()
"""Loggers whose library has been imported and whose level was set after that; from then on the program alone sets it."""


class _WhereNobodyListens(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    """Prints our messages where the program has set up no logging of its own."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the message on stderr."""
        if not logging.getLogger().handlers:
            super().emit(record)


def show_messages() -> None:
    """Show our log lines, and silence what a user of ours cannot act on. A program that sets up logging decides itself.

    Called when the data module and the module are imported; again is harmless.
    """
    ours = logging.getLogger(OURS)
    if ours.level == logging.NOTSET:
        ours.setLevel(logging.INFO)
    if not any(isinstance(handler, _WhereNobodyListens) for handler in ours.handlers):
        handler = _WhereNobodyListens()
        handler.setFormatter(logging.Formatter("%(message)s"))
        ours.addHandler(handler)
    silence_others()


@contextmanager
def quieter(name: str, level: int = logging.WARNING) -> Iterator[None]:
    """Print nothing of a logger below `level` for the block, and all that it printed before from then on."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)


def silence_others() -> None:
    """Silence the loggers and warnings of other libraries that say nothing to a user of ours.

    A level that the program has set stays, and so do TRANSFORMERS_VERBOSITY and HF_HUB_DISABLE_PROGRESS_BARS.
    """
    for name, level in QUIET_LOGGERS.items():
        _quiet(name, level)
    for message in QUIET_WARNINGS:
        warnings.filterwarnings("ignore", message)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    for name, disable in _BARS.items() if os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] == "1" else ():
        if name in sys.modules:  # Lightning imports some of them first, and they read the environment only then
            getattr(sys.modules[name], disable)()


def _quiet(name: str, level: int) -> None:
    """Set the level of a logger where nobody but its own library has set one."""
    logger, is_imported = logging.getLogger(name), name in sys.modules
    unset = (logging.NOTSET, _SET_BY_LIGHTNING.get(name, logging.NOTSET) if is_imported else logging.NOTSET)
    wanted = _levels.setdefault(name, level if logger.level in unset else logger.level)
    if name not in _settled and logger.level in unset:
        logger.setLevel(wanted)
    if is_imported:
        _settled.add(name)

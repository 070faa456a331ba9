"""What a run prints: our own log lines, and those of libraries that a user can act on."""

import logging
import os
import sys

from mathpal_lightning.cli.processes import is_first_process
from mathpal_lightning.messages import silence_others, speak


def quiet() -> None:
    """Show our own log lines, one for each stage, and silence what a user cannot act on."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    logging.getLogger("mathpal_lightning").setLevel(logging.INFO if is_first_process() else logging.ERROR)
    silence_others()
    speak("en")  # `--lang vi` is read later
    if not sys.stderr.isatty():
        os.environ.setdefault("TQDM_DISABLE", "1")  # the bars of libraries; in a file they are a line of control characters
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("COMET_ERROR_TRACKING_ENABLE", "false")  # no crash reports to others
    os.environ.setdefault("COMET_TIMEOUT_CLEANING", "60")  # seconds to wait for a silent server
    for what in ("CODE", "GIT_PATCH"):  # Comet would upload source code and a patch of the working folder
        os.environ.setdefault(f"COMET_AUTO_LOG_{what}", "false")

"""What a run prints: our own log lines, and those of libraries that a user can act on."""

import logging
import os
import warnings

from mathpal_lightning.cli.processes import is_first_process

QUIET_LOGGERS = {
    "lightning.pytorch": logging.WARNING,
    "lightning.fabric": logging.WARNING,
    "torchao": logging.CRITICAL,  # says on a CPU that its GPU extensions are missing
    "bitsandbytes": logging.ERROR,  # says that an optional CPU kernel is missing
    "torch.utils._pytree": logging.ERROR,
}


def quiet() -> None:
    """Show our own log lines, one for each stage, and silence what a user cannot act on."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    logging.getLogger("mathpal_lightning").setLevel(logging.INFO if is_first_process() else logging.ERROR)
    for name, level in QUIET_LOGGERS.items():
        logging.getLogger(name).setLevel(level)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    for message in (".*does not have many workers.*", ".*log directory.*exists and is not empty.*", ".*LeafSpec.*"):
        warnings.filterwarnings("ignore", message)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("COMET_ERROR_TRACKING_ENABLE", "false")  # no crash reports to others
    os.environ.setdefault("COMET_TIMEOUT_CLEANING", "60")  # seconds to wait for a silent server
    for what in ("CODE", "GIT_PATCH"):  # Comet would upload source code and a patch of the working folder
        os.environ.setdefault(f"COMET_AUTO_LOG_{what}", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

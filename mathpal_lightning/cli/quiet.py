"""What a run prints: our own log lines, and of the libraries only what a user can act on."""

import logging
import os
import warnings

from mathpal_lightning.cli.processes import is_first_process

QUIET_LOGGERS = {
    "lightning.pytorch": logging.WARNING,
    "lightning.fabric": logging.WARNING,
    "torchao": logging.CRITICAL,  # its GPU extensions are missing on a CPU
    "bitsandbytes": logging.ERROR,  # so is an optional CPU kernel
    "torch.utils._pytree": logging.ERROR,
}


def quiet() -> None:
    """One line a stage: our own log lines, and of the libraries' only what a user can act on."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    logging.getLogger("mathpal_lightning").setLevel(logging.INFO if is_first_process() else logging.ERROR)
    for name, level in QUIET_LOGGERS.items():
        logging.getLogger(name).setLevel(level)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    for message in (".*does not have many workers.*", ".*log directory.*exists and is not empty.*", ".*LeafSpec.*"):
        warnings.filterwarnings("ignore", message)
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("COMET_ERROR_TRACKING_ENABLE", "false")  # no crash reports to others
    os.environ.setdefault("COMET_TIMEOUT_CLEANING", "60")  # seconds that a finished run waits for a server that went away
    for what in ("CODE", "GIT_PATCH"):  # the working folder is nobody's business
        os.environ.setdefault(f"COMET_AUTO_LOG_{what}", "false")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

"""The loggers of a run: CSV always, Comet where it is wanted and answers."""

from __future__ import annotations

import logging
import os
import urllib.request
from typing import Literal

from lightning.pytorch.loggers import CSVLogger, Logger

from mathpal_lightning.compat.comet_ml import SERVER
from mathpal_lightning.compat.lightning import DiscreetCometLogger, OfflineCometLogger
from mathpal_lightning.run import RunFolder

log = logging.getLogger(__name__)

SECONDS = 5.0
"""For one request: Comet's own client would try for minutes."""


def why_comet_is_away(seconds: float = SECONDS) -> str:
    """The reason why the Comet server (COMET_URL_OVERRIDE, else comet.com) does not answer; empty where it does."""
    url = os.environ.get("COMET_URL_OVERRIDE", SERVER).rstrip("/") + "/isAlive/ver"
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:
            return "" if answer.status == 200 else f"status {answer.status}"
    except OSError as error:  # URLError, a timeout, a connection that is closed
        return str(getattr(error, "reason", error)) or type(error).__name__


def loggers(run: RunFolder, subcommand: str, comet: Literal["auto", "offline", "off"]) -> list[Logger]:
    """CSV always (metrics.csv of a fit; <verb>/metrics.csv of the others); of a fit Comet, when it is wanted and possible."""
    version = "" if subcommand == "fit" else subcommand
    made: list[Logger] = [CSVLogger(str(run.path), name="", version=version, flush_logs_every_n_steps=1)]
    if subcommand != "fit":  # a test would be a second experiment under the name of its run
        return made
    if comet == "auto" and os.environ.get("COMET_API_KEY") and (away := why_comet_is_away()):
        log.warning("Comet is away (%s). The run is logged into %s instead: `comet upload` sends it later.", away, run.comet)
        comet = "offline"
    quietly: dict[str, object] = {"name": run.path.name, "display_summary_level": 0}  # the run has a table of its own
    if comet == "offline":
        run.comet.mkdir(parents=True, exist_ok=True)
        made.append(OfflineCometLogger(offline_directory=str(run.comet), **quietly))
    elif comet == "auto" and os.environ.get("COMET_API_KEY"):
        made.append(DiscreetCometLogger(project=os.environ.get("COMET_PROJECT_NAME", "mathpal"), **quietly))
    return made

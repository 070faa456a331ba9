"""Whether the Comet server answers: one request of a few seconds, because Comet's client would try for minutes."""

from __future__ import annotations

import os
import urllib.request

from mathpal_lightning.compat.comet_ml import SERVER

SECONDS = 5.0


def why_comet_is_away(seconds: float = SECONDS) -> str:
    """The reason why the Comet server (COMET_URL_OVERRIDE, else comet.com) does not answer; empty where it does."""
    url = os.environ.get("COMET_URL_OVERRIDE", SERVER).rstrip("/") + "/isAlive/ver"
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:
            return "" if answer.status == 200 else f"status {answer.status}"
    except OSError as error:  # URLError, a timeout, a connection that is closed
        return str(getattr(error, "reason", error)) or type(error).__name__

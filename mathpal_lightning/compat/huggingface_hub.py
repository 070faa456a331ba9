"""Private parts of huggingface_hub: requests have a deadline, and uploads by Xet can be switched off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mathpal_lightning.compat.guard import gone, require

if TYPE_CHECKING:
    import httpx

LIBRARY = "huggingface-hub"
CONNECT_SECONDS, SILENT_SECONDS = 20.0, 60.0
"""How long a server may take to accept a connection, and how long it may then say nothing."""
_PURPOSE = "pushes to mirrors and proxies without Xet"


def set_deadlines() -> None:
    """Let requests of huggingface_hub fail with `httpx.TimeoutException` where a server does not answer, in this process.

    Its own clients wait for ever. The limits are CONNECT_SECONDS and SILENT_SECONDS; an upload of hours goes on as long as
    bytes move. Only the factory that this function builds on is private.
    """
    from huggingface_hub import set_client_factory
    from huggingface_hub.utils import _http

    default = require(_http, "default_client_factory", LIBRARY, "deadlines for the Hub")

    def with_deadlines() -> httpx.Client:
        client: httpx.Client = default()
        hooks = client.event_hooks
        client.event_hooks = hooks | {"request": [*hooks["request"], _limit]}
        return client

    set_client_factory(with_deadlines)


def _limit(request: httpx.Request) -> None:
    """Put the limits into a request where it has none: huggingface_hub says `timeout=None` in many of its calls."""
    limits = dict.fromkeys(("read", "write"), SILENT_SECONDS) | dict.fromkeys(("connect", "pool"), CONNECT_SECONDS)
    given = request.extensions.get("timeout") or {}
    request.extensions["timeout"] = limits | {name: seconds for name, seconds in given.items() if seconds is not None}


def disable_xet() -> None:
    """Upload by plain HTTP from now on, in this process.

    The documented switch is an environment variable, which huggingface_hub reads once, when it is imported.

    Raises:
        ConfigError: this version ignores the switch, so the upload would fail.
    """
    from huggingface_hub import _commit_api, constants

    require(constants, "HF_HUB_DISABLE_XET", LIBRARY, _PURPOSE)
    constants.HF_HUB_DISABLE_XET = True
    if require(_commit_api, "is_xet_available", LIBRARY, _PURPOSE)():  # the function that an upload calls
        raise gone("constants.HF_HUB_DISABLE_XET as a switch", LIBRARY, _PURPOSE)

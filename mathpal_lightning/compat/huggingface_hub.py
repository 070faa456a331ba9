"""Private parts of huggingface_hub: requests have a deadline, and uploads by Xet can be switched off."""

from __future__ import annotations

from collections.abc import Callable
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
    bytes move. The clients are made as before, by the factory that the program has set (proxies, certificates), and their own
    time limits hold. Only where huggingface_hub keeps that factory is private.
    """
    from huggingface_hub import set_client_factory
    from huggingface_hub.utils import _http

    factory = require(_http, "_GLOBAL_CLIENT_FACTORY", LIBRARY, "deadlines for the Hub")
    if not isinstance(factory, _WithDeadlines):
        set_client_factory(_WithDeadlines(factory))


class _WithDeadlines:
    """A factory of clients whose requests have deadlines."""

    def __init__(self, factory: Callable[[], httpx.Client]):
        self._factory = factory

    def __call__(self) -> httpx.Client:
        client = self._factory()
        hooks = client.event_hooks
        if _limit not in hooks["request"]:  # a factory may give one client again and again
            client.event_hooks = hooks | {"request": [*hooks["request"], _limit]}
        return client


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

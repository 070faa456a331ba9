"""uvicorn's HTTP/1.1 protocol, which `serving/connection.py` gives deadlines: uvicorn has none for a request that never ends.

The class is a setting of uvicorn (`Config(http=...)`), but the names of its parts are not promised.
"""

from __future__ import annotations

from uvicorn.protocols.http.h11_impl import H11Protocol

from mathpal_lightning.compat.guard import gone, require

_HOOKS = ("connection_made", "connection_lost", "data_received", "send_400_response", "on_response_complete", "pause_writing",
          "resume_writing")  # fmt: skip
_PARTS = ("conn", "cycle", "connections", "client", "transport", "loop")
_PURPOSE = "the deadlines of `mathpal serve`"


def http_protocol() -> type[H11Protocol]:
    """The protocol's class, with every part that the deadlines rely on.

    Raises:
        ConfigError: this uvicorn names them differently.
    """
    for hook in _HOOKS:
        require(H11Protocol, hook, "uvicorn", _PURPOSE)
    made = H11Protocol.__init__.__code__.co_names + H11Protocol.connection_made.__code__.co_names
    for part in _PARTS:
        if part not in made:
            raise gone(f"H11Protocol.{part}", "uvicorn", _PURPOSE)
    return H11Protocol

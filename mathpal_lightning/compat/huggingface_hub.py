"""Private parts of huggingface_hub: uploads by Xet are switched off for servers that do not take them."""

from __future__ import annotations

from mathpal_lightning.compat.guard import gone, require

LIBRARY = "huggingface-hub"
_PURPOSE = "pushes to mirrors and proxies without Xet"


def disable_xet() -> None:
    """Upload by plain HTTP from now on, in this process.

    The documented switch is an environment variable, which huggingface_hub reads once, when it is imported.

    Raises:
        ConfigError: this version ignores the switch, so the upload would fail.
    """
    from huggingface_hub import _commit_api, constants

    require(constants, "HF_HUB_DISABLE_XET", LIBRARY, _PURPOSE)
    constants.HF_HUB_DISABLE_XET = True
    if require(_commit_api, "is_xet_available", LIBRARY, _PURPOSE)():  # what an upload asks
        raise gone("constants.HF_HUB_DISABLE_XET as a switch", LIBRARY, _PURPOSE)

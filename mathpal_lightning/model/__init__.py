"""The LightningModule and what it loads. MathPalModule comes when asked for: resolving a name loads no Lightning."""

from importlib import import_module
from typing import TYPE_CHECKING

from mathpal_lightning.model.resolve import resolve_model

if TYPE_CHECKING:
    from mathpal_lightning.model.module import MathPalModule

__all__ = ["MathPalModule", "resolve_model"]


def __getattr__(name: str) -> object:
    """Import the module when it is first asked for."""
    if name != "MathPalModule":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("mathpal_lightning.model.module").MathPalModule

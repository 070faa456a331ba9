"""The LightningModule and what it loads. MathPalModule is imported when first used: finding a model loads no Lightning."""

from importlib import import_module
from typing import TYPE_CHECKING

from mathpal_lightning.messages import show_messages
from mathpal_lightning.model.resolve import resolve_model

if TYPE_CHECKING:
    from mathpal_lightning.model.module import MathPalModule

__all__ = ["MathPalModule", "resolve_model"]


def __getattr__(name: str) -> object:
    """Import the module when it is first asked for."""
    if name != "MathPalModule":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = import_module("mathpal_lightning.model.module").MathPalModule
    show_messages()  # after the import: Lightning raises its own log level when it is imported
    return found

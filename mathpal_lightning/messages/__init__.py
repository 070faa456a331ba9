"""Our log lines: what is printed (`shown.py`), and in which language (`vietnamese.py`)."""

from mathpal_lightning.messages.shown import OURS, show_messages, silence_others
from mathpal_lightning.messages.vietnamese import in_vietnamese, speak, told

__all__ = ["OURS", "in_vietnamese", "show_messages", "silence_others", "speak", "told"]

"""Our log lines: what is printed (`shown.py`), and in which language (`vietnamese.py`)."""

from mathpal_lightning.messages.shown import OURS, quieter, show_messages, silence_others
from mathpal_lightning.messages.vietnamese import in_vietnamese, speak, speaking, told

__all__ = ["OURS", "in_vietnamese", "quieter", "show_messages", "silence_others", "speak", "speaking", "told"]

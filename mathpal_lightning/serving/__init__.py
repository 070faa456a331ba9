"""A run's GGUF -> llama.cpp -> a chat in the terminal, and in `web` an OpenAI-compatible API and a page for a pupil.

`web` typesets with latex2mathml, of the extra `serve`; nothing else here needs it.
"""

from pathlib import Path

from mathpal_lightning.serving.find_gguf import find_gguf, run_of
from mathpal_lightning.serving.question import read_question

SLOTS = 8
"""Answers written at a time. They share one context, so fewer are written where they are long, and further ones wait."""
CONTEXT = 16384
"""Tokens that they share: room for eight questions with answers of 1,024 tokens. It takes 45 MB more than 4096 on Gemma 3 270M
(measured), 0.06 GB on 1B, 0.8 GB on 4B and 2.3 GB on 12B (by shapes)."""
CONTEXT_OF_LARGE = 4096
"""The same where the GGUF has more than LARGE bytes: room for three."""
LARGE = 2_000_000_000
PAGE = Path(__file__).with_name("page")
"""The page's files, as a browser gets them."""

__all__ = ["CONTEXT", "PAGE", "SLOTS", "context_for", "find_gguf", "read_question", "run_of"]


def context_for(gguf: Path) -> int:
    """How many tokens the answers of one moment share by default."""
    return CONTEXT_OF_LARGE if gguf.stat().st_size > LARGE else CONTEXT

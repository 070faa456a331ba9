"""A run's GGUF -> llama.cpp -> a chat in the terminal, and in `web` an OpenAI-compatible API and a page for a pupil.

`web` typesets with latex2mathml, of the extra `serve`; nothing else here needs it.
"""

from pathlib import Path

from mathpal_lightning.serving.find_gguf import find_gguf
from mathpal_lightning.serving.question import read_question

SLOTS = 8
"""Answers written at a time. They share one context, so fewer are written where they are long, and further ones wait."""
PAGE = Path(__file__).with_name("page")
"""The page's files, as a browser gets them."""

__all__ = ["PAGE", "SLOTS", "find_gguf", "read_question"]

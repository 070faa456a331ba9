"""A run's GGUF -> llama.cpp's server -> a chat in the terminal, and in `web` an OpenAI-compatible API and a page for a pupil.

`web` typesets with latex2mathml, of the extra `serve`; nothing else here needs it.
"""

from mathpal_lightning.serving.find_gguf import find_gguf
from mathpal_lightning.serving.llama_server import Ending, LlamaServer, start_llama
from mathpal_lightning.serving.question import read_question

__all__ = ["Ending", "LlamaServer", "find_gguf", "read_question", "start_llama"]

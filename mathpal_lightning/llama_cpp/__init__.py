"""The one llama.cpp client: a GGUF file loaded in a process of its own, and the requests made to it.

    settings = LlamaSettings(Path("model-q8_0.gguf"))
    with start_llama(settings) as llama:            # process.py starts child.py, which ends with this process
        for piece in llama.solve("2 + 3 = ?"): ...  # client.py

`watch.py` replaces a process that ends or hangs. `stream.py` makes requests from asynchronous code. Export verifies with this
client, `mathpal data pairs` samples with it, `mathpal serve` and `mathpal chat` answer with it.
"""

from mathpal_lightning.llama_cpp.client import CERTAIN, Ending, LlamaCpp, SolutionReader, Written
from mathpal_lightning.llama_cpp.process import LlamaProcess, LlamaSettings, start_llama
from mathpal_lightning.llama_cpp.watch import WatchedLlama, watch_llama

__all__ = [
    "CERTAIN",
    "Ending",
    "LlamaCpp",
    "LlamaProcess",
    "LlamaSettings",
    "SolutionReader",
    "WatchedLlama",
    "Written",
    "start_llama",
    "watch_llama",
]

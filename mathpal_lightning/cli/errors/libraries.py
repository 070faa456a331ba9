"""Errors of other libraries that tell of a mistake in the input: by the names of their classes, without importing any."""

from __future__ import annotations

import re
import sys

from mathpal_lightning.errors import ConfigError, MathPalError, ModelError

_PIP = re.compile(r"pip install (?:-U )?'?(?P<package>[A-Za-z0-9_.-]+)")
_NOT_MET = re.compile(r"Requirement '(?P<package>[A-Za-z0-9_.-]+)[^']*' not met")


def refused_by_library(error: Exception) -> MathPalError | None:
    """What to tell a user; None where the error does not tell of a mistake in the input."""
    if isinstance(error, ModuleNotFoundError) and str(error.name).partition(".")[0] in sys.stdlib_module_names:
        way_out = (
            "It was built without it, or may not read it. Install the system's package for it (liblzma-dev, libbz2-dev, "
            "libffi-dev, libsqlite3-dev) and build Python anew, or take a Python from python.org, conda or uv."
        )
        return ConfigError("a whole Python", f"one without its own module {error.name} ({sys.executable})", way_out)
    if missing := missing_package(error):
        return ConfigError(f"the package {missing}, which this setting needs", "it is not installed", f"pip install {missing}")
    kind, said = type(error).__name__, one_line(error)
    if kind == "MisconfigurationException":
        return ConfigError("settings that Lightning can use", said, "Change the setting that it names.")
    if kind == "SafetensorError":
        return ModelError(
            "weights in safetensors that can be read", said, "The file is cut or damaged: download or export it again."
        )
    if kind in ("YAMLError", "ScannerError", "ParserError", "ReaderError"):
        return ConfigError("a file in YAML", said, "Correct it and save it as UTF-8.")
    return None


def refused_setting(error: Exception) -> ConfigError:
    """What to tell a user about an error that making a Trainer, a logger or a callback from the config has raised."""
    refused = refused_by_library(error)
    if isinstance(refused, ConfigError):
        return refused
    return ConfigError("settings that Lightning can use", one_line(error), "Change the setting that it names.")


def missing_package(error: Exception) -> str:
    """The package that an error asks for; empty where it asks for none, or for a part of ours."""
    if found := _NOT_MET.search(str(error)) or (_PIP.search(str(error)) if "nstall" in str(error) else None):
        return found["package"]
    name = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    return "" if not name or name.startswith("mathpal_lightning") else str(name).partition(".")[0]


def one_line(error: BaseException) -> str:
    """The first line of an error that says something; the kind of the error where it says nothing."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else type(error).__name__

"""The error of a library that lacks what this package relies on, and the check that raises it."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any

from mathpal_lightning.errors import ConfigError

_PACKAGE = "mathpal-lightning"
_ABSENT = object()


def require(owner: object, name: str, library: str, purpose: str) -> Any:
    """The attribute of an object of another library that is not part of the library's public interface.

    Args:
        owner: a module, class or object of the library.
        name: the attribute.
        library: the library's distribution, as pip names it.
        purpose: what this package uses the attribute for, as a noun phrase.

    Raises:
        ConfigError: the installed version has no such attribute.
    """
    found = getattr(owner, name, _ABSENT)
    if found is _ABSENT:
        raise gone(f"{_name_of(owner)}.{name}", library, purpose)
    return found


def gone(what: str, library: str, purpose: str) -> ConfigError:
    """The error to raise when `what` is missing: it names the library, its version and the versions that were tested."""
    return ConfigError(
        f"{library} with `{what}`, for {purpose}",
        f"{library} {installed_version(library)} without it",
        f"Install a version that was tested with this package: pip install '{tested_versions(library)}'.",
    )


def installed_version(library: str) -> str:
    """The version of a distribution; "(not installed)" where there is none."""
    try:
        return version(library)
    except PackageNotFoundError:
        return "(not installed)"


def tested_versions(library: str) -> str:
    """The requirement of this package on a library, for example `peft<0.22,>=0.21`; the bare name where there is none."""
    for line in _own_requirements():
        requirement = line.partition(";")[0].replace(" ", "")
        if normalised_name(re.split(r"[<>=!~\[]", requirement, maxsplit=1)[0]) == normalised_name(library):
            return requirement
    return library


def _own_requirements() -> list[str]:
    try:
        return requires(_PACKAGE) or []
    except PackageNotFoundError:  # the package runs from a folder that was never installed
        return []


def normalised_name(name: str) -> str:
    """The name of a distribution as all its spellings have it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _name_of(owner: object) -> str:
    return str(getattr(owner, "__name__", type(owner).__name__))

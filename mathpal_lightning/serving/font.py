"""The page's font for formulas, where its package is installed: roots, braces and hats stretch on every device with it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from mathpal_lightning.errors import ConfigError

PACKAGE = "ziamath"
_FILE = "STIXTwoMath-Regular.ttf"


def math_font() -> Path:
    """The file of STIX Two Math (https://www.stixfonts.org, SIL Open Font License), which the package ziamath carries.

    Raises:
        ConfigError: the package is not installed, or no longer carries it.
    """
    found = find_spec(PACKAGE)
    folders = found.submodule_search_locations or [] if found else []
    for folder in folders:
        if (file := Path(folder) / "fonts" / _FILE).is_file():
            return file
    way_out = "Install it: pip install 'mathpal-lightning[serve]'."
    raise ConfigError(f"the font {_FILE} of the package {PACKAGE}", "none", way_out)

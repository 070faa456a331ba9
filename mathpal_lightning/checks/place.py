"""Whether a run can write where it is going to: the right to it, and names that the file system allows."""

from __future__ import annotations

import os
from pathlib import Path

from mathpal_lightning.checks.finding import Finding
from mathpal_lightning.errors import ConfigError, WriteError
from mathpal_lightning.files import why_not_writable

LONGEST_BELOW = len("merged_4bit/.model-00001-of-00099.safetensors.mathpal.json.4194304.tmp")
"""Bytes of the longest path that a run writes below its folder."""
_LONGEST_PATH = 259 if os.name == "nt" else 4095
_LONGEST_NAME = 255


def check_place(folder: Path) -> Finding:
    """Whether the run folder can be made and written to. Nothing is written.

    Args:
        folder: of the run; it need not exist yet.

    Raises:
        ConfigError: a name or the whole path is too long, or something else has the folder's name.
        WriteError: this user may not write there.
    """
    path = folder.absolute()
    longest = len(os.fsencode(path)) + 1 + LONGEST_BELOW
    if longest > _LONGEST_PATH:
        expected = f"paths of at most {_LONGEST_PATH} bytes"
        raise ConfigError(expected, f"up to {longest} below {path}", "Choose a shorter --output_dir or --name.")
    for part in path.parts[1:]:
        if len(os.fsencode(part)) > _LONGEST_NAME:
            found = f"{len(os.fsencode(part))} bytes: {part[:40]}..."
            raise ConfigError(f"names of at most {_LONGEST_NAME} bytes", found, "Choose a shorter --output_dir or --name.")
    nearest = next(parent for parent in (path, *path.parents) if os.path.lexists(parent))
    if not nearest.is_dir():
        raise ConfigError(f"a folder at {nearest}", "something else", "Choose another --output_dir or --name.")
    if why := why_not_writable(path):
        way_out = "Give this user the right to it (chmod, chown), or choose another --output_dir."
        raise WriteError("a run folder that may be written to", why, way_out)
    return Finding("folder", f"{path} can be written")

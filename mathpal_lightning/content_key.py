"""The key of a cache: a digest of everything that its content depends on.

    code        the modules of this package that decide the content, and all modules of ours that they import
    data files  what lies beside those modules and is no Python: the syllabus in YAML, a page in HTML
    versions    this package's, and those of the libraries that the caller names
    facts       the settings and the digests of the inputs, among them the tokenizer's, that the caller names

A cache whose name holds this key is never read after any of these changed. The code is found by following the import
statements in the source files, not by a list kept by hand, so a file or folder that is added later counts from its first
day. Standard library only; open to every room.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from mathpal_lightning import __version__

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Plain: TypeAlias = "str | int | float | bool | None | Sequence[Plain] | Mapping[str, Plain]"
"""What JSON can say."""

log = logging.getLogger(__name__)

_STARTED = time.time()
_FOLDER, _PACKAGE = Path(__file__).parent, "mathpal_lightning"
_TYPES_ONLY = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+.*\n|\n)+", re.MULTILINE)
_FROM = re.compile(rf"^[ \t]*from ({_PACKAGE}[\w.]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)
_IMPORT = re.compile(rf"^[ \t]*import ({_PACKAGE}[\w.]*)", re.MULTILINE)
_BY_NAME = re.compile(rf'import_module\(\s*f"({_PACKAGE}[\w.]*)\.\{{')
"""A module whose name is computed: every module below the part that is known may be the one."""


def content_key(*modules: str, libraries: Sequence[str] = (), **facts: Plain) -> str:
    """The key under which something computed may be kept and found again.

    It is the same wherever the package is installed, with either kind of line ending, and in any order of a mapping.

    Args:
        modules: dotted names of the modules of this package that decide the content ("mathpal_lightning.data.cache").
        libraries: distributions whose versions decide it too; one that is not installed counts as such.
        facts: settings, and digests of the inputs.

    Returns:
        24 hexadecimal digits.

    Raises:
        ValueError: a module that this package does not have.
        TypeError: a fact that JSON cannot hold.
    """
    versions = {library: installed_version(library) for library in libraries}
    parts = [__version__, code_digest(*sorted(modules)), versions, facts]
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]


def installed_version(library: str) -> str:
    """The version of a distribution, empty where it is not installed; nothing is imported."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


@cache
def code_digest(*modules: str) -> str:
    """SHA-256 over the files that the modules consist of, with their names; read once a process.

    Where the files changed after the process had begun, by an upgrade for example, they are not the code that runs. The
    digest is then one that no other process has, so that nothing is found under a key to which it does not belong.
    """
    try:
        files = code_files(*modules)
        lines = [f"{name} {sha256(_unix(path)).hexdigest()}" for name, path in sorted(files.items())]
        is_newer = any(path.stat().st_ctime > _STARTED for path in files.values())
    except (KeyError, FileNotFoundError):  # a module that was added or removed since the modules were listed
        is_newer = True
    if is_newer:
        log.warning("The files of %s changed after this process began: other processes do not use what it caches.", _PACKAGE)
        lines = [f"process {os.getpid()} of {_STARTED}"]
    return sha256("\n".join(lines).encode()).hexdigest()


def code_files(*modules: str) -> dict[str, Path]:
    """The files of ours that decide what the modules do: their code, the code they import, and the data files beside it.

    Imports inside functions count; those for type checkers do not. A package counts when a name is taken from it, not when
    it only stands on the way to a module: the `__init__` files of this package define nothing and patch nothing.

    Returns:
        Name -> path. The names are relative to the package, with slashes.
    """
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in _all_modules():
            raise ValueError(f"Expected a module of {_PACKAGE}, but got {module!r}")
        file = _all_modules()[module]
        name = file.relative_to(_FOLDER).as_posix()
        if name not in found:
            found[name] = file
            waiting += imported_modules(file.read_text(encoding="utf-8"))
    folders = {file.parent for file in found.values()} - {_FOLDER}
    return found | {path.relative_to(_FOLDER).as_posix(): path for folder in folders for path in _data_files(folder)}


def imported_modules(source: str) -> set[str]:
    """The modules of this package that a source text imports.

    >>> sorted(imported_modules("from mathpal_lightning.text import numbers, normalize_text"))
    ['mathpal_lightning.text', 'mathpal_lightning.text.numbers']
    """
    executed = _TYPES_ONLY.sub("", source)
    found = {module for module in _IMPORT.findall(executed) if module != _PACKAGE}
    for module, names in _FROM.findall(executed):
        for name in _names(names):
            inside = f"{module}.{name}"
            found |= {inside} if inside in _all_modules() else {module, *_given_on_demand(module, name)}
    for prefix in _BY_NAME.findall(executed):
        found |= {module for module in _all_modules() if module.startswith(f"{prefix}.")}
    return found


def _names(listed: str) -> list[str]:
    """The names of an import statement, before any `as`."""
    without_comments = re.sub(r"#.*", "", listed).strip("() \n")
    return [part.split()[0] for part in without_comments.split(",") if part.strip()]


@cache
def _given_on_demand(package: str, name: str) -> tuple[str, ...]:
    """Where a package's `__getattr__` finds a name: its type checkers' imports say so."""
    source = _all_modules()[package].read_text(encoding="utf-8")
    for_types = "".join(_TYPES_ONLY.findall(source))
    return tuple(module for module, names in _FROM.findall(for_types) if name in _names(names))


@cache
def _all_modules() -> Mapping[str, Path]:
    """Dotted name -> file of every module of the package."""
    modules = {}
    for folder, folders, names in os.walk(_FOLDER):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if name.endswith(".py"):
                file = Path(folder, name)
                parts = file.relative_to(_FOLDER).with_suffix("").parts
                modules[".".join((_PACKAGE, *parts)).removesuffix(".__init__")] = file
    return modules


def _data_files(folder: Path) -> list[Path]:
    """Files of a package's folder that are no Python, with those of its sub-folders that are no packages."""
    inside = [path for path in folder.iterdir() if not path.name.startswith((".", "__pycache__"))]
    files = [path for path in inside if path.is_file() and path.suffix != ".py"]
    below = [path for path in inside if path.is_dir() and not (path / "__init__.py").is_file()]
    return files + [path for each in below for path in _data_files(each)]


def _unix(path: Path) -> bytes:
    return path.read_bytes().replace(b"\r\n", b"\n")


def folder_state(folder: Path) -> list[Plain]:
    """Place, names, sizes and times of the files in a folder: another state means that the content may be another."""
    stats = {path.name: path.stat() for path in sorted(folder.iterdir())}
    return [str(folder), *(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats.items())]


def tokenizer_digest(tokenizer: PreTrainedTokenizerBase) -> str:
    """A digest of a tokenizer's vocabulary, merges, added tokens and chat template; half a second for a Gemma's."""
    if not tokenizer.is_fast:
        content = json.dumps(sorted(tokenizer.get_vocab().items()))
    else:  # before the added tokens there are only padding and truncation, which each call sets anew
        content = tokenizer.backend_tokenizer.to_str().partition('"added_tokens"')[2]
    return sha256(f"{content}\0{tokenizer.chat_template}\0{tokenizer.bos_token_id}".encode()).hexdigest()

"""A config file -> its YAML nodes, or an error with the file, the line and what is wrong there. Takes milliseconds."""

from __future__ import annotations

from pathlib import Path

import yaml

from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import DATA_FILES

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where it is installed, as the parser takes it."""


def composed(text: str) -> yaml.Node | None:
    """The nodes of a flag's value in YAML; None where it is none: then it is a text."""
    try:
        return yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError:
        return None


def composed_file(file: Path) -> yaml.MappingNode:
    """The nodes of a config file.

    Raises:
        ConfigError: it is not UTF-8, no YAML, or does not hold keys.
    """
    text = _text_of(file)
    try:
        top = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        raise _no_yaml(file, text, error) from error
    except yaml.YAMLError as error:  # a control character
        raise ConfigError(f"a config in YAML in {file}", str(error).splitlines()[0], "Remove that character.") from error
    if isinstance(top, yaml.MappingNode):
        return top
    found = {"SequenceNode": "a list", "ScalarNode": "a text without keys"}.get(type(top).__name__, "nothing in it")
    raise ConfigError(f"keys and values in the config {file}", found, "Write one `key: value` a line; configs/ has examples.")


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        is_data = file.name.lower().endswith(DATA_FILES)
        way_out = f"It looks like a file of rows: give it as --data.train {quoted(file)}." if is_data else "Save it as UTF-8."
        raise ConfigError(f"a config in UTF-8 in {file}", "bytes that are not UTF-8", way_out) from error


def _no_yaml(file: Path, text: str, error: yaml.MarkedYAMLError) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    lines = text.splitlines()
    number = min(mark.line + 1 if mark else 1, max(len(lines), 1))
    line = lines[number - 1] if lines else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        way_out = "Indent it with spaces: YAML takes no tabs."
    elif file.suffix.lower() in (".toml", ".ini", ".cfg"):
        way_out = f"A config is YAML, and {file.suffix} is another format: write `key: value`; configs/ has examples."
    else:
        way_out = f"The parser says: {error.problem}. Look for a colon, a quote or the indentation, also in the line above."
    return ConfigError(f"a config in YAML in {file}", f"{line.strip()[:80]!r} in line {number}", way_out)

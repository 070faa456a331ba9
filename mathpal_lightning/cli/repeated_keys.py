"""A config file in which a key stands twice: YAML takes the last one in silence, so we refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from mathpal_lightning.cli.config_text import LOADER
from mathpal_lightning.errors import ConfigError


def refuse_repeated_keys(file: Path) -> None:
    """Refuse a YAML or JSON file that gives one key two values.

    Raises:
        ConfigError: the file, the key and both lines.
    """
    top = yaml.compose(file.read_text(encoding="utf-8"), Loader=LOADER)
    for key, first, second in _repeated(top, set()) if top is not None else ():
        raise ConfigError(
            f"every key once in {file}", f"`{key}` in line {first} and again in line {second}", "Remove one of the two."
        )


def _repeated(node: yaml.Node, seen: set[int]) -> Iterator[tuple[str, int, int]]:
    """Every repeated key with its two lines; a node that an anchor repeats is looked at once."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for element in node.value:
            yield from _repeated(element, seen)
    if isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if isinstance(key, yaml.ScalarNode) and key.value in lines:
                yield key.value, lines[key.value], line
            lines[str(key.value)] = line
            yield from _repeated(value, seen)

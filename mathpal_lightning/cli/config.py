"""Reading a config: flags and YAML files -> settings that can work, or an error that names the key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from jsonargparse import Namespace, get_loader
from lightning.pytorch.cli import LightningArgumentParser

from mathpal_lightning.cli.parser_message import shortened
from mathpal_lightning.cli.repeated_keys import refuse_repeated_keys
from mathpal_lightning.cli.secrets import refuse_secrets
from mathpal_lightning.cli.trainer.settings import require_possible
from mathpal_lightning.compat.jsonargparse import defaults_of, known_keys
from mathpal_lightning.errors import ConfigError

UNKNOWN_KEY = re.compile(
    r"Key '(?P<flag>[\w.]+)' is not expected|unrecognized arguments: --(?P<argument>[\w.]+)|"
    r"does not accept option '(?P<file>[\w.]+)'"
)


class MathPalArgumentParser(LightningArgumentParser):
    """A parser that names the nearest key when one is misspelt."""

    def error(self, message: str, ex: Exception | None = None) -> NoReturn:
        """Leave with status 2, as a ConfigError says."""
        message = shortened(message)
        way_out = "Correct it and run again."
        if unknown := UNKNOWN_KEY.search(message):
            key = next(filter(None, unknown.groups()))
            near = difflib.get_close_matches(key, self._known_keys(), n=1, cutoff=0.5)
            way_out = f"Did you mean `{near[0]}`?" if near else "`mathpal fit --help_all` lists every key."
        raise ConfigError("a config that can be read", message.rstrip("."), way_out) from ex

    def _known_keys(self) -> list[str]:
        """Every key of every verb, without the verb."""
        return known_keys(self)


def parse(parser: LightningArgumentParser, args: Sequence[str]) -> Namespace:
    """Parse arguments and config files.

    Raises:
        ConfigError: they cannot be read, a section is not one, a value is null or impossible, or a secret stands in them.
    """
    try:
        config: Namespace = parser.parse_args(args)
    except (ValueError, OverflowError) as error:  # what the parser lets through: not UTF-8, a null byte, an endless number
        raise ConfigError("a config that can be read", str(error), "Correct it and save it as UTF-8.") from error
    settings = config[config.subcommand]
    for key, default in defaults_of(parser, config.subcommand).items():
        sections = [key[: dot.start()] for dot in re.finditer(r"\.", key)]
        if wrong := next((name for name in sections if not isinstance(settings.get(name), Namespace)), None):
            raise ConfigError(
                f"settings in the section `{wrong}`", f"{settings.get(wrong)!r}", "Give it keys, or leave it out."
            )
        if default is not None and settings.get(key) is None and not key.startswith("trainer."):
            raise ConfigError(f"a value for `{key}`", "null", f"Leave it out for {default!r}, or give another value.")
    require_possible(settings)
    refuse_secrets(config.as_dict())
    for file in settings.config or ():
        refuse_repeated_keys(Path(str(file)))
        _refuse_empty_sections(Path(str(file)), settings)
    return config


def _refuse_empty_sections(file: Path, settings: Namespace) -> None:
    """Refuse a section that is null: the parser would forget what an earlier file says in it, and train with the defaults."""
    given = get_loader("yaml")(file.read_text(encoding="utf-8"))  # as the parser reads it
    for name, value in (given or {}).items():
        if value is None and isinstance(settings.get(name), Namespace):
            raise ConfigError(f"settings in the section `{name}` of {file}", "null", "Give it keys, or leave it out.")

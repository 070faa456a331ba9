"""Private parts of jsonargparse: the parsers of the verbs, their keys and their defaults."""

from __future__ import annotations

from collections.abc import Mapping

from jsonargparse import ArgumentParser

from mathpal_lightning.compat.guard import require

LIBRARY = "jsonargparse"
_KEYS = "naming the nearest key when one is misspelt"
_DEFAULTS = "refusing null where a value is needed"


def known_keys(parser: ArgumentParser) -> list[str]:
    """Every key of a parser and of its verbs, without the verb."""
    parsers = (parser, *_verbs(parser, _KEYS).values())
    return [str(action.dest) for one in parsers for action in require(one, "_actions", LIBRARY, _KEYS)]


def defaults_of(parser: ArgumentParser, verb: str) -> Mapping[str, object]:
    """The default of every key of a verb, by the key's full name (`model.learning_rate`)."""
    defaults: Mapping[str, object] = dict(_verbs(parser, _DEFAULTS)[verb].get_defaults().items())
    return defaults


def _verbs(parser: ArgumentParser, purpose: str) -> Mapping[str, ArgumentParser]:
    """The parser of each verb; empty where there are no verbs."""
    action = require(parser, "_subcommands_action", LIBRARY, purpose)
    verbs: Mapping[str, ArgumentParser] = {} if action is None else require(action, "_name_parser_map", LIBRARY, purpose)
    return verbs

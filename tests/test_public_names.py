"""What notebooks, configs and scripts rely on is still there: public names, verbs, flags. Additions are welcome.

The golden list is tests/fixtures/public_names.json. A name leaves it only with an entry in the change log.
"""

import inspect
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from mathpal_lightning.cli.lightning_cli import MathPalArgumentParser, MathPalCLI
from mathpal_lightning.cli.main import ALIASES, FUNCTIONS, LIGHTNING_VERBS, OTHER_VERBS, SWITCHES

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures/public_names.json").read_text(encoding="utf-8"))


class _OnlyParsers(MathPalCLI):
    """Build the parsers and stop."""

    def parse_arguments(self, parser: Any, args: Any) -> None:
        raise StopIteration(parser)


def keys_of_verbs(*arguments: str) -> dict[str, list[str]]:
    """Every key of the verb that is asked for, without one of each of Lightning's: what a YAML file or a flag may say."""
    with pytest.raises(StopIteration) as stopped:
        _OnlyParsers([*arguments])
    parser: MathPalArgumentParser = stopped.value.value
    assert parser._subcommands_action
    subparsers = parser._subcommands_action._name_parser_map.items()
    return {verb: sorted({action.dest for action in each._actions} - {"help", "==SUPPRESS=="}) for verb, each in subparsers}


def arguments_of_functions() -> dict[str, list[str]]:
    """Every flag of the other verbs: the arguments of their functions."""
    found = {}
    for verb, functions in FUNCTIONS.items():
        module = import_module(f"mathpal_lightning.commands.{verb}")
        for name in functions:
            found[f"{verb} {name}"] = sorted(inspect.signature(getattr(module, name)).parameters)
    return found


@pytest.mark.parametrize("module", sorted(GOLDEN["names"]))
def test_every_public_name_can_be_imported(module: str):
    found = import_module(module)
    assert GOLDEN["names"][module]
    assert [name for name in GOLDEN["names"][module] if not hasattr(found, name)] == []


@pytest.mark.parametrize("place", sorted(GOLDEN["arguments"]))
def test_every_argument_of_a_public_class_or_function_is_still_taken(place: str):
    module, name = place.rsplit(".", 1)
    taken = inspect.signature(getattr(import_module(module), name)).parameters
    assert [argument for argument in GOLDEN["arguments"][place] if argument not in taken] == []


def test_every_verb_is_still_there():
    assert set(LIGHTNING_VERBS | OTHER_VERBS) >= set(GOLDEN["verbs"])
    assert set(ALIASES) | set(SWITCHES) >= set(GOLDEN["short_flags"])


def test_every_key_of_every_verb_is_still_there():
    keys = keys_of_verbs()
    assert len(GOLDEN["keys"]["fit"]) > 100
    missing = {verb: sorted(set(golden) - set(keys[verb])) for verb, golden in GOLDEN["keys"].items()}
    assert missing == dict.fromkeys(GOLDEN["keys"], [])


def test_only_the_parser_of_the_verb_that_runs_is_made():
    assert keys_of_verbs("fit") == {"fit": keys_of_verbs()["fit"]}


def test_every_flag_of_the_other_verbs_is_still_there():
    flags = arguments_of_functions()
    missing = {verb: sorted(set(golden) - set(flags[verb])) for verb, golden in GOLDEN["flags"].items()}
    assert missing == dict.fromkeys(GOLDEN["flags"], [])

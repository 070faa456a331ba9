"""The flags of `mathpal sweep`: its own and those of the fit, refused before torch is imported where they cannot be right."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

from mathpal_lightning.cli.early import refuse_early, refuse_unknown, with_config_files
from mathpal_lightning.cli.flags import is_flag, lists_from_commas
from mathpal_lightning.cli.keys import is_known, known_keys
from mathpal_lightning.cli.named import config_folder, is_run
from mathpal_lightning.cli.run_argument import flags_of_run
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import OUTPUTS
from mathpal_lightning.sweep.space import Choice, Space, Value, flags

_OWN = ("space", "trials", "workers", "objective", "name", "output_dir", "no_test", "json")


def read_sweep_flags(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """The sweep's own flags, and those of the fit.

    Args:
        arguments: flags of the sweep and of `mathpal fit`, whose long names are used.

    Raises:
        ConfigError: a flag that does not exist or whose value cannot be right, or no space.
    """
    parser = argparse.ArgumentParser(prog="mathpal sweep", add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--space", type=Path)
    parser.add_argument("--trials", type=_count, default=20)
    parser.add_argument("--workers", type=_count, default=1)
    parser.add_argument("--objective", choices=("val/exact_match", "val/loss"), default="val/exact_match")
    parser.add_argument("--name", default="sweep")
    parser.add_argument("--output_dir", default=OUTPUTS)
    parser.add_argument("--no_test", action="store_true")
    parser.add_argument("--json", nargs="?", const="true", default="false", choices=("true", "false"))
    try:
        own, given = parser.parse_known_args(list(arguments))
    except (argparse.ArgumentError, argparse.ArgumentTypeError) as error:
        raise ConfigError("flags of `mathpal sweep`", str(error), "`mathpal sweep --help` shows them.") from None
    own.json = own.json == "true"
    _refuse_mistyped(given)
    if own.space is None:
        raise ConfigError("the values to try: --space FILE", "none", "For example: --space configs/spaces/sweep.yaml")
    if not own.space.is_file() and (of_the_package := config_folder().parent / own.space).is_file():
        own.space = of_the_package  # an installed package has its configs inside
    return own, given


def refuse_trials(own: argparse.Namespace, given: Sequence[str], space: Space) -> None:
    """Refuse what every trial would refuse: a key or value that cannot be, a file that is not there, a read-only folder.

    Args:
        own: the sweep's own flags.
        given: flags of `mathpal fit`.
        space: the values of each key.

    Raises:
        ConfigError: a key or a value, of the flags or of the space; DataError, ModelError: a file that is not there.
        WriteError: a folder that may not be written to.
    """
    folder = Path(own.output_dir) / own.name
    if is_run(folder):
        raise ConfigError("a folder for the sweep", f"the run {folder}", "Choose another --name.")
    for key in space:
        refuse_unknown(key, f" in {own.space}", "fit")
    place = [f"--output_dir={own.output_dir}", f"--name={own.name}", "--overwrite=true"]
    words = lists_from_commas(flags_of_run("sweep", given), known_keys().get)
    refuse_early("fit", [*with_config_files(words), *_flags_of_values(space), *place])


def _flags_of_values(space: Space) -> list[str]:
    """A flag for each value that a key may take, and for some of a range."""
    values: Mapping[str, Sequence[Value]] = {
        key: of.values if isinstance(of, Choice) else of.examples for key, of in space.items()
    }
    return [flag for key, each in values.items() for value in each for flag in flags({key: value})]


def _refuse_mistyped(given: Sequence[str]) -> None:
    """Refuse a flag that is neither one of `mathpal fit` nor of the sweep, but resembles one of the sweep."""
    for word in given:
        name = word.partition("=")[0].lstrip("-")
        if is_flag(word) and not is_known(name) and (near := difflib.get_close_matches(name, _OWN, n=1, cutoff=0.7)):
            raise ConfigError("flags of `mathpal sweep`", f"--{name}", f"Did you mean `--{near[0]}`?")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 or more")
    return int(text)

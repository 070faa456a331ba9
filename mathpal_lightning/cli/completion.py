"""What the Tab key offers: verbs, flags, the names of configs and runs. The shell asks at every press: nothing heavy loads."""

from __future__ import annotations

import argparse

from mathpal_lightning.cli.flags import ALIASES, SWITCHES
from mathpal_lightning.cli.function_flags import flags_of
from mathpal_lightning.cli.keys import known_keys
from mathpal_lightning.cli.named import config_names, runs_here
from mathpal_lightning.cli.run_argument import run_arguments
from mathpal_lightning.cli.signature import read_signature
from mathpal_lightning.cli.verbs import FUNCTIONS, LIGHTNING_VERBS, OF_A_RUN


def complete() -> None:
    """Answer the shell and exit; does nothing where no shell asks (argcomplete looks at the environment)."""
    import argcomplete

    argcomplete.autocomplete(parser(), always_complete_options="long")


def parser() -> argparse.ArgumentParser:
    """A parser of every verb with its flags, for completion only."""
    whole = argparse.ArgumentParser("mathpal", add_help=False)
    verbs = whole.add_subparsers()
    for verb in LIGHTNING_VERBS:
        of_verb = verbs.add_parser(verb, add_help=False)
        if verb in OF_A_RUN:
            _with_choices(of_verb.add_argument("run", nargs="?"), _runs)
        _with_choices(of_verb.add_argument("--config"), lambda **_: config_names())
        for flag in sorted({*(name for name in (*ALIASES, *SWITCHES) if name.startswith("--")), "--dry_run", "--help"}):
            of_verb.add_argument(flag, nargs="?")
        for key in known_keys():
            if key not in ("config", "help", "json", "overwrite"):
                of_verb.add_argument(f"--{key}")
    for verb, functions in FUNCTIONS.items():
        of_verb = verbs.add_parser(verb, add_help=False)
        if len(functions) == 1:
            _add_flags(of_verb, verb, functions[0])
            continue
        inner = of_verb.add_subparsers()
        for name in functions:
            _add_flags(inner.add_parser(name, add_help=False), verb, name)
    return whole


def _add_flags(of_verb: argparse.ArgumentParser, verb: str, name: str) -> None:
    signature = read_signature(f"commands.{verb}", name)
    if run_arguments(signature):
        _with_choices(of_verb.add_argument("runs", nargs="*"), _runs)
    for flag in flags_of(signature):
        of_verb.add_argument(f"--{flag}")


def _runs(**_: object) -> list[str]:
    return sorted({run.name for run in runs_here()})


def _with_choices(action: argparse.Action, choices: object) -> None:
    action.completer = choices  # type: ignore[attr-defined]  # argcomplete reads it

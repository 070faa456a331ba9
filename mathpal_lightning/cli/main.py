"""The front door: `mathpal <verb> ...`. Lightning's verbs go to MathPalCLI, the others to functions in commands/."""

from __future__ import annotations

import argparse
import atexit
import difflib
import io
import json as jsons
import os
import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import NoReturn, get_args

from mathpal_lightning import __version__
from mathpal_lightning.cli.early import refuse_early, with_config_files
from mathpal_lightning.cli.errors import as_one_of_ours
from mathpal_lightning.cli.flags import (
    ALIASES,
    SWITCHES,
    first_with_its_flag,
    lists_from_commas,
    long_flags,
    required_as_positional,
    split_positional,
    with_values,
)
from mathpal_lightning.cli.function_flags import as_flags_of, refuse_impossible_values, refuse_unknown_flags, require_given
from mathpal_lightning.cli.help import front_page, page_of
from mathpal_lightning.cli.keys import known_keys
from mathpal_lightning.cli.quiet import quiet
from mathpal_lightning.cli.run_argument import flags_of_function, flags_of_run, with_known_files
from mathpal_lightning.cli.secrets import without_secrets
from mathpal_lightning.cli.signals import name_of, signals_stop_as_ctrl_c
from mathpal_lightning.cli.signature import read_signature
from mathpal_lightning.cli.stray_words import refuse_unquoted
from mathpal_lightning.cli.streams import reader_is_gone
from mathpal_lightning.cli.verbs import FIRST, FUNCTIONS, LIGHTNING_VERBS, OF_A_RUN, OTHER_VERBS, OTHER_WORDS, POSITIONAL
from mathpal_lightning.cli.writable import require_writable_for
from mathpal_lightning.collector import collector_at_rest
from mathpal_lightning.compat.unsloth import import_unsloth
from mathpal_lightning.errors import ConfigError, MathPalError, RunInterrupted
from mathpal_lightning.files import cache_folder, in_home
from mathpal_lightning.report.words import Language

__all__ = ["ALIASES", "FUNCTIONS", "LIGHTNING_VERBS", "OTHER_VERBS", "SWITCHES", "command", "long_flags", "main"]

CLOSED_PIPE = 141
"""The status of a command whose reader is gone, as a shell reports SIGPIPE."""


def command() -> None:
    """The console script `mathpal`: run `main`, then exit without the interpreter's own shutdown.

    Threads of native libraries (gloo, Arrow) outlive a run. During the shutdown one of them may abort, and a run that has
    written everything would end with SIGABRT. Functions registered with `atexit` still run.
    """
    if "_ARGCOMPLETE" in os.environ:
        from mathpal_lightning.cli.completion import complete

        complete()  # answers the shell and exits
    status = 1

    def leave_at_once() -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

    atexit.register(leave_at_once)  # registered first, called last
    try:
        main()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        raise
    except KeyboardInterrupt:
        status = 130  # as a shell reports SIGINT
        raise


def main(argv: Sequence[str] | None = None) -> None:
    """Run `mathpal`; after an error, exit with the status of that error."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    speak_utf_8()
    try:
        with signals_stop_as_ctrl_c():
            run([argument for argument in arguments if argument != "--debug"])
    except KeyboardInterrupt as stop:
        leave(RunInterrupted("the command to end by itself", name_of(stop), "Run the same command again."))
    except Exception as error:
        if debug:
            raise
        if isinstance(error, BrokenPipeError) and stdout_is_closed():
            sys.exit(CLOSED_PIPE)
        leave(as_one_of_ours(error))


def speak_utf_8() -> None:
    """Write UTF-8 where the streams would write an encoding without Vietnamese, such as cp1252.

    An encoding that the user has chosen ($PYTHONIOENCODING) stays; what it lacks is then written as question marks.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and "utf" not in (stream.encoding or "").lower():
            stream.reconfigure(encoding=None if "PYTHONIOENCODING" in os.environ else "utf-8", errors="replace")


def stdout_is_closed() -> bool:
    """Whether the reader of our output is gone (`mathpal ... | head`); what is left of it then goes nowhere."""
    try:
        sys.stdout.flush()  # raises again where output is kept back; with PYTHONUNBUFFERED nothing is
        if not reader_is_gone(sys.stdout.fileno()):
            return False
    except BrokenPipeError:
        pass
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def leave(error: MathPalError) -> NoReturn:
    """Say what is wrong in one line, and exit with the status of the error."""
    said = " ".join(line.strip() for line in without_secrets(str(error)).splitlines())
    print(f"mathpal: {said}", file=sys.stderr)
    sys.exit(error.exit_code)


def run(arguments: list[str]) -> None:
    """Run the verb that the first argument names.

    Raises:
        ConfigError: there is no such verb.
    """
    verb = arguments[0] if arguments else "--help"
    if verb in ("-h", "--help", "help") and len(arguments) > 1:
        verb, arguments = arguments[1], [*arguments[1:], "--help"]
    if verb in ("-h", "--help", "help"):
        print(front_page(), end="")
    elif verb == "--version":
        print(__version__)
    elif verb in LIGHTNING_VERBS | OTHER_VERBS:
        if not {"-h", "--help", *(["--help_all"] if verb in OTHER_VERBS else [])}.isdisjoint(arguments):
            print(page_of(verb, arguments[1:]), end="")
            return
        refuse_unquoted(arguments[1:])
        if verb in LIGHTNING_VERBS:
            run_lightning(verb, arguments[1:])
        elif verb == "sweep":
            run_sweep(arguments[1:])
        else:
            run_command(verb, arguments[1:])
    else:
        meant = OTHER_WORDS.get(verb.lower())
        near = [meant] if meant else difflib.get_close_matches(verb, [*LIGHTNING_VERBS, *OTHER_VERBS], n=1)
        way_out = f"Did you mean `mathpal {near[0]}`?" if near else "Write the verb first: mathpal fit --config FILE."
        raise ConfigError(f"a verb ({', '.join([*LIGHTNING_VERBS, *OTHER_VERBS])})", repr(verb), way_out)


def run_lightning(verb: str, arguments: list[str]) -> None:
    """Run one of Lightning's verbs."""
    quiet()  # before the libraries are imported: some print while they load
    if verb == "test" and any(word.endswith(".gguf") for word in split_positional(arguments)[0]):
        asked = read_gguf_test(arguments)
        from mathpal_lightning.commands.score_gguf import score_gguf

        score_gguf(asked.file, language=asked.lang, json=asked.json)
        return
    flags = lists_from_commas(long_flags(arguments), known_keys().get)
    if verb == "fit" and "--dry_run" in flags:
        verb, flags = "preflight", [flag for flag in flags if flag != "--dry_run"]
    flags = with_config_files(flags_of_run(verb, flags))
    as_json = verb in OF_A_RUN and "--json=true" in flags
    if as_json:
        silent = ("--trainer.enable_progress_bar=false", *(() if verb == "predict" else ("--verbose=false",)))
        flags = [*(flag for flag in flags if flag != "--json=true"), *silent]
    if "--help" not in flags:
        refuse_early(verb, flags)
    with collector_at_rest():
        if "--print_config" not in flags:
            import_unsloth_first(flags)
        from mathpal_lightning.cli.lightning_cli import MathPalCLI

    if not as_json:
        MathPalCLI(args=[verb, *flags])
        return
    with redirect_stdout(sys.stderr):
        called = MathPalCLI(args=[verb, *flags])
    print(jsons.dumps(called.figures(), ensure_ascii=False, indent=2))


def run_sweep(arguments: list[str]) -> None:
    """Run a sweep; its own flags and those of the fit are taken apart in cli/sweep.py."""
    from mathpal_lightning.cli.sweep import sweep

    quiet()
    sweep(long_flags(arguments))


def read_gguf_test(arguments: list[str]) -> argparse.Namespace:
    """The `file`, `lang` and `json` of `mathpal test FILE.gguf`.

    Raises:
        ConfigError: the file is not there, or a flag of another name or value: the problems are those of its run.
    """
    way_out = "For example: mathpal test outputs/lop5/gguf/model-q8_0.gguf --lang vi. Its problems are those of its run."
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    parser.add_argument("file", type=Path)
    parser.add_argument("--lang", choices=get_args(Language), default="en")
    parser.add_argument("--json", action="store_true")
    try:
        asked, others = parser.parse_known_args(arguments)
    except argparse.ArgumentError as error:
        raise ConfigError("a GGUF of a run, and only --lang and --json", str(error), way_out) from error
    asked.file = in_home(str(asked.file))
    if others or not asked.file.is_file():
        raise ConfigError("a GGUF of a run, and only --lang and --json", " ".join(others) or f"no file {asked.file}", way_out)
    return asked


def import_unsloth_first(flags: Sequence[str]) -> None:
    """Where Unsloth trains on a GPU, import it first: it patches transformers, which Lightning imports.

    On a CPU Unsloth patches nothing, so that a mistake in the config is reported without waiting for the import.
    """
    on_cpu = rough_value(flags, "trainer", "accelerator") == "cpu"
    if find_spec("unsloth") is None or on_cpu or rough_value(flags, "model", "backend") == "transformers":
        return
    import torch

    if torch.cuda.is_available():
        import_unsloth(cache_folder())


def rough_value(flags: Sequence[str], section: str, name: str) -> str:
    """The value of a key that flags and config files give, found by a rough search; the parser reads them later.

    >>> rough_value(["--model.backend=unsloth"], "model", "backend"), rough_value([], "trainer", "accelerator")
    ('unsloth', 'auto')
    """
    found = "auto"
    for flag, value in pairwise(word for given in flags for word in given.split("=", 1)):
        if flag == f"--{section}.{name}":
            found = value
        elif flag in ("--config", "-c") and Path(value).is_file():
            named = re.search(rf"(?m)^  {name}: *(\w+)", Path(value).read_text(encoding="utf-8", errors="replace"))
            found = named[1] if named else found
    return found


def run_command(verb: str, arguments: list[str]) -> None:
    """Run a function of commands/ with arguments from its signature: `mathpal data report`, `mathpal export`."""
    quiet()
    functions = FUNCTIONS[verb]
    if len(functions) == 1:
        flags = flags_of_command(verb, verb, functions[0], arguments)
    else:
        if verb in FIRST and (not arguments or arguments[0].startswith("-")):
            arguments = [FIRST[verb], *arguments]
        name = arguments[0] if arguments else ""
        if name not in functions:
            near = difflib.get_close_matches(name, functions, n=1)
            way_out = f"Did you mean `mathpal {verb} {near[0]}`?" if near else f"`mathpal {verb} --help` has examples."
            raise ConfigError(f"`mathpal {verb}` with one of {', '.join(functions)}", repr(name) if name else "none", way_out)
        flags = [name, *flags_of_command(f"{verb} {name}", verb, name, arguments[1:])]
    from jsonargparse import auto_cli

    from mathpal_lightning.cli.parser_message import CommandParser

    module = import_module(f"mathpal_lightning.commands.{verb}")
    found = [getattr(module, name) for name in functions]
    called = found[0] if len(found) == 1 else found
    auto_cli(called, args=flags, prog=f"mathpal {verb}", as_positional=verb in POSITIONAL, parser_class=CommandParser)


def flags_of_command(command: str, verb: str, name: str, arguments: list[str]) -> list[str]:
    """The flags as the function's parser takes them; refuses what is mistyped before anything is imported."""
    signature = read_signature(f"commands.{verb}", name)
    words = as_flags_of(signature, arguments)
    switches = {f"--{each.name}" for each in signature.arguments if each.is_switch}
    words = [
        f"{word}=true" if word in switches and value not in ("true", "false") else word for word, value in with_values(words)
    ]
    words = first_with_its_flag(words, signature) if verb in POSITIONAL else words
    refuse_unknown_flags(command, signature, words)
    words = lists_from_commas(words, signature.named)
    refuse_impossible_values(signature, words)
    words = flags_of_function(verb, signature, words)
    if verb in POSITIONAL:
        words = required_as_positional(words, signature.required, switches)
    require_given(verb, command, signature, words)
    require_writable_for(command, words)
    return with_known_files(signature, words)

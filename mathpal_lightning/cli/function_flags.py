"""What can be refused of a function's flags before the function is imported: names, missing arguments, numbers."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import yaml

from mathpal_lightning.cli.flags import is_flag, split_positional, with_underscores, with_values
from mathpal_lightning.cli.signature import Signature, read_signature
from mathpal_lightning.cli.values import refuse_repo, refuse_value, refuse_word
from mathpal_lightning.cli.verbs import EXAMPLES, POSITIONAL
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.files import DATA_FILES
from mathpal_lightning.formats import require_written


def as_flags_of(signature: Signature, arguments: Sequence[str]) -> list[str]:
    """Hyphenated flags, and keys of a config whose last words a function takes, as its own flags.

    Args:
        signature: the function's.
        arguments: words of a command line. To a function with `columns`, `--data.columns.question NAME` means
            `--columns.question NAME`.
    """
    known = flags_of(signature)
    words: list[str] = []
    for word in arguments:
        name, equals, value = word.partition("=")
        flag = with_underscores(name)
        short = flag.replace("--data.", "--", 1)
        words.append((short if short.lstrip("-") in known else flag) + equals + value)
    return words


def refuse_unknown_flags(command: str, signature: Signature, words: Sequence[str]) -> None:
    """Refuse flags that a function does not take.

    Raises:
        ConfigError: with the nearest flag.
    """
    known = [*flags_of(signature), "help", "print_config", "config"]
    for word in words:
        flag = word.partition("=")[0]
        if not is_flag(word):
            continue
        name = flag.lstrip("-")
        inside = any(name.startswith(f"{each.name}.") for each in signature.arguments if not each.section)
        if name in known or inside:
            continue
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        way_out = f"Did you mean `--{near[0]}`?" if near else f"`mathpal {command} --help` lists the flags."
        raise ConfigError(f"a flag of `mathpal {command}`", flag, way_out)


def refuse_impossible_values(signature: Signature, words: Sequence[str]) -> None:
    """Refuse a text where a function takes a number or one of a few words, and formats that no export writes.

    Args:
        signature: the function's.
        words: its flags, with lists written as JSON or YAML.

    Raises:
        ConfigError: with the value that was probably meant.
    """
    for word, after in with_values(words):
        flag, equals, given = word.partition("=")
        argument = signature.named(flag.removeprefix("--")) if is_flag(word) else None
        value = given if equals else after
        if argument is None:
            continue
        refuse_value(flag, value, argument.annotation, default=argument.default)
        if argument.annotation != "bool":  # a flag without a value may stand before any word
            refuse_word(flag, value, argument.words)
        if argument.name == "push":
            refuse_repo(value)
        if argument.name == "formats" and value.startswith("["):
            require_written(yaml.safe_load(value))


def require_given(verb: str, command: str, signature: Signature, words: Sequence[str]) -> None:
    """Refuse a call without an argument that has no default, and one with a word too many.

    Args:
        verb: the first word of the command.
        command: all words of it.
        signature: the function's.
        words: its flags, with the names of runs already turned into `--run`.

    Raises:
        ConfigError: with an example of how it is called.
    """
    switches = {f"--{each.name}" for each in signature.arguments if each.is_switch}
    positional, flags = split_positional(words, switches)
    given = {flag.partition("=")[0] for flag in flags}
    wanted = [name for name in signature.required if f"--{name}" not in given]
    missing = wanted[len(positional) :] if verb in POSITIONAL else wanted
    call = f"`{' '.join(['mathpal', command, *map(str.upper, signature.required)])}`"
    if missing and "--config" not in given:
        found = "nothing" if missing == signature.required else f"no {missing[0].upper()}"
        raise ConfigError(call, found, f"For example: {EXAMPLES[command][0][0]}")
    if strays := positional[len(wanted) if verb in POSITIONAL else 0 :]:
        way_out = f"`mathpal {command} --help` has examples."
        if strays[0].lower().endswith(DATA_FILES):
            way_out = "Give one file at a time."
        elif flags:
            way_out = "Put quotes around a value with spaces, such as 'Lời giải'."
        raise ConfigError(f"{call} and flags", repr(strays[0]), way_out)


def flags_of(signature: Signature) -> list[str]:
    """The names of a function's flags, without hyphens: those of its dataclasses too."""
    names: list[str] = []
    for argument in signature.arguments:
        names.append(argument.name)
        if argument.section:
            names += [f"{argument.name}.{inner}" for inner in flags_of(read_signature(*argument.section))]
    return names

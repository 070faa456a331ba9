"""Short and hyphenated flags -> the keys of the config; `4,5` -> a list where a list is wanted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from mathpal_lightning.cli.signature import Argument, Signature
from mathpal_lightning.errors import ConfigError

ALIASES = {
    "--experiment_name": ["--name"],
    "--model_name": ["--model.model_name"],
    "--max_steps": ["--trainer.max_steps"],
    "--max_epochs": ["--trainer.max_epochs"],
    "--learning_rate": ["--model.learning_rate"],
    "--votes": ["--evaluation.votes"],
    "--grades": ["--data.generator.grades"],
    "--topics": ["--data.generator.topics"],
    "--levels": ["--data.generator.levels"],
    "--columns.question": ["--data.columns.question"],
    "--columns.solution": ["--data.columns.solution"],
    "-c": ["--config"],
    "--help_all": ["--help"],
}
SWITCHES = {
    "--overwrite": ["--overwrite=true"],
    "--no_comet": ["--comet=off"],
    "--json": ["--json=true"],
    "--quick_test": [
        "--trainer.max_steps=20",
        "--trainer.max_epochs=-1",
        "--trainer.val_check_interval=null",
        "--trainer.limit_val_batches=2",
        "--evaluation.problems=20",
        "--evaluation.sample=20",
        '--export.formats=["adapter","merged_16bit","gguf:q8_0","gguf:f16"]',
    ],
}
BARE = {"--print_config", "--dry_run", "--help", "-h"}
"""Flags after which no value stands."""

_FLAG = re.compile(r"--?[A-Za-z][\w.+-]*(=|\Z)")


def long_flags(arguments: Sequence[str]) -> list[str]:
    """Rewrite short and hyphenated flags to the keys of the config.

    >>> long_flags(["--max-steps", "5", "--no-comet", "--model.lora_r=8"])
    ['--trainer.max_steps', '5', '--comet=off', '--model.lora_r=8']
    """
    rewritten: list[str] = []
    for argument in arguments:
        flag, equals, value = argument.partition("=")
        flag = with_underscores(flag)
        if flag in SWITCHES and not equals:
            rewritten += SWITCHES[flag]
        else:
            rewritten.append("".join([*ALIASES.get(flag, [flag]), equals, value]))
    return rewritten


def with_underscores(flag: str) -> str:
    """`--max-steps` -> `--max_steps`; other words stay."""
    return flag.replace("-", "_").replace("__", "--", 1) if flag.startswith("--") and is_flag(flag) else flag


def is_flag(word: str) -> bool:
    """Whether a word of a command line is a flag, and not a value that begins with a hyphen: a number, or several words."""
    return _FLAG.match(word) is not None


def with_values(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word with the value after it: empty before another flag and at the end."""
    return ((word, "" if is_flag(after) else after) for word, after in pairwise([*arguments, "--end"]))


def lists_from_commas(arguments: Sequence[str], argument_of: Callable[[str], Argument | None]) -> list[str]:
    """`--grades 4,5` -> `--grades=[4, 5]`, for flags whose argument is a list. JSON lists stay as they are.

    Args:
        arguments: words of a command line, with long flags.
        argument_of: the argument of a flag's name, without its hyphens; None where it is not known.

    Raises:
        ConfigError: an empty place in a list, or no list at all: a value was probably lost.
    """
    rewritten: list[str] = []
    words = iter(arguments)
    for word in words:
        flag, equals, value = word.partition("=")
        argument = argument_of(flag.lstrip("-")) if flag.startswith("--") else None
        if argument is None or not argument.is_list:
            rewritten.append(word)
            continue
        value = value if equals else next(words, "")
        rewritten.append(f"{flag}={_as_list(flag, value, numbers='[int]' in argument.annotation)}")
    return rewritten


def _as_list(flag: str, value: str, *, numbers: bool) -> str:
    if value.startswith("[") or value == "null":
        return value
    parts = [part.strip() for part in value.split(",")]
    if not all(parts):
        given = ",".join(filter(None, parts))
        way_out = f"Write {flag} {given}." if given else f"Write the values with commas between them, or leave out {flag}."
        raise ConfigError(f"a value in every place of `{flag}`", repr(value), way_out)
    is_whole = numbers and all(part.lstrip("-").isdigit() for part in parts)
    return json.dumps([int(part) for part in parts] if is_whole else parts, ensure_ascii=False)


def split_positional(words: Sequence[str], bare: frozenset[str] | set[str] = BARE) -> tuple[list[str], list[str]]:
    """The words that are neither a flag nor the value of one, and the others in their order.

    >>> split_positional(["lop5", "--ckpt_path", "last", "questions.jsonl"])
    (['lop5', 'questions.jsonl'], ['--ckpt_path', 'last'])
    >>> split_positional(["--verify", "false", "lop5"], {"--verify"})
    (['lop5'], ['--verify', 'false'])
    """
    positional, others = list[str](), list[str]()
    takes_value = may_take_one = False
    for word in words:
        is_value = takes_value or (may_take_one and word in ("true", "false"))
        (others if is_flag(word) or is_value else positional).append(word)
        takes_value = is_flag(word) and "=" not in word and word not in bare
        may_take_one = word in bare  # --verify, and --verify false
    return positional, others


def first_with_its_flag(words: Sequence[str], signature: Signature) -> list[str]:
    """Write a lone first word with its flag where every argument has a default: `completion zsh` -> `--shell=zsh`."""
    if words and not is_flag(words[0]) and not signature.required:
        return [f"--{signature.arguments[0].name}={words[0]}", *words[1:]]
    return list(words)


def required_as_positional(words: Sequence[str], required: Sequence[str], bare: frozenset[str] | set[str] = BARE) -> list[str]:
    """Write required arguments without their flags, in their order, as the parser of such a verb takes them.

    Args:
        words: words of a command line.
        required: the names of the arguments that have no default, in their order.
        bare: flags after which no value stands.

    >>> required_as_positional(["--count", "5", "--out", "rows.jsonl"], ["out"])
    ['rows.jsonl', '--count', '5']
    """
    positional, flags = split_positional(words, bare)
    named: dict[str, str] = {}
    others: list[str] = []
    rest = iter(flags)
    for word in rest:
        flag, equals, value = word.partition("=")
        name = flag.removeprefix("--")
        if is_flag(word) and name in required:
            named[name] = value if equals else next(rest, "")
        else:
            others.append(word)
    unnamed = iter(positional)
    in_order = [named[name] if name in named else next(unnamed, None) for name in required]
    return [*(word for word in in_order if word is not None), *unnamed, *others]

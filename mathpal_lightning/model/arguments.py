"""What people write as arguments of MathPalModule and its methods -> one form of each, or an error that says what was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from numbers import Integral, Real
from typing import Any, TypeVar, cast, get_args, get_type_hints

from mathpal_lightning.errors import ConfigError, require_one_of
from mathpal_lightning.model.load import LORA_TARGETS
from mathpal_lightning.model.policy import Policy
from mathpal_lightning.model.reference import Preference
from mathpal_lightning.model.targets import refuse_shared
from mathpal_lightning.schema import Prompt, Role, Row, Turn

ALL_LINEAR = "all-linear"
"""PEFT's word for the linear layers of attention and MLP."""
_Settings = TypeVar("_Settings", Preference, Policy)


def target_names(targets: str | Iterable[str]) -> list[str]:
    """The names of layers in `model.lora_targets`: a list, one name, or `all-linear` for those of attention and MLP.

    Raises:
        ConfigError: a name with other signs than letters, digits and `_`, such as a regular expression or a path.
        ModelError: the embedding or the head is among them.

    >>> target_names("q_proj"), target_names(["all-linear"]) == list(LORA_TARGETS)
    (['q_proj'], True)
    """
    names = [targets] if isinstance(targets, str) else list(targets)
    names = list(dict.fromkeys(name for given in names for name in (LORA_TARGETS if given == ALL_LINEAR else (given,))))
    if wrong := [name for name in names if not re.fullmatch(r"\w+", str(name))]:
        raise ConfigError(
            f"names of layers in `model.lora_targets`, such as q_proj, or {ALL_LINEAR}",
            repr(wrong[0]),
            "Write them as a list: [q_proj, v_proj].",
        )
    refuse_shared(names)
    return names


def settings_of(kind: type[_Settings], given: _Settings | Mapping[str, Any], section: str) -> _Settings:
    """The settings of a section, from themselves or by their names.

    Args:
        kind: their class, `Preference` or `Policy`.
        given: an object of it, or a mapping.
        section: its key, for errors.

    Raises:
        ConfigError: neither, a name that is not one of them, or a value of another type or out of its range.
    """
    if isinstance(given, kind):
        return given
    names, types = [field.name for field in fields(kind)], get_type_hints(kind)
    if not isinstance(given, Mapping):
        raise ConfigError(f"a {kind.__name__} or a dictionary for `{section}`", repr(given), f"Its keys: {', '.join(names)}.")
    for name, value in given.items():
        require_one_of(f"{section}.*", name, names)
        if wanted := _wanted(types[name], value):
            raise ConfigError(f"{wanted} for `{section}.{name}`", repr(value), "Correct it.")
    return kind(**given)


def _wanted(type_of: object, value: object) -> str:
    """What a value should have been by its type: a number, two of them, a switch; empty where it fits, and for other types."""
    if type_of in (int, float):
        return "" if _is_number(value, Integral if type_of is int else Real) else "a number"
    if tuple[float, float] in (type_of, *get_args(type_of)):
        pair = isinstance(value, Sequence) and len(value) == 2 and all(_is_number(one, Real) for one in value)
        return "" if pair or (value is None and type_of != tuple[float, float]) else "two numbers"
    return "true or false" if type_of is bool and not isinstance(value, bool) else ""


def _is_number(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def longest(asked: int | None, usual: int) -> int:
    """Tokens after which a solution is cut: as asked for, else as usual.

    Raises:
        ConfigError: no whole number above 0.
    """
    if asked is None:
        return usual
    if not _is_number(asked, Integral) or asked < 1:
        raise ConfigError("a whole `max_new_tokens` above 0", repr(asked), f"Leave it out for the module's own, {usual}.")
    return int(asked)


def prompts_of(asked: object) -> list[Prompt]:
    """The prompts of what is asked for: a sequence of rows, questions or conversations, or one row.

    Args:
        asked: a conversation is a sequence of `Turn`, or of messages {"role": ..., "content": ...} as chat templates take
            them, whose content is a text or a list of {"type": "text", "text": ...}. Its last turn is the user's.

    Raises:
        ConfigError: it holds something else, or is a text instead of a list of questions.
    """
    if isinstance(asked, str):
        raise ConfigError("a list of questions", f"the text {asked[:40]!r}", "Write it in brackets: [question].")
    return [_prompt(one) for one in (asked if isinstance(asked, Sequence) else [asked])]


def _prompt(one: object) -> Prompt:
    if isinstance(one, Row):
        return one.prompt
    if isinstance(one, str):
        return one
    if not isinstance(one, Sequence) or not all(isinstance(turn, Turn | Mapping) for turn in one):
        named = 'Give a list of texts: ["Tính 2 + 3."]; in a DataLoader, or as MathDataModule(predict=...).'
        found = f"one of the type {type(one).__name__}"
        raise ConfigError("questions to solve: texts, conversations of turns or messages, or rows", found, named)
    turns = tuple(turn if isinstance(turn, Turn) else _turn(turn) for turn in one)
    roles = [turn.role for turn in turns]
    asked = roles[1:] if roles[:1] == ["system"] else roles
    if asked != ["user", "assistant"] * (len(asked) // 2) + ["user"]:
        raise ConfigError(
            "a conversation of user and assistant in turn, the last turn the user's, perhaps a system text first",
            ", ".join(roles) or "no turn",
            "Put the turns in this order.",
        )
    return turns


def _turn(message: Mapping[str, object]) -> Turn:
    """A turn from a message of a chat template."""
    role, content = message.get("role"), message.get("content")
    require_one_of("role", role, get_args(Role), " of a message")
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)] if isinstance(parts, list | tuple) else []
    if not texts or len(texts) != len(cast("Sequence[object]", parts)) or not all(isinstance(text, str) for text in texts):
        raise ConfigError("a text as the content of a message", f"{content!r}"[:80], "Give its text: pictures are not read.")
    return Turn(cast(Role, role), "".join(cast("list[str]", texts)))

"""Values that their key cannot have, told by the type in the source, before the parser is imported.

Only numbers, words of a short list and sections are looked at; every other value is left to the full parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import yaml

from mathpal_lightning.errors import ConfigError, require_one_of

_NUMBERS = {"int", "float", "None"}
_OF_TYPING = re.compile(r"Optional\[|Union\[|\]")
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+")
_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?) ?%")
_RANGE = re.compile(r"(\d)-(\d+)")
_AS_BOOL = {"yes": "true", "on": "true", "no": "false", "off": "false"}
"""What YAML 1.1, and so the parser, takes for true and false besides these words."""
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_LISTED = re.compile(r"(list|Sequence)\[int\]( \| None)?")


def refuse_value(key: str, value: str, annotation: str, place: str = "", default: str | None = None) -> None:
    """Refuse a text where a number must stand.

    Args:
        key: as it was written, for the error: "model.learning_rate" or "--port".
        value: as it was written.
        annotation: of the argument, as the source has it: "int", "float | None", "Optional[int]", "list[int] | None".
        place: what follows the key in the error: " in config.yaml".
        default: the argument's default, as an example of what can stand there.

    Raises:
        ConfigError: with the number that was probably meant.
    """
    if _LISTED.fullmatch(annotation):
        _refuse_in_list(key, value, place)
        return
    types = set(re.split(r" \| |, ", _OF_TYPING.sub("", annotation)))
    if not types <= _NUMBERS or not types & {"int", "float"} or (found := _number_of(value)) is None:
        return
    if isinstance(found, str):
        raise ConfigError(f"a number for `{key}`{place}", repr(value), _meant(value, default))
    if "float" not in types and found != int(found):
        raise ConfigError(f"a whole number for `{key}`{place}", repr(value), f"Write {int(found)} or {int(found) + 1}.")


def refuse_word(key: str, value: str, words: Sequence[str], place: str = "") -> None:
    """Refuse a word that a key of a few words cannot have.

    Args:
        key: as it was written, for the error.
        value: as it was written.
        words: what it may be; where there are none, nothing is refused.
        place: what follows the key in the error.

    Raises:
        ConfigError: with the word that was probably meant.
    """
    said = value.strip("'\"")
    if "true" in words:
        said = _AS_BOOL.get(said.lower(), said.lower())
    if words and said not in ("", "null", "None", "~"):
        require_one_of(key, said, words, place)


def refuse_repo(value: str) -> None:
    """Refuse a name to push to that is no Hub id; the Hub's own rules are looked at before the push.

    Raises:
        ConfigError: it is not owner/name.
    """
    if value not in ("", "null", "None", "~") and not _HUB_ID.fullmatch(value):
        raise ConfigError("a Hub id, owner/name, to push to", repr(value), "Write it as your-name/model-name.")


def refuse_text_for_section(key: str, node: yaml.Node | None, example: str, place: str = "") -> None:
    """Refuse a text where a section of keys must stand: `model: gemma`.

    Args:
        key: the section.
        node: its value.
        example: one of the section's keys.
        place: what follows the key in the error.

    Raises:
        ConfigError: with a key that is meant perhaps.
    """
    if isinstance(node, yaml.ScalarNode) and node.value and not node.tag.endswith(":null"):
        way_out = f"Write the key and its value, such as --{key}.{example} VALUE."
        if place:
            way_out = f"Write its keys below it, each with a colon, such as `{example}: VALUE`."
        raise ConfigError(f"keys of the section `{key}`{place}", repr(node.value[:80]), way_out)


def _number_of(text: str) -> float | str | None:
    """The number that a text means to the parser; the text itself where it means none; None for what is not told here."""
    if text in ("", "null", "None", "~"):
        return None
    try:
        found: object = float(text)
    except ValueError:
        found = _in_yaml(text)
    if isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < 1e300:
        return float(found)
    return text if isinstance(found, str) else None


def _in_yaml(text: str) -> object:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _meant(value: str, default: str | None) -> str:
    if _DECIMAL_COMMA.fullmatch(value):
        return f"Write it with a point: {value.replace(',', '.')}."
    if percent := _PERCENT.fullmatch(value):
        return f"Write a share: {float(percent[1].replace(',', '.')) / 100:g}."
    example = default is not None and isinstance(_in_yaml(default), int | float)
    return f"For example {default}." if example else "Write digits, with a point for decimals."


def _refuse_in_list(key: str, value: str, place: str) -> None:
    """Refuse what is no list of whole numbers; a range is written out."""
    parts = _parts(value)
    wrong = next((part for part in parts if not re.fullmatch(r"[-+]?\d+", part)), None)
    if wrong is None:
        return
    between = _RANGE.fullmatch(wrong)
    first, last = sorted(map(int, between.groups())) if between else (0, 0)
    meant = ",".join(map(str, range(first, last + 1))) if between and last < 100 else "4,5"
    raise ConfigError(f"whole numbers for `{key}`{place}", repr(wrong), f"Separate them by commas: {meant}.")


def _parts(value: str) -> list[str]:
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    return [str(each) for each in found] if isinstance(found, list) else []

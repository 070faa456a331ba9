"""Secrets stay in the environment: never in a config, which is saved, logged and pushed, and never in an error's text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from mathpal_lightning.errors import ConfigError

_SECRET_NAME = re.compile(r"(api_?key|(^|[._])token|password|secret)$", re.IGNORECASE)
_SHORTEST = 8
_KINDS = {
    "Hugging Face": r"\bhf_[A-Za-z0-9]{20,}",
    "GitHub": r"\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}",
    "GitLab": r"\bglpat-[\w-]{20,}",
    "OpenAI, Anthropic": r"\bsk-(?:[A-Za-z]+\d*-)*(?=\w*\d)\w{16,}",
    "Amazon": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "Google": r"\bAIza[\w-]{35}|\bya29\.[\w-]{20,}",
    "Slack": r"\bxox[abeprs]-[\w-]{10,}",
    "PyPI, npm": r"\bpypi-[\w-]{20,}|\bnpm_[A-Za-z0-9]{20,}",
    "JSON web token": r"\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}",
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "URL": r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)",
}
"""Whose tokens are known by their form; a URL may hold a user's password."""
_IS_SECRET = re.compile("|".join(_KINDS.values()))
_LOOKS_SECRET = re.compile(rf"{_IS_SECRET.pattern}|\bhf_\w{{20,}}|(?i:(?<=key=)|(?<=token=))[^\s'\"&]{{8,}}")
"""What an error's text must not show: more than `_IS_SECRET`, because a text loses little by it."""


def refuse_secrets(config: dict[str, object]) -> None:
    """Refuse a config that holds a secret.

    Raises:
        ConfigError: a key that is named like one has a value, or a key or value contains one: of the environment, or in the
            form of a well-known service's. It is not shown.
    """
    known = secrets_of_environment()
    for key, value in _leaves(config):
        text = "" if value is None or isinstance(value, bool | int | float) else str(value)
        named = bool(_SECRET_NAME.search(key)) and text != ""
        if named or any(_IS_SECRET.search(part) or any(secret in part for secret in known) for part in (key, text)):
            raise ConfigError(
                "a config without secrets: it is saved as config.yaml and logged",
                f"one in `{without_secrets(key)}`",
                "Put it into the environment (HF_TOKEN, COMET_API_KEY), or run `hf auth login`, and take it out of here.",
            )


def secrets_of_environment() -> list[str]:
    """Values of environment variables that are named like secrets."""
    named = (value for name, value in os.environ.items() if _SECRET_NAME.search(name))
    return [value for value in named if len(value) >= _SHORTEST]


def without_secrets(text: str) -> str:
    """A text with the secrets of the environment, and what looks like one, replaced by ***."""
    for secret in secrets_of_environment():
        text = text.replace(secret, "***")
    return _LOOKS_SECRET.sub("***", text)


def _leaves(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{key}.{number}")
    else:
        yield key, value

"""Secrets stay in the environment: never in a config, which is saved, logged and pushed, and never in an error's text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from mathpal_lightning.errors import ConfigError

_SECRET_NAME = re.compile(r"(api_?key|(^|[._])token|password|secret)$", re.IGNORECASE)
_SHORTEST = 8
_LOOKS_SECRET = re.compile(r"\bhf_\w{20,}|(?<=key=)[^\s'\"]{8,}|(?<=token=)[^\s'\"]{8,}", re.IGNORECASE)


def refuse_secrets(config: dict[str, Any]) -> None:
    """Refuse a config that holds a secret.

    Raises:
        ConfigError: a key that is named like one has a value, or a value contains one of the environment; it is not shown.
    """
    known = secrets_of_environment()
    for key, value in _leaves(config):
        if isinstance(value, str) and (_SECRET_NAME.search(key) or any(secret in value for secret in known)):
            raise ConfigError(
                "a config without secrets: it is saved as config.yaml and logged",
                f"one in `{key}`",
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


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{key}.{number}")
    else:
        yield key, value

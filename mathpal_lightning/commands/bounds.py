"""The least number that a flag of a command can have."""

from __future__ import annotations

from mathpal_lightning.errors import ConfigError

LEAST_CONTEXT = 256
"""Tokens in which a short question and its solution fit."""
LAST_PORT = 65_535


def require_at_least(least: int, **numbers: int | None) -> None:
    """Refuse numbers below the least one.

    >>> require_at_least(1, rounds=3, samples=8, votes=None)

    Args:
        least: the least number allowed.
        numbers: the flags' names without hyphens, and their values; None for a flag that was left out.

    Raises:
        ConfigError: the first flag that is below it.
    """
    for name, number in numbers.items():
        if number is not None and number < least:
            raise ConfigError(f"--{name} of at least {least}", str(number), "Give a larger number, or leave the flag out.")

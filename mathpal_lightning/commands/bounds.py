"""The least number that a flag of a command can have."""

from __future__ import annotations

from mathpal_lightning.errors import ConfigError


def require_at_least(least: int, **numbers: int) -> None:
    """Refuse numbers below the least one.

    >>> require_at_least(1, rounds=3, samples=8)

    Args:
        least: the least number allowed.
        numbers: the flags' names without hyphens, and their values.

    Raises:
        ConfigError: the first flag that is below it.
    """
    for name, number in numbers.items():
        if number < least:
            raise ConfigError(f"--{name} of at least {least}", str(number), "Give a larger number, or leave the flag out.")

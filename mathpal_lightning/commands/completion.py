"""`mathpal completion`: the lines by which a shell completes `mathpal` at the Tab key."""

from __future__ import annotations

from typing import Literal


def completion(shell: Literal["bash", "zsh", "fish"] = "bash") -> None:
    """Print what a shell has to read once, so that the Tab key completes verbs, flags, configs and runs.

    Args:
        shell: bash, zsh or fish.
    """
    from argcomplete.shell_integration import shellcode

    print(shellcode(["mathpal"], shell=shell))  # type: ignore[no-untyped-call]  # argcomplete gives it no types

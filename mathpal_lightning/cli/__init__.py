"""The command line: `command` is the console script `mathpal`, `main` its function; answers `--help` without loading torch."""

from mathpal_lightning.cli.main import command, main

__all__ = ["command", "main"]

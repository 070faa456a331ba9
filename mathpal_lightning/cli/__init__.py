"""The command line: `main` is the console script `mathpal`; answers `--help` without loading torch."""

from mathpal_lightning.cli.main import main

__all__ = ["main"]

"""`python -m mathpal_lightning` is `mathpal`."""

from mathpal_lightning.cli import command

if __name__ == "__main__":
    command()

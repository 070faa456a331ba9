"""`python -m mathpal_lightning` is `mathpal`."""

from mathpal_lightning.cli import main

if __name__ == "__main__":
    main()

"""Private parts of datasets: the fingerprint of a loaded data set."""

from __future__ import annotations

from mathpal_lightning.compat.guard import require


def fingerprint(dataset: object) -> str:
    """What names the contents of a `datasets.Dataset`: it changes when the rows do."""
    return str(require(dataset, "_fingerprint", "datasets", "a cache that notices changed rows"))

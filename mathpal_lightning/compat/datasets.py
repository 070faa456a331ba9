"""Private parts of datasets: the fingerprint of a loaded data set, and the folders of its cache."""

from __future__ import annotations

from pathlib import Path

from mathpal_lightning.compat.guard import require


def fingerprint(dataset: object) -> str:
    """What names the contents of a `datasets.Dataset`: it changes when the rows do."""
    return str(require(dataset, "_fingerprint", "datasets", "a cache that notices changed rows"))


def cached_configurations(repository: str) -> list[str]:
    """The configurations of "owner/name" that its cache holds. Where the Hub cannot be asked, `datasets` tells no others.

    The cache is HF_DATASETS_CACHE/owner___name/configuration/version/digest/.
    """
    from datasets import config, naming

    in_file_names = require(naming, "camelcase_to_snakecase", "datasets", "configurations in its cache")
    owner, _, name = repository.rpartition("/")
    folder = Path(config.HF_DATASETS_CACHE, "___".join(filter(None, (owner, in_file_names(name)))))
    return sorted({info.parents[2].name for info in folder.glob("*/*/*/dataset_info.json")})

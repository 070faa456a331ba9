"""Which checkpoints a run may go on from: those that were trained with the same settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mathpal_lightning.errors import CheckpointError

_OWNERS = (("model", "hyper_parameters"), ("data", "datamodule_hyper_parameters"))


def seed_everything() -> int | None:
    """The seed that Lightning's `seed_everything` has set; None where it was not called."""
    seed = os.environ.get("PL_GLOBAL_SEED")
    return int(seed) if seed else None


def require_same_settings(checkpoint: Mapping[str, Any], pl_module: Any, datamodule: Any) -> None:
    """Refuse to go on from a checkpoint whose decisive settings are not those of now.

    A module or data module is compared when it names, as `may_change_on_resume`, those of its arguments that may change;
    every other argument must be as it was.

    Raises:
        CheckpointError: with every differing key, its value then and now.
    """
    then: dict[str, Any] = {}
    now: dict[str, Any] = {}
    for (section, key), owner in zip(_OWNERS, (pl_module, datamodule), strict=True):
        free = getattr(owner, "may_change_on_resume", None)
        if free is not None and key in checkpoint:
            then |= _flat(section, {name: value for name, value in checkpoint[key].items() if name not in free})
            now |= _flat(section, {name: value for name, value in owner.hparams.items() if name not in free})
    if None not in (checkpoint.get("seed"), seed_everything()):
        then["seed_everything"], now["seed_everything"] = checkpoint["seed"], seed_everything()
    differing = [key for key in sorted(then.keys() | now.keys()) if then.get(key) != now.get(key)]
    if differing:
        raise CheckpointError(
            "the settings that the checkpoint was trained with",
            "; ".join(f"{key}: {then.get(key)} then, {now.get(key)} now" for key in differing),
            "Set them back (config.yaml in the run folder has them), or train a new run under another --name.",
        )


def _flat(section: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """One entry a leaf, named as in a config file: `data.generator.count`. Tuples are lists."""
    flat: dict[str, Any] = {}
    for name, value in settings.items():
        key = f"{section}.{name}"
        flat |= _flat(key, value) if isinstance(value, Mapping) else {key: list(value) if isinstance(value, tuple) else value}
    return flat

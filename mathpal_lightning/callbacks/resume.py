"""Which checkpoints a run may go on from: those that were trained with the same settings."""

from __future__ import annotations

import inspect
import os
from collections.abc import Collection, Mapping
from dataclasses import asdict, fields, is_dataclass
from typing import Protocol, runtime_checkable

from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.schema import Checkpoint


@runtime_checkable
class Compared(Protocol):
    """A module or data module whose arguments are compared."""

    may_change_on_resume: Collection[str]
    """The arguments that may differ."""
    hparams: Mapping[str, object]


def seed_that_was_set() -> int | None:
    """The seed that Lightning's `seed_everything` has set; None where it was not called."""
    seed = os.environ.get("PL_GLOBAL_SEED")
    return int(seed) if seed else None


def require_same_settings(checkpoint: Checkpoint, pl_module: object, datamodule: object) -> None:
    """Refuse to go on from a checkpoint whose decisive settings are not those of now.

    Only modules and data modules that define `may_change_on_resume` are compared; all arguments that it does not name must
    match. An argument that an older version did not have counts as its default: that is how it trained.

    Raises:
        CheckpointError: with every differing key, its value then and now.
    """
    then: dict[str, object] = {}
    now: dict[str, object] = {}
    owners = (
        ("model", pl_module, checkpoint.get("hyper_parameters")),
        ("data", datamodule, checkpoint.get("datamodule_hyper_parameters")),
    )
    for section, owner, saved in owners:
        if isinstance(owner, Compared) and saved is not None:
            free = owner.may_change_on_resume
            decisive = _flat(section, completed(saved, defaults_of(owner)))
            then |= {name: value for name, value in decisive.items() if name.split(".")[1] not in free}
            now |= _flat(section, {name: value for name, value in owner.hparams.items() if name not in free})
    if None not in (checkpoint.get("seed"), seed_that_was_set()):
        then["seed_everything"], now["seed_everything"] = checkpoint["seed"], seed_that_was_set()
    differing = [key for key in sorted(then.keys() | now.keys()) if then.get(key) != now.get(key)]
    if differing:
        raise CheckpointError(
            "the settings that the checkpoint was trained with",
            "; ".join(f"{key}: {then.get(key)} then, {now.get(key)} now" for key in differing),
            "Set them back (config.yaml in the run folder has them), or train a new run under another --name.",
        )


def defaults_of(owner: object) -> dict[str, object]:
    """The arguments of a module or data module that have defaults."""
    parameters = inspect.signature(type(owner)).parameters.values()
    return {each.name: each.default for each in parameters if each.default is not inspect.Parameter.empty}


def completed(saved: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    """Saved settings, and the defaults of those that are not there; a group of settings (a dataclass) is completed inside."""
    whole = dict(saved)
    for name, default in defaults.items():
        if not is_dataclass(default) or isinstance(default, type):
            whole.setdefault(name, default)
        elif name not in whole:
            whole[name] = asdict(default)
        elif isinstance(given := whole[name], Mapping):
            whole[name] = completed(given, {each.name: getattr(default, each.name) for each in fields(default)})
    return whole


def _flat(section: str, settings: Mapping[str, object]) -> dict[str, object]:
    """One entry a leaf, named as in a config file: `data.generator.count`. Tuples are lists."""
    flat: dict[str, object] = {}
    for name, value in settings.items():
        key = f"{section}.{name}"
        flat |= _flat(key, value) if isinstance(value, Mapping) else {key: list(value) if isinstance(value, tuple) else value}
    return flat

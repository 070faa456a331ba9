"""What a checkpoint says of its module, and whether it belongs to the module that loads it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from mathpal_lightning.compat.lightning import attached_trainer, is_fit, of_all_processes, own_of
from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.model.precision import require_same_precision
from mathpal_lightning.model.reference import adapter_digest
from mathpal_lightning.schema import Checkpoint, ReferenceRecord
from mathpal_lightning.vocabulary import vocabulary_digest

if TYPE_CHECKING:
    from mathpal_lightning.model.module import MathPalModule


def identity(module: MathPalModule) -> Checkpoint:
    """What a checkpoint says of the MathPalModule that it belongs to, besides its weights and settings."""
    settings = module.settings
    said: Checkpoint = {"base": settings.model_name, "vocabulary": vocabulary_digest(module.folder)}
    said["precision"] = module.resolved_precision
    if module.reference:
        said["reference"] = {"adapter": settings.adapter, "digest": adapter_digest(settings.adapter)}
    if module.old_log_probs is not None and (trainer := attached_trainer(module)):
        said["old_log_probs"] = of_all_processes(trainer, module.old_log_probs.cpu())
    return said


def old_log_probs_in(checkpoint: Checkpoint, module: MathPalModule) -> Tensor | None:
    """This process's log-probabilities of the draw that several updates use, on the module's device.

    None where another number of processes goes on: they draw anew.
    """
    trainer, held = attached_trainer(module), checkpoint.get("old_log_probs")
    held = [held] if isinstance(held, Tensor) else held  # a checkpoint of 0.2.0 or before
    own = own_of(trainer, held) if trainer else None
    return None if own is None else own.to(module.device)


def watch_loads(module: MathPalModule) -> None:
    """Register two hooks for every `load_state_dict`, of the module alone or inside another one.

    `load_base_first` before it, `forgive_missing_base` after it.
    """
    module.register_load_state_dict_pre_hook(load_base_first)  # type: ignore[no-untyped-call]  # torch has no types here
    module.register_load_state_dict_post_hook(forgive_missing_base)  # type: ignore[no-untyped-call]  # as above


def load_base_first(module: MathPalModule, *_: object) -> None:
    """Before a load: make the model, without which the state of an adapter would be dropped.

    Lightning hands back the weights that processes of its own have trained (`ddp_spawn`, `ddp_fork`, `ddp_notebook`) to a
    module that has none.
    """
    if module.model is None:
        module.configure_model()


class LoadedKeys(Protocol):
    """What `Module.load_state_dict` tells its hooks."""

    missing_keys: list[str]


def forgive_missing_base(module: MathPalModule, keys: LoadedKeys) -> None:
    """After a load: weights of the base that the loaded state does not have are not missing.

    Args:
        module: a MathPalModule, alone or within another module.
        keys: what was missing and what was not known, with the names that the outermost module gives them.
    """
    named = chain(module.named_parameters(remove_duplicate=False), module.named_buffers(remove_duplicate=False))
    base = tuple({name for name, _ in named} - module.trained_weights().keys())
    keys.missing_keys[:] = [name for name in keys.missing_keys if not name.endswith(base)]


def require_own(module: MathPalModule, checkpoint: Checkpoint) -> None:
    """Prove that a checkpoint belongs to a MathPalModule.

    Raises:
        CheckpointError: it has other trained weights, another vocabulary, another reference or another arithmetic.
    """
    if module.reference:
        require_same_reference(checkpoint.get("reference"), module.settings.adapter)
    require_same_weights(module.trained_weights(), checkpoint, module.settings.model_name)
    require_same_vocabulary(checkpoint.get("vocabulary", ""), vocabulary_digest(module.folder))
    if is_fit(module):  # only a fit resumes: solving and testing may use another arithmetic
        require_same_precision(checkpoint.get("precision"), module.resolved_precision, module.settings.precision)


def require_same_weights(trained: Mapping[str, Tensor], checkpoint: Checkpoint, model_name: str) -> None:
    """Prove that a checkpoint holds exactly the weights that a module trains.

    Args:
        trained: the module's, by name.
        checkpoint: as it was loaded. ModelParallelStrategy has loaded the weights already and taken them out of it.
        model_name: the module's base, for the message.

    Raises:
        CheckpointError: other names or shapes, so another base, rank or set of targets.
    """
    expected = {name: tuple(weight.shape) for name, weight in trained.items()}
    found = {name: tuple(weight.shape) for name, weight in checkpoint.get("state_dict", trained).items()}
    if expected == found:
        return
    differing = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    raise CheckpointError(
        f"the {len(expected)} trained weights of {model_name!r} with these settings",
        f"{len(found)} weights of {checkpoint.get('base')!r}, of which {len(differing)} differ, "
        f"the first {differing[0]}: {found.get(differing[0])} instead of {expected.get(differing[0])}",
        "Give the config that this checkpoint was trained with (config.yaml in its run folder).",
    )


def require_same_vocabulary(trained_on: str, loaded: str) -> None:
    """Prove that token ids mean the same as when a checkpoint was written.

    Args:
        trained_on: the checkpoint's digest of its vocabulary; empty for the base's full one.
        loaded: the module's.

    Raises:
        CheckpointError: they differ.
    """
    if trained_on != loaded:
        raise CheckpointError(
            f"a checkpoint of this vocabulary ({loaded[:12] or 'full'})",
            f"one of another ({trained_on[:12] or 'full'})",
            "Give `model.vocabulary` as that run had it, and an unchanged file where it names one.",
        )


def require_same_reference(reference: ReferenceRecord | None, adapter: str | None) -> None:
    """Prove that a preference run goes on with the reference that it began with.

    Args:
        reference: the checkpoint's record: the adapter that training began with, and its digest. None in a checkpoint
            of another objective.
        adapter: `model.adapter` now.

    Raises:
        CheckpointError: the adapter's weights are others.
    """
    if reference and reference["digest"] != adapter_digest(adapter):
        raise CheckpointError(
            f"a checkpoint whose reference is `model.adapter: {adapter}` as it is now",
            f"one trained against `model.adapter: {reference['adapter']}` with other weights",
            "Give the `model.adapter` of that run, unchanged.",
        )

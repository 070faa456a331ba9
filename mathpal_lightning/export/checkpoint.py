"""A bare .ckpt -> what can be exported from it: the adapter folder, or with `finetune: full` the model's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mathpal_lightning.errors import CheckpointError
from mathpal_lightning.export.adapter import write_adapter
from mathpal_lightning.export.merge.shards import write_config
from mathpal_lightning.export.tokenizer import save_tokenizer
from mathpal_lightning.files import whole_folder
from mathpal_lightning.model.loss_scale import FLOAT16_MIXED
from mathpal_lightning.model.resolve import resolve_base
from mathpal_lightning.records import base_digest, content_digest, is_made_from, write_record
from mathpal_lightning.run import read_checkpoint
from mathpal_lightning.schema import Checkpoint
from mathpal_lightning.vocabulary import FULL

if TYPE_CHECKING:
    from mathpal_lightning.model import MathPalModule


def is_full(checkpoint: Path) -> bool:
    """Whether a checkpoint of ours holds whole weights instead of an adapter's."""
    return bool(_settings(_read(checkpoint), checkpoint)["finetune"] == "full")


def base_of_checkpoint(checkpoint: Path, base: str | None = None) -> Path:
    """The folder of the base model that a checkpoint of ours was trained on, with the vocabulary of the run.

    Args:
        checkpoint: a .ckpt of MathPalModule.
        base: the base model's folder or name; by default the checkpoint's `model_name`.
    """
    settings = _settings(_read(checkpoint), checkpoint)
    return resolve_base(base or settings["model_name"], settings.get("vocabulary", FULL))


def adapter_from_checkpoint(checkpoint: Path, folder: Path, base: str | None = None) -> Path:
    """Write the adapter folder of a checkpoint whose own is lost.

    The base is loaded once, as in training, so that the record says how its weights were quantised.

    Args:
        checkpoint: a .ckpt of MathPalModule.
        folder: where to write.
        base: the base model's folder or name; by default the checkpoint's `model_name`.

    Raises:
        CheckpointError: it is damaged, is no checkpoint of ours, or holds other weights than its settings say.
        ModelError: the base cannot be found.
    """
    module = _module(checkpoint, base)
    return write_adapter(module, folder, module.tokenizer, base or module.settings.model_name)


def model_from_checkpoint(checkpoint: Path, folder: Path, base: str | None = None) -> Path:
    """Write the model of a `finetune: full` checkpoint as `merge_adapter` writes merged ones; skipped when done already.

    Args:
        checkpoint: a .ckpt of MathPalModule.
        folder: where to write.
        base: the base model's folder or name; by default the checkpoint's `model_name`.

    Raises:
        CheckpointError: see `adapter_from_checkpoint`.
    """
    name, base_folder = base or _settings(_read(checkpoint), checkpoint)["model_name"], base_of_checkpoint(checkpoint, base)
    made_from = {"checkpoint": content_digest([checkpoint]), "base": base_digest(base_folder)}
    if not is_made_from(folder, made_from):
        module = _module(checkpoint, base)
        with whole_folder(folder) as temporary:
            write_config(base_folder, temporary, None)
            module.model.save_pretrained(str(temporary))
            save_tokenizer(module.tokenizer, temporary)
            write_record(temporary, made_from, base=name)
    return folder


def _module(checkpoint: Path, base: str | None) -> MathPalModule:
    """The module of a checkpoint with its trained weights, on the CPU."""
    from mathpal_lightning.model import MathPalModule
    from mathpal_lightning.model.checkpoint import require_own

    content = _read(checkpoint)
    settings = _settings(content, checkpoint)
    settings |= {"model_name": base or settings["model_name"], "keep_dequantized": False}
    if FLOAT16_MIXED in (content.get("precision"), settings.get("precision")):
        # An adapter's record says what its base was quantised from. Whole weights in float16 would overflow elsewhere.
        settings |= {"backend": "transformers", "precision": "float16-mixed" if settings["finetune"] == "lora" else "bf16"}
    module = MathPalModule(**settings)
    module.configure_model()
    require_own(module, content)
    module.load_state_dict(content["state_dict"])
    return module.eval()


def _settings(content: Checkpoint, checkpoint: Path) -> dict[str, Any]:
    settings = content.get("hyper_parameters", {})
    if "finetune" not in settings or "state_dict" not in content:
        raise CheckpointError(
            "a checkpoint of MathPalModule, with its settings inside",
            f"{', '.join(sorted(content)) or 'nothing'} in {checkpoint}",
            "A PEFT model of another module leaves its rank and scale out of the checkpoint: export its adapter folder, as "
            "AdapterCheckpoint or save_pretrained writes it.",
        )
    return dict(settings)


def _read(checkpoint: Path) -> Checkpoint:
    """What is not asked for stays on the disk. A checkpoint of another ModelCheckpoint is read too, and that is said."""
    return read_checkpoint(checkpoint, unsealed=True, mmap=True)

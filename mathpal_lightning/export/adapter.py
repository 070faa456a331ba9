"""A trained PEFT model -> an adapter folder that PEFT, Unsloth and vLLM load, with a record of what it was trained on."""

from __future__ import annotations

import copy
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from peft import PeftModel, get_peft_model_state_dict
from safetensors.torch import save
from torch import Tensor, nn

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.errors import ExportError
from mathpal_lightning.export.tokenizer import HUB_ID, write_tokenizer
from mathpal_lightning.export.trained_on import TrainedOn, dtype_name, quantized_modules, require_readable
from mathpal_lightning.files import in_home, outside_links, whole_folder
from mathpal_lightning.model.resolve import OFFLINE_GEMMA, resolve_model, without_revision
from mathpal_lightning.records import ADAPTER_WEIGHTS, base_digest, require_whole, seal
from mathpal_lightning.vocabulary import RECORD as VOCABULARY
from mathpal_lightning.vocabulary import vocabulary_of

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from mathpal_lightning.export.subject import Subject

NOT_COPIED = ("*.py", "*.bin", "*.pt", "*.pth", "*.pkl", "*.ckpt")
"""Files of an adapter folder that may hold a program, and that no artefact needs."""
_LIBRARIES = ("torch", "transformers", "peft", "bitsandbytes", "safetensors")


def write_adapter(
    model: nn.Module,
    folder: str | Path,
    tokenizer: PreTrainedTokenizerBase | None = None,
    base: str | None = None,
    state: Mapping[str, Tensor] | None = None,
) -> Path:
    """Write the active adapter of a PEFT model, or of a module that holds one; the folder appears whole or not at all.

    Args:
        model: a PeftModel, or any module with a PeftModel somewhere inside.
        folder: where to write; an older adapter there is replaced.
        tokenizer: saved beside the weights, with the chat template that it carries. An adapter that was trained on a small
            vocabulary gets the tokenizer of its full base instead, which its folder names, and the list of kept tokens.
        base: the name that the base was asked for by (a Hub id, a folder, a name of `resolve_model`); the model's own
            `name_or_path` when left out.
        state: the weights by their names in `model`, where the model itself holds only a part of each (FSDP).

    Raises:
        ExportError: there is no PEFT model inside.
        ModelError: the base cannot be found.
    """
    peft_model = find_peft_model(model)
    config = copy.deepcopy(peft_model.peft_config[peft_model.active_adapter])
    record = describe_base(peft_model, base)
    # False: no look for the base's vocabulary on the Hub. Trained embeddings are saved all the same.
    prefix = next(name + "." * bool(name) for name, module in model.named_modules() if module is peft_model)
    own = {name.removeprefix(prefix): weight for name, weight in state.items()} if state else None
    weights = get_peft_model_state_dict(peft_model, own, adapter_name=peft_model.active_adapter, save_embedding_layers=False)
    config.base_model_name_or_path, config.revision = loadable_name(record.base) if record.base else (None, config.revision)
    config.inference_mode = True
    with whole_folder(folder) as temporary:
        (temporary / ADAPTER_WEIGHTS).write_bytes(save(_owned(weights), metadata={"format": "pt"}))
        config.save_pretrained(str(temporary))
        if record.full_digest:
            shutil.copy(Path(str(peft_model.get_base_model().name_or_path)) / VOCABULARY, temporary)
        if tokenizer is not None:
            write_tokenizer(load_tokenizer(resolve_model(record.base)) if record.full_digest else tokenizer, temporary)
        seal(temporary, asdict(record))
    return Path(folder)


def copy_adapter(subject: Subject, out: Path) -> Path:
    """Copy a checkpoint's adapter to the run, with training's tokenizer, which checkpoints leave out.

    Raises:
        ExportError: the adapter changed since it was written, or one of its files lies elsewhere.
    """
    source = subject.adapter_folder
    if links := outside_links(source):
        raise ExportError(
            f"an adapter folder {source} that holds its files",
            f"a link out of it, {links[0].name} -> {links[0].readlink()}",
            "Put the file itself there, if you trust where it comes from.",
        )
    require_whole(source)
    require_readable(source, subject.peft_config)
    has_tokenizer = (source / "tokenizer_config.json").is_file()
    if has_tokenizer and source.resolve() == out.resolve():
        return out
    with whole_folder(out) as temporary:
        shutil.copytree(source, temporary, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        if not has_tokenizer:
            write_tokenizer(subject.adapter_tokenizer, temporary)
        if subject.trained_on is not None:
            seal(temporary)
    return out


def find_peft_model(model: nn.Module) -> PeftModel:
    """The PEFT model itself, or the first one inside a module.

    Raises:
        ExportError: there is none.
    """
    for module in model.modules():
        if isinstance(module, PeftModel):
            return module
    raise ExportError(
        "a PEFT model, or a module that holds one",
        f"{type(model).__name__} without any",
        "Train an adapter (peft.get_peft_model), or MathPalModule with `finetune: full` and a checkpoint; for another module "
        "set `export.formats: []` and save the model with save_pretrained.",
    )


def describe_base(peft_model: PeftModel, base: str | None = None) -> TrainedOn:
    """What the adapter of this model is being trained on: the base, its digest and which modules are quantised how."""
    frozen = peft_model.get_base_model()
    loaded_from = str(frozen.name_or_path)
    if not loaded_from:  # built in memory: a merge must then be told the base
        name, digest = base or "", ""
    elif Path(loaded_from).is_dir():
        name, digest = _from_anywhere(base or _hub_id(loaded_from)), base_digest(Path(loaded_from))
    else:  # a Hub id, and not always the one asked for: Unsloth loads its own 4-bit copy of some
        name, digest = loaded_from, base_digest(resolve_model(loaded_from))
    versions = {library: version(library) for library in _LIBRARIES}
    kind, dtype = type(frozen).__name__, dtype_name(frozen.dtype)
    is_small = bool(base) and vocabulary_of(Path(loaded_from)) is not None
    full_digest = base_digest(resolve_model(name)) if is_small else ""
    return TrainedOn(name, digest, kind, dtype, quantized_modules(frozen), versions, full_digest)


def loadable_name(base: str) -> tuple[str, str | None]:
    """What `base_model_name_or_path` and `revision` should say: a Hub id; the folder of a name that only we know, and none."""
    repository, revision = without_revision(base)
    if HUB_ID.fullmatch(repository) and not Path(base).exists():
        return repository, revision
    return str(resolve_model(base).absolute()), None


def _from_anywhere(base: str) -> str:
    """The name of a base; that of a local folder or file as it is reached from any other folder."""
    path = in_home(base)
    return str(path.absolute()) if base != OFFLINE_GEMMA and path.exists() else base


def _hub_id(name_or_path: str) -> str:
    """The Hub id behind a folder of the Hub's cache; any other name as it is."""
    cached = re.search(r"models--([\w.-]+?)--([\w.-]+)/snapshots/", name_or_path)
    return f"{cached[1]}/{cached[2]}" if cached else name_or_path


def _owned(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Plain CPU tensors that share no memory: safetensors refuses aliases."""
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in weights.items()}

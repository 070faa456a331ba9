"""The class and the config that load a base: the whole model, or its text model where the library of a tower is missing.

Gemma 3n's vision tower comes from timm, which needs torchvision, which does not load beside every CPU build of torch. Training
reads text only, so without them the text model alone is loaded: less memory, and the same numbers for text.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mathpal_lightning.chat import load_tokenizer
from mathpal_lightning.compat.transformers import attend_with_cap
from mathpal_lightning.errors import ModelError
from mathpal_lightning.families import family_of_type
from mathpal_lightning.model.folder import model_type

if TYPE_CHECKING:
    from transformers import PreTrainedConfig, PreTrainedTokenizerBase

    from mathpal_lightning.compat.transformers import LanguageModel

_LAYER = re.compile(r"^(?:model\.)?(?:language_model\.)?(?:model\.)?layers\.(\d+)\.")
"""A weight of a layer of the text decoder; towers have names of their own before `layers`."""
_ITS_CONFIG = "Config and weights are of two models, or a download is not whole: download or copy the model again."


def lacks_tower_library(folder: Path) -> bool:
    """Whether the model in a folder has a tower that cannot be built here."""
    kind = model_type(folder)
    family = family_of_type(kind)
    if family is None or kind.endswith("_text"):
        return False
    return any(importlib.util.find_spec(library) is None for library in family.tower_libraries)


def base_config(folder: Path) -> PreTrainedConfig:
    """The transformers config of what `load_base` loads from a folder."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(str(folder))
    held: PreTrainedConfig = config.get_text_config() if lacks_tower_library(folder) else config
    return held


def load_causal(folder: Path, **settings: object) -> LanguageModel:
    """`AutoModelForCausalLM.from_pretrained` of a folder, with the cap of Gemma 2's attention scores.

    Args:
        folder: the model's.
        settings: of `from_pretrained`.

    Raises:
        ModelError: the files hold other weights than the config describes. transformers only warns of missing ones, and draws
            them at random.
    """
    from transformers import AutoModelForCausalLM

    how = text_alone(folder) | settings
    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(str(folder), output_loading_info=True, **how)
    except RuntimeError as error:
        if "ignore_mismatched_sizes" not in str(error):
            raise
        found = "weights of other sizes"
        raise ModelError(f"the weights that {folder / 'config.json'} describes", found, _ITS_CONFIG) from error
    model, report = cast("tuple[LanguageModel, Mapping[str, Iterable[str]]]", loaded)
    _require_all_weights(folder, model, report["missing_keys"], report["unexpected_keys"])
    attend_with_cap(model)
    return model


def _require_all_weights(folder: Path, model: LanguageModel, missing: Iterable[str], unexpected: Iterable[str]) -> None:
    """Refuse a base of which weights are missing, or which has more layers than its config says."""
    layers = model.config.get_text_config().num_hidden_layers
    beyond = [name for name in unexpected if (layer := _LAYER.search(name)) and int(layer[1]) >= layers]
    for names, what in (
        (sorted(missing), "are missing"),
        (sorted(beyond), f"belong to layers after the {layers} that it names"),
    ):
        if names:
            found = f"{len(names)} that {what}, such as {names[0]}"
            raise ModelError(f"the weights that {folder / 'config.json'} describes", found, _ITS_CONFIG)


def base_tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a base with our chat template; each of its words has an embedding.

    Gemma 3's own `<image_soft_token>` lies behind the embedding of its text models. It is a control token, which no row holds.

    Raises:
        ModelError: it cannot be read, or somebody added tokens to it, at the first of which training would end.
    """
    tokenizer = load_tokenizer(folder)
    rows = base_config(folder).get_text_config().vocab_size
    added = [token.content for number, token in tokenizer.added_tokens_decoder.items() if number >= rows and not token.special]
    if added:
        raise ModelError(
            f"a tokenizer with ids below the {rows:,} rows of the embedding of {folder}",
            f"{len(added)} added tokens beyond them, such as {added[0]!r}",
            "Use the tokenizer that came with the base model: a token without an embedding knows nothing.",
        )
    return tokenizer


def text_alone(folder: Path) -> dict[str, object]:
    """Settings for `from_pretrained` that load the text model alone where a tower cannot be built; none elsewhere."""
    return {"config": base_config(folder)} if lacks_tower_library(folder) else {}

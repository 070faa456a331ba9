"""The class and the config that load a base: the whole model, or its text model where the library of a tower is missing.

Gemma 3n's vision tower comes from timm, which needs torchvision, which does not load beside every CPU build of torch. Training
reads text only, so without them the text model alone is loaded: less memory, and the same numbers for text.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mathpal_lightning.compat.transformers import attend_with_cap
from mathpal_lightning.families import family_of_type
from mathpal_lightning.model.folder import model_type

if TYPE_CHECKING:
    from transformers import PreTrainedConfig

    from mathpal_lightning.compat.transformers import LanguageModel


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
    """
    from transformers import AutoModelForCausalLM

    loaded = AutoModelForCausalLM.from_pretrained(str(folder), **text_alone(folder), **settings)
    model = cast("LanguageModel", loaded)
    attend_with_cap(model)
    return model


def text_alone(folder: Path) -> dict[str, object]:
    """Settings for `from_pretrained` that load the text model alone where a tower cannot be built; none elsewhere."""
    return {"config": base_config(folder)} if lacks_tower_library(folder) else {}

"""Which base an adapter or a merged folder stems from, under what licence, and by what name the world knows it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mathpal_lightning.chat import GEMMA_3, ChatFormat, chat_format_named
from mathpal_lightning.families import Family, family_of_name
from mathpal_lightning.model.resolve import OFFLINE_GEMMA
from mathpal_lightning.records import RECORD

OFFLINE_GEMMA_SOURCE = "google/gemma-3-270m"
"""What the package behind `offline-gemma` is a Q4_K_M copy of."""
GEMMA_NOTICE = "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms"
"""The text that section 3.1 of the Gemma Terms of Use wants beside every copy of the weights or of a derivative."""
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True, slots=True)
class BaseModel:
    """What is known of a base model; an empty text or None is what is not."""

    name: str = ""
    """A Hub id, `offline-gemma`, or the last part of a local path."""
    model_class: str = ""
    """The class of transformers ("Gemma3ForCausalLM")."""

    @property
    def hub_id(self) -> str | None:
        """What to load, or to name as the source, on another machine."""
        return OFFLINE_GEMMA_SOURCE if self.name == OFFLINE_GEMMA else self.name if "/" in self.name else None

    @property
    def family(self) -> Family | None:
        """Its family, by its class or else its name; None for MedGemma, ShieldGemma and their like, and where neither says it.

        Those have a Gemma's architecture, but licences of their own.
        """
        last_name = self.name.rsplit("/", 1)[-1]
        if re.search(r"[a-z]gemma", last_name.lower()):
            return None
        return family_of_name(self.model_class) or family_of_name(last_name)

    @property
    def licence(self) -> str | None:
        """The licence of its family (`gemma`, `apache-2.0`), as the Hub calls it; None where it is not known."""
        return self.family.licence if self.family else None

    @property
    def chat_format(self) -> ChatFormat:
        """How it writes a conversation: as its class's family does, whatever it is called."""
        family = family_of_name(self.model_class) or self.family
        return chat_format_named(family.chat) if family else GEMMA_3


def read_base_model(adapter: Path, merged: Path, config: Mapping[str, Any]) -> BaseModel:
    """Put together what an adapter folder, a merged folder and a run's config say; each of them may be missing."""
    record, peft_config = read_json(adapter / RECORD), read_json(adapter / "adapter_config.json")
    model = config.get("model")
    asked_for = model.get("model_name") if isinstance(model, dict) else None
    name = record.get("base") or peft_config.get("base_model_name_or_path") or asked_for or ""
    classes = (
        record.get("model_class"),
        *(read_json(merged / "config.json").get("architectures") or ()),
        (peft_config.get("auto_mapping") or {}).get("base_model_class"),
    )
    return BaseModel(public_name(name), next(filter(None, classes), ""))


def public_name(name: str) -> str:
    """A model's or a file's name without the folders of this machine.

    >>> public_name("/home/lan/models/gemma-3-1b")
    'gemma-3-1b'
    """
    return name if is_hub_id(name) or not is_local(name) else Path(name).name


def is_hub_id(name: str) -> bool:
    """Whether a name is `owner/name` and no folder that is here."""
    return bool(_HUB_ID.fullmatch(name)) and not is_local(name)


def is_local(name: str) -> bool:
    """Whether a name is a path of this machine."""
    return name.startswith(("/", "~")) or ("/" in name and Path(name).exists())


def read_json(file: Path) -> dict[str, Any]:
    """The contents of a JSON file; empty where there is none."""
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}

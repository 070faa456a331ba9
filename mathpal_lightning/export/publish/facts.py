"""What the files of a run folder or an adapter folder say of it, without the folders of this machine.

Above all which base the weights stem from, under what licence, and by what name the world knows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Literal, TypedDict, cast

from mathpal_lightning.chat import GEMMA_3, ChatFormat, chat_format_named
from mathpal_lightning.export.tokenizer import HUB_ID, is_local
from mathpal_lightning.export.trained_on import PeftSettings
from mathpal_lightning.families import Family, family_of_name
from mathpal_lightning.files import DATA_FILES
from mathpal_lightning.model.folder import read_json
from mathpal_lightning.model.resolve import OFFLINE_GEMMA, without_revision
from mathpal_lightning.records import ADAPTER_CONFIG, Record, read_record
from mathpal_lightning.run import RunConfig, RunFolder, Summary, with_absolute_paths
from mathpal_lightning.vocabulary import vocabulary_of

SECTIONS = ("seed_everything", "model", "data", "evaluation", "checkpoint")
PRIVATE_KEYS = ("predict", "cache_dir", "num_workers", "tokenizer", "dirpath", "file")
TRAINER_KEYS = (
    *("max_steps", "max_epochs", "precision", "accumulate_grad_batches", "gradient_clip_val", "val_check_interval"),
    *("check_val_every_n_epoch", "limit_train_batches", "limit_val_batches", "num_sanity_val_steps"),
)
Artefact = Literal["adapter", "merged", "merged_4bit", "gguf"]
"""What can be pushed: the names in `artefacts.ARTEFACTS`, a Literal so that the command line can check them."""
OFFLINE_GEMMA_SOURCE = "google/gemma-3-270m"
"""What the package behind `offline-gemma` is a Q4_K_M copy of."""


@dataclass(frozen=True, slots=True)
class BaseModel:
    """What is known of a base model; an empty text or None is what is not."""

    name: str = ""
    """A Hub id, `offline-gemma`, or the last part of a local path."""
    model_class: str = ""
    """The class of transformers ("Gemma3ForCausalLM")."""

    @classmethod
    def read(cls, adapter: Path, merged: Path, config: RunConfig) -> BaseModel:
        """Put together what an adapter folder, a merged folder and a run's config say; each of them may be missing."""
        record, peft_config = read_record(adapter), _peft_settings(adapter)
        asked_for = config.get("model", {}).get("model_name")
        name = record.get("base") or peft_config.get("base_model_name_or_path") or asked_for or ""
        architectures = read_json(merged / "config.json").get("architectures") if (merged / "config.json").is_file() else None
        classes = (
            record.get("model_class"),
            *(architectures if isinstance(architectures, list) else ()),
            (peft_config.get("auto_mapping") or {}).get("base_model_class"),
        )
        return cls(public_name(name), next(filter(None, classes), ""))

    @property
    def hub_id(self) -> str | None:
        """What to load, or to name as the source, on another machine."""
        if self.name == OFFLINE_GEMMA:
            return OFFLINE_GEMMA_SOURCE
        return without_revision(self.name)[0] if "/" in self.name else None

    @property
    def revision(self) -> str | None:
        """Which one of the Hub's, where the run asked for one."""
        return without_revision(self.name)[1] if "/" in self.name else None

    @property
    def family(self) -> Family | None:
        """Its family, by its class or else its name; None for MedGemma, ShieldGemma and their like, and where neither says it.

        Those have a Gemma's architecture, but licences of their own.
        """
        last_name = without_revision(self.name)[0].rsplit("/", 1)[-1]
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


def public_name(name: str) -> str:
    """A model's or a file's name without the folders of this machine.

    >>> public_name("/home/lan/models/gemma-3-1b"), public_name("data/problems.jsonl"), public_name("truong/de-thi-lop-5")
    ('gemma-3-1b', 'problems.jsonl', 'truong/de-thi-lop-5')
    """
    return PureWindowsPath(name).name if _is_path(name) else name  # the run may be of Windows


def is_hub_id(name: str) -> bool:
    """Whether a name is `owner/name` and no path."""
    return bool(HUB_ID.fullmatch(name)) and not _is_path(name)


def _is_path(name: str) -> bool:
    """Whether a name is a path; a file of rows, or what begins as a path does, need not be there any more."""
    file = name.rpartition(":")[0] if ".xlsx:" in name.lower() else name
    return is_local(name) or name.startswith(("./", "../")) or file.lower().endswith(DATA_FILES)


def _peft_settings(adapter: Path) -> PeftSettings:
    """PEFT's settings of an adapter folder; empty where there are none."""
    file = adapter / ADAPTER_CONFIG
    return cast(PeftSettings, read_json(file)) if file.is_file() else {}


def artefact_folder(run: Path, artefact: Artefact) -> Path:
    """Where an artefact of a run lies; a bare adapter folder is its own adapter."""
    return run if artefact == "adapter" and (run / ADAPTER_CONFIG).is_file() else run / artefact


def gguf_files(folder: Path) -> list[str]:
    """The names of the finished GGUF files of a folder."""
    return sorted(file.name for file in folder.glob("*.gguf") if not file.name.startswith("."))


def vocabulary_facts(folder: Path) -> VocabularyFacts:
    """Name, tokens, tokens of the full base and digest of a small vocabulary; empty where the full one was trained on.

    Args:
        folder: of the base that training held, or of an adapter.
    """
    small = vocabulary_of(folder)
    if small is None:
        return {}
    return {"name": small.name, "tokens": len(small.pieces), "of": small.full_size, "digest": small.digest}


class VocabularyFacts(TypedDict, total=False):
    """A small vocabulary; empty for a base's full one."""

    name: str
    tokens: int
    of: int
    """The tokens of the full base."""
    digest: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the files of a run folder say; each may be missing."""

    name: str
    config: RunConfig
    summary: Summary
    base: BaseModel
    adapter: PeftSettings
    """adapter_config.json."""
    record: Record
    """mathpal.json of the adapter: what it was trained on."""
    vocabulary: VocabularyFacts
    """What `vocabulary_facts` says of the adapter; empty for a base's full vocabulary."""
    configuration: dict[str, object]
    """What of config.yaml trains and scores the model, without folders of this machine."""


def read_facts(run: str | Path) -> RunFacts:
    """Read config.yaml, summary.json and the adapter's record of a run folder, or what there is of them."""
    folder = RunFolder.of(run)
    run, config, settings = folder.path, folder.read_config(), folder.read_settings()
    if settings:  # the names of folders that are found from the folder of the fit alone are paths too
        config = cast(RunConfig, with_absolute_paths(config, run))
        settings = with_absolute_paths(settings, run)
    adapter, name = artefact_folder(run, "adapter"), str(config.get("name") or run.resolve().name)
    kept = {key: value for key, value in config.get("trainer", {}).items() if key in TRAINER_KEYS}
    sections = {key: settings[key] for key in SECTIONS if key in settings}
    return RunFacts(
        name=name,
        config=config,
        summary=folder.read_summary(),
        base=BaseModel.read(adapter, artefact_folder(run, "merged"), config),
        adapter=_peft_settings(adapter),
        record=read_record(adapter),
        vocabulary=vocabulary_facts(adapter),
        configuration=_public_section({"name": name, **sections, "trainer": kept}) if sections else {},
    )


def _public_section(section: Mapping[str, object]) -> dict[str, object]:
    """Settings without private keys, without those that are not set, and with local folders named by their last part."""
    named = {public_name(key): _public(of) for key, of in section.items() if key not in PRIVATE_KEYS and of is not None}
    return {key: of for key, of in named.items() if of != {}}


def _public(value: object) -> object:
    if isinstance(value, dict):
        return _public_section(value)
    if isinstance(value, list):
        return [_public(of) for of in value]
    return public_name(value) if isinstance(value, str) else value

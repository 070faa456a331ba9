"""Every artefact that a run folder can hold and the Hub can be sent, one row each: names only."""

from __future__ import annotations

from dataclasses import dataclass

from mathpal_lightning.records import ADAPTER_CONFIG, ADAPTER_WEIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """What a run folder can hold and the Hub can be sent."""

    name: str
    must_hold: tuple[str, ...]
    """Patterns of the files without which it is not whole."""
    library: str | None
    """The library on its model card, as the Hub names libraries."""
    relation: str
    """How it relates to the base model, as the Hub names relations."""
    loads_with: str
    """The libraries that load it, as its model card names them."""


_ROWS = (
    Artefact(
        name="adapter",
        must_hold=(ADAPTER_CONFIG, ADAPTER_WEIGHTS),
        library="peft",
        relation="adapter",
        loads_with="transformers and PEFT",
    ),
    Artefact(
        name="merged",
        must_hold=("config.json", "*.safetensors"),
        library="transformers",
        relation="finetune",
        loads_with="transformers",
    ),
    Artefact(
        name="merged_4bit",
        must_hold=("config.json", "*.safetensors"),
        library="transformers",
        relation="quantized",
        loads_with="transformers and bitsandbytes",
    ),
    Artefact(name="gguf", must_hold=("*.gguf",), library=None, relation="quantized", loads_with="llama.cpp"),
)
ARTEFACTS = {row.name: row for row in _ROWS}
"""The rows by their names."""

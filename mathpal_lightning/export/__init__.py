"""Paths in, paths out: adapter -> merged weights -> GGUF, and the proof that each is what was trained."""

from mathpal_lightning.export.adapter import write_adapter
from mathpal_lightning.export.gguf import OutType, require_gguf_tools, write_gguf
from mathpal_lightning.export.hub import push_to_hub, require_push
from mathpal_lightning.export.merge import MergeInto, merge_adapter
from mathpal_lightning.export.model_card import model_card, write_model_card
from mathpal_lightning.export.modelfile import write_modelfile
from mathpal_lightning.export.road import DEFAULT_FORMATS, FORMATS, Export, export_adapter, require_formats
from mathpal_lightning.export.tokenizer import save_tokenizer
from mathpal_lightning.export.usage import Artefact
from mathpal_lightning.export.verify import Check, Verification, verify_export

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "Artefact",
    "Check",
    "Export",
    "MergeInto",
    "OutType",
    "Verification",
    "export_adapter",
    "merge_adapter",
    "model_card",
    "push_to_hub",
    "require_formats",
    "require_gguf_tools",
    "require_push",
    "save_tokenizer",
    "verify_export",
    "write_adapter",
    "write_gguf",
    "write_model_card",
    "write_modelfile",
]

"""Paths in, paths out: adapter -> merged weights -> GGUF, and the proof that each is what was trained."""

from mathpal_lightning.export.adapter import write_adapter
from mathpal_lightning.export.checkpoint import adapter_from_checkpoint, is_full, model_from_checkpoint
from mathpal_lightning.export.gguf.modelfile import write_modelfile
from mathpal_lightning.export.gguf.tools import require_gguf_tools
from mathpal_lightning.export.gguf.write import OutType, write_gguf
from mathpal_lightning.export.merge.best import merge_best
from mathpal_lightning.export.merge.four_bit import merge_4bit, write_4bit
from mathpal_lightning.export.merge.weights import merge_adapter
from mathpal_lightning.export.publish.facts import Artefact, vocabulary_facts
from mathpal_lightning.export.publish.hub import push_to_hub, require_push
from mathpal_lightning.export.publish.model_card import model_card, write_model_card
from mathpal_lightning.export.road import (
    DEFAULT_FORMATS,
    FORMATS,
    Export,
    export_adapter,
    export_full,
    export_subject,
    format_list,
    note,
    require_formats,
)
from mathpal_lightning.export.subject import ExportedVocabulary, MergedInto, MergeInto, Subject, find_subject
from mathpal_lightning.export.tokenizer import save_tokenizer
from mathpal_lightning.export.trained_on import read_trained_on
from mathpal_lightning.export.verify.checks import Check, Verification
from mathpal_lightning.export.verify.compare import verify_export, verify_full

__all__ = [
    "DEFAULT_FORMATS",
    "FORMATS",
    "Artefact",
    "Check",
    "Export",
    "ExportedVocabulary",
    "MergeInto",
    "MergedInto",
    "OutType",
    "Subject",
    "Verification",
    "adapter_from_checkpoint",
    "export_adapter",
    "export_full",
    "export_subject",
    "find_subject",
    "format_list",
    "is_full",
    "merge_4bit",
    "merge_adapter",
    "model_card",
    "note",
    "push_to_hub",
    "merge_best",
    "model_from_checkpoint",
    "read_trained_on",
    "require_formats",
    "require_gguf_tools",
    "require_push",
    "save_tokenizer",
    "verify_export",
    "vocabulary_facts",
    "verify_full",
    "write_4bit",
    "write_adapter",
    "write_gguf",
    "write_model_card",
    "write_modelfile",
]

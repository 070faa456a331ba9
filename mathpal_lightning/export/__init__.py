"""Paths in, paths out: adapter -> merged weights -> GGUF, and the proof that each is what was trained."""

from mathpal_lightning.export.adapter import write_adapter
from mathpal_lightning.export.gguf import require_gguf_tools, write_gguf
from mathpal_lightning.export.merge import merge_adapter
from mathpal_lightning.export.verify import Verification, verify_export

__all__ = ["Verification", "merge_adapter", "require_gguf_tools", "verify_export", "write_adapter", "write_gguf"]

"""A Gemma GGUF -> a folder that transformers loads: 16-bit weights and the tokenizer that llama.cpp has.

The weights are de-quantised by transformers. The tokenizer is not taken from there: what transformers derives from a
GGUF runs but is wrong (121 tokens where llama.cpp gives 30, no BOS). It is rebuilt as the sentencepiece model it once
was, from the GGUF's pieces, scores and types, and gives sentencepiece's ids.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from mathpal_lightning.chat import GEMMA_3, load_tokenizer, stop_token_ids
from mathpal_lightning.families import BASIC_TOKENS

SPECIAL_PIECES = frozenset((*BASIC_TOKENS, GEMMA_3.start_of_turn, GEMMA_3.end_of_turn))
"""What decoding may skip. Newlines and HTML tags are single tokens of Gemma too, but they are text."""

_UNKNOWN, _CONTROL, _USER_DEFINED = 2, 3, 4  # piece types of sentencepiece_model.proto; the GGUF uses the same numbers


def write_model_folder(gguf_file: Path, folder: Path) -> None:
    """Write weights (bfloat16 safetensors), config, generation config and tokenizer of a Gemma GGUF into `folder`."""
    write_tokenizer(gguf_file, folder)
    _write_weights(gguf_file, folder)


def _write_weights(gguf_file: Path, folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, GenerationConfig

    model = AutoModelForCausalLM.from_pretrained(gguf_file.parent, gguf_file=gguf_file.name, dtype=torch.bfloat16)
    # Loading a GGUF leaves traces of its quantization, with which save_pretrained would refuse.
    for holder, name in ((model.config, "quantization_config"), (model, "hf_quantizer")):
        if hasattr(holder, name):
            delattr(holder, name)
    model.__dict__["is_quantized"] = False
    model.config.query_pre_attn_scalar = _attention_scalar(model.config)
    model.config.bos_token_id, model.config.eos_token_id, model.config.pad_token_id = 2, 1, 0
    stops = sorted(stop_token_ids(load_tokenizer(folder)))  # Gemma 2's and 3's turns end with tokens of other numbers
    model.generation_config = GenerationConfig(bos_token_id=2, eos_token_id=stops, pad_token_id=0, do_sample=False)
    model.save_pretrained(folder)


def _attention_scalar(config: Any) -> int:
    """The query scaling, which a GGUF does not hold; llama.cpp tells Gemma's 27B models, the exceptions, by their depth."""
    is_27b = config.num_hidden_layers in (46, 62)
    return int(config.hidden_size // config.num_attention_heads if is_27b else config.head_dim)


def write_tokenizer(gguf_file: Path, folder: Path) -> None:
    """Write tokenizer.model, tokenizer.json and tokenizer_config.json of a Gemma 2 or 3 GGUF into `folder`."""
    from transformers import GemmaTokenizer

    sentencepiece_file = folder / "tokenizer.model"
    sentencepiece_file.write_bytes(sentencepiece_model(gguf_file))
    with tempfile.TemporaryDirectory() as converted:
        GemmaTokenizer.from_pretrained(folder, add_bos_token=True).save_pretrained(converted)
        tokenizer = json.loads((Path(converted) / "tokenizer.json").read_text(encoding="utf-8"))
        config = json.loads((Path(converted) / "tokenizer_config.json").read_text(encoding="utf-8"))
    # The conversion declares every control and user-defined piece special, so that decoding would skip newlines.
    for token in tokenizer["added_tokens"]:
        token["special"] = token["content"] in SPECIAL_PIECES
    for key in ("extra_special_tokens", "vocab_file", "is_local", "local_files_only"):
        config.pop(key, None)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")


def sentencepiece_model(gguf_file: Path) -> bytes:
    """The serialised sentencepiece BPE model (byte fallback, no normalisation, no dummy prefix) inside a Gemma GGUF."""
    from gguf import GGUFReader
    from sentencepiece import sentencepiece_model_pb2 as protocol  # its classes are made at import

    reader = GGUFReader(gguf_file)

    def field(name: str) -> Any:
        return reader.fields[f"tokenizer.ggml.{name}"].contents()

    pieces, scores, types = field("tokens"), field("scores"), field("token_type")
    model = protocol.ModelProto()  # type: ignore[attr-defined]  # made at import
    trainer, normalizer = model.trainer_spec, model.normalizer_spec
    trainer.model_type = protocol.TrainerSpec.BPE  # type: ignore[attr-defined]  # made at import
    trainer.byte_fallback, trainer.vocab_size = True, len(pieces)
    trainer.pad_id, trainer.eos_id, trainer.bos_id, trainer.unk_id = (
        field(f"{name}_token_id") for name in ("padding", "eos", "bos", "unknown")
    )
    trainer.pad_piece, trainer.eos_piece, trainer.bos_piece, trainer.unk_piece = "<pad>", "<eos>", "<bos>", "<unk>"
    normalizer.name, normalizer.escape_whitespaces = "identity", True
    normalizer.add_dummy_prefix = normalizer.remove_extra_whitespaces = False
    for index, (piece, score, kind) in enumerate(zip(pieces, scores, types, strict=True)):
        # The GGUF writes runs of spaces as spaces; sentencepiece's own form is the escaped one.
        escaped = piece.replace(" ", "\u2581") if kind == _USER_DEFINED else piece
        if index == trainer.unk_id:
            kind = _UNKNOWN
        elif piece in SPECIAL_PIECES:  # some converters call the turn tokens normal text
            kind = _CONTROL
        model.pieces.add(piece=escaped, score=score, type=kind)
    serialised: bytes = model.SerializeToString()
    return serialised

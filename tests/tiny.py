"""Tiny random Gemmas with a real tokenizer: every family's architecture in milliseconds on one core.

    model = tiny_gemma("gemma3n")                          # float32, seeded, the Gemma3nForCausalLM of transformers
    tokenizer = tiny_tokenizer(folder, "gemma3")           # sentencepiece BPE, bos 2, eos 1, pad 0, unk 3
    folder = tiny_gemma_folder(folder, "gemma4")           # as save_pretrained and the Hub lay it out

The initial weights are ten times wider than Gemma's own, the softcap six times tighter and the window 8 tokens, so that a
forgotten softcap, window or document boundary moves the logits by far more than rounding.
"""

import io
import json
import shutil
from pathlib import Path
from typing import Any, Literal

import sentencepiece
import torch
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3nForCausalLM,
    Gemma3nTextConfig,
    Gemma3TextConfig,
    Gemma4ForCausalLM,
    Gemma4TextConfig,
    GenerationConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from mathpal_lightning.chat import GEMMA_3, GEMMA_4, ChatFormat, load_tokenizer

Family = Literal["gemma2", "gemma3", "gemma3n", "gemma4"]
FAMILIES: tuple[Family, ...] = ("gemma2", "gemma3", "gemma3n", "gemma4")
VOCAB_SIZE = 512
SLIDING_WINDOW = 8
SOFTCAP = 5.0

CORPUS = (
    "Một hình chữ nhật có chiều dài 12,5 cm và chiều rộng 8 cm. Tính diện tích hình chữ nhật đó.",
    "Bài giải: Diện tích hình chữ nhật là: 12,5 × 8 = 100 (cm²). Đáp số: 100 cm².",
    "Lan có 24 quả cam, mẹ cho thêm 3/4 số cam đó. Hỏi Lan có tất cả bao nhiêu quả cam?",
    "Số cam mẹ cho là: 24 × 3 : 4 = 18 (quả). Tất cả có: 24 + 18 = 42 (quả cam).",
    "Tìm x biết 2x - 7 = 15, rồi tính 20% của 45 000 đồng.",
)

_SHAPE: dict[str, Any] = {
    "vocab_size": VOCAB_SIZE,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 2048,
    "sliding_window": SLIDING_WINDOW,
    "layer_types": ["sliding_attention", "full_attention"] * 2,
    "initializer_range": 0.2,
    "tie_word_embeddings": True,
}
# Of four layers the last two read the keys and values of the first two.
_KV_SHARED: dict[str, Any] = {
    "num_kv_shared_layers": 2,
    "vocab_size_per_layer_input": VOCAB_SIZE,
    "hidden_size_per_layer_input": 8,
}
_FAMILIES: dict[Family, tuple[type, type, dict[str, Any]]] = {
    "gemma2": (
        Gemma2Config,
        Gemma2ForCausalLM,
        {"query_pre_attn_scalar": 16, "final_logit_softcapping": SOFTCAP, "attn_logit_softcapping": 50.0},
    ),
    # llama.cpp takes the patterns for granted (Gemma 2: alternating, Gemma 3: five sliding and one full), hence six layers.
    "gemma3": (
        Gemma3TextConfig,
        Gemma3ForCausalLM,
        {
            "query_pre_attn_scalar": 16,
            "hidden_size": 32,
            "intermediate_size": 64,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "num_hidden_layers": 6,
            "layer_types": ["sliding_attention"] * 5 + ["full_attention"],
        },
    ),
    "gemma3n": (
        Gemma3nTextConfig,
        Gemma3nForCausalLM,
        {
            **_KV_SHARED,
            "final_logit_softcapping": SOFTCAP,
            "laurel_rank": 8,
            "activation_sparsity_pattern": [0.5, 0.0, 0.0, 0.0],
        },
    ),
    "gemma4": (Gemma4TextConfig, Gemma4ForCausalLM, {**_KV_SHARED, "global_head_dim": 32, "use_double_wide_mlp": True}),
}


def tiny_gemma(family: Family, *, seed: int = 0, **overrides: Any) -> PreTrainedModel:
    """A seeded random text model of the family, float32, in eval mode; `overrides` are fields of its config."""
    config_class, model_class, own = _FAMILIES[family]
    config = config_class(**{**_SHAPE, **own, **overrides})
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = model_class(config).eval()
        # transformers zeroes <pad>'s row, real Gemmas do not; Gemma 3n's slope at a zero embedding is NaN.
        for module in model.modules():
            if isinstance(module, torch.nn.Embedding):
                torch.nn.init.normal_(module.weight.data[0], std=config.initializer_range)
    return model


def tiny_chat_format(family: Family) -> ChatFormat:
    """The chat format of the family."""
    return GEMMA_4 if family == "gemma4" else GEMMA_3


def tiny_tokenizer(folder: str | Path, family: Family) -> PreTrainedTokenizerBase:
    """Train a small Gemma tokenizer, write `tokenizer.model` and the fast tokenizer's files, and load it from there."""
    form = tiny_chat_format(family)
    symbols = ["<mask>", "\n", "\n\n", form.start_of_turn, form.end_of_turn]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.model").write_bytes(_train_sentencepiece(symbols))
    named = {"pad_token": "<pad>", "eos_token": "<eos>", "bos_token": "<bos>", "unk_token": "<unk>", "mask_token": "<mask>"}
    added = ["<pad>", "<eos>", "<bos>", "<unk>", *symbols]
    plain = {"lstrip": False, "rstrip": False, "single_word": False, "normalized": False}
    settings = {
        "tokenizer_class": "GemmaTokenizer",
        "add_bos_token": True,
        "add_eos_token": False,
        "clean_up_tokenization_spaces": False,
        **named,
        "added_tokens_decoder": {
            str(index): {"content": token, "special": token.startswith("<"), **plain} for index, token in enumerate(added)
        },
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    return load_tokenizer(folder)


def _train_sentencepiece(symbols: list[str]) -> bytes:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS),
        model_writer=model,
        model_type="bpe",
        vocab_size=VOCAB_SIZE,
        character_coverage=1.0,
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True,
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        pad_piece="<pad>",
        eos_piece="<eos>",
        bos_piece="<bos>",
        unk_piece="<unk>",
        user_defined_symbols=symbols,
        num_threads=1,
        minloglevel=2,
    )
    return model.getvalue()


def tiny_gemma_folder(path: str | Path, family: Family, **overrides: Any) -> Path:
    """Save model, tokenizer and generation config as a base model's folder on the Hub: no chat template, stops at `<eos>`."""
    path = Path(path)
    tokenizer = tiny_tokenizer(path, family)
    model = tiny_gemma(family, **overrides)
    model.generation_config = GenerationConfig(bos_token_id=2, eos_token_id=1, pad_token_id=0)
    model.save_pretrained(path)
    tokenizer.chat_template = None
    tokenizer.save_pretrained(path)
    return path


def tiny_gguf(base: Path, folder: Path, file: Path) -> Path:
    """Write a tiny base's weights, untrained, as a GGUF of 8 bits, and return the file; `folder` gets what an export merges."""
    from mathpal_lightning.export import save_tokenizer, write_gguf

    merged = shutil.copytree(base, folder / "merged")
    save_tokenizer(load_tokenizer(base), merged)
    return write_gguf(merged, file)

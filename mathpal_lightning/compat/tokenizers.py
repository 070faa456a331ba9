"""Private parts of tokenizers: the settings of a normalizer or pre-tokenizer, which have no public getter."""

from __future__ import annotations

import json

from mathpal_lightning.compat.guard import gone, require

LIBRARY = "tokenizers"
_PURPOSE = "fast tokenization of a Gemma's texts"


def settings_of(component: object) -> dict[str, object]:
    """The settings of a normalizer or pre-tokenizer as tokenizer.json holds them; empty for None.

    Raises:
        ConfigError: the component's pickled state is no longer this JSON.
    """
    if component is None:
        return {}
    state = require(component, "__getstate__", LIBRARY, _PURPOSE)()
    if not (isinstance(state, bytes) and state.startswith(b'{"type":')):
        raise gone(f"{type(component).__name__}.__getstate__ as JSON", LIBRARY, _PURPOSE)
    settings: dict[str, object] = json.loads(state)
    return settings


def is_plain_bpe(model: object) -> bool:
    """Whether a tokenizer's model is a BPE without dropout, and without marks inside or at the end of words."""
    from tokenizers.models import BPE

    marks = ("dropout", "continuing_subword_prefix", "end_of_word_suffix")
    return isinstance(model, BPE) and not any(require(model, name, LIBRARY, _PURPOSE) for name in marks)

"""Which linear layers of a base keep their 16 bits when the others are quantised: one rule for both backends and the estimate.

the head                the loss reads its weight directly
towers                  images and sound are not trained on; exports keep them as they are
layers read directly    Gemma 3n clamps the coefficients of AltUp in place in every training step
"""

from __future__ import annotations

import re

from mathpal_lightning.families import all_of

_HEAD = "lm_head"


def stays_whole(name: str) -> bool:
    """Whether the linear layer of this full name keeps its 16 bits.

    >>> stays_whole("model.layers.0.altup.prediction_coefs"), stays_whole("model.layers.0.self_attn.q_proj")
    (True, False)
    """
    return any(re.match(pattern, name) for pattern in whole_patterns())


def whole_patterns() -> list[str]:
    """The rule as regular expressions from the beginning of a name, as `llm_int8_skip_modules` of transformers takes them."""
    parts = all_of("towers") + all_of("read_directly")
    return [rf"(.*\.)?{_HEAD}$", *(rf".*{re.escape(part)}" for part in parts)]

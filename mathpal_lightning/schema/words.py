"""The words that settings and verdicts use."""

from __future__ import annotations

from typing import Literal

IGNORE_INDEX = -100
"""The label of a position that is not supervised (the value torch's cross-entropy ignores)."""

Role = Literal["system", "user", "assistant"]
Objective = Literal["sft", "dpo", "grpo"]
"""What training learns: solutions; to prefer one solution to another (any of the preference losses); or from rewards of
solutions that it draws itself (any of the policy losses)."""
Verdict = Literal["correct", "wrong", "no_answer", "gold_unreadable"]
AnswerKind = Literal[
    "number", "fraction", "mixed_number", "percent", "quantity", "compound_quantity", "choice", "multi", "expression", "text",
    "point", "interval", "relation",
]  # fmt: skip

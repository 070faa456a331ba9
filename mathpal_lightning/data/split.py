"""Which rows belong to which split. The text of a question decides, so its duplicates are in the same split."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np

from mathpal_lightning.schema import Prompt, prompt_turns
from mathpal_lightning.text import with_one_tone_place

_BETWEEN_NUMBERS = re.compile(r"(?<=\d)\s+(?=\d)(?!\d{3}(?!\d))")


def asked(prompt: Prompt) -> str:
    """What the user says in a prompt, one turn a line: a question is the same below another system text."""
    return "\n".join(_said_by_user(prompt))


def asked_before(prompt: Prompt) -> set[str]:
    """The questions that a conversation of several turns answers on its way, each alone and with those before it."""
    said = _said_by_user(prompt)
    return {*said, *("\n".join(said[:end]) for end in range(1, len(said)))} if len(said) > 1 else set()


def _said_by_user(prompt: Prompt) -> list[str]:
    return [turn.text for turn in prompt_turns(prompt) if turn.role == "user"]


def question_key(question: str) -> int:
    """A 64-bit digest of a normalised question; case and spaces do not matter."""
    return int.from_bytes(blake2b("".join(question.casefold().split()).encode(), digest_size=8).digest(), "little")


def question_keys(questions: Iterable[str]) -> np.ndarray:
    """The keys of many questions, uint64."""
    return np.fromiter((question_key(question) for question in questions), dtype=np.uint64)


def spelling_keys(questions: Iterable[str]) -> np.ndarray:
    """The keys of many questions whose tone marks may stand in either place (hoà, hòa), uint64; for leaks, not for splits.

    Spaces between numbers count, but for thousands: `1 1/2` is not `11/2`, and `54 000` is `54000`.
    """
    return question_keys(_BETWEEN_NUMBERS.sub("|", with_one_tone_place(question)) for question in questions)


def split_rows(keys: np.ndarray, shares: Sequence[float], seed: int) -> list[np.ndarray]:
    """Divide rows into parts of the given shares. Rows with the same key are always in the same part.

    The distinct keys are sorted by a seeded hash of each key, then cut at the shares. So a part has its share of the distinct
    questions to within one question, and a row that is added later moves few others.

    Args:
        keys: `question_keys` of the rows, uint64 [rows].
        shares: the share of each held-out part, from 0 to below 1, together below 1.
        seed: another seed, other parts.

    Returns:
        Row numbers in reading order: first what is left over, then one array a share.

    Raises:
        ValueError: a share is negative, or together they are not below 1.
    """
    if not 0 <= sum(shares) < 1 or min(shares, default=0) < 0:
        raise ValueError(f"Expected argument `shares` to be at least 0 and together below 1, but got {list(shares)}")
    # SplitMix64's finaliser: a bijection, so distinct keys keep a strict order (Steele et al., OOPSLA 2014).
    mixed = keys + np.uint64((seed * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    distinct = np.unique(mixed)

    def before(rank: int) -> np.ndarray:
        """Which rows have one of the first `rank` keys; avoids building a rank array (16 bytes a row)."""
        return mixed < distinct[rank] if rank < len(distinct) else np.ones(len(mixed), dtype=bool)

    parts, start = [], 0
    for share in shares:
        end = start + round(share * len(distinct))
        parts.append(np.flatnonzero(before(end) & ~before(start)))
        start = end
    return [np.flatnonzero(~before(start)), *parts]

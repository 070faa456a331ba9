"""The problems of an evaluation: a digest for equal sets, topics with too few of them, two scores on the same ones."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

from mathpal_lightning.evaluation.statistics import MIN_COUNT, mcnemar
from mathpal_lightning.schema import GradedSample

log = logging.getLogger(__name__)


def set_digest(problems: Iterable[tuple[str, str]]) -> str:
    """Sixteen hexadecimal digits that two evaluations share where their problems and references are the same, in any order.

    Args:
        problems: each problem's question, as `prompt_text` writes it, and its reference solution.
    """
    digest = blake2b(digest_size=8)
    for line in sorted(json.dumps(problem, ensure_ascii=False) for problem in problems):
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()


def verdicts_of(samples: Sequence[GradedSample]) -> dict[str, bool]:
    """Whether each problem was solved, by the digest of its question; a problem whose reference cannot be read is left out."""
    return {
        blake2b(sample.question.encode(), digest_size=8).hexdigest(): sample.verdict == "correct"
        for sample in samples
        if sample.verdict != "gold_unreadable"
    }


def change(before: Mapping[str, bool], after: Mapping[str, bool]) -> dict[str, float]:
    """McNemar's test between two evaluations, on the problems that both hold.

    Args:
        before: what `verdicts_of` says of the first evaluation.
        after: the same of the second.

    Returns:
        `problems` (those that both hold), `only_before` and `only_after` (solved by one alone) and `p_value`; empty where they
        share no problem.
    """
    shared = [problem for problem in before if problem in after]
    if not shared:
        return {}
    test = mcnemar([before[problem] for problem in shared], [after[problem] for problem in shared])
    return {
        "problems": len(shared),
        "only_before": test.only_first,
        "only_after": test.only_second,
        "p_value": round(test.p_value, 6),
    }


def warn_of_few(counts: Mapping[str, int]) -> None:
    """Say which topics have so few problems that their scores say little.

    Args:
        counts: judged problems by topic.
    """
    few = [f"{topic} ({count})" for topic, count in counts.items() if count < MIN_COUNT]
    if few:
        log.warning(
            "%d of %d topics have fewer than %d problems, too few for a score of their own: %s. Raise `evaluation.problems` to "
            "compare topics.",
            len(few),
            len(counts),
            MIN_COUNT,
            ", ".join([*few[:8], *(["…"] if len(few) > 8 else [])]),
        )

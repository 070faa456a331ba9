"""Samples of problems -> preference pairs and right solutions, chosen by their answers.

A sample is right if its final answer is the gold's, its written arithmetic holds and it is in Vietnamese, as for the strict
reward. It is wrong if its final answer is another one. Three kinds are not used:

- a sample that was cut at the limit, because we, not the model, would add the end-of-turn; or with half a character (U+FFFD);
- a sample without an answer: it may be right in a form that the rules cannot read, and training would punish that form;
- a sample that equals an earlier one but for white space.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import fmean
from typing import NamedTuple

from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.reward import well_written
from mathpal_lightning.schema import Prompt, Row, Sample, Verdict

Messages = str | list[dict[str, str]]
"""A question, or a conversation as a list of {role, content}."""


class Pair(NamedTuple):
    """One line of a file of preference pairs."""

    prompt: Messages
    chosen: str
    rejected: str
    topic: str


class Judged(NamedTuple):
    """A problem and its samples, sorted by their verdicts."""

    row: Row
    verdicts: tuple[Verdict, ...]
    """The verdict of every sample, also of cut and repeated ones."""
    right: tuple[str, ...]
    """Solutions to learn from, all different, the commonest first: one with a useless step (`1 - 1 = 0`) is mostly rare."""
    wrong: tuple[str, ...]
    """Solutions to learn against, all different."""
    cut: int
    """Samples that did not end, or that hold half a character."""
    repeated: int
    """Samples equal to an earlier one."""
    false_steps: int
    """Different samples with the gold's answer whose written arithmetic does not hold."""
    foreign: int = 0
    """Different samples with the gold's answer and arithmetic that holds, but not in Vietnamese."""


def judge_samples(row: Row, samples: Sequence[Sample]) -> Judged:
    """Judge the samples of one problem.

    Args:
        row: the problem with its gold solution.
        samples: what the model wrote.
    """
    texts = dict.fromkeys(sample.text for sample in samples)
    judgements = {text: judge(row.question, row.solution, text) for text in texts}
    verdicts = {text: judgement.verdict for text, judgement in judgements.items()}
    whole = [sample.text for sample in samples if sample.ended and "\ufffd" not in sample.text]
    first: dict[str, str] = {}
    for text in whole:
        first.setdefault(_words(text), text)
    different = [first[words] for words, _ in Counter(map(_words, whole)).most_common()]
    correct = [text for text in different if verdicts[text] == "correct"]
    sound = [text for text in correct if not judgements[text].false_steps]
    right = tuple(filter(well_written, sound))
    return Judged(
        row,
        tuple(verdicts[sample.text] for sample in samples),
        right,
        tuple(text for text in different if verdicts[text] == "wrong"),
        cut=len(samples) - len(whole),
        repeated=len(whole) - len(different),
        false_steps=len(correct) - len(sound),
        foreign=len(sound) - len(right),
    )


def _words(text: str) -> str:
    return " ".join(text.split())


def log_length_ratio(chosen: str, rejected: str) -> float:
    """How much longer the chosen side is: the natural logarithm of the ratio of characters; 0 where they are as long.

    >>> round(log_length_ratio("x = 12 : 3 = 4", "x = 12 = 12"), 2)
    0.24
    """
    return math.log(len(chosen) / len(rejected))


def choose_pairs(problems: Iterable[Judged], most: int) -> list[Pair]:
    """Pair right with wrong solutions, at most `most` pairs for each problem.

    The next pair of a problem is one whose two sides were used least so far. Among several, it is the one that brings the sum
    of the log length ratios of all pairs nearest to zero.
    """
    pairs: list[Pair] = []
    balance = 0.0
    for problem in problems:
        offered = list(product(problem.right, problem.wrong))
        used: Counter[str] = Counter()
        for _ in range(min(most, len(offered))):
            chosen, rejected = min(
                offered, key=lambda pair: (used[pair[0]] + used[pair[1]], abs(balance + log_length_ratio(*pair)))
            )
            offered.remove((chosen, rejected))
            used.update((chosen, rejected))
            balance += log_length_ratio(chosen, rejected)
            pairs.append(Pair(prompt_messages(problem.row.prompt), chosen, rejected, problem.row.topic))
    return pairs


def balance_lengths(pairs: Sequence[Pair], max_length_ratio: float) -> list[Pair]:
    """Drop the pairs with the most unequal lengths until chosen and rejected sides are about equally long on average.

    Otherwise training could learn to prefer the longer side, without any mathematics (https://arxiv.org/abs/2403.19159). The
    geometric mean of chosen length over rejected length must lie between 1 / `max_length_ratio` and `max_length_ratio`. The
    pair with the largest ratio in the direction of the excess is dropped first.

    Returns:
        The pairs kept, in their order.
    """
    ratios = [log_length_ratio(pair.chosen, pair.rejected) for pair in pairs]
    order = sorted(range(len(pairs)), key=ratios.__getitem__)
    low, high, total = 0, len(order), math.fsum(ratios)
    while low < high and abs(total) > (high - low) * math.log(max_length_ratio) + 1e-9:
        if total > 0:
            high -= 1
            total -= ratios[order[high]]
        else:
            total -= ratios[order[low]]
            low += 1
    return [pairs[index] for index in sorted(order[low:high])]


def prompt_messages(prompt: Prompt) -> Messages:
    """A prompt in the form of a file of rows."""
    return prompt if isinstance(prompt, str) else [{"role": turn.role, "content": turn.text} for turn in prompt]


def sft_row(row: Row, solution: str) -> dict[str, object]:
    """One line of a file of rows: a problem with a solution of it."""
    prompt = prompt_messages(row.prompt)
    if isinstance(prompt, str):
        return {"question": prompt, "solution": solution, "topic": row.topic}
    return {"messages": [*prompt, {"role": "assistant", "content": solution}], "topic": row.topic}


def right_rows(problems: Iterable[Judged], most: int) -> list[dict[str, object]]:
    """Rejection-sampled rows for SFT: the `most` commonest right solutions of each problem."""
    return [sft_row(problem.row, solution) for problem in problems for solution in problem.right[:most]]


def pass_at_k(samples: int, correct: int, k: int) -> float:
    """The chance that one of k samples is correct, estimated without bias from more: 1 - C(n - c, k) / C(n, k).

    Chen et al. 2021, https://arxiv.org/abs/2107.03374.

    Raises:
        ValueError: k is not within 1 to samples.

    >>> pass_at_k(4, 1, 1), pass_at_k(4, 1, 2), pass_at_k(4, 3, 2)
    (0.25, 0.5, 1.0)
    """
    if not 1 <= k <= samples:
        raise ValueError(f"Expected argument `k` to be from 1 to the {samples} samples, but got {k}")
    return 1.0 - math.comb(samples - correct, k) / math.comb(samples, k)


@dataclass(frozen=True, slots=True)
class MiningReport:
    """Statistics of the samples, and how many pairs were made of them."""

    problems: int
    samples: int
    verdicts: dict[Verdict, int]
    cut: int
    repeated: int
    false_steps: int
    foreign: int
    pass_at: dict[int, float]
    """k -> mean of pass@k over the problems whose gold can be read; empty if there are none."""
    problems_with_pair: int
    """Problems with a right and a wrong solution."""
    pairs: int
    left_out: int
    """Pairs dropped to balance the lengths."""
    length_ratio_offered: float
    """Geometric mean of chosen length over rejected length, over all possible pairs; each problem has the same weight."""
    length_ratio: float
    """The same over the kept pairs."""


def sum_up(problems: Sequence[Judged], chosen: Sequence[Pair], kept: Sequence[Pair]) -> MiningReport:
    """Sum up: the problems, the pairs that `choose_pairs` took and those that `balance_lengths` kept."""
    verdicts = Counter(verdict for problem in problems for verdict in problem.verdicts)
    offered = [
        fmean(log_length_ratio(*pair) for pair in product(problem.right, problem.wrong))
        for problem in problems
        if problem.right and problem.wrong
    ]
    return MiningReport(
        problems=len(problems),
        samples=verdicts.total(),
        verdicts={verdict: verdicts[verdict] for verdict in ("correct", "wrong", "no_answer", "gold_unreadable")},
        cut=sum(problem.cut for problem in problems),
        repeated=sum(problem.repeated for problem in problems),
        false_steps=sum(problem.false_steps for problem in problems),
        foreign=sum(problem.foreign for problem in problems),
        pass_at=_pass_at([problem.verdicts for problem in problems if "gold_unreadable" not in problem.verdicts]),
        problems_with_pair=len(offered),
        pairs=len(kept),
        left_out=len(chosen) - len(kept),
        length_ratio_offered=_geometric_mean(offered),
        length_ratio=_geometric_mean([log_length_ratio(pair.chosen, pair.rejected) for pair in kept]),
    )


def _pass_at(verdicts: Sequence[tuple[Verdict, ...]]) -> dict[int, float]:
    """For k = 1, 2, 4, ... and the number of samples."""
    if not verdicts:
        return {}
    samples = len(verdicts[0])
    ks = sorted({samples, *(2**power for power in range(samples.bit_length()))})
    return {k: fmean(pass_at_k(samples, one.count("correct"), k) for one in verdicts) for k in ks}


def _geometric_mean(logarithms: Sequence[float]) -> float:
    return math.exp(fmean(logarithms)) if logarithms else math.nan

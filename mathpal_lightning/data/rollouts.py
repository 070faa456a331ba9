"""Problems -> graded groups -> a batch of the policy objective, and which problems are worth drawing.

    numbers of problems    data/order.py          a function of seed, epoch and position
    -> problems            PassRates.choose       those of topics and levels that are too easy or too hard are exchanged
    -> groups              module.draw            k solutions each, from the policy as it is
    -> rewards             Rewards                functions of (question, gold, solution)
    -> GroupBatch          group_batch            groups whose rewards are all equal left out, the others packed

A group whose solutions all have the same reward teaches nothing. So the share of right solutions of each topic and level is
followed, and problems outside of the wanted share are passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from math import isfinite
from numbers import Real
from typing import Any, cast

import numpy as np

from mathpal_lightning.data.collate import collate_groups
from mathpal_lightning.data.packing import best_fit_packs
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.schema import IGNORE_INDEX, DrawnGroup, EncodedGroup, GroupBatch, Row, prompt_text

Reward = Callable[[str, str, str], float]
"""(question, gold solution, written solution) -> a number; the larger the better."""

LEAST_KEPT = 0.1
"""Share of the problems of a cell that is always or never solved that are drawn all the same: it may change."""
_MEMORY = 0.7  # how much of a pass rate stays when new groups are seen


@dataclass(frozen=True, slots=True)
class GradedGroup:
    """One problem, the solutions drawn for it, and what each was rewarded with."""

    row: Row
    group: DrawnGroup
    rewards: tuple[float, ...]
    parts: tuple[Mapping[str, float], ...]
    """The reward of each solution by the functions that make it up."""
    solved: tuple[bool, ...]
    """Whether each solution counts as right: what the function with the greatest weight adds to its reward is above 0."""

    @property
    def has_signal(self) -> bool:
        """Whether the rewards differ, so that there is something to learn."""
        return len(set(self.rewards)) > 1

    @property
    def pass_rate(self) -> float:
        """The share of right solutions."""
        return sum(self.solved) / len(self.solved)


class Rewards:
    """The weighted sum of reward functions that a config names by their paths."""

    def __init__(self, weights: Mapping[str, float]):
        """Find the functions.

        Args:
            weights: path ("package.module.function") -> weight.

        Raises:
            ConfigError: there is no such function.
        """
        names = reward_names(weights)
        self._weighted = [(name, find_reward(path), weights[path]) for name, path in zip(names, weights, strict=True)]
        self._main, _, self._weight = max(self._weighted, key=lambda one: one[2])

    def grade(self, row: Row, group: DrawnGroup) -> GradedGroup:
        """Reward each solution of a group.

        A solution that was cut before it ended gives no answer to a pupil: it gets 0, or the lowest reward of its group where
        that is below 0. So it is never worth more than one that ended.

        Raises:
            ConfigError: a function returned something that is no finite number.
        """
        parts = tuple(
            {name: self._one(name, function, row, solution.text) for name, function, _ in self._weighted}
            if solution.ended
            else {name: 0.0 for name, _, _ in self._weighted}
            for solution in group.solutions
        )
        totals = [sum(weight * part[name] for name, _, weight in self._weighted) for part in parts]
        lowest = min([0.0, *totals])
        rewards = [total if one.ended else lowest for total, one in zip(totals, group.solutions, strict=True)]
        solved = tuple(self._weight * part[self._main] > 0 for part in parts)
        return GradedGroup(row, group, tuple(rewards), parts, solved)

    def _one(self, name: str, function: Reward, row: Row, solution: str) -> float:
        value: object = function(row.question, row.solution, solution)
        number = cast(Any, value).item() if getattr(value, "ndim", None) == 0 else value  # of NumPy or torch
        if isinstance(number, Real) and isfinite(number):
            return float(number)
        raise ConfigError(f"a finite number from the reward {name}", repr(value), "Let it return 0.0 where it cannot tell.")


def reward_names(paths: Collection[str]) -> list[str]:
    """What reward functions are called in figures: the last part of their paths where these differ, else the whole paths."""
    short = [path.rpartition(".")[2] for path in paths]
    return short if len(set(short)) == len(short) else list(paths)


def find_reward(path: str) -> Reward:
    """The function that a path names.

    Raises:
        ConfigError: there is none.
    """
    module, _, name = path.rpartition(".")
    try:
        function: object = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(
            "the path of a reward function (question, gold, solution) -> number in `model.policy.rewards`",
            f"{path!r}: {error}",
            "Write package.module.function of something that can be imported.",
        ) from error
    if not callable(function):
        raise ConfigError(f"a function {path}", type(function).__name__, "Name a function of (question, gold, solution).")
    return cast(Reward, function)


class PassRates:
    """The share of right solutions of each cell: a topic at one difficulty, or a single row that names no topic."""

    def __init__(self, rows: Sequence[Row], wanted: tuple[float, float], group_size: int):
        """Divide the rows into cells.

        Args:
            rows: the training problems.
            wanted: the pass rates between which a cell is worth drawing from.
            group_size: solutions of a group.
        """
        names: dict[str, int] = {}
        self.cells = np.array(
            [names.setdefault(cell_of(row, number), len(names)) for number, row in enumerate(rows)], dtype=np.int64
        )
        self.names, self.wanted, self.group_size = list(names), wanted, group_size
        self.rates = np.full(len(names), np.nan)

    def choose(self, numbers: Sequence[int], seed: Sequence[int]) -> list[int]:
        """The rows to draw for: some rows outside of the wanted pass rates are exchanged for rows inside of them.

        Of a cell outside, the share that stays is the share of its groups that teach. What is solved nearly always must stay
        too: where nine tenths of such rows were exchanged, nearly all draws came from two of sixteen cells, and the policy
        forgot the others (tests/benchmarks/RESULTS.md).

        Args:
            numbers: rows in the order of training.
            seed: numbers that name this draw; the same draw and the same rates choose the same rows.
        """
        random = np.random.default_rng([*seed])
        informative = np.flatnonzero(self._is_wanted(self.rates[self.cells]))
        kept = np.where(self._is_wanted(self.rates), 1.0, np.maximum(LEAST_KEPT, teaching_share(self.rates, self.group_size)))
        chosen = []
        for number in numbers:
            passed_over, other = random.random() >= kept[self.cells[number]], random.random()
            exchanged = passed_over and len(informative) > 0
            chosen.append(int(informative[int(other * len(informative))]) if exchanged else number)
        return chosen

    def update(self, solved: np.ndarray, drawn: np.ndarray) -> None:
        """Take in how many solutions of each cell were right, and how many were drawn, over all processes."""
        seen = drawn > 0
        new = solved[seen] / drawn[seen]
        old = self.rates[seen]
        self.rates[seen] = np.where(np.isnan(old), new, _MEMORY * old + (1 - _MEMORY) * new)

    def counts(self, chosen: Sequence[int], graded: Sequence[GradedGroup]) -> np.ndarray:
        """Right and drawn solutions of each cell in these groups, float64 [2, cells]."""
        counts = np.zeros((2, len(self.names)))
        for number, group in zip(chosen, graded, strict=True):
            counts[:, self.cells[number]] += group.pass_rate * len(group.rewards), len(group.rewards)
        return counts

    def _is_wanted(self, rates: np.ndarray) -> np.ndarray:
        low, high = self.wanted
        wanted: np.ndarray = np.isnan(rates) | ((rates >= low) & (rates <= high))
        return wanted


def teaching_share(rates: np.ndarray, group_size: int) -> np.ndarray:
    """The share of groups with both right and wrong solutions, where each solution is right with a given probability.

    >>> teaching_share(np.array([0.0, 0.5, 0.9]), 2).round(2).tolist()
    [0.0, 0.5, 0.18]
    """
    shares: np.ndarray = 1.0 - rates**group_size - (1.0 - rates) ** group_size
    return shares


def cell_of(row: Row, number: int) -> str:
    """The cell of a row: its topic and difficulty; without a topic the row is a cell of its own.

    >>> from mathpal_lightning.schema import Turn
    >>> cell_of(Row((Turn("user", "2 + 3 = ?"),), topic="sum", difficulty=3.1), 0)
    'sum 3.1'
    """
    if not row.topic:
        return f"row {number}"
    return row.topic if row.difficulty is None else f"{row.topic} {row.difficulty:g}"


def encode_group(group: DrawnGroup) -> EncodedGroup:
    """The tokens of a group: the prompt once, then its different solutions."""
    ids, segments, log_probs = list(group.prompt), [0] * len(group.prompt), [0.0] * len(group.prompt)
    known: dict[tuple[int, ...], int] = {}
    written_as = []
    for solution in group.solutions:
        segment = known.setdefault(tuple(solution.ids), len(known) + 1)
        written_as.append(segment)
        if segment > max(segments):
            ids += solution.ids
            segments += [segment] * len(solution.ids)
            log_probs += solution.log_probs
    labels = [IGNORE_INDEX] * len(group.prompt) + ids[len(group.prompt) :]
    return EncodedGroup(ids, labels, segments, log_probs, written_as)


def group_batch(graded: Sequence[GradedGroup], max_length: int, pad_token_id: int, keep_all: bool = False) -> GroupBatch:
    """Pack the groups that have something to teach; where none has, the first one stands for them and changes nothing.

    The solutions of the other groups are counted in `left_out`.

    Args:
        graded: the groups of one draw; at least one.
        max_length: tokens of a packed row; a longer group has a row of its own.
        pad_token_id: the id behind the last group of a row.
        keep_all: pack the groups whose rewards are all equal too.
    """
    useful = [group for group in graded if keep_all or group.has_signal] or list(graded[:1])
    encoded = [encode_group(group.group) for group in useful]
    lengths = [len(group.input_ids) for group in encoded]
    packs = best_fit_packs(lengths, max(max_length, *lengths))
    order = [packs.pack(row).tolist() for row in range(len(packs))]
    rewards = [reward for row in order for number in row for reward in useful[number].rewards]
    batch = collate_groups([[encoded[number] for number in row] for row in order], rewards, pad_token_id)
    return batch._replace(left_out=sum(len(group.rewards) for group in graded) - len(rewards))


def draw_figures(graded: Sequence[GradedGroup]) -> dict[str, float]:
    """What is logged of a draw: means over its solutions, and the share of groups that have something to teach."""
    solutions = [solution for group in graded for solution in group.group.solutions]
    parts = [part for group in graded for part in group.parts]
    figures = {
        "reward": float(np.mean([reward for group in graded for reward in group.rewards])),
        "pass_rate": float(np.mean([group.pass_rate for group in graded])),
        "signal": float(np.mean([group.has_signal for group in graded])),
        "length": float(np.mean([len(solution.ids) for solution in solutions])),
        "cut": float(np.mean([not solution.ended for solution in solutions])),
    }
    if len(parts[0]) > 1:
        figures |= {f"reward/{name}": float(np.mean([part[name] for part in parts])) for name in parts[0]}
    return figures


def line_of(group: GradedGroup, step: int) -> dict[str, object]:
    """One line of rollouts.jsonl: the problem, and each solution with its reward."""
    solutions = []
    for solution, reward, part in zip(group.group.solutions, group.rewards, group.parts, strict=True):
        line: dict[str, object] = {"solution": solution.text, "ended": solution.ended, "reward": reward}
        solutions.append(line | ({"parts": dict(part)} if len(part) > 1 else {}))
    return {
        "step": step,
        "topic": group.row.topic,
        "question": prompt_text(group.row.prompt),
        "gold": group.row.solution,
        "pass_rate": round(group.pass_rate, 3),
        "solutions": solutions,
    }

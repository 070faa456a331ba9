"""What a model reads: encoded documents, pairs and groups, and the batches that hold them end to end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from torch import Tensor


class Encoded(NamedTuple):
    """One document: `labels` equal `input_ids` where supervised, IGNORE_INDEX elsewhere (unshifted)."""

    input_ids: list[int]
    labels: list[int]


class EncodedPair(NamedTuple):
    """One preference pair: a prompt, its chosen and its rejected completion end to end, the prompt once."""

    input_ids: list[int]
    labels: list[int]
    """As in `Encoded`: both completions are supervised, the prompt is not."""
    segment_ids: list[int]
    """0 in the prompt, 1 in the chosen completion, 2 in the rejected one."""


class PackedBatch(NamedTuple):
    """Documents laid end to end in rows of fixed length. All three are int64 [B, T].

    One row of T = 8 with documents of 3 and 4 tokens and one of padding; s is supervised, . is not:

        input_ids     bos  12  34  bos  56  78  90  pad
        labels          .   s   s    .   .   s   s    .
        position_ids    0   1   2    0   1   2   3    0

    `position_ids` restart at 0 with each document (and at each padding token): together with no attention mask and
    no cache that is what keeps documents apart. `labels` are unshifted: position t is predicted from position t - 1.
    """

    input_ids: Tensor
    labels: Tensor
    position_ids: Tensor


class PreferenceBatch(NamedTuple):
    """Preference pairs laid end to end in rows of fixed length. All are int64 [B, T].

    One row of T = 10 with one pair (a prompt of 3 tokens, completions of 2 and 3) and two positions of padding:

        input_ids     bos  12  34   56  78   91  92  93  pad pad
        labels          .   .   .   56  78   91  92  93    .   .
        position_ids    0   1   2    3   4    3   4   5    0   0
        segment_ids     0   0   0    1   1    2   2   2    0   0
        pair_ids        0   0   0    0   0    0   0   0   -1  -1

    Both completions go on from the prompt and do not see each other; the first token of each is predicted from the last of
    the prompt. `pair_ids` number the pairs of the whole batch from 0 in the order of rows. A batch whose prompts stand once
    for each completion (`model/shared_prompt.py` unfolds it so) is described by the same five tensors.
    """

    input_ids: Tensor
    labels: Tensor
    position_ids: Tensor
    segment_ids: Tensor
    pair_ids: Tensor

    @property
    def group_ids(self) -> Tensor:
        """A pair is a group of two completions."""
        return self.pair_ids


class EncodedGroup(NamedTuple):
    """One problem and the different solutions drawn for it: the prompt once, then the solutions end to end."""

    input_ids: list[int]
    labels: list[int]
    """As in `Encoded`: all solutions are supervised, the prompt is not."""
    segment_ids: list[int]
    """0 in the prompt, 1, 2, ... in the solutions."""
    drawn_log_probs: list[float]
    """What the sampler gave to each token of the solutions; 0 in the prompt."""
    written_as: list[int]
    """For each of the k solutions that were drawn the segment that holds its tokens: equal ones share a segment."""


class GroupBatch(NamedTuple):
    """Groups of sampled solutions laid end to end in rows of fixed length. The first five are int64 [B, T].

    One row of T = 10 with one group (a prompt of 2 tokens, three solutions of 2, 1 and 3) and two positions of padding:

        input_ids     bos  12   56  78   91   34  35  36  pad pad
        labels          .   .   56  78   91   34  35  36    .   .
        position_ids    0   1    2   3    2    2   3   4    0   0
        segment_ids     0   0    1   1    2    3   3   3    0   0
        group_ids       0   0    0   0    0    0   0   0   -1  -1

    Each solution goes on from the prompt and sees no other solution, as the two completions of a `PreferenceBatch`.
    """

    input_ids: Tensor
    labels: Tensor
    position_ids: Tensor
    segment_ids: Tensor
    group_ids: Tensor
    """Number the groups of the whole batch from 0 in the order of rows."""
    drawn_log_probs: Tensor
    """float32 [B, T], what the sampler gave to each sampled token; 0 elsewhere."""
    rewards: Tensor
    """float32 [S], the reward of each drawn solution, group by group."""
    written_as: Tensor
    """int64 [S], which of the batch's solutions each drawn one is, counted from 0 in the order of groups and segments. Equal
    solutions of a group stand in the batch once."""
    is_fresh: bool = True
    """The first update on this draw: the policy is still the one that drew."""
    left_out: int = 0
    """Solutions that were drawn in groups whose rewards are all equal, and that are not in the batch."""
    problems: tuple[int, ...] = ()
    """The training rows that were drawn for."""
    is_repeat: bool = False
    """The draw only repeats problems of another process (`data/order.py`); it must not count."""


Batch: TypeAlias = PackedBatch | PreferenceBatch | GroupBatch
"""What the data module gives: each has input_ids, labels and position_ids, all int64 [B, T]."""

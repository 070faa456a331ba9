"""AnswerAccuracy: solutions and gold solutions -> share of correct answers, summed over batches and processes."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torchmetrics import Metric

from mathpal_lightning.evaluation.statistics import wilson_interval
from mathpal_lightning.evaluation.verdict.judge import judge
from mathpal_lightning.schema import Verdict

_VERDICTS: tuple[Verdict, ...] = ("correct", "wrong", "no_answer", "gold_unreadable")


class AnswerAccuracy(Metric):
    """The share of solutions whose final answer is the gold's, over those whose gold can be read.

    `compute()` returns scalars: `accuracy`, `accuracy_stderr` (binomial: sqrt(p (1 - p) / n)), `accuracy_low` and
    `accuracy_high` (Wilson's interval of 95 %), `accuracy_strict` (the written arithmetic holds too), `no_answer_rate`,
    `gold_unreadable` (a count, set apart from the rates), `count` (problems judged), and for every topic `accuracy/<topic>`
    and `count/<topic>`. A rate without problems is nan.

    Args:
        topics: the topics counted apart; a topic outside the list counts in the total only.
    """

    is_differentiable = False
    higher_is_better = True
    full_state_update = False

    verdict_counts: Tensor
    """int64 [topics + 1, 4]: correct, wrong, no_answer, gold_unreadable; the last row is for other topics."""
    strict_count: Tensor
    """int64: correct solutions whose written arithmetic holds."""

    def __init__(self, topics: Sequence[str] = (), **kwargs: object):
        super().__init__(**kwargs)
        if isinstance(topics, str) or not all(isinstance(topic, str) for topic in topics):
            raise ValueError(f"Expected argument `topics` to be a sequence of strings, but got {topics!r}")
        if len(set(topics)) < len(topics):
            raise ValueError(f"Expected argument `topics` to hold each topic once, but got {list(topics)}")
        self.topics = tuple(topics)
        zeros = torch.zeros(len(self.topics) + 1, len(_VERDICTS), dtype=torch.long)
        self.add_state("verdict_counts", default=zeros, dist_reduce_fx="sum")
        self.add_state("strict_count", default=torch.zeros((), dtype=torch.long), dist_reduce_fx="sum")

    def update(
        self,
        preds: str | Sequence[str],
        target: str | Sequence[str],
        questions: Sequence[str] | None = None,
        topics: Sequence[str] | None = None,
    ) -> None:
        """Judge a batch.

        Args:
            preds: what the model wrote.
            target: the reference solutions.
            questions: the problems; they map a chosen letter to its value.
            topics: the topic of each problem.

        Raises:
            ValueError: the arguments differ in length.
        """
        preds, target = ([preds] if isinstance(preds, str) else preds), ([target] if isinstance(target, str) else target)
        for name, values in (("target", target), ("questions", questions), ("topics", topics)):
            if values is not None and (isinstance(values, str) or len(values) != len(preds)):
                raise ValueError(
                    f"Expected argument `{name}` to be a sequence as long as `preds`, but got {len(values)} and {len(preds)}"
                )
        for place, (predicted, gold) in enumerate(zip(preds, target, strict=True)):
            judgement = judge(questions[place] if questions else None, gold, predicted)
            self.add_verdict(judgement.verdict, topics[place] if topics else "", judgement.strict_verdict)

    def add_verdict(self, verdict: Verdict, topic: str = "", strict: Verdict | None = None) -> None:
        """Count one judgement made elsewhere (`judge`).

        Args:
            verdict: the lenient verdict.
            topic: the problem's topic.
            strict: the strict verdict; None: the same.

        Raises:
            ValueError: an unknown verdict.
        """
        if verdict not in _VERDICTS:
            raise ValueError(f"Expected argument `verdict` to be one of {_VERDICTS}, but got {verdict!r}")
        row = self.topics.index(topic) if topic in self.topics else len(self.topics)
        self.verdict_counts[row, _VERDICTS.index(verdict)] += 1
        self.strict_count += (strict or verdict) == "correct"
        self._update_count = max(self._update_count, 1)
        self._computed = None

    def compute(self) -> dict[str, Tensor]:
        """The figures described above, as float64 scalars."""
        correct, wrong, no_answer, unreadable = self.verdict_counts.sum(0).double()
        judged = correct + wrong + no_answer
        accuracy = correct / judged
        low, high = wilson_interval(int(correct), int(judged))
        figures = {
            "accuracy": accuracy,
            "accuracy_stderr": torch.sqrt(accuracy * (1 - accuracy) / judged),
            "accuracy_low": accuracy.new_tensor(low),
            "accuracy_high": accuracy.new_tensor(high),
            "accuracy_strict": self.strict_count.double() / judged,
            "no_answer_rate": no_answer / judged,
            "gold_unreadable": unreadable,
            "count": judged,
        }
        for topic, counts in zip(self.topics, self.verdict_counts.double(), strict=False):
            figures[f"accuracy/{topic}"] = counts[0] / counts[:3].sum()
            figures[f"count/{topic}"] = counts[:3].sum()
        return figures

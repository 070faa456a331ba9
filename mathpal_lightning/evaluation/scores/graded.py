"""A solution of a held-out problem -> its graded sample; graded samples -> the figures of an evaluation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from mathpal_lightning.evaluation.scores.metrics import AnswerAccuracy
from mathpal_lightning.evaluation.scores.problem_set import set_digest
from mathpal_lightning.evaluation.verdict.judge import judge
from mathpal_lightning.schema import GradedSample, Row, prompt_text


def graded(row: Row, solution: str, step: int) -> GradedSample:
    """One sample with its judgement; the turns of a conversation are kept, so that it can be asked again as it was."""
    messages = () if isinstance(row.prompt, str) else row.prompt
    problem = GradedSample(prompt_text(row.prompt), row.solution, "", None, None, None, "no_answer", row.topic, step)
    return solved_with(replace(problem, messages=messages), solution)


def solved_with(problem: GradedSample, solution: str) -> GradedSample:
    """The same problem with another solution and its judgement."""
    judgement = judge(problem.asked, problem.gold, solution)
    gold, answer = judgement.gold_answer, judgement.answer
    return replace(
        problem,
        solution=solution,
        gold_answer=gold.canonical() if gold else None,
        answer=answer.canonical() if answer else None,
        rule=answer.rule if answer else None,
        verdict=judgement.verdict,
        strict_verdict=judgement.strict_verdict,
        reason=judgement.reason,
    )


def scores_of(samples: Sequence[GradedSample], topics: Iterable[str] | None = None) -> dict[str, object]:
    """The figures of an evaluation, as summary.json holds them.

    Args:
        samples: of all its problems.
        topics: those that get a score of their own; by default the topics of the samples.

    Returns:
        `problems` with a readable reference, `accuracy` and the other figures among them, `gold_unreadable`: the number of the
        others, and `digest`, see `set_digest`.
    """
    named = sorted({sample.topic for sample in samples if sample.topic} if topics is None else topics)
    metric = AnswerAccuracy(named, sync_on_compute=False)
    for sample in samples:
        metric.add_verdict(sample.verdict, sample.topic, sample.strict_verdict)
    figures = {name: value.item() for name, value in metric.compute().items()}
    return {
        "problems": int(figures["count"]),
        "accuracy": figures["accuracy"],
        "standard_error": figures["accuracy_stderr"],
        "accuracy_strict": figures["accuracy_strict"],
        "interval": [round(figures["accuracy_low"], 4), round(figures["accuracy_high"], 4)],
        "no_answer": figures["no_answer_rate"],
        "gold_unreadable": int(figures["gold_unreadable"]),
        "topics": {topic: round(figures[f"accuracy/{topic}"], 4) for topic in named},
        "topic_counts": {topic: int(figures[f"count/{topic}"]) for topic in named},
        "digest": set_digest((sample.question, sample.gold) for sample in samples),
    }

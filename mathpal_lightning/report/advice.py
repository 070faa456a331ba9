"""What to try next, from the figures of a run: each rule names its reason and what to type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mathpal_lightning.evaluation.statistics import MIN_COUNT
from mathpal_lightning.report.column import Column, title_of_topic
from mathpal_lightning.report.curves import Curve, rises_again, still_falls
from mathpal_lightning.report.verdict import ENOUGH, percent
from mathpal_lightning.report.words import Language, say
from mathpal_lightning.run import Summary

_MISSING = 0.1
_FALSE_STEPS = 0.05
_REFUSED = 0.05
_SPARSE = 0.7
_GOOD = 0.5
_WEAKEST = 3


def advice(
    run: str, summary: Summary, after: Column | None, curves: Mapping[str, Curve], source: str, language: Language
) -> list[str]:
    """Sentences, the most urgent first.

    Args:
        run: the run as a person writes it in a command.
        summary: its summary.json.
        after: the solutions of the trained model, where there are any.
        curves: its metrics.
        source: what it was trained on, as `data.train` says it.
        language: of the sentences.
    """
    return [
        *_of_the_export(summary, language),
        *_of_the_curves(curves, language),
        *(_of_the_scores(run, after, language) if after and after.score.problems else ()),
        *_of_the_data(summary, source, language),
        say(language, "ask_it", run=run),
    ]


def _of_the_export(summary: Summary, language: Language) -> Iterator[str]:
    failed = {check["artefact"] for check in summary.get("export", {}).get("checks", ()) if not check["ok"]}
    if failed:
        yield say(language, "failed_checks", artefacts=", ".join(sorted(failed)))


def _of_the_curves(curves: Mapping[str, Curve], language: Language) -> Iterator[str]:
    lowest = rises_again(curves.get("val/loss", {}))
    if lowest is not None:
        yield say(language, "overfitting", step=lowest)
    elif still_falls(curves.get("train/loss", {})) and "train/reward" not in curves:
        yield say(language, "loss_falls")


def _of_the_scores(run: str, after: Column, language: Language) -> Iterator[str]:
    score, strict = after.score, after.strict
    if score.problems < ENOUGH:
        yield say(language, "more_problems")
    if after.no_answer > _MISSING:
        yield say(language, "answers_missing", share=percent(after.no_answer, language))
    if strict is not None and score.share - strict > _FALSE_STEPS:
        yield say(language, "false_steps", share=percent(score.share - strict, language), run=run)
    elif score.share > _GOOD:
        yield say(language, "learn_from_mistakes", run=run)
    topics = {topic: of for topic, of in after.by_topic().items() if of.problems >= MIN_COUNT and of.share < score.share}
    if weakest := sorted(topics, key=lambda topic: topics[topic].share)[:_WEAKEST]:
        titles = title_of_topic()
        named = (f"{titles.get(topic, topic)} ({percent(topics[topic].share, language)})" for topic in weakest)
        yield say(language, "weak_topics", topics=", ".join(named))


def _of_the_data(summary: Summary, source: str, language: Language) -> Iterator[str]:
    of = summary.get("data", {}).get("train", {})
    refused = sum(of.get("refused", {}).values())
    if of.get("read") and refused / of["read"] > _REFUSED:
        yield say(language, "refused_rows", share=percent(refused / of["read"], language), source=source)
    if 0 < summary.get("training", {}).get("packing_density", 1.0) < _SPARSE:
        yield say(language, "pack", share=percent(summary["training"]["packing_density"], language))

"""`mathpal compare`: which of two runs solves more of the same problems, and whether the difference may be chance."""

from __future__ import annotations

import json as jsons
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.table import Table

from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ConfigError, DataError
from mathpal_lightning.evaluation import judge
from mathpal_lightning.evaluation.scores.problem_set import set_digest
from mathpal_lightning.evaluation.statistics import Comparison, mcnemar, p_text, wilson_interval
from mathpal_lightning.report.verdict import CHANCE, decimal, percent
from mathpal_lightning.report.words import Language, say, words
from mathpal_lightning.run import RunFolder
from mathpal_lightning.run.samples import last_samples
from mathpal_lightning.schema import GradedSample
from mathpal_lightning.terminal import plain_console


@dataclass(frozen=True, slots=True)
class Solved:
    """The last evaluation of a run, judged again: both runs are measured by the same judge."""

    run: str
    samples: list[GradedSample]
    """By their questions, those without a readable reference left out."""
    digest: str
    """`set_digest` of all its problems."""
    lenient: list[bool]
    strict: list[bool]

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of the lenient share."""
        return wilson_interval(sum(self.lenient), len(self.lenient))


def compare(
    first: Path,
    second: Path,
    moment: Literal["test", "before", "after"] = "test",
    lang: Language = "en",
    json: bool = False,
) -> None:
    """Compare two runs on the problems that both have tried: shares with intervals, and McNemar's exact test.

    The solutions are read from the run folders and judged again, so that runs of different versions are measured alike.

    Args:
        first: a run folder.
        second: the other run folder.
        moment: which evaluation: of `mathpal test`, or that of the fit before or after training.
        lang: the language of the table and the sentence: en or vi.
        json: print the figures as json.

    Raises:
        ConfigError: one run twice, a run without such an evaluation, or two evaluations of different problems.
        DataError: a file of samples that cannot be read.
    """
    if first.resolve() == second.resolve():
        raise ConfigError("two runs", f"{first} twice", "Name the run that you want to compare it with.")
    both = [solved(RunFolder.of(path), moment) for path in (first, second)]
    if both[0].digest != both[1].digest:
        raise ConfigError(
            "two evaluations of the same problems and references",
            f"the sets {both[0].digest} ({both[0].run}) and {both[1].digest} ({both[1].run})",
            "Run `mathpal test` for both with the same `data.test` and `evaluation.problems`.",
        )
    if not both[0].samples:
        raise DataError("a problem whose reference can be read", "none", "Look at the references: mathpal data report FILE.")
    test = mcnemar(both[0].lenient, both[1].lenient)
    if json:
        print(jsons.dumps(_figures(both, test), ensure_ascii=False, indent=2))
        return
    console = plain_console()
    console.print(_table(both, lang))
    console.print(sentence(test, len(both[0].samples), lang))


def sentence(test: Comparison, problems: int, language: Language = "en") -> str:
    """`Of 200 problems the first run alone solved 12, the second alone 31: p = 0.0052, hardly chance.`."""
    meaning = words(language)["no_chance" if test.p_value < CHANCE else "may_be_chance"]
    p = decimal(p_text(test.p_value), language)
    return say(language, "of_two", problems=problems, first=test.only_first, second=test.only_second, p=p, meaning=meaning)


def solved(run: RunFolder, moment: str) -> Solved:
    """The last evaluation of a run.

    Raises:
        ConfigError: there is none.
        DataError: samples are missing in its file, or a line is none.
    """
    scores = run.read_summary().get("evaluation", {}).get(moment)
    file = run.samples_of(moment)
    if not scores or not file.is_file():
        has = ", ".join(run.read_summary().get("evaluation", {})) or "no other either"
        way_out = f"Run `mathpal test {quoted(run.short_name)}`, or name another moment with --moment (it has {has})."
        raise ConfigError(f"a run folder with an evaluation `{moment}`", f"none in {run.path}", way_out)
    samples, number = last_samples(run, moment, scores), scores["problems"] + scores.get("gold_unreadable", 0)
    if len(samples) < number:
        raise DataError(f"the {number} graded samples in {file}", f"{len(samples)}", "Evaluate the run again.")
    samples.sort(key=lambda sample: sample.question)
    judged = [(sample, judge(sample.asked, sample.gold, sample.solution)) for sample in samples]
    readable = [(sample, said) for sample, said in judged if said.verdict != "gold_unreadable"]
    return Solved(
        run.short_name,
        [sample for sample, _ in readable],
        set_digest((sample.question, sample.gold) for sample in samples),
        [said.verdict == "correct" for _, said in readable],
        [said.strict_verdict == "correct" for _, said in readable],
    )


def _table(both: Sequence[Solved], language: Language) -> Table:
    names = ("run", "right", "out_of", "share", "interval_95", "every_step")
    table = Table(*(words(language)[name] for name in names), title_justify="left")
    table.columns[0].overflow = "fold"  # two runs of one folder differ in the last letters of their paths
    for one in both:
        count = len(one.samples)
        low, high = (decimal(f"{100 * end:.1f}", language) for end in one.interval)
        table.add_row(
            one.run,
            str(sum(one.lenient)),
            str(count),
            percent(sum(one.lenient) / count, language),
            say(language, "ends", low=low, high=high),
            percent(sum(one.strict) / count, language),
        )
    return table


def _figures(both: Sequence[Solved], test: Comparison) -> dict[str, object]:
    runs = [
        {
            "run": one.run,
            "right": sum(one.lenient),
            "right_strict": sum(one.strict),
            "interval": [round(end, 4) for end in one.interval],
        }
        for one in both
    ]
    return {"digest": both[0].digest, "problems": len(both[0].samples), "runs": runs} | test._asdict()

"""`mathpal test outputs/lop5/gguf/model-q8_0.gguf`: what pupils get, scored on the problems of its run through llama.cpp."""

from __future__ import annotations

import json as jsons
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from mathpal_lightning.commands.sampler import open_sampler
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.evaluation.scores.graded import scores_of, solved_with
from mathpal_lightning.evaluation.statistics import Comparison, mcnemar, p_text
from mathpal_lightning.model.sample import Sampling
from mathpal_lightning.report.column import Column, Score
from mathpal_lightning.report.reported_run import read_run
from mathpal_lightning.report.verdict import decimal, interval_line
from mathpal_lightning.report.words import Language, say
from mathpal_lightning.run import RunFolder
from mathpal_lightning.run.samples import keep_samples
from mathpal_lightning.schema import GradedSample, Prompt

TOGETHER = 4
"""Solutions that llama.cpp writes at a time."""
_LOG_S = 10.0
Solve = Callable[[Sequence[Prompt]], Iterator[str]]
"""Questions or conversations -> solutions, one after the other."""


def score_gguf(gguf: Path, solve: Solve | None = None, language: Language = "en", json: bool = False) -> Score:
    """Score a GGUF on the problems that its run's trained model was scored on, and compare the two.

    The problems are those of `mathpal test` where there are any, else those of the fit's last evaluation. The samples go into
    the run's file of test samples, the score into its summary.json.

    Args:
        gguf: a file in the folder gguf/ of a run.
        solve: what solves the problems; by default llama.cpp, greedily, up to the run's `model.max_new_tokens`.
        language: of what is printed.
        json: print the figures as json.

    Raises:
        ConfigError: the file is in no run folder, or its run was not scored.
    """
    run = RunFolder(gguf.resolve().parent.parent)
    told = read_run(run.path)
    trained = told.columns.get("test") or told.columns.get("after")
    if trained is None or not trained.samples:
        way_out = f"Run `mathpal test {quoted(run.short_name)}` first: the GGUF is then scored on the same problems."
        raise ConfigError(f"scored problems in the run of {gguf.name}", "none", way_out)
    problems = list(trained.samples.values())
    longest = told.config.get("model", {}).get("max_new_tokens")
    solutions = (solve or _with_llama_cpp(gguf, longest or Sampling().max_new_tokens))([each.prompt for each in problems])
    written = _told(solutions, len(problems), language)
    samples = [solved_with(problem, text) for problem, text in zip(problems, written, strict=True)]
    column = Column(f"gguf:{gguf.stem}", {sample.question: sample for sample in samples})
    figures = _keep(run, column.title, samples)
    change = _change(trained, column)
    if json:
        print(jsons.dumps({"gguf": str(gguf), **figures, "against_the_trained_model": change._asdict()}, indent=2))
        return column.score
    print(f"{gguf.name}: {interval_line(column.score, language)}")
    share, p = interval_line(trained.score, language), decimal(p_text(change.p_value), language)
    print(say(language, "against_trained", share=share, lost=change.only_first, gained=change.only_second, p=p))
    return column.score


def _with_llama_cpp(gguf: Path, longest: int) -> Solve:
    greedy = Sampling(samples=1, temperature=1.0, top_p=1.0, top_k=1, max_new_tokens=longest)
    sampler = open_sampler(str(gguf), greedy, TOGETHER)
    return lambda questions: (drawn[0].text for drawn in sampler.draw(questions))


def _told(solutions: Iterator[str], count: int, language: Language) -> Iterator[str]:
    """The solutions, with a line of progress on stderr now and then."""
    last = time.monotonic()
    for number, solution in enumerate(solutions, 1):
        if time.monotonic() - last > _LOG_S:
            print(say(language, "solved_so_far", number=number, count=count), file=sys.stderr, flush=True)
            last = time.monotonic()
        yield solution


def _keep(run: RunFolder, moment: str, samples: Sequence[GradedSample]) -> dict[str, object]:
    """Append the samples to the run's file of test samples, and note the score; returns its figures."""
    scores, file = run.read_summary().get("evaluation", {}), run.samples_of("test")
    keep_samples(file, moment, samples)
    figures = scores_of(samples)
    run.note(evaluation=scores | {moment: figures | {"samples": scores.get("test", {}).get("samples", file.name)}})
    return figures


def _change(trained: Column, column: Column) -> Comparison:
    """Compares the file with the trained model, on the same problems."""
    right = [[each.samples[question].verdict == "correct" for question in column.samples] for each in (trained, column)]
    return mcnemar(*right)

"""`mathpal improve RUN`: draw solutions, judge them, learn from them, and keep what solves more validation problems; again.

    RUN/improve/sft/
        validation.jsonl      the validation problems of the run: every adapter is scored on all of them
        start/                the score of the adapter that the run has
        round-1/
            problems.jsonl    generated ones: new in each round; else some of the run's training rows
            right.jsonl       (sft) right solutions that the model drew, and the reference where it drew none
            pairs.jsonl       (dpo) right against wrong solutions; pairs.samples.jsonl: all that was drawn
            fit/, score/      the run that trained on them, and its score
            log.txt           what the stages said
        rounds.json           the settings, and the rounds that have ended

Expert iteration: https://arxiv.org/abs/1705.08439; with right samples only, https://arxiv.org/abs/2203.14465.
"""

from __future__ import annotations

import json as jsons
import logging
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from mathpal_lightning.commands.bounds import require_at_least
from mathpal_lightning.commands.compare import solved
from mathpal_lightning.commands.stages import Method, Settings, data_of, score, train
from mathpal_lightning.compat.system import quoted
from mathpal_lightning.data.mining import sft_row
from mathpal_lightning.errors import ConfigError
from mathpal_lightning.evaluation.statistics import mcnemar, p_text
from mathpal_lightning.files import sha256_of, whole_file, write_json_lines
from mathpal_lightning.run import RunFolder, require_finished
from mathpal_lightning.terminal import plain_console

LEARNING_RATES: dict[Method, float] = {"sft": 5e-5, "dpo": 1e-5, "grpo": 2e-5}
"""Where `learning_rate` is left out: small, because the adapter has learned already. In rounds of 50 steps sft at 2e-4 cost the
270M nine points of exact match, at 5e-5 none (tests/benchmarks/RESULTS.md)."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Round:
    """What became of one round."""

    number: int
    rows: int
    """Rows, pairs or problems that were trained on."""
    before: float
    """The share of the validation problems that the best adapter so far solved."""
    after: float
    """The share that the adapter of this round solves."""
    only_before: int
    only_after: int
    p_value: float
    """McNemar's exact test on the same problems."""
    kept: bool
    adapter: str
    """The best adapter after this round; in rounds.json from the folder of that file."""


def improve(
    run: Path,
    rounds: int = 3,
    method: Method = "sft",
    problems: int = 400,
    samples: int = 8,
    temperature: float = 0.8,
    learning_rate: float | None = None,
    validation: int = 300,
    seed: int = 1000,
    json: bool = False,
) -> list[Round]:
    """Let a trained run learn from its own judged solutions, round by round; started again, it goes on where it stopped.

    Args:
        run: the folder of a finished run with an adapter.
        rounds: how many rounds in all, those of earlier calls among them.
        method: `sft` trains on right solutions, `dpo` on right against wrong ones, `grpo` draws while it trains.
        problems: problems of a round.
        samples: solutions drawn for each problem; at least 2 for dpo and grpo, which compare them.
        temperature: of drawing, for sft and dpo (grpo draws at 1).
        learning_rate: by default 5e-5 for sft, 1e-5 for dpo, 2e-5 for grpo.
        validation: validation problems of the run, at most, that decide what is kept. The test problems are not looked at.
        seed: of the problems that are generated, or chosen from the training rows; each round adds its number.
        json: print the rounds as json.

    Raises:
        ConfigError: a run without an adapter or a config, or rounds that were begun with other settings.
        RunInterrupted: Ctrl-C; what has ended is kept.
        TrainingError: a stage failed.
    """
    require_at_least(1, rounds=rounds, problems=problems, validation=validation)
    require_at_least(1 if method == "sft" else 2, samples=samples)
    folder = RunFolder.of(run)
    require_finished(run)
    root = folder.path / "improve" / method
    rate = LEARNING_RATES[method] if learning_rate is None else learning_rate
    weights = sha256_of(next(iter(sorted(folder.adapter.glob("adapter_model.*")))))
    settings = Settings(method, problems, samples, temperature, rate, validation, seed, weights)
    done = _read(root, settings)
    _keep(root, settings, done)
    if not (root / "validation.jsonl").exists():
        rows = data_of(folder, generator_seed=None).validation_rows
        write_json_lines(root / "validation.jsonl", [sft_row(row, row.solution) for row in list(rows)[:validation]])
    best_score, best = root / "start", folder.adapter
    score(folder, best, root, best_score, root / "log.txt")
    for number in range(1, rounds + 1):
        here = root / f"round-{number}"
        if number > len(done):
            log.info("Round %d of %d (%s): %s", number, rounds, method, here)
            rows_used = train(folder, settings, number, best, here)
            after = here / "score" if rows_used else best_score
            score(folder, RunFolder.of(here / "fit").adapter, root, after, here / "log.txt")
            done.append(_round(number, rows_used, best_score, after, best))
            _keep(root, settings, done)
        if done[number - 1].kept:
            best_score, best = here / "score", RunFolder.of(here / "fit").adapter
    if json:
        print(jsons.dumps([asdict(one) for one in done], ensure_ascii=False, indent=2))
    else:
        plain_console().print(rounds_table(done))
        print(_verdict(done, best, root))
    return done


def rounds_table(done: Sequence[Round]) -> Table:
    """The rounds for a person."""
    table = Table("round", "learned from", "solved before", "after", "only before / only after", "p", "kept")
    for one in done:
        table.add_row(
            str(one.number),
            str(one.rows),
            f"{one.before:.1%}",
            f"{one.after:.1%}",
            f"{one.only_before} / {one.only_after}",
            p_text(one.p_value).removeprefix("p = "),
            "yes" if one.kept else "no",
        )
    return table


def _verdict(done: Sequence[Round], best: Path, root: Path) -> str:
    if any(one.kept for one in done):
        return f"Best adapter: {best}\nNext: mathpal export {quoted(best)}"
    way_out = f"Move {root} away and give more problems (--problems) or samples (--samples), or train the run for longer first."
    return f"No round solved more problems than the run does: its own adapter stays, {best}. {way_out}"


def _round(number: int, rows: int, best_score: Path, its_score: Path, best: Path) -> Round:
    """Compare the scores before and after a round; what solves more is kept. Without rows to learn from both are the same."""
    before, after = (solved(RunFolder.of(score), "test").lenient for score in (best_score, its_score))
    test = mcnemar(before, after)
    kept = sum(after) > sum(before)
    adapter = RunFolder.of(its_score.parent / "fit").adapter if kept else best
    shares = sum(before) / len(before), sum(after) / len(after)
    return Round(number, rows, *shares, test.only_first, test.only_second, test.p_value, kept, str(adapter))


def _read(root: Path, settings: Settings) -> list[Round]:
    """The rounds that have ended.

    Raises:
        ConfigError: they, or the first one that has begun, had other settings.
    """
    file = root / "rounds.json"
    if not file.exists():
        return []
    noted = jsons.loads(file.read_text(encoding="utf-8"))
    if differing := [name for name, value in asdict(settings).items() if noted["settings"].get(name) != value]:
        raise ConfigError(
            f"the settings that the rounds in {root} were begun with",
            ", ".join(f"{name} {getattr(settings, name)} instead of {noted['settings'].get(name)}" for name in differing),
            "Give those to go on, or move the folder away to begin again.",
        )
    return [Round(**one | {"adapter": _from_root(root, one["adapter"])}) for one in noted["rounds"]]


def _from_root(root: Path, adapter: str) -> str:
    """An adapter that is noted from `root`, as it is reached from here; earlier notes name it as their call did."""
    there = Path(os.path.normpath(root / adapter))
    return str(there) if there.exists() else adapter


def _keep(root: Path, settings: Settings, done: Sequence[Round]) -> None:
    root.mkdir(parents=True, exist_ok=True)
    rounds = [asdict(one) | {"adapter": Path(os.path.relpath(one.adapter, root)).as_posix()} for one in done]
    noted = {"settings": asdict(settings), "rounds": rounds}
    with whole_file(root / "rounds.json") as temporary:
        temporary.write_text(jsons.dumps(noted, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")

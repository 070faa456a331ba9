"""`mathpal rehearse`: everything that a long run on this card will need, tried in minutes; a failure stops no other stage.

    OUT/
        rehearsal.json      each stage: what was found, passed or not, seconds; the machine and the versions
        logs/STAGE.txt      what the stage's command said
        rehearsal.tar.gz    both, to send to a maintainer: without paths, names of users and machines, data or weights
        STAGE/              the runs themselves; they can be deleted

Stages are commands of ours in processes of their own, each with a time limit. Kernels of a GPU may add numbers in another order
each time, so runs are compared within bounds, not bit for bit.
"""

from __future__ import annotations

import json as jsons
import logging
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from rich.table import Table

from mathpal_lightning.checks.environment import Environment, read_environment
from mathpal_lightning.commands.rehearsal_stages import Stage, stages
from mathpal_lightning.commands.rehearsed import without_places
from mathpal_lightning.errors import ConfigError, TrainingError
from mathpal_lightning.files import whole_file
from mathpal_lightning.run import RunFolder
from mathpal_lightning.terminal import plain_console

log = logging.getLogger(__name__)
LIBRARIES = ("torch", "triton", "transformers", "peft", "bitsandbytes", "unsloth", "unsloth-zoo", "lightning", "xformers")
"""Their versions stand in the report."""
Status = Literal["passed", "failed", "too slow", "not run"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a stage."""

    stage: str
    what: str
    status: Status
    found: str
    seconds: float
    figures: Mapping[str, float | list[float]] = field(default_factory=dict)
    """What `found` says in numbers."""


def rehearse(
    out: str = "rehearsal",
    model: str = "offline-gemma",
    bits: int = 4,
    minutes: float = 10.0,
    cards: int | None = None,
    json: bool = False,
) -> None:
    """Try on this machine what a long run will need, and say what works. Exit status 6 if a stage failed.

    Args:
        out: a folder that is not there yet.
        model: the base model to try, as in `model.model_name`.
        bits: 4, 8 or 16, as in `model.bits`.
        minutes: after which a stage counts as too slow.
        cards: how many GPUs to try together; all of them by default, 1 for none.
        json: print the content of OUT/rehearsal.json instead of the table.

    Raises:
        ConfigError: the folder is there already.
    """
    folder = Path(out)
    if folder.exists():
        raise ConfigError("a new folder for `out`", f"{out}, which is there already", "Give another one, or remove it.")
    (folder / "logs").mkdir(parents=True)
    environment = read_environment()
    together = len(environment.gpus) if cards is None else cards
    outcomes: list[Outcome] = []
    for stage in stages(folder, model, bits, together):
        passed = {outcome.stage for outcome in outcomes if outcome.status == "passed"}
        missing = [name for name in stage.needs if name not in passed]
        if missing:
            outcome = Outcome(stage.name, stage.what, "not run", f"needs {', '.join(missing)}", 0.0)
        else:
            outcome = attempt(stage, folder, 60 * minutes)
        outcomes.append(outcome)
        log.info("%s: %s (%s, %.0f s)", stage.name, outcome.status, outcome.found, outcome.seconds)
    name = model if "/" not in model.strip("/") else Path(model).name
    write_report(folder, _machine(environment), {"model": name, "bits": bits}, outcomes)
    if json:
        print((folder / "rehearsal.json").read_text(encoding="utf-8"), end="")
    else:
        plain_console().print(outcome_table([gpu.name for gpu in environment.gpus], outcomes))
        print(f"To a maintainer: {folder / 'rehearsal.tar.gz'} (no paths, names, data or weights in it)")
    if any(outcome.status in ("failed", "too slow") for outcome in outcomes):
        sys.exit(TrainingError.exit_code)


def _machine(environment: Environment) -> dict[str, object]:
    """The cards, the processor and the versions; no names of users or machines."""
    return {
        "cards": [asdict(gpu) for gpu in environment.gpus],
        "cuda": environment.torch_cuda,
        "cpu": environment.cpu,
        "cores": environment.cores,
        "versions": {name: environment.versions.get(name, "") for name in LIBRARIES},
    }


def attempt(stage: Stage, folder: Path, limit_s: float) -> Outcome:
    """Run a stage. What its command says goes to a log, and its last line into the outcome where it failed."""
    started = time.monotonic()
    status: Status = "passed"
    figures: Mapping[str, float | list[float]] = {}
    try:
        if stage.arguments:
            run_command(stage, folder, limit_s)
        found, figures = stage.found(folder)
    except subprocess.TimeoutExpired:
        status, found = "too slow", f"not done after {limit_s:.0f} s"
    except TrainingError as error:
        status, found = "failed", str(error)
    except (OSError, LookupError, StopIteration, TypeError, ValueError) as error:
        status, found = "failed", f"a file or figure that the stage should have left is missing or of another form: {error!r}"
    return Outcome(stage.name, stage.what, status, without_places(found), round(time.monotonic() - started, 1), figures)


def run_command(stage: Stage, folder: Path, limit_s: float) -> None:
    """Run the command of a stage in a process of its own.

    Raises:
        TrainingError: it failed, or ended before it could be killed.
        subprocess.TimeoutExpired: it took too long, and was ended.
    """
    file = folder / "logs" / f"{stage.name}.txt"
    with file.open("wb") as out, (folder / "logs" / f"{stage.name}.json").open("wb") as answer:
        command = [sys.executable, "-m", "mathpal_lightning", *stage.arguments]
        child = subprocess.Popen(command, stdout=answer, stderr=out, start_new_session=True)
        try:
            status = kill_after_checkpoint(child, folder / stage.name, limit_s) if stage.kill else child.wait(limit_s)
        except BaseException:  # the time limit, or Ctrl-C: nothing is left running
            child.kill()
            child.wait()
            raise
    if status != (-signal.SIGKILL if stage.kill else 0):
        said = file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        last = said[-1] if said else "no word"
        raise TrainingError("a command that ends well", f"status {status}: {last}", f"See {file.name}.")


def kill_after_checkpoint(child: subprocess.Popen[bytes], run: Path, limit_s: float) -> int:
    """Kill a run as soon as it has saved a checkpoint, and return its exit status."""
    ends = time.monotonic() + limit_s
    while child.poll() is None and not list(RunFolder.of(run).own_checkpoints.glob("*.ckpt")):
        if time.monotonic() > ends:
            raise subprocess.TimeoutExpired("mathpal fit", limit_s)
        time.sleep(0.2)
    child.kill()
    return child.wait()


def write_report(folder: Path, machine: Mapping[str, object], tried: Mapping[str, object], outcomes: list[Outcome]) -> None:
    """Write rehearsal.json and the archive; logs lose their paths."""
    content = {"machine": machine, "tried": tried, "stages": [asdict(outcome) for outcome in outcomes]}
    file = folder / "rehearsal.json"
    with whole_file(file) as temporary:
        temporary.write_text(jsons.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    logs = sorted((folder / "logs").iterdir())
    for each in logs:
        each.write_text(without_places(each.read_text(encoding="utf-8", errors="replace")), encoding="utf-8")
    with whole_file(folder / "rehearsal.tar.gz") as temporary, tarfile.open(temporary, "w:gz") as archive:
        for each in (file, *logs):
            archive.add(each, each.relative_to(folder).as_posix(), filter=_nameless)


def _nameless(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def outcome_table(cards: Sequence[str], outcomes: list[Outcome]) -> Table:
    """What passed, what did not, and what was found on these cards."""
    table = Table(title=f"mathpal rehearse on {', '.join(cards) or 'no GPU'}", title_justify="left")
    for column in ("stage", "", "found", "s"):
        table.add_column(column, overflow="fold", justify="right" if column == "s" else "left")
    for outcome in outcomes:
        table.add_row(outcome.stage, outcome.status, f"{outcome.what}: {outcome.found}", f"{outcome.seconds:.0f}")
    return table
